// What a long work shows, on a terminal and elsewhere.
#include "cli/progress.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

namespace inferqueue::cli {
namespace {

using std::chrono::steady_clock;

template <class Work>
std::string standard_error_of(Work work) {
  ::testing::internal::CaptureStderr();
  work();
  return ::testing::internal::GetCapturedStderr();
}

/// What comes on a terminal that standard error is for so long. Terminals end their lines with "\r\n".
template <class Work>
std::string terminal_shows(Work work) {
  int terminal = -1;
  int program = -1;
  if (openpty(&terminal, &program, nullptr, nullptr, nullptr) != 0) return "no terminal can be made here";
  const int before = dup(STDERR_FILENO);
  dup2(program, STDERR_FILENO);
  work();
  std::fflush(stderr);
  dup2(before, STDERR_FILENO);
  close(before);
  close(program);
  std::string shown;
  std::array<char, 4096> part{};
  for (ssize_t n = 0; (n = read(terminal, part.data(), part.size())) > 0;)
    shown.append(part.data(), static_cast<std::size_t>(n));
  close(terminal);
  return shown;
}

TEST(Progress, OnATerminalIsABarThatIsGoneInTheEnd) {
  const std::string shown = terminal_shows([] {
    Progress progress;
    progress.show(0, "measuring");
    progress.show(1, "measuring");  // the last is always drawn
    progress.line(stderr, "a line");
  });
  const std::string clear = "\r\033[K";
  std::string empty;
  std::string full;
  for (int i = 0; i < 30; ++i) {
    empty += "░";
    full += "█";
  }
  const std::string last = full + " 100 % measuring 0 s left";
  EXPECT_EQ(shown, clear + empty + "   0 % measuring" + clear + last + clear + "a line\r\n" + last + clear);
}

TEST(Progress, WithoutATerminalIsALineWithTheRemainingTime) {
  const std::string shown = standard_error_of([] {
    Progress progress(steady_clock::duration::zero());
    progress.show(0, "measuring");
    const auto begin = steady_clock::now();
    while (steady_clock::now() == begin) continue;  // some time has passed
    progress.show(0.5, "measuring");
  });
  EXPECT_EQ(shown, "inferqueue: measuring: 0 %\ninferqueue: measuring: 50 %, 1 s left\n");
}

TEST(Progress, WithoutATerminalComesNotBeforeItsTime) {
  const std::string shown = standard_error_of([] {
    Progress progress(std::chrono::hours(1));
    for (int i = 0; i <= 100; ++i) progress.show(i / 100.0, "measuring");
  });
  EXPECT_EQ(shown, "");
}

TEST(Progress, WithoutATerminalIsNothingUnlessAskedFor) {
  const std::string shown = standard_error_of([] {
    Progress progress;
    for (std::size_t i = 0; i <= 100; ++i) progress.show(i, 100);
    progress.show_text("so far");
    progress.say("a picture can't be read");
  });
  EXPECT_EQ(shown, "inferqueue: a picture can't be read\n");
}

}  // namespace
}  // namespace inferqueue::cli
