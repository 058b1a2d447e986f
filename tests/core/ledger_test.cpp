#include "core/ledger.hpp"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace inferqueue::core {
namespace {

TEST(Ledger, NothingAcceptedIsNothingToWaitFor) {
  Ledger ledger;
  EXPECT_TRUE(ledger.is_empty(ledger.close_generation()));
}

TEST(Ledger, WaitsForWhatWasAcceptedBeforeAndNotForLater) {
  Ledger ledger;
  const Generation first = ledger.accept();
  const Generation waited = ledger.close_generation();
  const Generation second = ledger.accept();
  EXPECT_FALSE(ledger.is_empty(waited));
  EXPECT_TRUE(ledger.finish(first));
  EXPECT_TRUE(ledger.is_empty(waited));
  EXPECT_EQ(ledger.unfinished(), 1U);
  EXPECT_TRUE(ledger.finish(second));
}

TEST(Ledger, ALaterGenerationThatEmptiesFirstDoesNotHideAnEarlierOne) {
  Ledger ledger;
  const Generation early = ledger.accept();
  ledger.close_generation();
  const Generation late = ledger.accept();
  const Generation waited = ledger.close_generation();
  EXPECT_FALSE(ledger.finish(late));
  EXPECT_FALSE(ledger.is_empty(waited));
  EXPECT_TRUE(ledger.finish(early));
  EXPECT_TRUE(ledger.is_empty(waited));
}

TEST(Ledger, ASecondWaitWithNothingNewWaitsForTheSame) {
  Ledger ledger;
  const Generation only = ledger.accept();
  EXPECT_EQ(ledger.close_generation(), ledger.close_generation());
  EXPECT_TRUE(ledger.finish(only));
  EXPECT_TRUE(ledger.is_empty(ledger.close_generation()));
}

TEST(Ledger, ErrorsAreTakenOnceInOrderAndBounded) {
  Ledger ledger;
  for (std::size_t i = 0; i < Ledger::max_errors + 10; ++i)
    ledger.add_error(std::make_exception_ptr(std::runtime_error(std::to_string(i))));
  const auto errors = ledger.take_errors();
  ASSERT_EQ(errors.size(), Ledger::max_errors);
  EXPECT_THROW(
      {
        try {
          std::rethrow_exception(errors.front());
        } catch (const std::runtime_error& e) {
          EXPECT_STREQ(e.what(), "0");
          throw;
        }
      },
      std::runtime_error);
  EXPECT_TRUE(ledger.take_errors().empty());
}

}  // namespace
}  // namespace inferqueue::core
