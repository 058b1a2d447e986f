#include "vision/labels.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <gtest/gtest.h>

namespace inferqueue::vision {
namespace {

using Names = std::vector<std::string>;

class LabelFile : public testing::Test {
 protected:
  LabelFile() { std::filesystem::create_directories(folder_); }
  ~LabelFile() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::filesystem::path write(std::string_view text) const {
    const auto path = folder_ / "labels.txt";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  std::string error_of(const std::filesystem::path& path) const {
    try {
      load_labels(path);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "no error";
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("labels_" + std::to_string(std::random_device()()));
};

TEST_F(LabelFile, OneNameALine) {
  EXPECT_EQ(load_labels(write("cat\ndog\n")), (Names{"cat", "dog"}));
  EXPECT_EQ(load_labels(write("cat\ntraffic light")), (Names{"cat", "traffic light"}));
}

TEST_F(LabelFile, ForgivesWhatEditorsLeaveBehind) {
  EXPECT_EQ(load_labels(write("\xEF\xBB\xBF"
                              "cat\r\n dog \r\n\r\n\n")),
            (Names{"cat", "dog"}));
  EXPECT_EQ(load_labels(write("cat\n\ndog\n")), (Names{"cat", "", "dog"}));
  EXPECT_EQ(load_labels(write("K\xC3\xA4se")), (Names{"K\xC3\xA4se"}));
}

TEST_F(LabelFile, ErrorsNameTheFileAndARemedy) {
  using namespace std::string_view_literals;
  for (const auto& path : {folder_, folder_ / "missing.txt", write("")}) {
    const std::string error = error_of(path);
    EXPECT_NE(error.find(path.string()), std::string::npos) << error;
    EXPECT_NE(error.find("one class name a line"), std::string::npos) << error;
  }
  EXPECT_NE(error_of(write("\n \r\n")).find("no class names"), std::string::npos);
  EXPECT_NE(error_of(write("ab\0cd"sv)).find("isn't a text file"), std::string::npos);
}

TEST(CocoNames, AreInTheUsualOrder) {
  const Names names = coco_names();
  EXPECT_EQ(names.size(), 80U);
  EXPECT_EQ(names[0], "person");
  EXPECT_EQ(names[5], "bus");
  EXPECT_EQ(names[9], "traffic light");
  EXPECT_EQ(names[39], "bottle");
  EXPECT_EQ(names[62], "tv");
  EXPECT_EQ(names[79], "toothbrush");
  Names sorted = names;
  std::ranges::sort(sorted);
  EXPECT_EQ(std::ranges::adjacent_find(sorted), sorted.end());
}

TEST(NamesMetadata, ReadsPythonAndJson) {
  EXPECT_EQ(parse_names_metadata("{0: 'person', 1: 'bicycle'}"), (Names{"person", "bicycle"}));
  EXPECT_EQ(parse_names_metadata("{\"0\": \"person\",\n \"1\": \"bicycle\"}"), (Names{"person", "bicycle"}));
  EXPECT_EQ(parse_names_metadata("['person', \"bicycle\"]"), (Names{"person", "bicycle"}));
  EXPECT_EQ(parse_names_metadata("  {1:'b',0:'a',}  "), (Names{"a", "b"}));
  EXPECT_EQ(parse_names_metadata("{0: 'a', 2: 'c'}"), (Names{"a", "", "c"}));
}

TEST(NamesMetadata, ReadsQuotesAndEscapes) {
  EXPECT_EQ(parse_names_metadata(R"({0: "driver's seat", 1: 'it\'s', 2: 'a\\b', 3: 'say "x"'})"),
            (Names{"driver's seat", "it's", "a\\b", "say \"x\""}));
  EXPECT_EQ(parse_names_metadata(R"(['K\xe4se', '\u20ac', '\U0001F600', '\ud800'])"),
            (Names{"K\xC3\xA4se", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEF\xBF\xBD"}));
  EXPECT_EQ(parse_names_metadata(R"(['\q', '\xZZ', '{,}:'])"), (Names{"\\q", "\\xZZ", "{,}:"}));
}

TEST(NamesMetadata, ReturnsNothingForAnythingElse) {
  for (const std::string_view text : {"",
                                      " ",
                                      "{",
                                      "}",
                                      "{}",
                                      "[]",
                                      "[",
                                      "person",
                                      "{0}",
                                      "{0:",
                                      "{0: ",
                                      "{0: 'a'",
                                      "{0: 'a",
                                      "{0: 'a\\",
                                      "{0: a}",
                                      "{'a': 0}",
                                      "{-1: 'a'}",
                                      "{0 'a'}",
                                      "{0: 'a'} x",
                                      "{0: 'a' 1: 'b'}",
                                      "{,}",
                                      "['a'}",
                                      "{0: 'a']",
                                      "['a', 1]",
                                      "{999999999: 'a'}",
                                      "{99999999999999999999999: 'a'}",
                                      "{0: 'a',, 1: 'b'}",
                                      "['\\x",
                                      "['\\u12"}) {
    EXPECT_FALSE(parse_names_metadata(text)) << text;
  }
}

TEST(NamesMetadata, SurvivesGarbage) {
  std::mt19937 random(11);
  constexpr std::string_view kLetters = "{}[]:,'\"\\0123456789 xuUabn\n\xFF";
  std::uniform_int_distribution<std::size_t> letter(0, kLetters.size() - 1);
  std::uniform_int_distribution<std::size_t> length(0, 40);
  const std::string good = "{0: 'person', 1: \"bi\\x41cycle\", 2: 'c'}";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::size_t n = length(random); n > 0; --n) text.push_back(kLetters[letter(random)]);
    parse_names_metadata(text);
    std::string spoiled = good.substr(0, length(random));
    if (!spoiled.empty()) spoiled[letter(random) % spoiled.size()] = kLetters[letter(random)];
    parse_names_metadata(spoiled);
  }
}

TEST(ClassName, FallsBackToTheNumber) {
  const Names names{"cat", ""};
  EXPECT_EQ(class_name(names, 0), "cat");
  EXPECT_EQ(class_name(names, 1), "class 1");
  EXPECT_EQ(class_name(names, 2), "class 2");
  EXPECT_EQ(class_name(names, -1), "class -1");
  EXPECT_EQ(class_name({}, 0), "class 0");
}

}  // namespace
}  // namespace inferqueue::vision
