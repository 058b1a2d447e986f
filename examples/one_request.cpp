// One infer request, run synchronously: infer() returns when the result is there, and until then the program waits.
// Shows what that leaves idle under each performance hint. Only OpenVINO: this is what a queue is compared with.
// usage: one_request MODEL [DEVICE [SECONDS]]
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <thread>

#include <openvino/openvino.hpp>

#include "numbers.hpp"

int main(int argc, char** argv) try {
  if (argc < 2) throw std::invalid_argument("usage: one_request MODEL [DEVICE [SECONDS]]");
  const std::string device = argc > 2 ? argv[2] : "CPU";
  const std::chrono::duration<double> seconds(argc > 3 ? positive<double>("SECONDS", argv[3]) : 2.0);

  ov::Core core;
  const auto model = core.read_model(argv[1]);
  for (const char* hint : {"LATENCY", "THROUGHPUT"}) {
    ov::CompiledModel compiled = core.compile_model(model, device, {{ov::hint::performance_mode.name(), hint}});
    ov::InferRequest request = compiled.create_infer_request();
    request.infer();  // the first one also allocates

    std::size_t count = 0;
    const std::clock_t cpu_begin = std::clock();
    const auto begin = std::chrono::steady_clock::now();
    std::chrono::duration<double> wall{};
    do {
      request.infer();
      ++count;
      wall = std::chrono::steady_clock::now() - begin;
    } while (wall < seconds);
    // std::clock() counts what all threads of the process have used.
    const double cpu = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;

    std::printf("%-10s  1 of %u requests: %7.1f inferences/s, %6.2f ms each, %3.0f %% of the processors\n", hint,
                compiled.get_property(ov::optimal_number_of_infer_requests), static_cast<double>(count) / wall.count(),
                wall.count() * 1e3 / static_cast<double>(count),
                100 * cpu / wall.count() / std::thread::hardware_concurrency());
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "one_request: %s\n", error.what());
  return 1;
}
