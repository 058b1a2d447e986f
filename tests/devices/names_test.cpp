// Device names and hints as people type them.
#include "devices/names.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/user_error.hpp"

namespace inferqueue::devices {
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

TEST(IsComposite, ByTheNameBeforeTheColon) {
  for (const char* device : {"AUTO", "AUTO:GPU,-CPU", "MULTI:CPU", "HETERO:CPU", "BATCH:CPU(4)"})
    EXPECT_TRUE(is_composite(device)) << device;
  for (const char* device : {"CPU", "GPU.0", "", "AUTOMATIC", "auto"}) EXPECT_FALSE(is_composite(device)) << device;
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

TEST(CheckDevice, RefusesWhatLeavesNone) {
  EXPECT_EQ(error_for("AUTO:-CPU"), "device 'AUTO:-CPU': leaves no device; those here: CPU");
  EXPECT_EQ(error_for("AUTO:-CPU,-GPU", {"CPU", "GPU.0", "GPU.1"}),
            "device 'AUTO:-CPU,-GPU': leaves no device; those here: CPU, GPU.0, GPU.1");
  EXPECT_EQ(error_for("AUTO:-CPU,-GPU.0", {"CPU", "GPU.0", "GPU.1"}), "no error");
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

}  // namespace
}  // namespace inferqueue::devices
