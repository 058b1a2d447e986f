// Saved surveys: what was written comes back, and what was not is said.
#include "devices/recorded_runtime.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "devices/report.hpp"
#include "devices/survey.hpp"
#include "support/user_error.hpp"

namespace inferqueue::devices {
namespace {

using testing::user_error_of;

const std::string small = R"({"schema_version": 1, "openvino_version": "9", "model": "m",
  "cpu": {"processors": 8, "usable": 4, "cgroup_v2": true, "quota": 1.5, "cpuset": "0-3"},
  "devices": [
    {"device": "CPU", "full_name": "c", "properties": {"FULL_DEVICE_NAME": "c", "LOUD": true}, "mutable": ["LOUD"],
     "hints": {"LATENCY": {"NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": 4}, "THROUGHPUT": {"error": "no room"}}},
    {"device": "AUTO:CPU", "full_name": "c", "properties": {}, "hints": {"LATENCY": {"NUM_STREAMS": null}}}],
  "missing": [{"device": "NPU", "error": "there is no NPU"}]})";

Survey survey_of(const std::string& text, std::vector<std::string> devices = {}, bool all = false) {
  RecordedRuntime runtime(text, "r.json");
  SurveyOptions options;
  options.devices = std::move(devices);
  options.all_properties = all;
  return take_survey(runtime, options, nullptr, {});
}

TEST(RecordedRuntime, GivesBackWhatWasRecorded) {
  const Survey survey = survey_of(small);
  EXPECT_EQ(survey.cpu_limits->cgroup.cpu_quota, 1.5);
  EXPECT_EQ(survey.cpu_limits->cgroup.cpuset, "0-3");
  EXPECT_EQ(survey.cpu_limits->usable, 4U);
  ASSERT_EQ(survey.devices.size(), 2U) << "composites that were recorded are shown";
  EXPECT_EQ(survey.devices[0].hints.at(0).value("NUM_STREAMS"), 1);
  EXPECT_EQ(survey.devices[0].hints.at(1).problem, "no room");
  EXPECT_EQ(survey_of(small, {"AUTO:CPU"}).devices.at(0).full_name, "c");
}

TEST(RecordedRuntime, KeepsWhatCanBeChanged) {
  const Value json = to_json(survey_of(small, {"CPU"}, true));
  EXPECT_EQ(json["devices"][0]["mutable"].dump(), R"(["LOUD"])");
  EXPECT_EQ(json["devices"][0]["properties"]["LOUD"], true);
}

TEST(RecordedRuntime, WhatWasNotRecordedIsSaid) {
  const Survey survey = survey_of(small, {"AUTO:CPU", "HETERO:CPU", "GPU"});
  EXPECT_EQ(survey.devices.at(0).hints.at(1).problem, "THROUGHPUT is not in the record");
  EXPECT_EQ(survey.missing.at(0).problem, "device 'HETERO:CPU': is not in the record; it has CPU, AUTO:CPU");
  EXPECT_EQ(survey.missing.at(1).device, "GPU");
  EXPECT_EQ(survey_of(small).missing.at(0).problem, "there is no NPU") << "what was missing there is told";
}

TEST(RecordedRuntime, RefusesWhatIsNoRecord) {
  const std::string refusal = "r.json: is no report that 'inferqueue devices --json' has written";
  for (const char* text : {"", "{", "[]", "null", "{}", R"({"schema_version": 2})", R"({"schema_version": "1"})"})
    EXPECT_EQ(user_error_of([&] { RecordedRuntime(text, "r.json"); }), refusal) << text;
  EXPECT_EQ(user_error_of([&] { RecordedRuntime(std::string(200000, '['), "r.json"); }), refusal);
  // Each member in turn is what it must not be.
  const Value whole = Value::parse(small);
  const Value wrong =
      Value::parse(R"({"/openvino_version": 3, "/model": null, "/cpu": 3, "/devices": {}, "/missing": {},
    "/cpu/usable": -1, "/cpu/processors": true, "/cpu/quota": -5, "/cpu/cpuset": 1, "/devices/0/device": "",
    "/devices/0/hints": [], "/devices/0/properties": 3, "/devices/1/hints/LATENCY": 3, "/devices/0/mutable": [3],
    "/devices/0/hints/THROUGHPUT/error": 5, "/devices/0/properties/LOUD": {"a": 1}, "/missing/0/error": 1})");
  for (const auto& [path, value] : wrong.items()) {
    Value changed = whole;
    changed[Value::json_pointer(path)] = value;
    EXPECT_EQ(user_error_of([&] { RecordedRuntime(changed.dump(), "r.json"); }), refusal) << path;
  }
}

}  // namespace
}  // namespace inferqueue::devices
