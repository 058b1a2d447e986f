// Options with values that make no sense: one line that names the option, before any work is done.
#include <filesystem>
#include <initializer_list>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

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

  /// A value that the option can't have, on any machine: status 2.
  void expect_wrong_value(const Arguments& wrong, std::initializer_list<std::string> texts) const {
    expect_refused(detect(wrong), texts, 2);
  }

  void TearDown() override { EXPECT_FALSE(std::filesystem::exists(temp / "runs")) << "no folder for nothing"; }

 private:
  std::string model_ = model();
  std::string picture_ = picture();
};

TEST_F(BadOption, ThresholdsAreShares) {
  for (const std::string option : {"--conf", "--iou"})
    for (const std::string value : {"-0.1", "1.01", "nan", "inf", "-nan"})
      expect_wrong_value({option, value}, {option + " ", "give a number from 0 to 1"});
}

TEST_F(BadOption, NumbersOfRequestsAndStreams) {
  expect_wrong_value({"--nireq", "-1"}, {"--nireq -1: give 0 (the device's choice) to 4096"});
  expect_wrong_value({"--nireq", "1000000000"}, {"--nireq 1000000000: give 0 (the device's choice) to 4096"});
  expect_wrong_value({"--nireq", "99999999999999999999"}, {"--nireq "});
  expect_wrong_value({"--nstreams", "-3"}, {"--nstreams -3: give 1 to 1024"});
  expect_wrong_value({"--nstreams", "100000"}, {"--nstreams 100000: give 1 to 1024"});
}

TEST_F(BadOption, ImageSizes) {
  expect_wrong_value({"--imgsz", "100"}, {"--imgsz 100x100: both must be multiples of 32; the nearest are 96 96"});
  expect_wrong_value({"--imgsz", "64", "100"}, {"--imgsz 64x100: both must be multiples of 32"});
  expect_wrong_value({"--imgsz", "0"}, {"--imgsz 0x0"});
  expect_wrong_value({"--imgsz", "-32"}, {"--imgsz -32x-32"});
  expect_wrong_value({"--imgsz", "2147483647"}, {"--imgsz 2147483647x2147483647: more than 8192 pixels"});
  expect_wrong_value({"--imgsz", "96"}, {"--imgsz 96x96: model '", "has the fixed size 64x64; leave --imgsz out"});
}

TEST_F(BadOption, ObjectsAndClasses) {
  expect_wrong_value({"--max-det", "0"}, {"--max-det 0: give 1 or more"});
  expect_wrong_value({"--max-det", "-5"}, {"--max-det -5: give 1 or more"});
  expect_wrong_value({"--classes", "0", "3"}, {"--classes 3: the model has the classes 0 to 2"});
  expect_wrong_value({"--classes", "-1"}, {"--classes -1: the model has the classes 0 to 2"});
}

TEST_F(BadOption, HintsAndPrecisions) {
  expect_wrong_value({"--hint", "fast"}, {"hint 'fast': unknown; use latency, throughput or cumulative_throughput"});
  expect_wrong_value({"--hint", ""}, {"hint ''"});
  expect_wrong_value({"--precision", "int8"}, {"--precision 'int8': unknown; use f32, f16 or bf16"});
}

TEST_F(BadOption, MoreRequestsThanTheMachineHoldsAreRefusedInOurWords) {
  // [1,3,640,640] bytes and 25200 times 85 floats are 9.8 MB, where nothing is computed in bf16.
  if (static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE)) > 39e9)
    GTEST_SKIP() << "this machine has room for 4096 of them";
  expect_refused({"detect", "-m", "builtin:yolov5n", "-s", "a.png", "--precision", "f32", "--nireq", "4096"},
                 {"--nireq 4096: the inputs and outputs of so many infer requests of this model take 40 GB, and this "
                  "machine has ",
                  "; give fewer"},
                 2);
}

TEST_F(BadOption, DevicesThatAreNotThere) {
  expect_refused(detect({"--device", "NPU7"}), {"device 'NPU7': there is no such device here; those here: ", "CPU"});
  expect_refused(detect({"--device", ""}), {"device '': there is no such device"});
  expect_refused(detect({"--device", "AUTO:NPU7,-CPU"}), {"there is no NPU7 here; those here: ", "CPU"});
  expect_refused(detect({"--device", "HETERO:CPU,NPU7"}), {"there is no NPU7 here"});
  expect_refused(detect({"--device", "AUTO:"}), {"device 'AUTO:': there is no such device"});
}

TEST_F(BadOption, DevicesThatTheRuntimeRefuses) {
  for (const std::string device : {"MULTI", "BATCH:CPU(X)", "CPU.0"})
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
  expect_refused(detect({"--json", "/proc/a.json"}), {"/proc/a.json: can't be written: No such file or directory"});
  expect_refused({"bench", "--model", "model.xml", "--source", "a.png", "--json", "/proc/a.json"},
                 {"/proc/a.json: can't be written: No such file or directory"});
}

TEST_F(BadOption, FoldersThatCanNotBeMade) {
  temp.file("file");
  expect_refused(detect({"--project", "file"}),
                 {"file/exp: this folder can't be made: Not a directory; choose another"});
  expect_refused(detect({"--project", ".", "--name", "file"}), {"file: this folder can't be made: "});
  expect_refused(detect({"--project", "/proc/none"}), {"/proc/none/exp: this folder can't be made: "});
  expect_refused(detect({"--project", "/proc", "--name", "self", "--exist-ok"}),
                 {"/proc/self: this folder can't be written to"});
  expect_wrong_value({"--name", ""}, {"--name: give a folder's name"});
}

}  // namespace
}  // namespace inferqueue::cli
