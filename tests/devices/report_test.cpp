// What people should notice in a table.
#include "devices/report.hpp"

#include <string>

#include <gtest/gtest.h>

namespace inferqueue::devices {
namespace {

Property property(const std::string& name, Value value, bool is_mutable = false) {
  Property made;
  made.name = name;
  made.value = std::move(value);
  made.is_mutable = is_mutable;
  return made;
}

/// One device compiled for one hint.
Survey survey_of(const std::string& device, const std::string& hint, std::vector<Property> compiled) {
  Survey survey;
  survey.openvino_version = "9";
  survey.model = "m";
  survey.cpu_limits.emplace();
  survey.cpu_limits->processors = 8;
  survey.cpu_limits->usable = 8;
  survey.cpu_limits->cgroup.is_known = true;
  DeviceReport& report = survey.devices.emplace_back();
  report.device = device;
  HintReport& of_hint = report.hints.emplace_back();
  of_hint.hint = hint;
  of_hint.properties = std::move(compiled);
  return survey;
}

void expect_line(const Survey& survey, const std::string& line) {
  const std::string text = to_text(survey);
  EXPECT_NE(text.find(line + "\n"), std::string::npos) << text;
}

TEST(DevicesText, SaysWhatTheContainerAllows) {
  Survey survey;
  EXPECT_EQ(to_text(survey).find("Processors"), std::string::npos) << "nothing is known";
  machine::CpuLimits& limits = survey.cpu_limits.emplace();
  limits.processors = 8;
  limits.usable = 4;
  expect_line(survey,
              "Processors: 4 of 8 may be used; what the container allows is unknown, because cgroup v2 has no CPU "
              "controller here");
  limits.cgroup.is_known = true;
  expect_line(survey, "Processors: 4 of 8 may be used; the container (cgroup v2) has no CPU quota and no cpuset");
  limits.cgroup.cpu_quota = 1.5;
  limits.cgroup.cpuset = "0-3";
  expect_line(survey,
              "Processors: 4 of 8 may be used; the container (cgroup v2) has a quota of 1.5 CPUs and cpuset 0-3");
}

TEST(DevicesText, PointsAtMoreThreadsThanTheQuotaAllows) {
  Survey survey = survey_of("CPU", "THROUGHPUT", {property("INFERENCE_NUM_THREADS", 8)});
  EXPECT_EQ(to_text(survey).find('!'), std::string::npos);
  survey.cpu_limits->cgroup.cpu_quota = 1.5;
  expect_line(survey,
              "  ! THROUGHPUT uses 8 threads where the process may use 1.5 CPUs: a program should set "
              "INFERENCE_NUM_THREADS to 2");
  survey.devices[0].device = "GPU";
  EXPECT_EQ(to_text(survey).find('!'), std::string::npos);
}

TEST(DevicesText, PointsAtMoreThreadsThanTheCpusetAllows) {
  Survey survey = survey_of("CPU", "LATENCY", {property("INFERENCE_NUM_THREADS", 8)});
  survey.cpu_limits->usable = 2;
  expect_line(
      survey,
      "  ! LATENCY uses 8 threads where the process may use 2 CPUs: a program should set INFERENCE_NUM_THREADS to 2");
}

TEST(DevicesText, PointsAtAHintThatWasNotTaken) {
  const Survey survey = survey_of("MULTI:CPU", "LATENCY", {property("PERFORMANCE_HINT", "THROUGHPUT")});
  expect_line(survey, "  compiled for         LATENCY");
  expect_line(survey, "  PERFORMANCE_HINT  THROUGHPUT");
  expect_line(survey, "  ! LATENCY was asked for; it is compiled for THROUGHPUT");
}

TEST(DevicesText, SaysWhyAHintFailed) {
  Survey survey = survey_of("GPU", "LATENCY", {property("NUM_STREAMS", 1)});
  HintReport& failed = survey.devices[0].hints.emplace_back();
  failed.hint = "THROUGHPUT";
  failed.problem = "out of memory";
  expect_line(survey, "  NUM_STREAMS         1      failed");
  expect_line(survey, "  ! THROUGHPUT can't be compiled: out of memory");
}

TEST(DevicesText, ValuesWiderThanAColumnStandBelow) {
  const std::string wide(60, 'w');
  const Survey survey = survey_of("CPU", "LATENCY", {property("WIDE", wide)});
  expect_line(survey, "  WIDE          (below)");
  expect_line(survey, "  WIDE, LATENCY: " + wide);
}

TEST(DevicesText, NothingOfAReportFromElsewhereSteersTheTerminal) {
  const std::string hostile = "\x1b[2J";
  Survey survey =
      survey_of("CPU" + hostile, "LATENCY" + hostile,
                {property("NUM_STREAMS" + hostile, hostile), property("WIDE" + hostile, std::string(60, 'w')),
                 property("PERFORMANCE_HINT", "OTHER" + hostile)});
  survey.openvino_version = survey.model = hostile;
  survey.cpu_limits->cgroup.cpuset = hostile;
  survey.devices[0].full_name = hostile;
  survey.devices[0].properties = {property("FULL_DEVICE_NAME" + hostile, hostile)};
  survey.devices[0].hints.push_back(survey.devices[0].hints[0]);
  survey.devices[0].hints[1].problem = "no" + hostile;
  EXPECT_EQ(to_text(survey).find('\x1b'), std::string::npos) << to_text(survey);
}

TEST(DevicesText, MarksWhatCanBeChangedWhereAllIsShown) {
  Survey survey = survey_of("CPU", "LATENCY", {property("NUM_STREAMS", 1), property("ABSENT", nullptr)});
  survey.devices[0].properties = {property("FULL_DEVICE_NAME", "c"), property("PERF_COUNT", false, true)};
  survey.all_properties = true;
  expect_line(survey, "  NUM_STREAMS   read-only              1");
  expect_line(survey, "  ABSENT                   not supported");
  expect_line(survey, "  FULL_DEVICE_NAME  read-only  c");
  expect_line(survey, "  PERF_COUNT        mutable    NO");
}

TEST(DevicesText, ACompositeWithoutPropertiesSaysSo) {
  Survey survey = survey_of("AUTO", "LATENCY", {property("NUM_STREAMS", nullptr)});
  survey.devices[0].properties = {property("RANGE_FOR_STREAMS", nullptr)};
  expect_line(survey, "  of the device: nothing; its members have properties");
}

TEST(DevicesJson, HasWhatIsMissingAndWhatFailed) {
  Survey survey = survey_of("CPU", "LATENCY", {property("NUM_STREAMS", 1)});
  survey.devices[0].hints[0].problem = "no";
  survey.missing.push_back({"GPU", "there is none"});
  EXPECT_EQ(to_json(survey).dump(),
            R"({"schema_version":1,"openvino_version":"9","model":"m",)"
            R"("interrupted":false,"cpu":{"processors":8,"usable":8,"cgroup_v2":true,"quota":null,"cpuset":null},)"
            R"("devices":[{"device":"CPU","full_name":"","properties":{},"hints":{"LATENCY":{"error":"no"}}}],)"
            R"("missing":[{"device":"GPU","error":"there is none"}]})");
}

}  // namespace
}  // namespace inferqueue::devices
