// The machine of the article that introduces AsyncInferQueue (Core i7-12700H, Iris Xe, Arc A770M), through the seam:
// the columns and names of GPUs, and two requests a stream, without a GPU.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "devices/recorded_runtime.hpp"
#include "devices/report.hpp"
#include "devices/survey.hpp"
#include "support/temp_folder.hpp"

namespace inferqueue::devices {
namespace {

const std::string record = INFERQUEUE_SOURCE_DIR "/tests/devices/article_machine.json";

class ArticleMachine : public ::testing::Test {
 protected:
  ArticleMachine() : runtime(testing::content_of(record), record) {}

  Survey survey(std::vector<std::string> devices = {}) {
    SurveyOptions options;
    options.devices = std::move(devices);
    return take_survey(runtime, options, nullptr, {});
  }

  RecordedRuntime runtime;
};

TEST_F(ArticleMachine, PrintsTheArticlesTable) {
  EXPECT_EQ(to_text(survey()), R"(OpenVINO (not stated), model yolov5s

CPU: 12th Gen Intel(R) Core(TM) i7-12700H
  compiled for                            LATENCY     THROUGHPUT
  OPTIMAL_NUMBER_OF_INFER_REQUESTS              1              6
  NUM_STREAMS                                   1              6
  INFERENCE_NUM_THREADS                         6             18
  PERFORMANCE_HINT_NUM_REQUESTS                 0              0
  GPU_QUEUE_PRIORITY                not supported  not supported
  PERFORMANCE_HINT                        LATENCY     THROUGHPUT
  EXECUTION_DEVICES                           CPU            CPU

  of the device
  FULL_DEVICE_NAME                12th Gen Intel(R) Core(TM) i7-12700H
  RANGE_FOR_STREAMS               1 20
  RANGE_FOR_ASYNC_INFER_REQUESTS  not supported
  OPTIMAL_BATCH_SIZE              not supported
  MAX_BATCH_SIZE                  not supported

GPU.0: Intel(R) Iris(R) Xe Graphics (iGPU)
  compiled for                            LATENCY     THROUGHPUT
  OPTIMAL_NUMBER_OF_INFER_REQUESTS              1              4
  NUM_STREAMS                                   1              2
  INFERENCE_NUM_THREADS             not supported  not supported
  PERFORMANCE_HINT_NUM_REQUESTS                 0              0
  GPU_QUEUE_PRIORITY                       MEDIUM         MEDIUM
  PERFORMANCE_HINT                        LATENCY     THROUGHPUT
  EXECUTION_DEVICES                         GPU.0          GPU.0

  of the device
  FULL_DEVICE_NAME                Intel(R) Iris(R) Xe Graphics (iGPU)
  RANGE_FOR_STREAMS               not supported
  RANGE_FOR_ASYNC_INFER_REQUESTS  not supported
  OPTIMAL_BATCH_SIZE              not supported
  MAX_BATCH_SIZE                  not supported

GPU.1: Intel(R) Arc(TM) A770M Graphics (dGPU)
  compiled for                            LATENCY     THROUGHPUT
  OPTIMAL_NUMBER_OF_INFER_REQUESTS              1              4
  NUM_STREAMS                                   1              2
  INFERENCE_NUM_THREADS             not supported  not supported
  PERFORMANCE_HINT_NUM_REQUESTS                 0              0
  GPU_QUEUE_PRIORITY                       MEDIUM         MEDIUM
  PERFORMANCE_HINT                        LATENCY     THROUGHPUT
  EXECUTION_DEVICES                         GPU.1          GPU.1

  of the device
  FULL_DEVICE_NAME                Intel(R) Arc(TM) A770M Graphics (dGPU)
  RANGE_FOR_STREAMS               1 2
  RANGE_FOR_ASYNC_INFER_REQUESTS  1 2 1
  OPTIMAL_BATCH_SIZE              1
  MAX_BATCH_SIZE                  1
)");
}

TEST_F(ArticleMachine, TwoRequestsAStreamOnTheGpus) {
  for (const DeviceReport& report : survey({"GPU.0", "GPU.1"}).devices) {
    const HintReport& throughput = report.hints.at(1);
    EXPECT_EQ(throughput.hint, "THROUGHPUT");
    EXPECT_EQ(throughput.value("OPTIMAL_NUMBER_OF_INFER_REQUESTS").get<int>(),
              2 * throughput.value("NUM_STREAMS").get<int>());
  }
}

TEST_F(ArticleMachine, GpuMeansTheFirstOne) {
  const Survey found = survey({"GPU"});
  EXPECT_TRUE(found.is_complete());
  EXPECT_EQ(found.devices.at(0).full_name, "Intel(R) Iris(R) Xe Graphics (iGPU)");
}

TEST_F(ArticleMachine, AThirdGpuIsMissingAndTheOthersAreShown) {
  const Survey found = survey({"GPU.2", "GPU.1"});
  ASSERT_EQ(found.missing.size(), 1U);
  EXPECT_EQ(found.missing[0].problem, "device 'GPU.2': is not in the record; it has CPU, GPU.0, GPU.1");
  EXPECT_EQ(found.devices.size(), 1U);
}

TEST_F(ArticleMachine, WrittenAsJsonItIsTheRecordAgain) {
  Value expected = Value::parse(testing::content_of(record));
  expected.erase("note");
  EXPECT_EQ(to_json(survey()), expected);
}

}  // namespace
}  // namespace inferqueue::devices
