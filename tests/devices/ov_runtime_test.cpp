// The real runtime: values of their true types, on the CPU and on devices made of it.
#include "devices/ov_runtime.hpp"

#include <string>

#include <gtest/gtest.h>
#include <openvino/runtime/properties.hpp>

#include "devices/report.hpp"
#include "devices/survey.hpp"
#include "support/models.hpp"

namespace inferqueue::devices {
namespace {

class OnThisMachine : public ::testing::Test {
 protected:
  Survey survey(std::vector<std::string> devices, bool all = false) {
    SurveyOptions options;
    options.devices = std::move(devices);
    options.all_properties = all;
    return take_survey(runtime, options, nullptr, {});
  }

  ov::Core core;
  OvRuntime runtime{core, testing::relu_model(), "relu"};
};

TEST_F(OnThisMachine, TheCpusValuesAreThoseOfACompiledModel) {
  const Survey found = survey({"CPU"});
  ASSERT_TRUE(found.is_complete());
  const DeviceReport& cpu = found.devices.at(0);
  EXPECT_EQ(cpu.full_name, core.get_property("CPU", ov::device::full_name));
  const auto [least, most] = core.get_property("CPU", ov::range_for_streams);
  EXPECT_EQ(cpu.properties.at(1).name, "RANGE_FOR_STREAMS");
  EXPECT_EQ(cpu.properties[1].value, Value::array({least, most}));
  ASSERT_EQ(cpu.hints.size(), 3U);
  for (const HintReport& hint : cpu.hints) {
    const auto compiled =
        core.compile_model(testing::relu_model(), "CPU", {{ov::hint::performance_mode.name(), hint.hint}});
    EXPECT_EQ(hint.value("OPTIMAL_NUMBER_OF_INFER_REQUESTS"),
              compiled.get_property(ov::optimal_number_of_infer_requests));
    EXPECT_EQ(hint.value("NUM_STREAMS"), compiled.get_property(ov::num_streams).num);
    EXPECT_EQ(hint.value("INFERENCE_NUM_THREADS"), compiled.get_property(ov::inference_num_threads));
    EXPECT_EQ(hint.value("PERFORMANCE_HINT_NUM_REQUESTS"), compiled.get_property(ov::hint::num_requests));
    EXPECT_EQ(hint.value("EXECUTION_DEVICES").dump(), R"(["CPU"])");
    EXPECT_TRUE(hint.value("GPU_QUEUE_PRIORITY").is_null());
    EXPECT_EQ(hint.other_hint(), "");
  }
}

TEST_F(OnThisMachine, CompositesAreReadOnceCompiled) {
  const Survey found = survey({"AUTO", "AUTO:CPU", "HETERO:CPU", "BATCH:CPU(4)"});
  EXPECT_TRUE(found.is_complete());
  ASSERT_EQ(found.devices.size(), 4U);
  for (const DeviceReport& report : found.devices) {
    EXPECT_EQ(report.full_name, core.get_property("CPU", ov::device::full_name)) << report.device;
    for (const HintReport& hint : report.hints)
      EXPECT_GE(hint.value("OPTIMAL_NUMBER_OF_INFER_REQUESTS").get<int>(), 1) << report.device << ' ' << hint.hint;
  }
}

TEST_F(OnThisMachine, MultiTakesAnotherHintThanItIsGiven) {
  const Survey found = survey({"MULTI:CPU"});
  const HintReport& latency = found.devices.at(0).hints.at(0);
  EXPECT_EQ(latency.hint, "LATENCY");
  EXPECT_EQ(latency.other_hint(), "THROUGHPUT");
}

TEST_F(OnThisMachine, AllPropertiesHasWhatCanBeChanged) {
  const Value json = to_json(survey({"CPU"}, true));
  const Value& cpu = json["devices"][0];
  EXPECT_TRUE(cpu["properties"].contains("OPTIMIZATION_CAPABILITIES"));
  EXPECT_NE(std::ranges::find(cpu["mutable"], Value("PERFORMANCE_HINT")), cpu["mutable"].end());
  EXPECT_EQ(std::ranges::find(cpu["mutable"], Value("FULL_DEVICE_NAME")), cpu["mutable"].end());
  EXPECT_TRUE(cpu["hints"]["LATENCY"].contains("INFERENCE_PRECISION_HINT"));
}

TEST_F(OnThisMachine, AModelThatTheDeviceCannotTakeIsSaid) {
  OvRuntime broken(core, std::make_shared<ov::Model>(ov::OutputVector{}, ov::ParameterVector{}), "empty");
  SurveyOptions options;
  options.devices = {"HETERO:CPU"};
  const Survey found = take_survey(broken, options, nullptr, {});
  EXPECT_FALSE(found.is_complete());
  EXPECT_NE(found.devices.at(0).hints.at(0).problem, "");
}

}  // namespace
}  // namespace inferqueue::devices
