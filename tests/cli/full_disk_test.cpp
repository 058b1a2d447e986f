// A disk that is full: a line that names the file, nothing that looks whole and isn't, and all else is done. A limit
// on the size of files stands for the disk, and, where the test may mount one, a file system of a few kilobytes.
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;
using testing::content_of;
using testing::lines_in;
using testing::names_in;

class FullDisk : public CliTest {
 protected:
  FullDisk() { temp.folder("in"); }

  /// Uncompressed: 270 kB.
  void large(const std::string& name) const { testing::write(temp / name, testing::plain(9, 300, 300)); }
  void expect_model_works(const std::string& path) const {
    const auto outcome = cli({"detect", "-m", path, "-s", "in", "--nosave"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
  }

  std::string model_ = model();
};

TEST_F(FullDisk, APictureThatDoesNotFitCostsItself) {
  large("in/b large.bmp");
  picture("in/a.png");
  picture("in/c.png");
  const auto outcome = cli_within(64, {"detect", "-m", model_, "-s", "in", "--save-txt", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "inferqueue: runs/detect/exp/b large.bmp: can't be written: File too large\n");
  EXPECT_NE(outcome.out.find("\nimage 2/3 in/b large.bmp: 300x300 "), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("\n2 of 3 pictures, 9 objects, 1 failed in "), std::string::npos) << outcome.out;
  EXPECT_EQ(names_in(temp / "runs/detect/exp"), "a.png c.png labels labels/a.txt labels/b large.txt labels/c.txt");
  EXPECT_EQ(nlohmann::json::parse(content_of(temp / "out.json")).at("images").size(), 3U);
}

TEST_F(FullDisk, WhereNothingCanBeWrittenEachFileIsToldOnce) {
  picture("in/a.png");
  temp.file("out.json", "old");
  const auto outcome = cli_within(0, {"detect", "-m", model_, "-s", "in", "--save-txt", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err,
            "inferqueue: runs/detect/exp/a.png: can't be written: File too large\n"
            "inferqueue: runs/detect/exp/labels/a.txt: can't be written: File too large\n"
            "inferqueue: out.json: can't be written: File too large\n");
  EXPECT_NE(outcome.out.find("image 1/1 in/a.png: 64x64 1 red, 1 green, 1 blue, "), std::string::npos) << outcome.out;
  EXPECT_EQ(names_in(temp / "runs/detect/exp"), "labels");
  EXPECT_EQ(names_in(temp.path()),
            "in in/a.png model.bin model.xml out.json runs runs/detect runs/detect/exp "
            "runs/detect/exp/labels");
  EXPECT_EQ(content_of(temp / "out.json"), "old");
}

TEST_F(FullDisk, AJsonThatStopsFittingIsToldOnceAndTheRestGoesOn) {
  testing::write_many(temp / "in", 60);  // some 300 bytes of JSON each
  const auto outcome = cli_within(8, {"detect", "-m", model_, "-s", "in", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "inferqueue: out.json: can't be written: File too large\n");
  EXPECT_NE(outcome.out.find("\n60 of 60 pictures, 180 objects, no failures in "), std::string::npos) << outcome.out;
  EXPECT_FALSE(fs::exists(temp / "out.json"));
  EXPECT_EQ(names_in(temp.path()).find(".part"), std::string::npos);
}

TEST_F(FullDisk, AModelThatDoesNotFitLeavesTheOldOne) {
  picture("in/a.png");
  for (const std::string name : {"builtin:yolov5n", "builtin:relu"}) {  // a .bin too large; no .bin to speak of
    const int blocks = name == "builtin:relu" ? 1 : 4096;
    const auto outcome = cli_within(blocks, {"export", name, "n.xml"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err,
              "inferqueue: n." + std::string(blocks == 1 ? "xml" : "bin") + ": can't be written: File too large\n");
    EXPECT_EQ(names_in(temp.path()), "in in/a.png model.bin model.xml");
  }
  ASSERT_EQ(cli({"export", "builtin:yolov5n", "n.xml"}).status, 0);
  EXPECT_EQ(cli_within(4096, {"export", "builtin:yolov5s", "n.xml", "--force"}).status, 1);
  EXPECT_EQ(names_in(temp.path()), "in in/a.png model.bin model.xml n.bin n.xml");
  expect_model_works("n.xml");
}

TEST_F(FullDisk, TheBenchShowsItsFiguresAllTheSame) {
  picture("in/a.png");
  const auto outcome =
      cli_within(0, {"bench", "-m", model_, "-s", "in", "--rounds", "1", "--seconds", "0.001", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "inferqueue: out.json: can't be written: File too large\n");
  EXPECT_NE(outcome.out.find("queue / one request: "), std::string::npos) << outcome.out;
  EXPECT_EQ(names_in(temp.path()), "in in/a.png model.bin model.xml");
}

TEST_F(FullDisk, StandardOutputIsToldOnceAndTheRestGoesOn) {
  testing::write_many(temp / "in", 150);  // more lines than the stream's buffer holds
  const std::string to_full_disk = "exec \"$@\" > /dev/full";
  const std::string told = "inferqueue: standard output: can't be written: No space left on device\n";
  const auto outcome = shell(to_full_disk, {"detect", "-m", model_, "-s", "in", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, told);
  EXPECT_EQ(lines_in(names_in(temp / "runs/detect/exp")), 1U);
  EXPECT_EQ(nlohmann::json::parse(content_of(temp / "out.json")).at("images").size(), 150U);
  EXPECT_TRUE(fs::exists(temp / "runs/detect/exp/0149.png"));

  const auto json = shell(to_full_disk, {"detect", "-m", model_, "-s", "in", "--nosave", "--json", "-"});
  EXPECT_EQ(json.status, 1);
  EXPECT_NE(json.err.find(told), std::string::npos) << json.err;
  EXPECT_NE(json.err.find("\n150 of 150 pictures"), std::string::npos) << json.err;

  for (const Arguments& arguments :
       {Arguments{"export"}, {"export", "builtin:relu"}, {"--help"}, {"detect", "--help"}}) {
    const auto other = shell(to_full_disk, arguments);
    EXPECT_EQ(other.status, 1) << arguments.front();
    EXPECT_EQ(other.err, told) << arguments.front();
  }
}

TEST_F(FullDisk, AReaderThatHasGoneIsToldAndTheRestGoesOn) {
  testing::write_many(temp / "in", 150);
  // A pipe whose only reader is closed before the command begins.
  const auto outcome = shell("mkfifo pipe && exec 3<>pipe 4>pipe 3<&- && exec \"$@\" >&4 4>&-",
                             {"detect", "-m", model_, "-s", "in", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "inferqueue: standard output: can't be written: Broken pipe\n");
  EXPECT_EQ(nlohmann::json::parse(content_of(temp / "out.json")).at("images").size(), 150U);
  EXPECT_TRUE(fs::exists(temp / "runs/detect/exp/0149.png"));
  EXPECT_EQ(names_in(temp.path()).find(".part"), std::string::npos);
}

TEST_F(FullDisk, AStandardErrorThatCantBeWrittenDoesNoHarm) {
  temp.file("in/a.png", "no picture");  // something to say
  picture("in/b.png");
  const auto outcome = shell("exec \"$@\" 2> /dev/full", {"detect", "-m", model_, "-s", "in", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.out.find("\n1 of 2 pictures"), std::string::npos) << outcome.out;
  EXPECT_EQ(nlohmann::json::parse(content_of(temp / "out.json")).at("images").size(), 2U);
}

TEST_F(FullDisk, ClosedStandardFilesAreNotTakenForOthers) {
  temp.file("in/a.png", "no picture");  // something to say
  picture("in/b.png");
  const Arguments detect{"detect", "-m", model_, "-s", "in", "--json", "out.json", "--exist-ok"};
  for (const std::string closed : {"<&-", ">&-", "2>&-", "<&- >&- 2>&-"}) {
    const auto outcome = shell("exec \"$@\" " + closed, detect);
    EXPECT_EQ(outcome.status, 1) << closed;
    EXPECT_EQ(nlohmann::json::parse(content_of(temp / "out.json")).at("images").size(), 2U) << closed;
    EXPECT_EQ(cv::imread((temp / "runs/detect/exp/b.png").string()).size(), cv::Size(64, 64)) << closed;
  }
  const auto outcome = shell("exec \"$@\" >&-", {"detect", "-m", model_, "-s", "in/b.png", "--nosave"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "inferqueue: standard output: can't be written: Bad file descriptor\n");
}

TEST_F(FullDisk, ACacheThatDoesNotFitDoesNoHarm) {
  picture("in/a.png");
  const Arguments detect{"detect", "-m", model_, "-s", "in", "--nosave", "--cache-dir", "cache"};
  for (const int blocks : {0, 1, 1 << 20}) {
    const auto outcome = cli_within(blocks, detect);
    EXPECT_EQ(outcome.status, 0) << blocks << ": " << outcome.err;
    EXPECT_NE(outcome.out.find(" 3 objects, "), std::string::npos) << blocks << ": " << outcome.out;
  }
}

/// Runs on a file system of 400 kB at "disk", which only this process sees, and copies it to "kept" at the end.
constexpr const char* on_small_disk =
    "mount -t tmpfs -o size=400k none disk && \"$@\"; status=$?; cp -R disk kept; exit $status";

TEST_F(FullDisk, ADiskThatIsReallyFull) {
  temp.folder("disk");
  if (shell("exec unshare -m mount -t tmpfs -o size=4k none disk", {}).status != 0)
    GTEST_SKIP() << "this process may not mount a file system (CAP_SYS_ADMIN)";
  large("in/b.bmp");
  large("in/d.bmp");
  picture("in/a.png");
  picture("in/c.png");
  const std::string line = std::string("exec unshare -m /bin/sh -c '") + on_small_disk + "' sh \"$@\"";
  const auto outcome =
      shell(line, {"detect", "-m", model_, "-s", "in", "--project", "disk", "--save-txt", "--json", "disk/out.json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "inferqueue: disk/exp/d.bmp: can't be written: No space left on device\n");
  EXPECT_NE(outcome.out.find("\n3 of 4 pictures, 12 objects, 1 failed in "), std::string::npos) << outcome.out;
  EXPECT_EQ(names_in(temp / "kept"),
            "exp exp/a.png exp/b.bmp exp/c.png exp/labels exp/labels/a.txt exp/labels/b.txt exp/labels/c.txt "
            "exp/labels/d.txt out.json");
  EXPECT_EQ(cv::imread((temp / "kept/exp/b.bmp").string()).size(), cv::Size(300, 300));
  EXPECT_EQ(nlohmann::json::parse(content_of(temp / "kept/out.json")).at("images").size(), 4U);

  fs::remove_all(temp / "kept");
  const auto exported = shell(line, {"export", "builtin:yolov5n", "disk/n.xml"});
  EXPECT_EQ(exported.status, 1);
  EXPECT_EQ(exported.err, "inferqueue: disk/n.bin: can't be written: No space left on device\n");
  EXPECT_EQ(names_in(temp / "kept"), "");
}

}  // namespace
}  // namespace inferqueue::cli
