// Options with values that make no sense: one line that names the option, before any work is done.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

class BadOption : public CliTest {
 protected:
  /// detect with everything right but for these.
  Arguments detect(const Arguments& wrong) const {
    Arguments arguments{"detect", "--model", model_, "--source", picture_};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    return arguments;
  }

  void TearDown() override { EXPECT_FALSE(std::filesystem::exists(temp / "runs")) << "no folder for nothing"; }

 private:
  std::string model_ = model();
  std::string picture_ = picture();
};

TEST_F(BadOption, ThresholdsAreShares) {
  for (const std::string option : {"--conf", "--iou"})
    for (const std::string value : {"-0.1", "1.01", "nan", "inf", "-nan"})
      expect_refused(detect({option, value}), {option + " ", "give a number from 0 to 1"});
}

TEST_F(BadOption, NumbersOfRequestsAndStreams) {
  expect_refused(detect({"--nireq", "-1"}), {"--nireq -1: give 0 (the device's choice) to 4096"});
  expect_refused(detect({"--nireq", "1000000000"}), {"--nireq 1000000000: give 0 (the device's choice) to 4096"});
  expect_refused(detect({"--nireq", "99999999999999999999"}), {"--nireq "});
  expect_refused(detect({"--nstreams", "-3"}), {"--nstreams -3: give 1 to 1024"});
  expect_refused(detect({"--nstreams", "100000"}), {"--nstreams 100000: give 1 to 1024"});
}

TEST_F(BadOption, ImageSizes) {
  expect_refused(detect({"--imgsz", "100"}), {"--imgsz 100x100: both must be multiples of 32; the nearest are 96 96"});
  expect_refused(detect({"--imgsz", "64", "100"}), {"--imgsz 64x100: both must be multiples of 32"});
  expect_refused(detect({"--imgsz", "0"}), {"--imgsz 0x0"});
  expect_refused(detect({"--imgsz", "-32"}), {"--imgsz -32x-32"});
  expect_refused(detect({"--imgsz", "2147483647"}), {"--imgsz 2147483647x2147483647: more than 8192 pixels"});
  expect_refused(detect({"--imgsz", "96"}), {"--imgsz 96x96: model '", "has the fixed size 64x64; leave --imgsz out"});
}

TEST_F(BadOption, ObjectsAndClasses) {
  expect_refused(detect({"--max-det", "0"}), {"--max-det 0: give 1 or more"});
  expect_refused(detect({"--max-det", "-5"}), {"--max-det -5: give 1 or more"});
  expect_refused(detect({"--classes", "0", "3"}), {"--classes 3: the model has the classes 0 to 2"});
  expect_refused(detect({"--classes", "-1"}), {"--classes -1: the model has the classes 0 to 2"});
}

TEST_F(BadOption, HintsAndPrecisions) {
  expect_refused(detect({"--hint", "fast"}),
                 {"hint 'fast': unknown; use latency, throughput or cumulative_throughput"});
  expect_refused(detect({"--hint", ""}), {"hint ''"});
  expect_refused(detect({"--precision", "int8"}), {"--precision 'int8': unknown; use f32, f16 or bf16"});
}

TEST_F(BadOption, DevicesThatAreNotThere) {
  expect_refused(detect({"--device", "NPU7"}), {"device 'NPU7': there is no such device here; those here: ", "CPU"});
  expect_refused(detect({"--device", "cpu"}), {"device 'cpu': there is no such device here; those here: ", "CPU"});
  expect_refused(detect({"--device", ""}), {"device '': there is no such device"});
  expect_refused(detect({"--device", "AUTO:NPU7,-CPU"}), {"there is no NPU7 here; those here: ", "CPU"});
  expect_refused(detect({"--device", "HETERO:CPU,NPU7"}), {"there is no NPU7 here"});
  expect_refused(detect({"--device", "AUTO:"}), {"device 'AUTO:': there is no such device"});
}

TEST_F(BadOption, DevicesThatTheRuntimeRefuses) {
  for (const std::string device : {"MULTI", "BATCH:CPU(x)", "CPU.0"})
    expect_refused(detect({"--device", device}), {"device '" + device + "': can't compile"});
  expect_refused(detect({"--device", "AUTO:-CPU"}), {"device 'AUTO:-CPU': leaves no device; those here: CPU"});
}

TEST_F(BadOption, Labels) {
  expect_refused(detect({"--labels", "none.txt"}), {"none.txt: the labels can't be opened"});
  expect_refused(detect({"--labels", temp.file("empty.txt").string()}), {"there are no class names in it"});
  expect_refused(detect({"--labels", temp.path().string()}), {"this is a directory"});
}

TEST_F(BadOption, PlacesForTheJson) {
  expect_refused(detect({"--json", "none/a.json"}), {"--json none/a.json: there is no folder none"});
  expect_refused(detect({"--json", temp.path().string()}), {"is a folder; give a file"});
}

TEST_F(BadOption, FoldersThatCanNotBeMade) {
  temp.file("file");
  expect_refused(detect({"--project", "file"}),
                 {"file/exp: this folder can't be made: Not a directory; choose another"});
  expect_refused(detect({"--project", ".", "--name", "file"}), {"file: this folder can't be made: "});
  expect_refused(detect({"--project", "/proc/none"}), {"/proc/none/exp: this folder can't be made: "});
  expect_refused(detect({"--project", "/proc", "--name", "self", "--exist-ok"}),
                 {"/proc/self: this folder can't be written to"});
  expect_refused(detect({"--name", ""}), {"--name: give a folder's name"});
}

}  // namespace
}  // namespace inferqueue::cli
