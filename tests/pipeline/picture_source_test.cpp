// Pictures that several threads read, and one is given.
#include "pipeline/picture_source.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/known_boxes.hpp"
#include "support/temp_folder.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using Paths = std::vector<fs::path>;

class PictureSourceTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  /// So many small pictures; that of number i is i wide.
  Paths pictures(int count) {
    Paths paths;
    for (int i = 1; i <= count; ++i)
      paths.push_back(testing::write(temp / fmt::format("{}.jpg", i), testing::plain(9, i, 8)));
    return paths;
  }
  static std::string next(PictureSource& source, PictureResult& result) {
    result.begin_anew();
    const Step step = source.next(result, {});
    if (step.kind == Step::Kind::end) return "end";
    return result.error.empty() ? fmt::format("{} {}", result.source.stem().string(), result.picture.cols)
                                : fmt::format("{} failed", result.source.stem().string());
  }

  testing::TempFolder temp;
};

TEST_P(PictureSourceTest, GivesThemInTheirOrder) {
  const Paths paths = pictures(40);
  PictureSource source(paths, {.readers = GetParam()});
  PictureResult result;
  for (int i = 1; i <= 40; ++i) EXPECT_EQ(next(source, result), fmt::format("{0} {0}", i));
  EXPECT_EQ(next(source, result), "end");
  EXPECT_EQ(next(source, result), "end");
}

TEST_P(PictureSourceTest, OneThatCantBeReadHoldsUpNoOther) {
  Paths paths = pictures(4);
  fs::remove(paths[1]);
  temp.file("3.jpg", "no picture");
  PictureSource source(paths, {.readers = GetParam()});
  PictureResult result;
  for (const char* expected : {"1 1", "2 failed", "3 failed", "4 4", "end"}) EXPECT_EQ(next(source, result), expected);
}

TEST_P(PictureSourceTest, MayEndBeforeItsPicturesDo) {
  const Paths paths = pictures(20);
  PictureResult result;
  {
    const PictureSource unused(paths, {.readers = GetParam()});
  }
  PictureSource source(paths, {.readers = GetParam()});
  EXPECT_EQ(next(source, result), "1 1");
}

TEST_P(PictureSourceTest, StopsWhenItIsAsked) {
  const Paths paths = pictures(20);
  PictureSource source(paths, {.readers = GetParam()});
  PictureResult result;
  EXPECT_EQ(next(source, result), "1 1");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(source.next(result, stop.get_token()).kind, Step::Kind::end);
}

TEST_P(PictureSourceTest, OfNoPicturesIsAtItsEnd) {
  PictureSource source({}, {.readers = GetParam()});
  PictureResult result;
  EXPECT_EQ(next(source, result), "end");
}

INSTANTIATE_TEST_SUITE_P(Readers, PictureSourceTest, ::testing::Values(0, 1, 2, 3, 50),
                         [](const auto& readers) { return fmt::format("{}", readers.param); });

TEST(PictureSource, TellsTheSizeOfAPictureThatItReduces) {
  const testing::TempFolder temp;
  const Paths paths{testing::write(temp / "a.jpg", testing::plain(9, 640, 480))};
  PictureSource source(paths, {.reduce_for = {64, 64}});
  PictureResult result;
  source.next(result, {});
  EXPECT_EQ(result.geometry.source, (vision::Size{640, 480}));
  EXPECT_EQ(result.picture.size(), cv::Size(80, 60));
}

}  // namespace
}  // namespace inferqueue::pipeline
