// Device names, hints and the runtime's errors as people meet them.
#include "pipeline/device.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/user_error.hpp"

namespace inferqueue::pipeline {
namespace {

using testing::user_error_of;
using Strings = std::vector<std::string>;

TEST(DeviceMembers, AreWhatTheNameIsMadeOf) {
  EXPECT_EQ(device_members("CPU"), Strings{"CPU"});
  EXPECT_EQ(device_members("GPU.1"), Strings{"GPU.1"});
  EXPECT_EQ(device_members("AUTO"), Strings{});
  EXPECT_EQ(device_members("MULTI:GPU.0,CPU"), (Strings{"GPU.0", "CPU"}));
  EXPECT_EQ(device_members("AUTO:GPU,-CPU"), Strings{"GPU"});
  EXPECT_EQ(device_members("AUTO:-CPU"), Strings{});
  EXPECT_EQ(device_members("BATCH:GPU(16)"), Strings{"GPU"});
  EXPECT_EQ(device_members("MULTI:CPU(2),GPU(4)"), (Strings{"CPU", "GPU"}));
  EXPECT_EQ(device_members("HETERO:,CPU,"), Strings{"CPU"});
  EXPECT_EQ(device_members("AUTO:"), Strings{});
}

std::string error_for(const std::string& device, const Strings& available = {"CPU"}) {
  return user_error_of([&] { check_device(device, available); });
}

TEST(CheckDevice, TakesWhatIsThere) {
  for (const char* device :
       {"CPU", "AUTO", "AUTO:CPU", "AUTO:CPU,-GPU", "AUTO:-GPU", "HETERO:CPU", "BATCH:CPU(4)", "MULTI:CPU"})
    EXPECT_EQ(error_for(device), "no error") << device;
}

TEST(CheckDevice, KnowsNumberedDevices) {
  const Strings two{"CPU", "GPU.0", "GPU.1"};
  const Strings one{"CPU", "GPU"};
  for (const char* device : {"GPU", "GPU.0", "GPU.1", "HETERO:GPU.1,CPU", "AUTO:GPU,CPU"})
    EXPECT_EQ(error_for(device, two), "no error") << device;
  EXPECT_EQ(error_for("GPU.0", one), "no error");
  EXPECT_EQ(error_for("GPU.1", one), "device 'GPU.1': there is no such device here; those here: CPU, GPU");
  EXPECT_EQ(error_for("GPU.2", two), "device 'GPU.2': there is no such device here; those here: CPU, GPU.0, GPU.1");
  EXPECT_EQ(error_for("GP", two), "device 'GP': there is no such device here; those here: CPU, GPU.0, GPU.1");
}

TEST(CheckDevice, NamesTheMissingOneAndListsTheOthers) {
  EXPECT_EQ(error_for("GPU"), "device 'GPU': there is no such device here; those here: CPU");
  EXPECT_EQ(error_for("AUTO:GPU,-CPU"), "device 'AUTO:GPU,-CPU': there is no GPU here; those here: CPU");
  EXPECT_EQ(error_for("HETERO:CPU,NPU"), "device 'HETERO:CPU,NPU': there is no NPU here; those here: CPU");
  EXPECT_EQ(error_for("BATCH:GPU(4)"), "device 'BATCH:GPU(4)': there is no GPU here; those here: CPU");
}

TEST(CheckDevice, RefusesWhatIsNoDeviceAtAll) {
  for (const std::string device : {"cpu", " CPU", "nonsense"})
    EXPECT_EQ(error_for(device), "device '" + device + "': there is no such device here; those here: CPU");
  for (const std::string device : {"", "C:PU", "CPU:", "CPU:CPU", "AUTO:", "HETERO:", ":"})
    EXPECT_EQ(error_for(device), "device '" + device + "': there is no such device; those here: CPU");
}

TEST(PerformanceHint, InAnyCaseAndShort) {
  EXPECT_EQ(performance_hint("latency"), "LATENCY");
  EXPECT_EQ(performance_hint("Throughput"), "THROUGHPUT");
  EXPECT_EQ(performance_hint("tput"), "THROUGHPUT");
  EXPECT_EQ(performance_hint("CTPUT"), "CUMULATIVE_THROUGHPUT");
  EXPECT_EQ(performance_hint("cumulative_throughput"), "CUMULATIVE_THROUGHPUT");
}

TEST(PerformanceHint, SaysWhichThereAre) {
  for (const std::string hint : {"fast", "", "latency ", "none"})
    EXPECT_EQ(user_error_of([&] { performance_hint(hint); }),
              "hint '" + hint + "': unknown; use latency, throughput or cumulative_throughput");
}

std::string brief_of(const std::string& text) {
  return brief(std::runtime_error(text));
}

TEST(Brief, IsTheLineThatSaysWhatIsWrong) {
  EXPECT_EQ(brief_of("plain text"), "plain text");
  EXPECT_EQ(brief_of("Exception from src/inference/src/cpp/core.cpp:93:\n"
                     "Check 'found' failed at src/inference/src/dev/plugin.cpp:12:\nGPU isn't there\n\n"),
            "GPU isn't there");
  EXPECT_EQ(brief_of("Exception from a.cpp:1:\nException from b.cpp:2:\n  the reason  \nmore"), "the reason  ");
}

TEST(Brief, PassesOverTheNodeThatItIsAbout) {
  EXPECT_EQ(brief_of("Exception from a.cpp:1:\nException from b.cpp:2:\nNode Hook_2 of type Reference\nno red\n\n"),
            "no red");
  EXPECT_EQ(brief_of("Check 'x' failed at a.cpp:1:\nWhile validating node 'opset1::Add a (b)' with friendly_name 'c':\n"
                     "Shapes don't match\n"),
            "Shapes don't match");
  EXPECT_EQ(brief_of("Exception from a.cpp:1:\nNode Hook_2 of type Reference\n"), "Node Hook_2 of type Reference");
}

TEST(Brief, FallsBackToTheConditionOrSaysThatThereIsNone) {
  EXPECT_EQ(brief_of("Exception from a.cpp:1:\nCheck 'x > 0' failed at b.cpp:2:\n;\n"),
            "Check 'x > 0' failed at b.cpp:2:");
  EXPECT_EQ(brief_of("Exception from a.cpp:1:\n;"), "the runtime gives no reason");
  EXPECT_EQ(brief_of(""), "the runtime gives no reason");
  EXPECT_EQ(brief_of("\n \r\n"), "the runtime gives no reason");
}

}  // namespace
}  // namespace inferqueue::pipeline
