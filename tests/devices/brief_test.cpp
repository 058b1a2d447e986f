// The runtime's errors as people meet them.
#include "devices/brief.hpp"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace inferqueue::devices {
namespace {

std::string brief_of(const std::string& text) {
  return brief(std::runtime_error(text));
}

TEST(Brief, IsTheLineThatSaysWhatIsWrong) {
  EXPECT_EQ(brief_of("plain text"), "plain text");
  EXPECT_EQ(brief_of("Exception from src/inference/src/cpp/core.cpp:93:\n"
                     "Check 'found' failed at src/inference/src/dev/plugin.cpp:12:\nGPU isn't there\n\n"),
            "GPU isn't there");
  EXPECT_EQ(brief_of("Exception from a.cpp:1:\nException from b.cpp:2:\n  the reason  \nmore"), "the reason  ");
}

TEST(Brief, PassesOverTheNodeThatItIsAbout) {
  EXPECT_EQ(brief_of("Exception from a.cpp:1:\nException from b.cpp:2:\nNode Hook_2 of type Reference\nno red\n\n"),
            "no red");
  EXPECT_EQ(brief_of("Check 'x' failed at a.cpp:1:\nWhile validating node 'opset1::Add a (b)' with friendly_name 'c':\n"
                     "Shapes don't match\n"),
            "Shapes don't match");
  EXPECT_EQ(brief_of("Exception from a.cpp:1:\nNode Hook_2 of type Reference\n"), "Node Hook_2 of type Reference");
}

TEST(Brief, FallsBackToTheConditionOrSaysThatThereIsNone) {
  EXPECT_EQ(brief_of("Exception from a.cpp:1:\nCheck 'x > 0' failed at b.cpp:2:\n;\n"),
            "Check 'x > 0' failed at b.cpp:2:");
  EXPECT_EQ(brief_of("Exception from a.cpp:1:\n;"), "the runtime gives no reason");
  EXPECT_EQ(brief_of(""), "the runtime gives no reason");
  EXPECT_EQ(brief_of("\n \r\n"), "the runtime gives no reason");
}

}  // namespace
}  // namespace inferqueue::devices
