// Two infer requests in turn: the device runs one while the program prepares the other. Only OpenVINO; compared with
// one request on the same work. It is the pattern that the queue replaces, because it waits for one certain request
// even if the other is done, keeps two busy on a device that takes six, and leaves one in flight when the other throws.
// usage: two_requests MODEL [DEVICE [SECONDS]]
#include <array>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <utility>

#include <openvino/openvino.hpp>

#include "numbers.hpp"

namespace {

using Clock = std::chrono::steady_clock;

/// Stands for the work before an inference: fills the input with noise.
void prepare(ov::InferRequest& request, std::minstd_rand& random) {
  ov::Tensor input = request.get_input_tensor();
  for (std::size_t i = 0; i < input.get_size(); ++i) input.data<float>()[i] = static_cast<float>(random() % 256) / 255;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) throw std::invalid_argument("usage: two_requests MODEL [DEVICE [SECONDS]]");
  const std::string device = argc > 2 ? argv[2] : "CPU";
  const std::chrono::duration<double> turn((argc > 3 ? positive<double>("SECONDS", argv[3]) : 2.0) / 4);
  ov::Core core;
  const auto model = core.read_model(argv[1]);
  for (const char* hint : {"LATENCY", "THROUGHPUT"}) {
    ov::CompiledModel compiled = core.compile_model(model, device, {{ov::hint::performance_mode.name(), hint}});
    ov::InferRequest current = compiled.create_infer_request();
    ov::InferRequest next = compiled.create_infer_request();
    std::minstd_rand random;
    std::array<std::size_t, 2> done{};
    for (int i = 0; i < 4; ++i) {  // by turns, so that a machine that drifts slows both
      for (const auto until = Clock::now() + turn; Clock::now() < until; ++done[0]) {
        prepare(current, random);  // the device is idle
        current.infer();           // the program is idle
      }
      prepare(current, random);
      current.start_async();
      for (const auto until = Clock::now() + turn; Clock::now() < until; ++done[1]) {
        prepare(next, random);  // while `current` runs
        next.start_async();
        current.wait();
        std::swap(current, next);
      }
      current.wait();
    }
    std::printf("%-10s  one request: %.1f inferences/s, two requests: %.1f, that is %.2f times as many\n", hint,
                static_cast<double>(done[0]) / turn.count() / 4, static_cast<double>(done[1]) / turn.count() / 4,
                static_cast<double>(done[1]) / static_cast<double>(done[0]));
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "two_requests: %s\n", error.what());
  return 1;
}
