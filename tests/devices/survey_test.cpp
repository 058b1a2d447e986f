// Surveys of runtimes that break, lie and are interrupted: what is lost is no more than what broke.
#include "devices/survey.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "devices/names.hpp"

namespace inferqueue::devices {
namespace {

using Strings = std::vector<std::string>;
using Values = std::map<std::string, Value>;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("Exception from a.cpp:1:\n" + what + "\n");
}

/// Has the values that it is given, and throws for the others.
class Properties final : public PropertySource {
 public:
  explicit Properties(Values values, bool tells_names = true) : values_(std::move(values)), tells_(tells_names) {}

  std::vector<PropertyName> supported() override {
    if (!tells_) fail("it won't say");
    std::vector<PropertyName> names{{"UNREADABLE", true}};
    for (const auto& [name, value] : values_) names.push_back({name, name.starts_with("MY_")});
    return names;
  }
  Value read(const std::string& name) override {
    const auto found = values_.find(name);
    if (found == values_.end()) fail("no " + name);
    return found->second;
  }

 private:
  Values values_;
  bool tells_;
};

/// Does as its functions say.
class ScriptedRuntime final : public Runtime {
 public:
  using Make = std::function<std::unique_ptr<PropertySource>(const std::string& device, const std::string& hint)>;

  std::string version() override { return "1.2.3"; }
  std::string model() override { return "a model"; }
  std::optional<machine::CpuLimits> cpu_limits() override { return std::nullopt; }
  void check(const std::string& device) override { check_device(device, available); }
  std::vector<std::string> available_devices() override { return available; }
  std::vector<std::string> hints() override { return {"LATENCY", "THROUGHPUT"}; }
  std::unique_ptr<PropertySource> device(const std::string& name) override {
    asked.push_back(name);
    return of_device(name, "");
  }
  std::unique_ptr<PropertySource> compile(const std::string& device, const std::string& hint) override {
    compiled.push_back(device + " " + hint);
    return of_compiled(device, hint);
  }

  Strings available{"CPU", "GPU.0", "GPU.1"};
  Strings asked;
  Strings compiled;
  Make of_device = [](const std::string& device, const std::string&) {
    return std::make_unique<Properties>(Values{{"FULL_DEVICE_NAME", "the " + device}, {"MY_OWN", 1}});
  };
  Make of_compiled = [](const std::string&, const std::string& hint) {
    return std::make_unique<Properties>(Values{{"NUM_STREAMS", 2}, {"PERFORMANCE_HINT", hint}, {"MY_OTHER", true}});
  };
};

Survey survey_of(ScriptedRuntime& runtime, Strings devices = {}, bool all_properties = false) {
  SurveyOptions options;
  options.devices = std::move(devices);
  options.all_properties = all_properties;
  return take_survey(runtime, options, nullptr, {});
}

Strings names_of(const std::vector<Property>& properties) {
  Strings names;
  for (const Property& property : properties) names.push_back(property.name);
  return names;
}

TEST(TakeSurvey, LooksAtEveryDeviceUnderEveryHint) {
  ScriptedRuntime runtime;
  const Survey survey = survey_of(runtime);
  EXPECT_EQ(runtime.compiled, (Strings{"CPU LATENCY", "CPU THROUGHPUT", "GPU.0 LATENCY", "GPU.0 THROUGHPUT",
                                       "GPU.1 LATENCY", "GPU.1 THROUGHPUT"}));
  ASSERT_EQ(survey.devices.size(), 3U);
  EXPECT_EQ(survey.devices[1].device, "GPU.0");
  EXPECT_EQ(survey.devices[1].full_name, "the GPU.0");
  ASSERT_EQ(survey.devices[1].hints.size(), 2U);
  EXPECT_EQ(survey.devices[1].hints[1].hint, "THROUGHPUT");
  EXPECT_EQ(survey.devices[1].hints[1].value("NUM_STREAMS"), 2);
  EXPECT_TRUE(survey.is_complete());
  EXPECT_EQ(survey.openvino_version, "1.2.3");
  EXPECT_EQ(survey.model, "a model");
}

TEST(TakeSurvey, OnePropertyThatCannotBeReadCostsOnlyItself) {
  ScriptedRuntime runtime;
  const Survey survey = survey_of(runtime, {"CPU"});
  const HintReport& compiled = survey.devices.at(0).hints.at(0);
  EXPECT_EQ(names_of(compiled.properties).size(), compiled_property_names().size());
  EXPECT_TRUE(compiled.value("OPTIMAL_NUMBER_OF_INFER_REQUESTS").is_null());
  EXPECT_EQ(compiled.value("NUM_STREAMS"), 2);
  EXPECT_EQ(names_of(survey.devices[0].properties).size(), device_property_names().size());
}

TEST(TakeSurvey, ADeviceThatHasNoListIsAskedAllTheSame) {
  ScriptedRuntime runtime;
  runtime.of_device = [](const std::string&, const std::string&) {
    return std::make_unique<Properties>(Values{{"FULL_DEVICE_NAME", "shy"}}, false);
  };
  EXPECT_EQ(survey_of(runtime, {"CPU"}).devices.at(0).full_name, "shy");
}

TEST(TakeSurvey, ADeviceWhosePropertiesThrowIsStillCompiledFor) {
  ScriptedRuntime runtime;
  runtime.of_device = [](const std::string&, const std::string&) -> std::unique_ptr<PropertySource> { fail("no"); };
  const Survey survey = survey_of(runtime, {"CPU"});
  const DeviceReport& report = survey.devices.at(0);
  EXPECT_EQ(report.full_name, "");
  EXPECT_EQ(names_of(report.properties).size(), device_property_names().size());
  EXPECT_EQ(report.hints.at(1).value("NUM_STREAMS"), 2);
}

TEST(TakeSurvey, AHintThatCannotBeCompiledLeavesTheOthers) {
  ScriptedRuntime runtime;
  runtime.of_compiled = [&](const std::string&, const std::string& hint) -> std::unique_ptr<PropertySource> {
    if (hint == "LATENCY") fail("too slow");
    return std::make_unique<Properties>(Values{{"NUM_STREAMS", 3}});
  };
  const Survey survey = survey_of(runtime, {"CPU"});
  const DeviceReport& report = survey.devices.at(0);
  EXPECT_EQ(report.hints.at(0).problem, "too slow");
  EXPECT_TRUE(report.hints[0].properties.empty());
  EXPECT_EQ(report.hints.at(1).problem, "");
  EXPECT_EQ(report.hints[1].value("NUM_STREAMS"), 3);
  EXPECT_FALSE(survey.is_complete());
}

TEST(TakeSurvey, NamesWhatIsMissingAndShowsTheOthers) {
  ScriptedRuntime runtime;
  const Survey survey = survey_of(runtime, {"NPU", "GPU.1", "AUTO:NPU,-CPU", "GPU.1"});
  ASSERT_EQ(survey.missing.size(), 2U);
  EXPECT_EQ(survey.missing[0].device, "NPU");
  EXPECT_EQ(survey.missing[0].problem, "device 'NPU': there is no such device here; those here: CPU, GPU.0, GPU.1");
  EXPECT_EQ(survey.missing[1].problem, "device 'AUTO:NPU,-CPU': there is no NPU here; those here: CPU, GPU.0, GPU.1");
  ASSERT_EQ(survey.devices.size(), 1U) << "named twice, shown once";
  EXPECT_EQ(survey.devices[0].device, "GPU.1");
  EXPECT_FALSE(survey.is_complete());
}

TEST(TakeSurvey, ACompositeIsAskedOnlyOnceItIsCompiled) {
  ScriptedRuntime runtime;
  const Survey survey = survey_of(runtime, {"MULTI:GPU.1,CPU"});
  EXPECT_EQ(runtime.asked, (Strings{"GPU.1", "CPU"})) << "only its members, for their names";
  EXPECT_EQ(survey.devices.at(0).full_name, "the GPU.1, the CPU");
  EXPECT_EQ(names_of(survey.devices[0].properties).size(), device_property_names().size());
}

TEST(TakeSurvey, AutoWithoutMembersIsAllThatItDoesNotExclude) {
  ScriptedRuntime runtime;
  EXPECT_EQ(survey_of(runtime, {"AUTO"}).devices.at(0).full_name, "the CPU, the GPU.0, the GPU.1");
  EXPECT_EQ(survey_of(runtime, {"AUTO:-CPU,-GPU.1"}).devices.at(0).full_name, "the GPU.0");
}

TEST(TakeSurvey, TellsWhenAnotherHintWasTaken) {
  ScriptedRuntime runtime;
  runtime.of_compiled = [](const std::string&, const std::string&) {
    return std::make_unique<Properties>(Values{{"PERFORMANCE_HINT", "THROUGHPUT"}});
  };
  const Survey survey = survey_of(runtime, {"CPU"});
  EXPECT_EQ(survey.devices.at(0).hints.at(0).other_hint(), "THROUGHPUT");
  EXPECT_EQ(survey.devices[0].hints.at(1).other_hint(), "");
  runtime.of_compiled = [](const std::string&, const std::string&) { return std::make_unique<Properties>(Values{}); };
  EXPECT_EQ(survey_of(runtime, {"CPU"}).devices.at(0).hints.at(0).other_hint(), "") << "it isn't told";
}

TEST(TakeSurvey, AllPropertiesMeansEachOnceAndWhetherItCanBeChanged) {
  ScriptedRuntime runtime;
  const DeviceReport report = survey_of(runtime, {"CPU"}, true).devices.at(0);
  const Strings names = names_of(report.properties);
  EXPECT_EQ(std::ranges::count(names, "FULL_DEVICE_NAME"), 1);
  const auto own = std::ranges::find(report.properties, "MY_OWN", &Property::name);
  ASSERT_NE(own, report.properties.end());
  EXPECT_TRUE(own->is_mutable);
  EXPECT_EQ(own->value, 1);
  const auto unreadable = std::ranges::find(report.properties, "UNREADABLE", &Property::name);
  ASSERT_NE(unreadable, report.properties.end()) << "listed by the runtime, though it can't be read";
  EXPECT_TRUE(unreadable->value.is_null());
  EXPECT_EQ(report.hints.at(0).value("MY_OTHER"), true);
}

TEST(TakeSurvey, StopsBetweenCompilationsAndKeepsWhatItHas) {
  ScriptedRuntime runtime;
  std::stop_source stop;
  const Survey survey = take_survey(
      runtime, {},
      [&](std::string_view device, std::string_view hint) {
        if (device == "GPU.0" && hint == "LATENCY") stop.request_stop();
      },
      stop.get_token());
  EXPECT_TRUE(survey.interrupted);
  EXPECT_FALSE(survey.is_complete());
  EXPECT_EQ(runtime.compiled, (Strings{"CPU LATENCY", "CPU THROUGHPUT", "GPU.0 LATENCY"}));
  ASSERT_EQ(survey.devices.size(), 2U);
  EXPECT_EQ(survey.devices[1].hints.size(), 1U);
}

}  // namespace
}  // namespace inferqueue::devices
