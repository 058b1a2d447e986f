// What throws, lies or comes twice costs no slot and no request.
#include <stdexcept>
#include <string>
#include <vector>

#include <inferqueue/error.hpp>

#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

using core::SlotId;

struct Mine : std::runtime_error {
  using std::runtime_error::runtime_error;
};

TEST_F(EngineTest, ARefusedBindGivesTheSlotBack) {
  make_engine(2);
  bool refuse = true;
  backend->on_bind = [&](SlotId) {
    if (refuse) throw Mine("bind");
  };
  for (int i = 0; i < 5; ++i) EXPECT_THROW(engine->submit(record(i)), Mine);
  EXPECT_TRUE(engine->wait_all().empty());
  expect_all_slots_idle();
  refuse = false;
  engine->submit(record(0));
  engine->submit(record(1));
  backend->complete(0);
  backend->complete(1);
}

TEST_F(EngineTest, ARefusedStartGivesTheSlotBackAndKeepsNothing) {
  make_engine(1);
  bool refuse = true;
  backend->on_start = [&](SlotId) {
    if (refuse) throw Mine("start");
  };
  int outcomes = 0;
  for (int i = 0; i < 5; ++i)
    EXPECT_THROW(engine->submit(record(i, [&](FakeRecord&) { ++outcomes; }, [&](FakeRecord&) { ++outcomes; })), Mine);
  EXPECT_TRUE(engine->wait_all().empty());
  EXPECT_EQ(outcomes, 0);
  EXPECT_EQ(engine->snapshot(0).latest.get(), nullptr);
  expect_all_slots_idle();
  refuse = false;
  engine->submit(record(1));
  backend->complete(0);
}

TEST_F(EngineTest, AnInferenceErrorReachesWaitAllOnceWithItsType) {
  make_engine(2);
  int values = 0;
  engine->submit(record(0, [&](FakeRecord&) { ++values; }));
  engine->submit(record(1, [&](FakeRecord&) { ++values; }));
  backend->complete(0, std::make_exception_ptr(Mine("inference")));
  backend->complete(1);
  EXPECT_EQ(values, 1);
  const auto errors = engine->wait_all();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(message_of<Mine>(errors[0]), "inference");
  EXPECT_TRUE(engine->wait_all().empty());
  expect_all_slots_idle();
}

TEST_F(EngineTest, AnErrorHandlerHearsInsteadOfWaitAll) {
  make_engine(1);
  std::vector<std::string> heard;
  const auto listen = [&](FakeRecord& r) { heard.push_back(message_of<Mine>(r.error)); };
  engine->submit(record(0, nullptr, listen));
  backend->complete(0, std::make_exception_ptr(Mine("inference")));
  engine->submit(record(1, [](FakeRecord&) { throw Mine("callback"); }, listen));
  backend->complete(0);
  EXPECT_EQ(heard, (std::vector<std::string>{"inference", "callback"}));
  EXPECT_TRUE(engine->wait_all().empty());
  expect_all_slots_idle();
}

TEST_F(EngineTest, ACallbackThatThrowsKeepsTheQueueUsable) {
  make_engine(1);
  for (int i = 0; i < 3; ++i) {
    engine->submit(record(i, [](FakeRecord&) { throw Mine("callback"); }));
    backend->complete(0);
  }
  EXPECT_EQ(engine->wait_all().size(), 3U);
  engine->submit(record(9, [](FakeRecord&) { throw 42; }));  // not even a std::exception
  backend->complete(0);
  EXPECT_EQ(engine->wait_all().size(), 1U);
  expect_all_slots_idle();
}

TEST_F(EngineTest, AnErrorHandlerThatThrowsHandsItsOwnErrorToWaitAll) {
  make_engine(1);
  engine->submit(record(0, nullptr, [](FakeRecord&) { throw Mine("in the error handler"); }));
  backend->complete(0, std::make_exception_ptr(std::logic_error("heard")));
  const auto errors = engine->wait_all();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(message_of<Mine>(errors[0]), "in the error handler");
}

TEST_F(EngineTest, OutputsThatCannotBeCollectedAreAnErrorOfTheRequest) {
  make_engine(1);
  backend->on_collect = [](SlotId) { throw Mine("collect"); };
  engine->submit(record(0));
  backend->complete(0);
  EXPECT_EQ(message_of<Mine>(engine->wait_all().at(0)), "collect");
  expect_all_slots_idle();
}

TEST_F(EngineTest, ACompletionThatComesTwiceCountsOnce) {
  make_engine(2);
  int values = 0;
  engine->submit(record(0, [&](FakeRecord&) { ++values; }));
  backend->complete(0);
  backend->complete_wrongly(0);
  backend->complete_wrongly(1);  // never started
  EXPECT_EQ(values, 1);
  expect_all_slots_idle();
}

TEST_F(EngineTest, ACompletionInsideTheCallbackOfTheSameRunIsIgnored) {
  make_engine(1);
  int values = 0;
  engine->submit(record(0, [&](FakeRecord&) {
    ++values;
    backend->complete_wrongly(0);
  }));
  backend->complete(0);
  EXPECT_EQ(values, 1);
  expect_all_slots_idle();
}

TEST_F(EngineTest, AStartThatCompletesAndThenThrowsHasOneOutcome) {
  make_engine(1);
  int values = 0;
  backend->on_start = [&](SlotId slot) {
    backend->complete_wrongly(slot);
    throw Mine("after completing");
  };
  engine->submit(record(0, [&](FakeRecord&) { ++values; }));
  EXPECT_EQ(values, 1);
  EXPECT_TRUE(engine->wait_all().empty());
  expect_all_slots_idle();
}

}  // namespace
}  // namespace inferqueue::testing
