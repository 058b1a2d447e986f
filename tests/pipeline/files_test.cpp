// Whole files in and out.
#include "pipeline/files.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/file_names.hpp"
#include "support/temp_folder.hpp"
#include "support/user_error.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::content_of;
using testing::names_in;
using testing::TempFolder;
using testing::user_error_of;

std::string read(const fs::path& path, std::vector<unsigned char>& bytes) {
  read_file(path, bytes);
  return {bytes.begin(), bytes.end()};
}

std::string reading_error(const fs::path& path) {
  return user_error_of([&] {
    std::vector<unsigned char> bytes;
    read_file(path, bytes);
  });
}

TEST(ReadFile, UsesTheBufferAgain) {
  const TempFolder temp;
  std::vector<unsigned char> bytes;
  using namespace std::string_view_literals;
  EXPECT_EQ(read(temp.file("long", "a\0b\r\nc"sv), bytes), "a\0b\r\nc"sv);
  EXPECT_EQ(read(temp.file("short", "x"), bytes), "x");
  EXPECT_EQ(read(temp.file("empty"), bytes), "");
  EXPECT_EQ(read(temp.file("größe und maß", "ß"), bytes), "ß");
}

TEST(ReadFile, NamesTheFileAndWhy) {
  const TempFolder temp;
  EXPECT_EQ(reading_error(temp / "none"), (temp / "none").string() + ": can't be read: No such file or directory");
  EXPECT_EQ(reading_error(temp.path()), temp.path().string() + ": is a folder");
  EXPECT_EQ(reading_error(temp.file("file") / "below"),
            (temp / "file/below").string() + ": can't be read: Not a directory");
}

TEST(ReadFile, DoesNotWaitForAPipe) {
  const TempFolder temp;
  ASSERT_EQ(::mkfifo((temp / "pipe.jpg").c_str(), 0600), 0);
  EXPECT_EQ(reading_error(temp / "pipe.jpg"), (temp / "pipe.jpg").string() + ": is a pipe or a device, no file");
  EXPECT_EQ(reading_error("/dev/zero"), "/dev/zero: is a pipe or a device, no file");
}

TEST(WriteFile, ReplacesAFileAndLeavesNothingElse) {
  const TempFolder temp;
  write_file(temp / "a.txt", "first, and longer");
  write_file(temp / "a.txt", "second");
  EXPECT_EQ(content_of(temp / "a.txt"), "second");
  write_file(temp / "empty", "");
  EXPECT_EQ(names_in(temp.path()), "a.txt empty");
}

TEST(WriteFile, FollowsALinkAndLeavesItOne) {
  const TempFolder temp;
  temp.file("real", "old");
  fs::create_symlink(temp / "real", temp / "link");
  write_file(temp / "link", "new");
  EXPECT_TRUE(fs::is_symlink(temp / "link"));
  EXPECT_EQ(content_of(temp / "real"), "new");
}

TEST(WriteFile, WritesIntoADeviceInsteadOfTakingItsPlace) {
  const TempFolder temp;
  // A device of the test's own: what it tests must not be able to harm the machine's.
  const fs::path null = temp / "null";
  if (::mknod(null.c_str(), S_IFCHR | 0600, ::makedev(1, 3)) != 0) GTEST_SKIP() << "only root can make a device";
  write_file(null, "text");
  EXPECT_TRUE(fs::is_character_file(null));
  EXPECT_EQ(names_in(temp.path()), "null");
}

TEST(WriteFile, NamesTheFileAndWhyAndLeavesNothing) {
  const TempFolder temp;
  EXPECT_EQ(user_error_of([&] { write_file(temp / "no/a.txt", "text"); }),
            (temp / "no/a.txt").string() + ": can't be written: No such file or directory");
  temp.file("taken/inside");
  EXPECT_EQ(user_error_of([&] { write_file(temp / "taken", "text"); }),
            (temp / "taken").string() + ": can't be written: Is a directory");
  EXPECT_EQ(user_error_of([&] { write_file("/dev/full/a", "text"); }),
            "/dev/full/a: can't be written: Not a directory");
  EXPECT_EQ(names_in(temp.path()), "taken taken/inside");
}

TEST(LowerExtension, IsOfTheNameOnly) {
  EXPECT_EQ(base::lower_extension("a.b/C.JPeG"), ".jpeg");
  EXPECT_EQ(base::lower_extension("a.b/c"), "");
  EXPECT_EQ(base::lower_extension(".hidden"), "");
  EXPECT_EQ(base::lower_extension("x.tar.GZ"), ".gz");
}

}  // namespace
}  // namespace inferqueue::pipeline
