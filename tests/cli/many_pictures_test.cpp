// Ten thousand small pictures in memory that doesn't grow with their number.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;

// AddressSanitizer keeps what was freed for a while.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool memory_tells = false;
#else
constexpr bool memory_tells = true;
#endif

class ManyPictures : public CliTest {
 protected:
  static constexpr std::size_t few = 500;
  static constexpr std::size_t many = 10'000;
  /// A path with its parts, and a name that is taken in the run's folder: some 300 bytes a picture. A JSON that was
  /// held would be 2000 and more, a picture 12'288.
  static constexpr std::uintmax_t allowed = (many - few) * 800;

  /// A folder with so many links to four pictures.
  std::string folder(std::size_t count) const {
    const auto pictures = testing::write_many(temp / "pictures", 4);
    const fs::path links = temp.folder(fmt::format("in{}", count));
    for (std::size_t i = 0; i < count; ++i) fs::create_hard_link(pictures[i % 4], links / fmt::format("{:05}.png", i));
    return links.filename().string();
  }

  /// The most memory that detect had at once.
  std::uintmax_t peak_of(std::size_t count, const Arguments& options) const {
    Arguments arguments{"detect", "-m", model_, "-s", folder(count), "--nireq", "2", "--json", "out.json"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const std::uintmax_t own = testing::own_peak_memory();
    const testing::Outcome outcome = cli(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_NE(outcome.out.find(fmt::format("\n{0} of {0} pictures, {1} objects, no failures in ", count, 3 * count)),
              std::string::npos);
    EXPECT_GT(outcome.peak_memory, own) << "it can't be told from the test's own: run the test alone";
    return outcome.peak_memory;
  }

  void expect_flat(const Arguments& options) const {
    const std::uintmax_t of_few = peak_of(few, options);
    const std::uintmax_t of_many = peak_of(many, options);
    RecordProperty("few", std::to_string(of_few));
    RecordProperty("many", std::to_string(of_many));
    if (memory_tells) {
      EXPECT_LT(of_many, of_few + allowed);
    }
    const auto images = nlohmann::json::parse(testing::content_of(temp / "out.json")).at("images");
    ASSERT_EQ(images.size(), many);
    EXPECT_EQ(images.at(many - 1).at("source"), "in10000/09999.png");
    EXPECT_EQ(images.at(many - 1).at("detections").size(), 3U);
  }

  std::string model_ = model();
};

TEST_F(ManyPictures, WithAJson) {
  expect_flat({"--nosave"});
}

TEST_F(ManyPictures, Saved) {
  expect_flat({"--save-txt"});
  EXPECT_EQ(std::distance(fs::directory_iterator(temp / "runs/detect/exp2/labels"), fs::directory_iterator()),
            static_cast<std::ptrdiff_t>(many));
  EXPECT_EQ(std::distance(fs::directory_iterator(temp / "runs/detect/exp2"), fs::directory_iterator()),
            static_cast<std::ptrdiff_t>(many + 1));
}

}  // namespace
}  // namespace inferqueue::cli
