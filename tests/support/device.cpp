#include "support/device.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <openvino/op/parameter.hpp>

namespace inferqueue::testing {
namespace {

struct Place {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_closed = false;
  std::size_t standing = 0;
};

/// Never destroyed: inferences may stand there until the process ends.
Place& place() {
  static auto* const made = new Place;
  return *made;
}

std::atomic<std::size_t> begun{0};

void stand() {
  Place& here = place();
  std::unique_lock lock(here.mutex);
  ++here.standing;
  here.changed.notify_all();
  here.changed.wait(lock, [&] { return !here.is_closed; });
  --here.standing;
  here.changed.notify_all();
}

}  // namespace

void CommandOp::validate_and_infer_types() {
  set_output_type(0, get_input_element_type(0), get_input_partial_shape(0));
}

std::shared_ptr<ov::Node> CommandOp::clone_with_new_inputs(const ov::OutputVector& inputs) const {
  return std::make_shared<CommandOp>(inputs.at(0));
}

bool CommandOp::evaluate(ov::TensorVector& outputs, const ov::TensorVector& inputs) const {
  ++begun;
  const auto* const values = inputs[0].data<const float>();
  if (values[0] == command::fail) throw DeviceFailed();
  if (values[0] == command::stand) stand();
  if (values[0] == command::nap)
    std::this_thread::sleep_for(std::chrono::microseconds(static_cast<std::int64_t>(values[1])));
  inputs[0].copy_to(outputs[0]);
  return true;
}

Standstill::Standstill() {
  stop();
}

Standstill::~Standstill() {
  go_on();
  std::unique_lock lock(place().mutex);
  place().changed.wait(lock, [] { return place().standing == 0; });
}

void Standstill::stop() {
  const std::lock_guard lock(place().mutex);
  place().is_closed = true;
}

void Standstill::go_on() {
  const std::lock_guard lock(place().mutex);
  place().is_closed = false;
  place().changed.notify_all();
}

void Standstill::wait_until_standing(std::size_t count) {
  std::unique_lock lock(place().mutex);
  if (!place().changed.wait_for(lock, std::chrono::minutes(1), [&] { return place().standing >= count; }))
    throw std::runtime_error("no inference has come to stand within a minute");
}

std::size_t inferences_begun() noexcept {
  return begun;
}

ov::CompiledModel compile_command_model(ov::Core& core) {
  core.add_extension<CommandOp>();
  const auto x = std::make_shared<ov::op::v0::Parameter>(ov::element::f32, ov::PartialShape{1, 4});
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{std::make_shared<CommandOp>(x)->output(0)},
                                                 ov::ParameterVector{x}, "command");
  return core.compile_model(model, "CPU", ov::num_streams(2), ov::inference_num_threads(2));
}

ov::Tensor told(float first, float second) {
  ov::Tensor made(ov::element::f32, {1, 4});
  std::ranges::copy(std::array{first, second, 0.0F, 0.0F}, made.data<float>());
  return made;
}

ov::Tensor told(float first, std::weak_ptr<void>& owner) {
  const auto memory = std::make_shared<std::array<float, 4>>(std::array{first, 0.0F, 0.0F, 0.0F});
  owner = memory;
  return {ov::Tensor(ov::element::f32, {1, 4}, memory->data()), memory};
}

}  // namespace inferqueue::testing
