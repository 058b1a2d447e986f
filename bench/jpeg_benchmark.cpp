// Decoding the pictures that the pipeline is measured with: whole, as much as a letterbox of 416x416 takes, and as
// little as can be, which leaves hardly more than the entropy coding.
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <opencv2/core/mat.hpp>

#include "pipeline/files.hpp"
#include "pipeline/jpeg.hpp"

namespace inferqueue {
namespace {

namespace fs = std::filesystem;

void decode(benchmark::State& state, const fs::path& path, vision::Size network) {
  std::vector<unsigned char> bytes;
  pipeline::read_file(path, bytes);
  pipeline::JpegDecoder decoder;
  cv::Mat picture;
  for (auto _ : state) {
    if (!decoder.decode(bytes, picture, network)) return state.SkipWithError("it can't be decoded");
    benchmark::DoNotOptimize(picture.data);
  }
  state.SetLabel(std::to_string(picture.cols) + "x" + std::to_string(picture.rows));
}

/// Of ../shared or $INFERQUEUE_SHARED; none where these are absent.
const bool registered = [] {
  const char* const shared = std::getenv("INFERQUEUE_SHARED");
  std::error_code absent;
  for (const auto& entry :
       fs::directory_iterator(fs::path(shared != nullptr ? shared : "../shared") / "images", absent)) {
    const fs::path path = entry.path();
    if (path.extension() != ".jpg") continue;
    const std::string name = "jpeg/" + path.filename().string();
    for (const auto& [how, network] :
         {std::pair<const char*, vision::Size>{"whole", {}}, {"for_416", {416, 416}}, {"an_eighth", {1, 1}}})
      benchmark::RegisterBenchmark((name + "/" + how).c_str(), decode, path, network)->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace inferqueue
