// The folders and file names that a run writes to.
#include "pipeline/run_folder.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"
#include "support/user_error.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::names_in;
using testing::TempFolder;
using testing::user_error_of;

constexpr const char* advice = "; choose another with --project and --name";

TEST(RunFolder, IsMadeWithTheFoldersAboveItAndCountsUp) {
  const TempFolder temp;
  const fs::path project = temp / "runs/detect";
  EXPECT_EQ(RunFolder(project, "exp", false).path(), project / "exp");
  EXPECT_EQ(RunFolder(project, "exp", false).path(), project / "exp2");
  EXPECT_EQ(RunFolder(project, "exp", false).path(), project / "exp3");
  EXPECT_EQ(RunFolder(project, "other", false).path(), project / "other");
  fs::remove(project / "exp2");
  EXPECT_EQ(RunFolder(project, "exp", false).path(), project / "exp2");
  EXPECT_EQ(names_in(project), "exp exp2 exp3 other") << "the probe is taken away again";
}

TEST(RunFolder, ExistOkUsesItAgainAndKeepsWhatIsInIt) {
  const TempFolder temp;
  temp.file("exp/old.txt", "old");
  EXPECT_EQ(RunFolder(temp.path(), "exp", true).path(), temp / "exp");
  EXPECT_EQ(names_in(temp.path()), "exp exp/old.txt");
  EXPECT_EQ(RunFolder(temp.path(), "new", true).path(), temp / "new");
}

TEST(RunFolder, AFileInTheWayIsToldOfBothProjectAndName) {
  const TempFolder temp;
  temp.file("file");
  for (const bool exist_ok : {false, true}) {
    EXPECT_EQ(user_error_of([&] { RunFolder(temp / "file", "exp", exist_ok); }),
              (temp / "file/exp").string() + ": this folder can't be made: Not a directory" + advice);
    const std::string error = user_error_of([&] { RunFolder(temp.path(), "file", exist_ok); });
    EXPECT_TRUE(error.starts_with((temp / "file").string() + ": this folder can't be made: ")) << error;
    EXPECT_TRUE(error.ends_with(advice)) << error;
  }
  EXPECT_EQ(names_in(temp.path()), "file");
}

TEST(RunFolder, AFolderThatCanNotBeWrittenIsTold) {
  const std::string made = user_error_of([&] { RunFolder("/proc", "exp", false); });
  EXPECT_TRUE(made.starts_with("/proc/exp: this folder can't be made: ")) << made;
  EXPECT_EQ(user_error_of([&] { RunFolder("/proc", "self", true); }),
            std::string("/proc/self: this folder can't be written to") + advice);
}

std::vector<std::string> names_for(const std::vector<std::string>& sources) {
  const TempFolder temp;
  RunFolder folder(temp.path(), "exp", false);
  std::vector<std::string> names;
  for (const std::string& source : sources)
    names.push_back(fs::relative(folder.picture_path(source), folder.path()).string());
  return names;
}

TEST(RunFolder, PicturesKeepTheirNames) {
  EXPECT_EQ(names_for({"a/bus.jpg", "b/ä ö.PNG", "c.d.tiff"}),
            (std::vector<std::string>{"bus.jpg", "ä ö.PNG", "c.d.tiff"}));
}

TEST(RunFolder, SourcesOfTheSameNameGetDifferentFiles) {
  EXPECT_EQ(names_for({"a/bus.jpg", "b/bus.jpg", "a/bus.jpg", "bus.png"}),
            (std::vector<std::string>{"bus.jpg", "bus-2.jpg", "bus-3.jpg", "bus-4.png"}));
  EXPECT_EQ(names_for({"bus-2.jpg", "bus.jpg", "b/bus.jpg"}),
            (std::vector<std::string>{"bus-2.jpg", "bus.jpg", "bus-3.jpg"}));
}

TEST(RunFolder, WhatCanNotBeWrittenInItsFormatBecomesPng) {
  EXPECT_EQ(names_for({"a.jp2", "b.pgm", "c", "d.gif"}),
            (std::vector<std::string>{"a.png", "b.png", "c.png", "d.png"}));
}

TEST(RunFolder, ManySourcesOfTheSameNameTakeNoLongerThanOthers) {
  const TempFolder temp;
  RunFolder folder(temp.path(), "exp", false);
  // Counting from 1 for each would be two hundred million steps.
  for (int i = 1; i < 20'000; ++i) folder.picture_path("bus.jpg");
  EXPECT_EQ(folder.picture_path("bus.jpg"), temp / "exp/bus-20000.jpg");
}

TEST(RunFolder, NamesThatBecomeTooLongAreCutBetweenCharacters) {
  const std::string long_name(255, 'x');
  EXPECT_EQ(names_for({long_name, long_name.substr(4) + ".jpg", "a/" + long_name.substr(4) + ".jpg"}),
            (std::vector<std::string>{long_name.substr(4) + ".png", long_name.substr(6) + "-2.jpg",
                                      long_name.substr(6) + "-3.jpg"}));
  std::string umlauts;
  for (int i = 0; i < 126; ++i) umlauts += "\xC3\xA4";
  EXPECT_EQ(names_for({umlauts + ".ä"}), std::vector<std::string>{umlauts.substr(2) + ".png"});
}

TEST(RunFolder, LabelsGoByTheNameOfTheLatestPicture) {
  const TempFolder temp;
  RunFolder folder(temp.path(), "exp", false);
  folder.picture_path("a/bus.jpg");
  EXPECT_EQ(folder.labels_path(), temp / "exp/labels/bus.txt");
  folder.picture_path("b/bus.png");
  EXPECT_EQ(folder.labels_path(), temp / "exp/labels/bus-2.txt");
  EXPECT_EQ(names_in(temp.path()), "exp exp/labels");
}

TEST(RunFolder, AFileInPlaceOfTheLabelsIsTold) {
  const TempFolder temp;
  RunFolder folder(temp.path(), "exp", false);
  temp.file("exp/labels");
  folder.picture_path("bus.jpg");
  const std::string error = user_error_of([&] { folder.labels_path(); });
  EXPECT_TRUE(error.starts_with((temp / "exp/labels").string() + ": ")) << error;
}

}  // namespace
}  // namespace inferqueue::pipeline
