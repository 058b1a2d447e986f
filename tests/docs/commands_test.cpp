// The commands that the pages show, run as they stand there, and their output compared with the one that is shown.
// A page shows them in a ```console block: "$ " and the command, below it what it prints. Only their durations are cut.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace inferqueue {
namespace {

namespace fs = std::filesystem;

const fs::path root = INFERQUEUE_SOURCE_DIR;

struct Shown {
  int line = 0;
  std::string command;
  std::vector<std::string> output;
};

std::vector<Shown> commands_in(const fs::path& page) {
  std::vector<Shown> commands;
  std::ifstream file(page);
  bool inside = false;
  std::string text;
  for (int line = 1; std::getline(file, text); ++line) {
    if (text.starts_with("```")) {
      inside = text == "```console";
    } else if (inside && text.starts_with("$ ")) {
      commands.push_back({line, text.substr(2), {}});
    } else if (inside && !commands.empty() && !text.empty()) {
      commands.back().output.push_back(text);
    }
  }
  return commands;
}

/// A line up to what differs from run to run: its first figure, bar or parenthesis.
std::string fixed_part(std::string line) {
  line = std::regex_replace(line, std::regex("^image [0-9]+/[0-9]+ "), "image ");
  line = line.substr(0, std::min(line.find_first_of("0123456789("), line.find("\xE2\x96")));  // how bars begin
  return line.substr(0, line.find_last_not_of(" \t") + 1);
}

std::string shortened(const std::string& command) {
  std::string text = std::regex_replace(command, std::regex("--seconds [0-9.]+"), "--seconds 0.1");
  text = std::regex_replace(text, std::regex("--rounds [0-9]+"), "--rounds 2");
  text = std::regex_replace(text, std::regex("(example timeline .*) [0-9]+$"), "$1 2");
  return std::regex_replace(text, std::regex(R"((example \w+_requests? \S+ \S+) [0-9.]+$)"), "$1 0.1");
}

class Docs : public ::testing::TestWithParam<std::string> {
 protected:
  /// A folder that looks like a checkout, with a ./dev that runs what is built already.
  void SetUp() override {
    for (const char* name : {"models", "samples", "tests"}) fs::create_symlink(root / name, temp_ / name);
    const fs::path dev = temp_.file("dev",
                                    "#!/bin/sh\nword=$1\nshift\ncase $word in\n"
                                    "  run) exec '" INFERQUEUE_CLI
                                    "' \"$@\" ;;\n"
                                    "  example) name=$1; shift; exec '" INFERQUEUE_EXAMPLES
                                    "'/\"$name\" \"$@\" ;;\n"
                                    "esac\necho \"a page shows ./dev $word, which isn't run here\" >&2\nexit 3\n");
    fs::permissions(dev, fs::perms::owner_all);
  }

  testing::TempFolder temp_;
};

TEST_P(Docs, CommandsPrintWhatThePageShows) {
  const std::vector<Shown> commands = commands_in(root / GetParam());
  EXPECT_FALSE(commands.empty());
  for (const Shown& shown : commands) {
    SCOPED_TRACE(GetParam() + ":" + std::to_string(shown.line) + ": " + shown.command);
    const testing::Outcome outcome = testing::run({"/bin/sh", "-c", shortened(shown.command) + " 2>&1"}, temp_.path());
    EXPECT_EQ(outcome.status, 0) << outcome.out;
    std::set<std::string> printed;
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);) printed.insert(fixed_part(line));
    for (const std::string& line : shown.output) {
      if (line == "…") continue;
      EXPECT_TRUE(printed.contains(fixed_part(line))) << line << "\nis not printed:\n" << outcome.out;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Pages, Docs, ::testing::Values("docs/article.md", "examples/README.md"),
                         [](const auto& page) { return page.index == 0 ? "Article" : "Examples"; });

TEST(DocsReader, TakesCommandsAndTheirOutput) {
  const testing::TempFolder temp;
  const auto found =
      commands_in(temp.file("page.md", "text\n```console\n$ ./dev run x\nout 1\n\n$ y\n```\n```\n$ no\n```\n"));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].command, "./dev run x");
  EXPECT_EQ(found[0].line, 3);
  EXPECT_EQ(found[0].output, std::vector<std::string>{"out 1"});
  EXPECT_EQ(found[1].command, "y");
}

TEST(DocsReader, ComparesWhatStaysTheSame) {
  EXPECT_EQ(fixed_part("  queue        THROUGHPUT                   2        73.2"), "  queue        THROUGHPUT");
  EXPECT_EQ(fixed_part("  queue        LATENCY  ███▌ 9"), fixed_part("  queue        LATENCY  █▌ 10"));
  EXPECT_EQ(fixed_part("image 1/6 samples/a.png: 320x320 1 star"), "image samples/a.png:");
  EXPECT_NE(fixed_part("Median: 1"), fixed_part("Mean: 1"));
}

TEST(DocsReader, CutsDurations) {
  EXPECT_EQ(shortened("./dev run bench --rounds 10 --seconds 1.5 -m x"),
            "./dev run bench --rounds 2 --seconds 0.1 -m x");
  EXPECT_EQ(shortened("./dev example one_request a.xml CPU 2"), "./dev example one_request a.xml CPU 0.1");
}

}  // namespace
}  // namespace inferqueue
