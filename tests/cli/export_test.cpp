// `inferqueue export`, and built-in models where a file is expected.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;

class Export : public CliTest {};

TEST_F(Export, WithoutAModelListsThemWithTheirCost) {
  const auto outcome = cli({"export"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  for (const char* text : {"builtin:relu", "builtin:mlp", "builtin:yolov5n", "1.867 M", "builtin:yolov5s", "7.226 M"})
    EXPECT_NE(outcome.out.find(text), std::string::npos) << text;
}

TEST_F(Export, WritesAModelThatDetectReads) {
  EXPECT_EQ(cli({"export", "builtin:yolov5n", (temp / "n.xml").string()}).status, 0);
  EXPECT_TRUE(std::filesystem::exists(temp / "n.bin"));
  const auto outcome = cli({"detect", "--model", (temp / "n.xml").string(), "--source", picture(), "--nosave"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("64x64 nothing"), std::string::npos) << outcome.out;
}

TEST_F(Export, ReplacesNothingUnlessItIsTold) {
  const auto remedy = "is there already; give another name, or --force to replace it";
  temp.file("n.xml", "trained");
  expect_refused({"export", "builtin:relu", "n.xml"}, {"n.xml: ", remedy});
  EXPECT_FALSE(fs::exists(temp / "n.bin"));
  fs::remove(temp / "n.xml");
  temp.file("n.bin", "trained");
  expect_refused({"export", "builtin:relu", "n.xml"}, {"n.bin: ", remedy});
  EXPECT_EQ(testing::names_in(temp.path()), "n.bin");
  EXPECT_EQ(testing::content_of(temp / "n.bin"), "trained");
  EXPECT_EQ(cli({"export", "builtin:relu", "n.xml", "--force"}).status, 0);
  EXPECT_EQ(testing::names_in(temp.path()), "n.bin n.xml");
  EXPECT_NE(testing::content_of(temp / "n.bin"), "trained");
  EXPECT_EQ(cli({"export", "builtin:yolov5n"}).status, 0);
  EXPECT_EQ(testing::names_in(temp.path()), "builtin-yolov5n.bin builtin-yolov5n.xml n.bin n.xml")
      << "not what the real one is called";
}

TEST_F(Export, ALinkStaysAndLeadsToTheNewFile) {
  temp.folder("store");
  temp.file("store/n.xml", "old");
  fs::create_symlink("store/n.xml", temp / "n.xml");
  expect_refused({"export", "builtin:yolov5n", "n.xml"}, {"n.xml: is there already"});
  EXPECT_EQ(cli({"export", "builtin:yolov5n", "n.xml", "--force"}).status, 0);
  EXPECT_EQ(fs::read_symlink(temp / "n.xml"), "store/n.xml");
  EXPECT_TRUE(testing::content_of(temp / "store/n.xml").starts_with("<?xml"));
  const auto outcome = cli({"detect", "--model", "n.xml", "--source", picture(), "--nosave"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
}

TEST_F(Export, ABuiltInModelNeedsNoFile) {
  const auto outcome = cli({"detect", "--model", "builtin:yolov5n", "--source", picture(), "--nosave"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("64x64 nothing"), std::string::npos) << outcome.out;
}

TEST_F(Export, SaysWhatIsWrong) {
  expect_refused({"export", "builtin:nope"}, {"builtin:nope", "builtin:yolov5n"});
  expect_refused({"export", "builtin:relu", "relu.onnx"}, {"relu.onnx", ".xml"}, 2);
  expect_refused({"export", "builtin:relu", (temp / "no/folder/relu.xml").string()}, {"no/folder/relu.xml"});
  expect_refused({"detect", "--model", "builtin:nope", "--source", picture()}, {"builtin:nope", "builtin:yolov5n"});
  expect_refused({"detect", "--model", "builtin:relu", "--source", picture()}, {"builtin:relu", "[1,16]"});
}

}  // namespace
}  // namespace inferqueue::cli
