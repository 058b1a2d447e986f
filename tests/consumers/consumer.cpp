// A program of somebody who links the library: squares through a queue, and errors across the library's boundary.
// Prints the sum of the squares; fails where anything is not as the headers promise.
#include <algorithm>
#include <cstddef>
#include <exception>
#include <iostream>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <openvino/core/model.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/runtime/core.hpp>

#include <inferqueue/inferqueue.hpp>

namespace {

constexpr std::size_t frames = 20;
constexpr std::size_t width = 4;

struct Unlucky : std::exception {
  const char* what() const noexcept override { return "thirteen"; }
};

std::shared_ptr<ov::Model> square_model() {
  const auto x = std::make_shared<ov::op::v0::Parameter>(ov::element::f32, ov::Shape{1, width});
  const auto y = std::make_shared<ov::op::v1::Multiply>(x, x);
  return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x}, "square");
}

ov::Tensor filled(std::size_t columns, std::size_t value) {
  ov::Tensor tensor(ov::element::f32, {1, columns});
  std::fill_n(tensor.data<float>(), columns, static_cast<float>(value));
  return tensor;
}

/// Each row of the model's output summed up; 0² + 1² + … + 19² = 2470, times the width.
float sum_of_squares(inferqueue::AsyncInferQueue& queue) {
  std::vector<float> sums(frames);
  queue.set_callback([&sums](inferqueue::Request& request, std::size_t frame) {
    const ov::Tensor result = request.result();
    const auto* values = result.data<const float>();
    sums.at(frame) = std::accumulate(values, values + result.get_size(), 0.0F);
  });
  for (std::size_t frame = 0; frame < frames; ++frame) queue.start_async(filled(width, frame), frame);
  queue.wait_all();
  return std::accumulate(sums.begin(), sums.end(), 0.0F);
}

/// True if the submission is refused with the library's own exception.
bool refused(inferqueue::AsyncInferQueue& queue, const ov::Tensor& input, inferqueue::UserData user_data,
             inferqueue::Errc expected) {
  try {
    queue.start_async(input, std::move(user_data));
  } catch (const inferqueue::Error& error) {
    std::cout << inferqueue::to_string(error.code()) << ": " << error.what() << '\n';
    return error.code() == expected;
  }
  return false;
}

/// True if an exception of this program comes back out of the library as what it was.
bool own_error_returns(inferqueue::AsyncInferQueue& queue) {
  queue.set_callback([](inferqueue::Request&) { throw Unlucky(); });
  queue.start_async(filled(width, 13));
  try {
    queue.wait_all();
  } catch (const Unlucky&) {
    return true;
  }
  return false;
}

int fail(const std::string& what) {
  std::cerr << "consumer: " << what << '\n';
  return 1;
}

int run() {
  inferqueue::AsyncInferQueue queue(ov::Core(), square_model(), "CPU");
  const float sum = sum_of_squares(queue);
  std::cout << "sum of squares: " << sum << '\n';
  if (sum != 9880.0F) return fail("the sum should be 9880");
  if (!refused(queue, filled(width + 1, 0), std::size_t{0}, inferqueue::Errc::invalid_input))
    return fail("a wrong shape was not refused with Error(invalid_input)");
  if (!refused(queue, filled(width, 0), std::string("zero"), inferqueue::Errc::user_data_mismatch))
    return fail("a wrong type of user data was not refused with Error(user_data_mismatch)");
  if (!own_error_returns(queue)) return fail("an exception of the callback did not come back as itself");
  return 0;
}

}  // namespace

int main() {
  try {
    return run();
  } catch (const std::exception& error) {
    return fail(std::string("unexpected: ") + error.what());
  }
}
