// Each type that the runtime's properties have.
#include "devices/value.hpp"

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <openvino/runtime/properties.hpp>

namespace inferqueue::devices {
namespace {

TEST(ValueOf, NumbersStayNumbers) {
  EXPECT_EQ(value_of(ov::Any(std::int32_t{-3})).dump(), "-3");
  EXPECT_EQ(value_of(ov::Any(std::uint32_t{4})).dump(), "4");
  EXPECT_EQ(value_of(ov::Any(std::int64_t{1} << 40)).dump(), "1099511627776");
  EXPECT_EQ(value_of(ov::Any(std::uint64_t{5})).dump(), "5");
  EXPECT_EQ(value_of(ov::Any(0.5F)).dump(), "0.5");
  EXPECT_EQ(value_of(ov::Any(0.25)).dump(), "0.25");
}

TEST(ValueOf, BoolsTextsAndLists) {
  EXPECT_EQ(value_of(ov::Any(true)).dump(), "true");
  EXPECT_EQ(value_of(ov::Any(std::string("A \"name\""))).dump(), R"("A \"name\"")");
  EXPECT_EQ(value_of(ov::Any(std::vector<std::string>{"CPU", "GPU"})).dump(), R"(["CPU","GPU"])");
  const std::vector<ov::PropertyName> names{ov::PropertyName("A"), ov::PropertyName("B")};
  EXPECT_EQ(value_of(ov::Any(names)).dump(), R"(["A","B"])");
}

TEST(ValueOf, RangesAreArrays) {
  EXPECT_EQ(value_of(ov::Any(std::tuple<unsigned, unsigned>{1, 20})).dump(), "[1,20]");
  EXPECT_EQ(value_of(ov::Any(std::tuple<unsigned, unsigned, unsigned>{1, 2, 1})).dump(), "[1,2,1]");
}

TEST(ValueOf, StreamsAreANumberUnlessTheyHaveAName) {
  EXPECT_EQ(value_of(ov::Any(ov::streams::Num(4))).dump(), "4");
  EXPECT_EQ(value_of(ov::Any(ov::streams::AUTO)).dump(), R"("AUTO")");
  EXPECT_EQ(value_of(ov::Any(ov::streams::NUMA)).dump(), R"("NUMA")");
}

TEST(ValueOf, OtherTypesAreTextAsTheRuntimeWritesThem) {
  EXPECT_EQ(value_of(ov::Any(ov::hint::Priority::MEDIUM)).dump(), R"("MEDIUM")");
  EXPECT_EQ(value_of(ov::Any(ov::hint::PerformanceMode::LATENCY)).dump(), R"("LATENCY")");
  EXPECT_EQ(value_of(ov::Any(ov::element::Type(ov::element::bf16))).dump(), R"("bf16")");
}

TEST(ValueOf, NothingIsNull) {
  EXPECT_TRUE(value_of(ov::Any()).is_null());
}

TEST(TextOf, AsPeopleReadIt) {
  EXPECT_EQ(text_of(4), "4");
  EXPECT_EQ(text_of(0.5), "0.5");
  EXPECT_EQ(text_of(true), "YES");
  EXPECT_EQ(text_of(false), "NO");
  EXPECT_EQ(text_of("a \"name\""), "a \"name\"");
  EXPECT_EQ(text_of(Value::array({1, 20})), "1 20");
  EXPECT_EQ(text_of(nullptr), "not supported");
  EXPECT_EQ(text_of(""), "(empty)");
  EXPECT_EQ(text_of("a\x1b[31m\nb"), "a\\u001b[31m\\nb");
  EXPECT_EQ(text_of(Value::array()), "(empty)");
}

TEST(InOneLine, OnlyWhatSteersTerminalsIsEscaped) {
  EXPECT_EQ(in_one_line("Gr\xC3\xA4\xC3\x9F \xE2\x80\x93 \\ \xC2\xA0"), "Gr\xC3\xA4\xC3\x9F \xE2\x80\x93 \\ \xC2\xA0");
  EXPECT_EQ(in_one_line("\x7F"), "\\u007f");
  EXPECT_EQ(in_one_line("\xC2\x9B"), "\\u009b") << "C1";
  EXPECT_EQ(in_one_line("\xE2\x80\xAE\xE2\x81\xA6"), "\\u202e\\u2066") << "bidirectional text";
  EXPECT_EQ(in_one_line("\xE2\x80"), "\xE2\x80") << "cut short";
}

}  // namespace
}  // namespace inferqueue::devices
