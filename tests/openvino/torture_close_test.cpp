// Closing and destroying in faults: clause 6 of the contract in docs/queue.md.
#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <vector>

#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "torture_fixture.hpp"

namespace inferqueue {
namespace {

using namespace std::chrono_literals;
using testing::code_thrown_by;
using testing::eventually;
using testing::Standstill;
using testing::told;

TEST_F(Torture, DestroyWhileTheDeviceStandsStill) {
  std::atomic<int> calls{0};
  std::vector<std::optional<Errc>> errors;
  Standstill device;
  {
    AsyncInferQueue queue(commanded, {.jobs = 1, .abandon_after = 5ms});
    queue.set_callback([&](Request&) { ++calls; });
    queue.set_error_callback(
        [&](Request&, const std::exception_ptr& error) { errors.push_back(testing::code_of(error)); });
    stand(queue, device);
  }
  EXPECT_EQ(errors, std::vector<std::optional<Errc>>{Errc::abandoned});
  device.go_on();
  EXPECT_TRUE(eventually([] { return abandoned_requests_held() == 0; }));
  EXPECT_EQ(calls, 0) << "a late completion was heard";
}

TEST_F(Torture, DestroyWhileAThreadSubmits) {
  std::atomic<int> calls{0};
  Standstill device;
  auto queue = std::make_unique<AsyncInferQueue>(commanded, 1);
  queue->set_callback([&](Request&) { ++calls; });
  stand(*queue, device);
  auto submitting = std::async(
      std::launch::async, [&inside = *queue] { return code_thrown_by([&] { return inside.start_async(told(1)); }); });
  EXPECT_TRUE(eventually([&] { return queue->report().waiting == 1; }));
  auto destroyed = std::async(std::launch::async, [&] { queue.reset(); });
  EXPECT_EQ(submitting.get(), Errc::closed) << "before the device goes on";
  device.go_on();
  destroyed.get();
  EXPECT_EQ(calls, 1);
}

TEST_F(Torture, ClosingWakesWhoWaits) {
  std::atomic<int> calls{0};
  Standstill device;
  AsyncInferQueue queue(commanded, 1);
  queue.set_callback([&](Request&) { ++calls; });
  stand(queue, device);
  auto submitting =
      std::async(std::launch::async, [&] { return code_thrown_by([&] { return queue.start_async(told(1)); }); });
  EXPECT_TRUE(eventually([&] { return queue.report().waiting == 1; }));
  auto closed = std::async(std::launch::async, [&] { return queue.close(); });
  EXPECT_EQ(submitting.get(), Errc::closed) << "before the device goes on";
  device.go_on();
  EXPECT_EQ(closed.get().abandoned, 0U);
  EXPECT_EQ(calls, 1);
}

TEST_F(Torture, CoreAndModelMayGoFirst) {
  std::atomic<int> calls{0};
  AsyncInferQueue queue(commanded, 2);
  queue.set_callback([&](Request&) { ++calls; });
  compiled = {};
  commanded = {};
  core.reset();
  expect_works(queue, calls);
}

TEST_F(Torture, DestroyWithErrorsThatNobodyTook) {
  for (int round = 0; round < 20; ++round) {
    std::promise<void> both;
    std::atomic<int> calls{0};
    AsyncInferQueue queue(commanded, 2);
    queue.set_callback([&](Request&) {
      if (++calls == 2) both.set_value();
      throw Mine("nobody listens");
    });
    for (int i = 0; i < 2; ++i) queue.start_async(told(1));
    both.get_future().wait();
  }
}

}  // namespace
}  // namespace inferqueue
