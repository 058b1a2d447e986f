// Help, version, and command lines that are wrong.
#include <string>

#include <gtest/gtest.h>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

class Usage : public CliTest {};

TEST_F(Usage, HelpNamesTheCommands) {
  for (const char* option : {"--help", "-h"}) {
    const auto outcome = cli({option});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
    for (const char* text : {"detect", "val", "bench", "--version"})
      EXPECT_NE(outcome.out.find(text), std::string::npos) << text;
  }
}

TEST_F(Usage, TheHelpOfACommandNamesItsOptions) {
  const auto detect = cli({"detect", "--help"});
  EXPECT_EQ(detect.status, 0);
  EXPECT_EQ(detect.err, "");
  for (const char* option :
       {"--model",     "--source",   "--imgsz",    "--conf",
        "--iou",       "--max-det",  "--classes",  "--agnostic-nms",
        "--device",    "--nireq",    "--nstreams", "--precision",
        "--cache-dir", "--hint",     "--labels",   "--project",
        "--name",      "--exist-ok", "--nosave",   "--save-txt",
        "--save-conf", "--json",     "--head",     "auto, yolov5, yolov8, yolov8-transposed, end2end"})
    EXPECT_NE(detect.out.find(option), std::string::npos) << option;
  const auto bench = cli({"bench", "--help"});
  EXPECT_EQ(bench.status, 0);
  EXPECT_EQ(bench.err, "");
  for (const char* option : {"--model", "--head", "--source", "--modes", "--hint", "--rounds", "--seconds", "--json"})
    EXPECT_NE(bench.out.find(option), std::string::npos) << option;
  const auto val = cli({"val", "--help"});
  EXPECT_EQ(val.status, 0);
  EXPECT_EQ(val.err, "");
  for (const char* option : {"--model", "--head", "--data", "--conf", "--iou", "--max-det", "--pr-conf", "--precision",
                             "--save-worst", "--json"})
    EXPECT_NE(val.out.find(option), std::string::npos) << option;
  EXPECT_EQ(val.out.find("--source"), std::string::npos);
}

TEST_F(Usage, LinesOfTheHelpFitATerminal) {
  for (const Arguments& arguments :
       {Arguments{"--help"}, {"detect", "--help"}, {"val", "--help"}, {"bench", "--help"}}) {
    const std::string out = cli(arguments).out;
    for (std::size_t begin = 0, end = 0; (end = out.find('\n', begin)) != std::string::npos; begin = end + 1)
      EXPECT_LE(end - begin, 130U) << out.substr(begin, end - begin);
  }
}

TEST_F(Usage, Version) {
  const auto outcome = cli({"--version"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(outcome.out.starts_with("inferqueue ")) << outcome.out;
  EXPECT_EQ(testing::lines_in(outcome.out), 1U);
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Usage, NoCommandOrAnUnknownOneIsToldInOneLine) {
  expect_refused({}, {"give a command: detect, val, devices, bench or export (see 'inferqueue --help')"}, 2);
  expect_refused({"frobnicate"}, {"frobnicate", "--help"}, 2);
  expect_refused({"--frobnicate"}, {"--frobnicate", "--help"}, 2);
}

TEST_F(Usage, UnknownOptionsAreNamed) {
  expect_refused({"detect", "--model", "m.xml", "--source", "a.jpg", "--frobnicate"},
                 {"--frobnicate", "(see 'inferqueue detect --help')"}, 2);
  expect_refused({"bench", "--model", "m.xml", "--source", "a.jpg", "--nosave"},
                 {"--nosave", "(see 'inferqueue bench --help')"}, 2);
}

TEST_F(Usage, WhatIsRequiredIsNamed) {
  expect_refused({"detect", "--source", "a.jpg"}, {"--model"}, 2);
  expect_refused({"detect", "--model", "m.xml"}, {"--source"}, 2);
  expect_refused({"bench", "--model"}, {"--model"}, 2);
}

TEST_F(Usage, NumbersThatAreNoneAreNamed) {
  const auto with = [](const std::string& option, const std::string& value) {
    return Arguments{"detect", "-m", "m.xml", "-s", "a.jpg", option, value};
  };
  expect_refused(with("--conf", "high"), {"--conf", "high"}, 2);
  expect_refused(with("--nireq", "4.5"), {"--nireq", "4.5"}, 2);
  expect_refused(with("--imgsz", "640x640"), {"--imgsz", "640x640"}, 2);
  expect_refused(with("--imgsz", "99999999999"), {"--imgsz", "99999999999"}, 2);
  expect_refused(with("--classes", "cat"), {"--classes", "cat"}, 2);
}

}  // namespace
}  // namespace inferqueue::cli
