// What people type after --source.
#include "pipeline/sources.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "pipeline/source_names.hpp"
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

TEST_F(SourcesTest, WhereOnlyPicturesAreTakenVideosAreRefusedByName) {
  for (const std::string name : {"film.mp4", "FILM.AVI", "film.MoV", "moving.gif"}) {
    temp.file(name);
    const Sources found = expand({path(name)});
    EXPECT_EQ(found.problems, Strings{path(name) + ": is a video; give pictures (jpg, png, bmp, tif, webp, ppm, jp2)"});
    EXPECT_TRUE(found.empty());
  }
  EXPECT_EQ(expand({path("missing.mkv")}).problems, Strings{path("missing.mkv") + ": no such file, folder or match"});
}

TEST_F(SourcesTest, WhereOnlyPicturesAreTakenCamerasAndAddressesAreRefusedByName) {
  const std::string rest = "; give pictures (jpg, png, bmp, tif, webp, ppm, jp2)";
  EXPECT_EQ(expand({"0"}).problems, Strings{"camera 0: is a camera or an address" + rest});
  EXPECT_EQ(expand({"rtsp://me:secret@camera/1"}).problems,
            Strings{"rtsp://camera/1: is a camera or an address" + rest});
}

TEST_F(SourcesTest, EachKindIsToldByItsName) {
  for (const char* name : {"x.mp4", "y.AVI", "below/z.mkv", "7", "rtsp"}) temp.file(name);
  fs::current_path(temp.path());
  const Sources found = expand_sources(
      Strings{".", "below/*", "7", "7.mp4", "0", "12", "rtsp://camera/1", "/dev/video3", "http://host/film.mp4?from=3",
              "http://host:8080/video", "rtsp://host/film.mp4", "udp://127.0.0.1:5000"},
      Accept::all);
  fs::current_path("/");
  EXPECT_EQ(found.videos, (Strings{"./x.mp4", "./y.AVI", "below/z.mkv", "http://host/film.mp4?from=3"}));
  EXPECT_EQ(found.live, (Strings{"0", "12", "rtsp://camera/1", "3", "http://host:8080/video", "rtsp://host/film.mp4",
                                 "udp://127.0.0.1:5000"}));
  EXPECT_EQ(found.pictures, (std::vector<fs::path>{"./a.JPG", "./b.png", "./c.tiff", "below/deep.png", "7"}));
  EXPECT_EQ(found.problems, Strings{"7.mp4: no such file, folder or match"});
}

TEST_F(SourcesTest, AFolderOfVideosIsNoProblem) {
  temp.file("films/a.mp4");
  const Sources found = expand_sources(Strings{path("films")}, Accept::all);
  EXPECT_EQ(found.videos, Strings{path("films/a.mp4")});
  EXPECT_EQ(found.problems, Strings{});
  temp.folder("empty");
  EXPECT_EQ(
      expand_sources(Strings{path("empty")}, Accept::all).problems,
      Strings{path("empty") + ": there is no picture or video in this folder (jpg, png, bmp, tif, webp, ppm, jp2; "
                              "mp4, avi, mkv, mov, webm)"});
}

TEST(SourceNames, SecretsAreNotShown) {
  EXPECT_EQ(shown_name("rtsp://me:se@cret@camera:554/a@b"), "rtsp://camera:554/a@b");
  EXPECT_EQ(shown_name("http://host/a@b"), "http://host/a@b");
  EXPECT_EQ(shown_name("0"), "camera 0");
  EXPECT_EQ(shown_name("in/film.mp4"), "in/film.mp4");
}

TEST(SourceNames, MakeNamesOfFiles) {
  EXPECT_EQ(file_stem("rtsp://me:secret@camera:554/door/1?token=x"), "camera_554_door_1");
  EXPECT_EQ(file_stem("http://../../etc"), "etc");
  EXPECT_EQ(file_stem("udp://@:5000"), "5000");
  EXPECT_EQ(file_stem("http:///"), "stream");
  EXPECT_EQ(file_stem("2"), "camera-2");
  EXPECT_EQ(file_stem("in/film.of.it.mp4"), "film.of.it");
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
