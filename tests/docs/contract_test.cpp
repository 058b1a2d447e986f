// docs/contract.md and docs/performance.md name tests: each of them exists.
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/process.hpp"

namespace inferqueue {
namespace {

struct Named {
  std::string clause;  ///< its heading
  std::string test;
};

/// The tests that a page names as `Suite.Name`, by the heading above them.
std::vector<Named> tests_in(std::istream& page) {
  static const std::regex name("`([A-Z][A-Za-z]*\\.[A-Z][A-Za-z0-9]*)`");
  std::vector<Named> found;
  std::string clause;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) clause = line.substr(3);
    for (std::sregex_iterator match(line.begin(), line.end(), name), end; match != end; ++match)
      found.push_back({clause, (*match)[1]});
  }
  return found;
}

/// Those that a page of docs/ names, of which none must be missing.
std::vector<Named> existing_tests_in(const std::string& name) {
  std::ifstream page(std::filesystem::path(INFERQUEUE_SOURCE_DIR) / "docs" / name);
  std::vector<Named> named = tests_in(page);
  const testing::Outcome listed = testing::run({CTEST, "-N"}, CTEST_FOLDER);
  EXPECT_EQ(listed.status, 0) << listed.err;
  for (const Named& its : named) {
    // As a whole name, which a group of parameters may stand before, and a parameter behind.
    const std::regex whole("[ /]" + std::regex_replace(its.test, std::regex("\\."), "\\.") + "(/|\\s)");
    EXPECT_TRUE(std::regex_search(listed.out, whole))
        << "docs/" << name << " names " << its.test << ", which is no test";
  }
  return named;
}

TEST(Contract, EveryTestThatThePageNamesExists) {
  std::map<std::string, int> by_clause;
  for (const Named& its : existing_tests_in("contract.md")) ++by_clause[its.clause];
  for (int clause = 1; clause <= 7; ++clause) {
    const auto found = by_clause.lower_bound(std::to_string(clause) + ". ");
    EXPECT_TRUE(found != by_clause.end() && found->first.starts_with(std::to_string(clause) + ". "))
        << "docs/contract.md has no test for clause " << clause;
  }
}

TEST(Performance, EveryTestThatThePageNamesExists) {
  EXPECT_FALSE(existing_tests_in("performance.md").empty());
}

TEST(Contract, ThePageIsReadByItsHeadings) {
  std::istringstream page("`A.B` and\n## 1. One\n| x | `Suite.Name`, `Other.Name2` |\n`no.test` `None`\n");
  const std::vector<Named> found = tests_in(page);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[1].clause + ' ' + found[1].test, "1. One Suite.Name");
  EXPECT_EQ(found[2].test, "Other.Name2");
}

}  // namespace
}  // namespace inferqueue
