// The command in a folder of its own.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/known_boxes.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace inferqueue::cli {

using Arguments = std::vector<std::string>;

inline const std::filesystem::path project_root = INFERQUEUE_SOURCE_DIR;

class CliTest : public ::testing::Test {
 protected:
  static Arguments with_program(Arguments arguments) {
    arguments.insert(arguments.begin(), INFERQUEUE_CLI);
    return arguments;
  }
  testing::Outcome cli(const Arguments& arguments) const { return testing::run(with_program(arguments), temp.path()); }

  /// The command where no file grows beyond so many blocks of 512 bytes: a disk that is full.
  testing::Outcome cli_within(int blocks, const Arguments& arguments) const {
    return shell("ulimit -f " + std::to_string(blocks) + " && exec \"$@\"", arguments);
  }
  /// The command as "$@" of a line for the shell.
  testing::Outcome shell(const std::string& line, const Arguments& arguments) const {
    Arguments all{"/bin/sh", "-c", line, "sh", INFERQUEUE_CLI};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return testing::run(all, temp.path());
  }

  /// A model with known boxes and names for all its classes.
  std::string model() const {
    return testing::save_known_boxes(temp / "model.xml", {.names = "['red', 'green', 'blue']"}).string();
  }
  /// A picture of 64 by 64.
  std::string picture(const std::string& name = "a.png", int red = 0) const {
    std::filesystem::create_directories((temp / name).parent_path());
    return testing::write(temp / name, testing::plain(red)).string();
  }

  /// Expects that the command refuses: nothing on standard output, one line on standard error that begins with the
  /// command's name and holds each text.
  void expect_refused(const Arguments& arguments, std::initializer_list<std::string> texts, int status = 1) const {
    std::string line = "inferqueue";
    for (const std::string& argument : arguments) line += " " + argument;
    SCOPED_TRACE(line);
    const testing::Outcome outcome = cli(arguments);
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(testing::lines_in(outcome.err), 1U) << outcome.err;
    EXPECT_TRUE(outcome.err.starts_with("inferqueue: ")) << outcome.err;
    EXPECT_TRUE(outcome.err.ends_with("\n")) << outcome.err;
    for (const std::string& text : texts) EXPECT_NE(outcome.err.find(text), std::string::npos) << outcome.err;
  }

  testing::TempFolder temp;
};

}  // namespace inferqueue::cli
