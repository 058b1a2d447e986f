// What becomes of requests, slots and errors in faults: clauses 1, 2 and 3 of the contract in docs/queue.md.
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "torture_fixture.hpp"

namespace inferqueue {
namespace {

using namespace std::chrono_literals;
using testing::DeviceFailed;
using testing::eventually;
using testing::inferences_begun;
using testing::Standstill;
using testing::told;
namespace command = testing::command;

TEST_F(Torture, RefusedSubmissionKeepsNothing) {
  std::atomic<int> calls{0};
  std::weak_ptr<int> user_data;
  std::weak_ptr<std::array<float, 7>> input;
  AsyncInferQueue queue(compiled, 2);
  queue.set_callback([&](Request&) { ++calls; });
  {
    auto datum = std::make_shared<int>(1);
    const auto memory = std::make_shared<std::array<float, 7>>();
    user_data = datum;
    input = memory;
    const ov::Tensor bad(ov::Tensor(ov::element::f32, {1, 7}, memory->data()), memory);
    EXPECT_EQ(testing::code_thrown_by([&] { return queue.start_async(bad, std::move(datum)); }), Errc::invalid_input);
  }
  EXPECT_TRUE(user_data.expired());
  EXPECT_TRUE(input.expired());
  queue.wait_all();
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(queue.statistics().accepted, 0U);
}

TEST_F(Torture, CancelledRequestNeverRuns) {
  std::atomic<int> calls{0};
  Standstill device;
  AsyncInferQueue queue(commanded, {.jobs = 1, .backpressure = Backpressure::reject});
  queue.set_callback([&](Request&) { ++calls; });
  stand(queue, device);
  const std::size_t begun = inferences_begun();
  const RequestId waits = queue.start_async(told(1));
  EXPECT_TRUE(queue.cancel(waits));
  EXPECT_FALSE(queue.cancel(waits));
  device.go_on();
  queue.wait_all();
  EXPECT_EQ(inferences_begun(), begun);
  EXPECT_EQ(queue.statistics().cancelled, 1U);
  EXPECT_EQ(calls, 1);
  expect_works(queue, calls);
}

TEST_F(Torture, ExpiredRequestNeverRuns) {
  std::atomic<int> calls{0};
  Standstill device;
  AsyncInferQueue queue(commanded, {.jobs = 1, .backpressure = Backpressure::reject});
  queue.set_callback([&](Request&) { ++calls; });
  stand(queue, device);
  const std::size_t begun = inferences_begun();
  queue.start_async(told(1), {}, {.expires_after = 1ms});
  EXPECT_TRUE(eventually([&] { return queue.statistics().expired == 1; })) << "while the device stands still";
  device.go_on();
  queue.wait_all();
  EXPECT_EQ(inferences_begun(), begun);
  EXPECT_EQ(calls, 1);
  expect_works(queue, calls);
}

TEST_F(Torture, CancelWhatRunsKeepsTheSlot) {
  std::atomic<int> calls{0};
  std::atomic<int> errors{0};
  Standstill device;
  AsyncInferQueue queue(commanded, 1);
  queue.set_callback([&](Request&) { ++calls; });
  queue.set_error_callback([&](Request&, const std::exception_ptr&) { ++errors; });
  EXPECT_TRUE(queue.cancel(stand(queue, device)));
  device.go_on();
  EXPECT_NO_THROW(queue.wait_all());
  EXPECT_EQ(calls + errors, 1);
  expect_works(queue, calls);
}

TEST_F(Torture, FailingInferenceKeepsTheSlots) {
  std::atomic<int> calls{0};
  AsyncInferQueue queue(commanded, 2);
  queue.set_callback([&](Request&) { ++calls; });
  for (int i = 0; i < 4; ++i) queue.start_async(told(i == 0 ? command::fail : 1), i);
  try {
    queue.wait_all();
    ADD_FAILURE() << "the error was not raised";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find(DeviceFailed().what()), std::string::npos) << error.what();
  }
  EXPECT_NO_THROW(queue.wait_all());
  EXPECT_EQ(calls, 3);
  expect_works(queue, calls);
}

/// Can be moved on the thread that has made it only.
struct ThrowsElsewhere {
  std::thread::id home = std::this_thread::get_id();
  ThrowsElsewhere() = default;
  ThrowsElsewhere(const ThrowsElsewhere& other) : home(other.home) { check(); }
  ThrowsElsewhere(ThrowsElsewhere&& other) : home(other.home) { check(); }  // not noexcept, on purpose
  ThrowsElsewhere& operator=(const ThrowsElsewhere&) = delete;
  ThrowsElsewhere& operator=(ThrowsElsewhere&&) = delete;
  ~ThrowsElsewhere() = default;
  void check() const {
    if (std::this_thread::get_id() != home) throw std::runtime_error("user data");
  }
};

struct ThrowsWhenCopied {
  ThrowsWhenCopied() = default;
  ThrowsWhenCopied(const ThrowsWhenCopied& /*other*/) { throw std::runtime_error("user data"); }
  ThrowsWhenCopied& operator=(const ThrowsWhenCopied&) = delete;
};

TEST_F(Torture, UserDataThatThrowsKeepsTheSlots) {
  std::atomic<int> calls{0};
  std::atomic<int> entered{0};
  AsyncInferQueue queue(commanded, 2);
  const ThrowsWhenCopied datum;
  for (int i = 0; i < 3; ++i) EXPECT_THROW(queue.start_async(told(1), datum), std::runtime_error);
  EXPECT_EQ(queue.statistics().accepted, 0U);
  queue.set_callback([&](Request&, ThrowsElsewhere) { ++entered; });
  for (int i = 0; i < 3; ++i) queue.start_async(told(1), ThrowsElsewhere());
  EXPECT_EQ(queue.wait_all_errors().size(), 3U);
  EXPECT_EQ(entered, 0);
  queue.set_callback([&](Request&) { ++calls; });
  expect_works(queue, calls);
}

/// Four requests, all of which fail: of the odd ones the inference, of the others the callback.
void submit_failing(AsyncInferQueue& queue) {
  queue.set_callback([](Request&, int i) { throw std::runtime_error("callback " + std::to_string(i)); });
  for (int i = 0; i < 4; ++i) queue.start_async(told(i % 2 == 1 ? command::fail : 1), i);
}

int count(const std::vector<std::exception_ptr>& errors, const std::string& text) {
  int found = 0;
  for (const std::exception_ptr& error : errors) {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& thrown) {
      found += std::string(thrown.what()).find(text) != std::string::npos;
    }
  }
  return found;
}

TEST_F(Torture, EveryErrorReachesOnePlace) {
  std::vector<std::exception_ptr> heard;  // callbacks run one after another here
  AsyncInferQueue queue(commanded, 4);
  submit_failing(queue);
  const std::vector<std::exception_ptr> taken = queue.wait_all_errors();
  EXPECT_TRUE(queue.wait_all_errors().empty());
  queue.set_error_callback([&](Request&, const std::exception_ptr& error) { heard.push_back(error); });
  submit_failing(queue);
  EXPECT_NO_THROW(queue.wait_all());
  for (const std::vector<std::exception_ptr>& errors : {taken, heard}) {
    EXPECT_EQ(errors.size(), 4U);
    EXPECT_EQ(count(errors, "callback 0"), 1);
    EXPECT_EQ(count(errors, "callback 2"), 1);
    EXPECT_EQ(count(errors, DeviceFailed().what()), 2);
  }
}

TEST_F(Torture, KeptResultsStay) {
  std::vector<ov::Tensor> kept;
  AsyncInferQueue queue(commanded, 1);
  queue.set_callback([&](Request& request) { kept.push_back(request.result()); });
  for (int i = 0; i < 11; ++i) queue.start_async(told(static_cast<float>(i)));
  queue.wait_all();
  ASSERT_EQ(kept.size(), 11U);
  for (int i = 0; i < 11; ++i) EXPECT_EQ(*kept[static_cast<std::size_t>(i)].data<float>(), i);
}

}  // namespace
}  // namespace inferqueue
