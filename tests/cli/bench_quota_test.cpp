// `inferqueue bench` where a quota of the container holds it back: a real cgroup, where this process may make one.
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;

bool write(const fs::path& file, const std::string& text) {
  std::ofstream stream(file);
  stream << text << std::flush;
  return stream.good();
}

/// A cgroup that may use a tenth of a processor, below the root of version 2, or of version 1's CPU controller.
class TightCgroup {
 public:
  TightCgroup() {
    const std::string name = "inferqueue-test-" + std::to_string(::getpid());
    for (const char* root : {"/sys/fs/cgroup", "/sys/fs/cgroup/cpu"}) {
      const fs::path folder = fs::path(root) / name;
      std::error_code error;
      if (!fs::create_directory(folder, error)) continue;
      if (is_limited(folder)) {
        folder_ = folder;
        return;
      }
      fs::remove(folder, error);
    }
  }
  TightCgroup(const TightCgroup&) = delete;
  TightCgroup& operator=(const TightCgroup&) = delete;
  TightCgroup(TightCgroup&&) = delete;
  TightCgroup& operator=(TightCgroup&&) = delete;
  ~TightCgroup() {
    std::error_code ignored;  // it is empty: the processes in it were waited for
    if (folder_) fs::remove(*folder_, ignored);
  }

  const std::optional<fs::path>& folder() const { return folder_; }

 private:
  static bool is_limited(const fs::path& folder) {
    if (fs::exists(folder / "cpu.max")) return write(folder / "cpu.max", "10000 100000");
    return fs::exists(folder / "cpu.cfs_quota_us") && write(folder / "cpu.cfs_period_us", "100000") &&
           write(folder / "cpu.cfs_quota_us", "10000");
  }

  std::optional<fs::path> folder_;
};

class BenchQuota : public CliTest {};

TEST_F(BenchQuota, AContainerThatHoldsTheProcessBackIsFound) {
  const TightCgroup cgroup;
  if (!cgroup.folder()) GTEST_SKIP() << "no cgroup with a CPU quota can be made here";
  // However fast the machine: this work takes more of a processor than a tenth.
  const auto outcome = shell("echo $$ > '" + (*cgroup.folder() / "cgroup.procs").string() + "' && exec \"$@\"",
                             {"bench", "-m", "builtin:mlp", "--hint", "throughput", "--modes", "queue", "--rounds", "2",
                              "--seconds", "0.5", "--json", "-"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto json = nlohmann::ordered_json::parse(outcome.out);
  const auto& verdict = json.at("verdict");
  EXPECT_EQ(verdict.at("kind"), "quota_throttled") << verdict;
  EXPECT_GT(verdict.at("figures").at("throttled_share").get<double>(), 0.1);
  EXPECT_LE(verdict.at("figures").at("throttled_share").get<double>(), 1);
  EXPECT_NE(outcome.err.find("CPU quota holds the process back"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace inferqueue::cli
