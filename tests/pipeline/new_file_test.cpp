// Files that come into being whole, or not at all.
#include "pipeline/new_file.hpp"

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support/temp_folder.hpp"
#include "support/user_error.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::content_of;
using testing::names_in;
using testing::TempFolder;
using testing::user_error_of;

/// No file of this process grows beyond so many bytes, as on a disk that is full.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &now), 0);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  FileSizeLimit(FileSizeLimit&&) = delete;
  FileSizeLimit& operator=(FileSizeLimit&&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  using Handler = void (*)(int);
  Handler handler_;
  rlimit before_{};
};

std::vector<std::string> names(const fs::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder)) found.push_back(entry.path().filename().string());
  return found;
}

TEST(NewFile, HasItsNameWhenItIsCommittedAndNotBefore) {
  const TempFolder temp;
  temp.file("a.txt", "old");
  NewFile file(temp / "a.txt");
  file.write("ne");
  file.write("w");
  EXPECT_EQ(content_of(temp / "a.txt"), "old");
  file.commit();
  EXPECT_EQ(content_of(temp / "a.txt"), "new");
  EXPECT_EQ(names_in(temp.path()), "a.txt");
}

TEST(NewFile, IsHiddenUntilThenUnderANameThatIsNoResults) {
  const TempFolder temp;
  const NewFile file(temp / (std::string(251, 'x') + ".txt"));
  ASSERT_EQ(names(temp.path()).size(), 1U);
  const std::string name = names(temp.path()).front();
  EXPECT_TRUE(name.starts_with(".inferqueue-" + std::to_string(::getpid()) + "-")) << name;
  EXPECT_TRUE(name.ends_with(".part")) << name;
}

TEST(NewFile, LeavesNothingWhenItIsDropped) {
  const TempFolder temp;
  temp.file("a.txt", "old");
  {
    NewFile(temp / "a.txt").write("half");
  }
  EXPECT_EQ(names_in(temp.path()), "a.txt");
  EXPECT_EQ(content_of(temp / "a.txt"), "old");
}

TEST(NewFile, ALongNameIsNoTrouble) {
  const TempFolder temp;
  const std::string name(255, 'x');
  NewFile file(temp / name);
  file.write("text");
  file.commit();
  EXPECT_EQ(content_of(temp / name), "text");
  EXPECT_EQ(user_error_of([&] { const NewFile longer(temp / (name + "x")); }),
            (temp / (name + "x")).string() + ": can't be written: File name too long");
  EXPECT_EQ(names_in(temp.path()), name);
}

TEST(NewFile, WhatAKilledRunOfTheSameIdLeftIsNotTouched) {
  const TempFolder temp;
  // The names that this process would take next are there already, one of them as a link.
  std::string next;
  {
    const NewFile probe(temp / "probe");
    next = names(temp.path()).front();
  }
  const std::string prefix = ".inferqueue-" + std::to_string(::getpid()) + "-";
  const int number = std::stoi(next.substr(prefix.size()));
  for (int i = 1; i <= 20; ++i) {
    const std::string name = prefix + std::to_string(number + i) + ".part";
    if (i % 2 == 0)
      temp.file(name, "left behind");
    else
      fs::create_symlink(temp / "elsewhere", temp / name);
  }
  NewFile file(temp / "a.txt");
  file.write("text");
  file.commit();
  EXPECT_EQ(content_of(temp / "a.txt"), "text");
  EXPECT_EQ(names(temp.path()).size(), 21U);
  EXPECT_EQ(content_of(temp / (prefix + std::to_string(number + 2) + ".part")), "left behind");
  EXPECT_FALSE(fs::exists(temp / "elsewhere"));
}

TEST(NewFile, SaysThatThereIsNoRoomAndLeavesTheOldFile) {
  const TempFolder temp;
  temp.file("a.txt", "old");
  const FileSizeLimit limit(1000);
  EXPECT_EQ(user_error_of([&] {
              NewFile file(temp / "a.txt");
              file.write(std::string(600, 'x'));
              file.write(std::string(600, 'x'));
            }),
            (temp / "a.txt").string() + ": can't be written: File too large");
  EXPECT_EQ(names_in(temp.path()), "a.txt");
  EXPECT_EQ(content_of(temp / "a.txt"), "old");
}

TEST(NewFile, IntoADeviceThatIsFullSaysSo) {
  EXPECT_EQ(user_error_of([] { NewFile("/dev/full").write("text"); }),
            "/dev/full: can't be written: No space left on device");
}

TEST(NewFile, KeepsThePermissionsOfTheFileThatItReplaces) {
  const TempFolder temp;
  temp.file("secret.json", "old");
  fs::permissions(temp / "secret.json", fs::perms::owner_read | fs::perms::owner_write);
  NewFile(temp / "secret.json").commit();
  EXPECT_EQ(fs::status(temp / "secret.json").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(NewFile, TwoOfTheSamePlaceDoNotMeet) {
  const TempFolder temp;
  NewFile first(temp / "a.txt");
  NewFile second(temp / "a.txt");
  first.write("first, and longer");
  second.write("second");
  second.commit();
  EXPECT_EQ(content_of(temp / "a.txt"), "second");
  first.commit();
  EXPECT_EQ(content_of(temp / "a.txt"), "first, and longer");
  EXPECT_EQ(names_in(temp.path()), "a.txt");
}

TEST(NewFile, AFolderIsRefusedAtOnce) {
  const TempFolder temp;
  EXPECT_EQ(user_error_of([&] { NewFile file(temp.path()); }),
            temp.path().string() + ": can't be written: Is a directory");
}

}  // namespace
}  // namespace inferqueue::pipeline
