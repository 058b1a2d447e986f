// Requests through the queue as fast as they go, for scripts/bench_queue.py. What peers.cpp measures of a bare pool,
// this measures of the queue: the inputs stay as they are, the callback counts.
//
//   queue_load MODEL [--device CPU] [--hint THROUGHPUT] [--jobs 0] [--seconds 3] [--callback-threads 0]
//              [--callback-us 0] [--submit-ahead 0] [--way callback|future|coroutine]
//
// MODEL is a file or builtin:NAME. Prints one JSON object. cpu_s_per_item is the process's user and system time over
// the items, without the warm-up.
#include <atomic>
#include <chrono>
#include <coroutine>
#include <deque>
#include <iostream>
#include <map>
#include <string>

#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include <inferqueue/inferqueue.hpp>

#include "models/builtin.hpp"

namespace {

using inferqueue::AsyncInferQueue;
using inferqueue::Request;
using Clock = std::chrono::steady_clock;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

/// Keeps the thread busy, as work on a result would.
void work_for(std::chrono::microseconds duration) {
  for (const auto end = Clock::now() + duration; Clock::now() < end;) {
  }
}

/// A coroutine that nobody awaits.
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

Detached await_again_and_again(AsyncInferQueue& queue, Clock::time_point end, std::atomic<long>& done) {
  for (; Clock::now() < end; ++done) co_await queue.infer();
}

struct Load {
  std::string way = "callback";
  double seconds = 3;
};

/// Returns the number of items, after all have their outcome.
long run(AsyncInferQueue& queue, const Load& load, std::atomic<long>& done) {
  const auto begun = Clock::now();
  long items = 0;
  if (load.way == "callback") {
    for (; seconds_since(begun) < load.seconds; ++items) queue.start_async();
  } else if (load.way == "future") {
    std::deque<inferqueue::RequestFuture> futures;
    for (; seconds_since(begun) < load.seconds; ++items) {
      if (futures.size() == queue.size()) {
        futures.front().get();
        futures.pop_front();
        ++done;
      }
      futures.push_back(queue.submit());
    }
    for (; !futures.empty(); futures.pop_front(), ++done) futures.front().get();
  } else {
    const auto end = begun + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(load.seconds));
    for (std::size_t i = 0; i < queue.size(); ++i) await_again_and_again(queue, end, done);
    while (Clock::now() < end) queue.wait_all();
    queue.wait_all();
    items = done;
  }
  queue.wait_all();
  return items;
}

int measure(const std::string& name, std::map<std::string, std::string>& options) {
  ov::Core core;
  const auto model =
      inferqueue::models::is_builtin(name) ? inferqueue::models::make_builtin(name) : core.read_model(name);
  const auto compiled =
      core.compile_model(model, options["--device"], ov::AnyMap{{"PERFORMANCE_HINT", options["--hint"]}});
  const std::chrono::microseconds callback_time(std::stol(options["--callback-us"]));
  AsyncInferQueue queue(compiled, {.jobs = std::stoul(options["--jobs"]),
                                   .callback_threads = std::stoul(options["--callback-threads"]),
                                   .submit_ahead = std::stoul(options["--submit-ahead"])});
  for (std::size_t i = 0; i < 2 * queue.size(); ++i) queue.start_async();
  queue.wait_all();

  std::atomic<long> done{0};
  queue.set_callback([&](Request&) {
    if (callback_time.count() > 0) work_for(callback_time);
    done.fetch_add(1, std::memory_order_relaxed);
  });
  const double cpu_before = cpu_seconds();
  const auto begun = Clock::now();
  const long items = run(queue, {.way = options["--way"], .seconds = std::stod(options["--seconds"])}, done);
  const double wall = seconds_since(begun);
  const double cpu = cpu_seconds() - cpu_before;
  if (done != items) throw std::runtime_error("outcomes were lost");
  const inferqueue::Statistics statistics = queue.statistics();
  const auto us = [](std::chrono::nanoseconds d) { return static_cast<double>(d.count()) / 1000; };
  const nlohmann::json out{{"model", name},
                           {"jobs", queue.size()},
                           {"items", items},
                           {"items_per_s", static_cast<double>(items) / wall},
                           {"cpu_s_per_item", cpu / static_cast<double>(items)},
                           {"wait_p50_us", us(statistics.wait.percentile(50))},
                           {"service_p50_us", us(statistics.service.percentile(50))}};
  std::cout << out << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2 || argc % 2 != 0) {
    std::cerr << "usage: queue_load MODEL [--device D] [--hint H] [--jobs N] [--seconds S] [--callback-threads N] "
                 "[--callback-us N] [--submit-ahead N] [--way callback|future|coroutine]\n";
    return 2;
  }
  std::map<std::string, std::string> options{
      {"--device", "CPU"},         {"--hint", "THROUGHPUT"}, {"--jobs", "0"},         {"--seconds", "3"},
      {"--callback-threads", "0"}, {"--callback-us", "0"},   {"--submit-ahead", "0"}, {"--way", "callback"}};
  for (int i = 2; i + 1 < argc; i += 2) options.at(argv[i]) = argv[i + 1];
  return measure(argv[1], options);
} catch (const std::exception& error) {
  std::cerr << "queue_load: " << error.what() << '\n';
  return 1;
}
