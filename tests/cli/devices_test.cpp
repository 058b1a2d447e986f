// `inferqueue devices` as people run it.
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/cli_fixture.hpp"
#include "support/temp_folder.hpp"

namespace inferqueue::cli {
namespace {

using nlohmann::json;

const std::string article = (project_root / "tests/devices/article_machine.json").string();

class Devices : public CliTest {};

TEST_F(Devices, ATableForEveryDeviceThatThereIs) {
  const auto outcome = cli({"devices", "--model", "builtin:relu"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  for (const char* text : {"model builtin:relu\n", "\nCPU: ", "LATENCY", "THROUGHPUT", "CUMULATIVE_THROUGHPUT",
                           "OPTIMAL_NUMBER_OF_INFER_REQUESTS", "RANGE_FOR_STREAMS", "Processors: "})
    EXPECT_NE(outcome.out.find(text), std::string::npos) << text << " in\n" << outcome.out;
}

TEST_F(Devices, JsonOnStandardOutput) {
  const auto outcome = cli({"devices", "--json", "-", "--model", "builtin:relu", "--hint", "tput"});
  EXPECT_EQ(outcome.status, 0);
  const json report = json::parse(outcome.out);
  EXPECT_EQ(report["schema_version"], 1);
  EXPECT_EQ(report["devices"][0]["device"], "CPU");
  EXPECT_EQ(report["devices"][0]["hints"].size(), 1U);
  EXPECT_TRUE(report["devices"][0]["hints"]["THROUGHPUT"]["NUM_STREAMS"].is_number());
  EXPECT_NE(outcome.err.find("\nCPU: "), std::string::npos) << "the table is for people";
}

TEST_F(Devices, AMissingOneIsSaidAndTheOthersAreShown) {
  const auto outcome = cli({"devices", "--device", "GPU.7", "CPU", "--device", "AUTO:GPU.7,-CPU", "--model",
                            "builtin:relu", "--json", (temp / "d.json").string()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.out.find("\nCPU: "), std::string::npos);
  EXPECT_EQ(testing::lines_in(outcome.err), 2U) << outcome.err;
  EXPECT_NE(outcome.err.find("inferqueue: device 'GPU.7': there is no such device here; those here: CPU"),
            std::string::npos);
  EXPECT_NE(outcome.err.find("inferqueue: device 'AUTO:GPU.7,-CPU': there is no GPU.7 here; those here: CPU"),
            std::string::npos);
  const json report = json::parse(testing::content_of(temp / "d.json"));
  EXPECT_EQ(report["missing"].size(), 2U);
  EXPECT_EQ(report["devices"].size(), 1U);
}

TEST_F(Devices, TheUsersModelIsCompiled) {
  const auto outcome = cli({"devices", "--model", model(), "--device", "AUTO"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("model.xml\n"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("\nAUTO: "), std::string::npos);
}

TEST_F(Devices, AReportIsShownElsewhere) {
  const auto outcome = cli({"devices", "--from", article, "--device", "GPU.1"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const char* text :
       {"GPU.1: Intel(R) Arc(TM) A770M Graphics (dGPU)\n", "RANGE_FOR_ASYNC_INFER_REQUESTS  1 2 1\n"})
    EXPECT_NE(outcome.out.find(text), std::string::npos) << outcome.out;
}

TEST_F(Devices, SaysWhatIsWrong) {
  expect_refused({"devices", "--hint", "fast"}, {"hint 'fast'"}, 2);
  expect_refused({"devices", "--model", "no.xml"}, {"no.xml", "no such file"});
  expect_refused({"devices", "--from", "no.json"}, {"no.json"});
  expect_refused({"devices", "--from", temp.file("x.json", "{}").string()}, {"x.json", "devices --json"});
  expect_refused({"devices", "--device", "cpu0"}, {"CPU0", "CPU"});
}

}  // namespace
}  // namespace inferqueue::cli
