// Runs that are killed in the middle of a file, and runs side by side: what has its name is whole.
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <thread>
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
using testing::names_in;
using testing::Process;

/// The hidden files of unfinished runs in a folder.
struct Unfinished {
  std::size_t files = 0;
  std::uintmax_t bytes = 0;
};

/// The folder may change meanwhile.
Unfinished unfinished(const fs::path& folder) {
  Unfinished found;
  std::error_code gone;
  for (fs::recursive_directory_iterator at(folder, gone), end; !gone && at != end; at.increment(gone)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with(".inferqueue-") || !name.ends_with(".part")) continue;
    ++found.files;
    std::error_code renamed;
    const std::uintmax_t size = fs::file_size(at->path(), renamed);
    if (!renamed) found.bytes += size;
  }
  return found;
}

class Killed : public CliTest {
 protected:
  /// Kills the command when, after these words of it, so many bytes more are in unfinished files. Returns false if it
  /// was through before that was seen.
  bool kill_while_writing(const Arguments& arguments, const std::string& words, const fs::path& folder,
                          std::uintmax_t bytes) const {
    const std::uintmax_t before = unfinished(folder).bytes;
    Process process(with_program(arguments), temp.path(), 1 << 20);
    EXPECT_TRUE(words.empty() || process.wait_for_output(words));
    while (!process.has_ended() && unfinished(folder).bytes < before + bytes) std::this_thread::yield();
    process.send(SIGKILL);
    return process.wait().status == 128 + SIGKILL;
  }

  /// Everything in a run's folder that isn't hidden is whole. Returns how many pictures there are.
  std::size_t expect_whole(const fs::path& folder, cv::Size size) const {
    std::size_t pictures = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const fs::path& path = entry.path();
      if (entry.is_directory() || path.filename().string().starts_with(".inferqueue-")) continue;
      if (path.extension() == ".txt") {
        EXPECT_EQ(testing::lines_in(content_of(path)), 3U) << path;
        EXPECT_TRUE(content_of(path).ends_with("\n")) << path;
      } else {
        const std::string bytes = content_of(path);
        EXPECT_EQ(cv::imread(path.string()).size(), size) << path;
        EXPECT_EQ(bytes.size(), fs::file_size(temp / "in" / path.filename())) << path << " is a BMP: all of one size";
        ++pictures;
      }
    }
    return pictures;
  }

  std::string model_ = model();
};

TEST_F(Killed, DetectLeavesNoHalfFileUnderAName) {
  temp.folder("in");
  const cv::Size size(1600, 1200);
  for (int i = 0; i < 40; ++i)
    testing::write(temp / ("in/" + std::to_string(i) + ".bmp"), testing::plain(9, size.width, size.height));
  const fs::path run = temp / "runs/detect/exp";
  const Arguments detect{"detect", "-m", model_, "-s", "in", "--save-txt", "--json", "out.json", "--exist-ok"};
  std::size_t left = 0;
  for (int round = 0; round < 100 && (round < 5 || left < 2); ++round) {
    const std::string words = "image " + std::to_string(1 + 5 * (round % 5)) + "/40 ";
    const bool killed = kill_while_writing(detect, words, run, 1 + 1'400'000U * static_cast<unsigned>(round % 4));
    EXPECT_EQ(fs::exists(temp / "out.json"), !killed) << "it is whole or not there";
    if (!killed) {  // on a busy machine it may be through before this test sees it
      EXPECT_EQ(nlohmann::json::parse(content_of(temp / "out.json")).at("images").size(), 40U);
      fs::remove(temp / "out.json");
    }
    expect_whole(run, size);
    left = unfinished(run).files;
  }
  EXPECT_GE(left, 2U) << "it was hardly ever killed in the middle of a file";

  // A later run is not disturbed, nor are pictures looked for in what is left.
  const auto outcome = cli(detect);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(expect_whole(run, size), 40U);
  EXPECT_EQ(unfinished(run).files, left);
  EXPECT_EQ(nlohmann::json::parse(content_of(temp / "out.json")).at("images").size(), 40U);
  const auto again = cli({"detect", "-m", model_, "-s", run.string(), "--nosave"});
  EXPECT_EQ(again.err, "");
  EXPECT_NE(again.out.find("\n40 of 40 pictures"), std::string::npos) << again.out;
}

TEST_F(Killed, ExportLeavesNoHalfModel) {
  picture();
  const fs::path folder = temp.folder("models");
  const Arguments exporting{"export", "builtin:yolov5n", "models/n.xml", "--force"};
  std::size_t killed = 0;
  for (unsigned round = 0; round < 60 && (round < 6 || killed == 0); ++round) {
    if (kill_while_writing(exporting, "", folder, 1 + 1'400'000U * (round % 6))) ++killed;
    if (!fs::exists(folder / "n.xml")) continue;  // weights without their description are no model
    const auto outcome = cli({"detect", "-m", "models/n.xml", "-s", "a.png", "--nosave"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    fs::remove(folder / "n.xml");
  }
  EXPECT_GE(killed, 1U);
  EXPECT_GE(unfinished(folder).files, 1U) << "it was never killed in the middle of a file";
  EXPECT_EQ(cli(exporting).status, 0);
}

class SideBySide : public Killed {
 protected:
  static constexpr std::size_t runs = 4;

  SideBySide() {
    temp.folder("in");
    for (int i = 0; i < 20; ++i) testing::write(temp / ("in/" + std::to_string(i) + ".bmp"), testing::plain(9, 64, 64));
  }

  /// Runs the same command several times at once; expects success. Returns what they printed.
  std::vector<std::string> together(const Arguments& arguments) const {
    std::vector<std::unique_ptr<Process>> processes;
    for (std::size_t i = 0; i < runs; ++i)
      processes.push_back(std::make_unique<Process>(with_program(arguments), temp.path()));
    std::vector<std::string> printed;
    for (const auto& process : processes) {
      const auto outcome = process->wait();
      EXPECT_EQ(outcome.status, 0);
      EXPECT_EQ(outcome.err, "");
      printed.push_back(outcome.out);
    }
    return printed;
  }
};

TEST_F(SideBySide, EachGetsAFolderOfItsOwn) {
  std::set<std::string> folders;
  for (const std::string& out : together({"detect", "-m", model_, "-s", "in", "--save-txt"}))
    folders.insert(out.substr(out.rfind(' ') + 1));
  EXPECT_EQ(folders, (std::set<std::string>{"runs/detect/exp\n", "runs/detect/exp2\n", "runs/detect/exp3\n",
                                            "runs/detect/exp4\n"}));
  for (const std::string name : {"exp", "exp2", "exp3", "exp4"})
    EXPECT_EQ(expect_whole(temp / "runs/detect" / name, {64, 64}), 20U) << name;
}

TEST_F(SideBySide, OneFolderForAllStaysWhole) {
  for (int round = 0; round < 2; ++round) {
    together({"detect", "-m", model_, "-s", "in", "--save-txt", "--exist-ok", "--json", "out.json"});
    EXPECT_EQ(expect_whole(temp / "runs/detect/exp", {64, 64}), 20U);
    EXPECT_EQ(unfinished(temp.path()).files, 0U);
    EXPECT_EQ(nlohmann::json::parse(content_of(temp / "out.json")).at("images").size(), 20U);
  }
}

}  // namespace
}  // namespace inferqueue::cli
