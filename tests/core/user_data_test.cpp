#include <array>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <inferqueue/error.hpp>
#include <inferqueue/user_data.hpp>

namespace inferqueue {
namespace {

TEST(UserData, HoldsNothingAtFirst) {
  const UserData empty;
  EXPECT_FALSE(empty.has_value());
  EXPECT_EQ(empty.type(), typeid(void));
  EXPECT_EQ(empty.get_if<int>(), nullptr);
}

TEST(UserData, HoldsValuesSmallAndLarge) {
  UserData small = 7;
  UserData large = std::array<int, 100>{1, 2, 3};
  UserData text = std::string("text");
  EXPECT_EQ(small.as<int>(), 7);
  EXPECT_EQ((large.as<std::array<int, 100>>()[2]), 3);
  EXPECT_EQ(text.as<std::string>(), "text");
  text.as<std::string>() += "!";
  EXPECT_EQ(std::as_const(text).as<std::string>(), "text!");
}

TEST(UserData, TakesTypesThatCannotBeCopiedAndDestroysThemOnce) {
  const auto watched = std::make_shared<int>(1);
  {
    UserData first = std::make_unique<std::shared_ptr<int>>(watched);
    UserData second = std::move(first);
    EXPECT_FALSE(first.has_value());  // NOLINT(bugprone-use-after-move): what is tested
    UserData third;
    third = std::move(second);
    EXPECT_EQ(watched.use_count(), 2);
    third = UserData(5);
    EXPECT_EQ(watched.use_count(), 1);
    EXPECT_EQ(third.as<int>(), 5);
  }
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(UserData, KeepsAValueWhoseMoveMayThrow) {
  struct Grumpy {
    explicit Grumpy(int v) : value(v) {}
    Grumpy(Grumpy&& other) noexcept(false) : value(other.value) {}
    int value;
  };
  UserData first = Grumpy(3);
  const UserData second = std::move(first);
  EXPECT_EQ(second.as<Grumpy>().value, 3);
}

TEST(UserData, ConstructorThatThrowsLeavesNothingBehind) {
  struct Thrower {
    Thrower() = default;
    Thrower(const Thrower&) { throw std::runtime_error("copy"); }
    Thrower(Thrower&&) noexcept = default;
  };
  const Thrower value;
  EXPECT_THROW(UserData{value}, std::runtime_error);
}

TEST(UserData, NamesBothTypesOfAMismatch) {
  const UserData number = 7;
  try {
    static_cast<void>(number.as<std::string>());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::user_data_mismatch);
    EXPECT_NE(std::string(error.what()).find("there is int"), std::string::npos) << error.what();
  }
  try {
    static_cast<void>(UserData().as<int>());
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "user data of type int was asked for, but there is nothing");
  }
}

}  // namespace
}  // namespace inferqueue
