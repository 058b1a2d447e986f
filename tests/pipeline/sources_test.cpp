// What people type after --source.
#include "pipeline/sources.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;
using Strings = std::vector<std::string>;

Sources expand(const Strings& sources) {
  return expand_sources(sources);
}

class SourcesTest : public ::testing::Test {
 protected:
  SourcesTest() {
    for (const char* name : {"b.png", "a.JPG", "c.tiff", "ä ö/k.webp", "below/deep.png"}) temp.file(name);
  }

  std::string path(const std::string& name) const { return (temp / name).string(); }
  std::string root() const { return temp.path().string(); }

  /// The pictures' paths within the folder.
  Strings names(const Sources& found) const {
    Strings names;
    for (const fs::path& picture : found.pictures) names.push_back(picture.lexically_relative(temp.path()).string());
    return names;
  }

  TempFolder temp;
};

TEST_F(SourcesTest, AFileIsTakenWhateverItsName) {
  temp.file("no extension");
  temp.file("weird.name.txt");
  temp.file("42");
  const Sources found = expand({path("b.png"), path("no extension"), path("weird.name.txt"), path("42")});
  EXPECT_EQ(names(found), (Strings{"b.png", "no extension", "weird.name.txt", "42"}));
  EXPECT_EQ(found.problems, Strings{});
}

TEST_F(SourcesTest, AFolderGivesItsPicturesByName) {
  const Sources found = expand({root()});
  EXPECT_EQ(names(found), (Strings{"a.JPG", "b.png", "c.tiff"}));
  EXPECT_EQ(found.notes, Strings{});
  EXPECT_EQ(found.problems, Strings{});
}

TEST_F(SourcesTest, WhatIsPassedOverInAFolderIsNoted) {
  temp.file("truth.json");
  EXPECT_EQ(expand({root()}).notes, Strings{root() + ": passed over a file that is no picture: truth.json"});
  for (const char* name : {"x.mp4", "b.txt", "c", "d.xml"}) temp.file(name);
  const Sources found = expand({root()});
  EXPECT_EQ(found.notes, Strings{root() + ": passed over 5 files that are no picture: b.txt, c, d.xml, …"});
  EXPECT_EQ(names(found).size(), 3U);
}

TEST_F(SourcesTest, HiddenFilesArePassedOverWithoutANote) {
  for (const char* name : {".inferqueue-7-0.part", ".DS_Store"}) temp.file(name);
  EXPECT_EQ(expand({root()}).notes, Strings{});
  EXPECT_EQ(names(expand({path("*")})).size(), 3U) << "nor does a glob see them";
}

TEST_F(SourcesTest, AFolderWithoutPicturesIsAProblem) {
  temp.folder("empty");
  const Sources found = expand({path("empty"), path("b.png")});
  EXPECT_EQ(found.problems,
            Strings{path("empty") + ": there is no picture in this folder (jpg, png, bmp, tif, webp, ppm, jp2)"});
  EXPECT_EQ(names(found), Strings{"b.png"});
}

TEST_F(SourcesTest, AGlobGivesItsMatchesByName) {
  EXPECT_EQ(names(expand({path("*.*")})), (Strings{"a.JPG", "b.png", "c.tiff"}));
  EXPECT_EQ(names(expand({path("[bc].?n?")})), Strings{"b.png"});
  EXPECT_EQ(names(expand({path("*/*")})), (Strings{"below/deep.png", "ä ö/k.webp"}));
}

TEST_F(SourcesTest, AGlobThatMatchesOnlyFoldersIsAProblem) {
  EXPECT_EQ(names(expand({path("b*")})), Strings{"b.png"}) << "beside a picture a folder is passed over";
  for (const std::string glob : {"bel*", "bel*/"}) {
    const Sources found = expand({path("b.png"), path(glob)});
    EXPECT_EQ(found.problems, Strings{path(glob) + ": matches no picture, only folders; '" + path("bel*/*") +
                                      "' matches what is in them"});
    EXPECT_EQ(names(found), Strings{"b.png"});
  }
  EXPECT_EQ(names(expand({path("bel*/*")})), Strings{"below/deep.png"});
}

TEST_F(SourcesTest, AGlobLeavesBrokenLinksToTheReader) {
  fs::create_symlink(path("circle.png"), path("circle.png"));
  const Sources found = expand({path("c*")});
  EXPECT_EQ(names(found), (Strings{"c.tiff", "circle.png"}));
  EXPECT_EQ(found.problems, Strings{});
}

TEST_F(SourcesTest, AFileWhoseNameLooksLikeAGlobIsThatFile) {
  temp.file("shot [1].png");
  temp.file("shot 1.png");
  EXPECT_EQ(names(expand({path("shot [1].png")})), Strings{"shot [1].png"});
  EXPECT_EQ(names(expand({path("shot*")})), (Strings{"shot 1.png", "shot [1].png"}));
}

TEST_F(SourcesTest, AMixtureKeepsTheOrderOfTheSources) {
  const Sources found =
      expand({path("c.tiff"), path("ä ö"), path("nothing*"), path("b*"), path("below"), "missing.jpg"});
  EXPECT_EQ(names(found), (Strings{"c.tiff", "ä ö/k.webp", "b.png", "below/deep.png"}));
  EXPECT_EQ(found.problems, (Strings{path("nothing*") + ": no such file, folder or match",
                                     "missing.jpg: no such file, folder or match"}));
}

TEST_F(SourcesTest, TheSamePictureTwiceIsTwoPictures) {
  EXPECT_EQ(names(expand({path("b.png"), path("b.png")})), (Strings{"b.png", "b.png"}));
}

TEST_F(SourcesTest, VideosAreRefusedByName) {
  for (const std::string name : {"film.mp4", "FILM.AVI", "film.MoV", "missing.mkv", "moving.gif"}) {
    if (!name.starts_with("missing")) temp.file(name);
    const Sources found = expand({path(name)});
    EXPECT_EQ(found.problems, Strings{path(name) + ": videos are not supported yet; give pictures (jpg, png, bmp, tif, "
                                                   "webp, ppm, jp2)"});
    EXPECT_EQ(found.pictures.size(), 0U);
  }
}

TEST_F(SourcesTest, CamerasAndStreamsAreRefusedByName) {
  for (const std::string source : {"0", "12", "rtsp://camera/1", "http://host/picture.jpg"})
    EXPECT_EQ(expand({source}).problems,
              Strings{source + ": cameras and streams are not supported yet; give pictures"});
}

TEST_F(SourcesTest, AnEmptySourceIsAProblem) {
  EXPECT_EQ(expand({""}).problems, Strings{"a source is empty; give pictures, folders or globs"});
  EXPECT_EQ(expand({}).problems.size(), 0U);
}

TEST_F(SourcesTest, LinksAreFollowedAndBrokenOnesAreLeftToTheReader) {
  fs::create_symlink(path("b.png"), path("link.png"));
  fs::create_symlink(path("gone.png"), path("broken.png"));
  fs::create_symlink(path("circle.png"), path("circle.png"));
  const Sources found = expand({root()});
  EXPECT_EQ(names(found).size(), 6U);
  EXPECT_EQ(found.problems, Strings{});
}

TEST_F(SourcesTest, ANameTooLongForTheDiskIsAProblemAndNoCrash) {
  const Sources found = expand({std::string(5000, 'x'), path("b.png")});
  EXPECT_EQ(found.problems.size(), 1U);
  EXPECT_EQ(found.pictures.size(), 1U);
}

TEST(HasPictureExtension, InAnyCase) {
  for (const char* name : {"a.jpg", "a.JPEG", "b.x.Png", "c.TIF", "d.jp2", "e.webp"})
    EXPECT_TRUE(has_picture_extension(name)) << name;
  for (const char* name : {"a", ".jpg", "a.jpg.txt", "a.mp4", "jpg", "a."})
    EXPECT_FALSE(has_picture_extension(name)) << name;
}

}  // namespace
}  // namespace inferqueue::pipeline
