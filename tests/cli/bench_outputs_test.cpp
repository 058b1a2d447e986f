// Where `inferqueue bench` writes: the page that holds the report, and the files that it must not touch.
#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/cli_fixture.hpp"
#include "page/page.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using testing::content_of;
using testing::names_in;

constexpr const char* text_of_a_file = "what was there";

bool has_page() {
  return !page::page_template().empty();
}

class BenchOutputs : public CliTest {
 protected:
  /// A moment of a model that does next to nothing, unless the options name another.
  static Arguments bench(const Arguments& options, const std::string& model = "builtin:relu") {
    Arguments arguments{"bench", "-m", model, "--hint", "latency", "--rounds", "1", "--seconds", "0.001"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return arguments;
  }
  /// The options that name a file; the page's only where there is one, for else that is what is refused.
  static std::vector<std::string> output_options() {
    std::vector<std::string> options{"--json", "--csv", "--trace", "--dump-config"};
    if (has_page()) options.emplace_back("--html");
    return options;
  }
  /// Expects that every option refuses this input, by its name, and leaves it as it is.
  void expect_kept(const std::string& file, const std::string& what, const Arguments& arguments) const {
    const std::string before = content_of(temp / file);
    ASSERT_NE(before, "");
    for (const std::string& option : output_options()) {
      Arguments all = arguments;
      all.insert(all.end(), {option, file});
      expect_refused(all, {option + " " + file + ": is " + what + "; give another file"});
      EXPECT_EQ(content_of(temp / file), before) << option;
    }
  }
};

/// The report within a page, as the browser reads it.
Json report_in(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"report\">";
  const std::size_t from = page.find(begin);
  if (from == std::string::npos) return nullptr;
  const std::size_t to = page.find("</script>", from);
  return Json::parse(page.substr(from + begin.size(), to - from - begin.size()));
}

/// The header of version 1.0 and one input of the small perceptron.
std::string npy_of_256_floats() {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 256), }";
  header += std::string(118 - header.size() - 1, ' ') + '\n';
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + std::string(256 * sizeof(float), '\0');
}

TEST_F(BenchOutputs, ThePageHoldsTheReport) {
  if (!has_page()) GTEST_SKIP() << page::no_page_text();
  const auto outcome = cli(bench({"--html", "page.html", "--json", "out.json"}));
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_TRUE(outcome.out.ends_with("\npage.html shows it: open it in a browser\n")) << outcome.out;
  const std::string page = content_of(temp / "page.html");
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(page.ends_with("</html>\n"));
  const Json report = report_in(page);
  ASSERT_EQ(report.at("runs").size(), 3U);
  EXPECT_EQ(report, Json::parse(content_of(temp / "out.json")));
  EXPECT_EQ(names_in(temp.path()), "out.json page.html");
}

TEST_F(BenchOutputs, ThePageOnStandardOutputStandsAlone) {
  if (!has_page()) GTEST_SKIP() << page::no_page_text();
  const auto outcome = cli(bench({"--html", "-"}));
  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(outcome.out.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(outcome.out.ends_with("</html>\n"));
  EXPECT_EQ(report_in(outcome.out).at("kind"), "bench");
  EXPECT_NE(outcome.err.find("items/s"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.err.find("open it in a browser"), std::string::npos) << outcome.err;
}

TEST_F(BenchOutputs, ThePageComesInPlaceOfAnOlderOne) {
  if (!has_page()) GTEST_SKIP() << page::no_page_text();
  temp.file("page.html", text_of_a_file);
  EXPECT_EQ(cli(bench({"--html", "page.html"})).status, 0);
  EXPECT_TRUE(content_of(temp / "page.html").starts_with("<!DOCTYPE html>"));
}

TEST_F(BenchOutputs, APageThatDoesNotFitLeavesTheOlderOne) {
  if (!has_page()) GTEST_SKIP() << page::no_page_text();
  temp.file("page.html", text_of_a_file);
  const auto outcome = cli_within(200, bench({"--html", "page.html"}));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "inferqueue: page.html: can't be written: File too large\n");
  EXPECT_EQ(content_of(temp / "page.html"), text_of_a_file);
  EXPECT_EQ(names_in(temp.path()), "page.html");
}

TEST_F(BenchOutputs, ABuildWithoutThePageSaysSo) {
  if (has_page()) GTEST_SKIP() << "this build has the page";
  expect_refused(bench({"--html", "page.html"}), {"--html: " + std::string(page::no_page_text())}, 2);
  EXPECT_EQ(names_in(temp.path()), "");
}

TEST_F(BenchOutputs, TwoOfOneFileAreRefused) {
  temp.file("out", text_of_a_file);
  temp.folder("folder");
  fs::create_symlink("out", temp / "link");
  for (const std::string& other : Arguments{"out", "./out", "folder/../out", (temp / "out").string(), "link"}) {
    expect_refused(bench({"--csv", other, "--html", "out"}), {"--csv, --html: both name out; give each a file"}, 2);
    expect_refused(bench({"--json", "out", "--trace", other}), {"--json, --trace: both name "}, 2);
  }
  EXPECT_EQ(content_of(temp / "out"), text_of_a_file);
  EXPECT_TRUE(fs::is_symlink(temp / "link"));
  EXPECT_EQ(names_in(temp.path()), "folder out") << "what the link leads to, once";
}

TEST_F(BenchOutputs, TwoOnStandardOutputAreRefused) {
  expect_refused(bench({"--json", "-", "--csv", "-"}), {"--json, --csv: only one can go to standard output"}, 2);
  expect_refused(bench({"--html", "-", "--trace", "-"}), {"--trace, --html: only one can go to standard output"}, 2);
}

TEST_F(BenchOutputs, NoneTakesThePlaceOfTheModel) {
  const std::string path = model();
  expect_kept("model.xml", "the model", bench({}, path));
  expect_kept("model.bin", "the model's weights", bench({}, path));
  fs::create_symlink("model.xml", temp / "link.xml");
  expect_kept("link.xml", "the model", bench({}, path));
}

TEST_F(BenchOutputs, NoneTakesThePlaceOfAnInput) {
  temp.file("x.npy", npy_of_256_floats());
  EXPECT_EQ(cli(bench({"--input", "x.npy"}, "builtin:mlp")).status, 0) << "the input is a good one";
  expect_kept("x.npy", "an input", bench({"--input", "x.npy"}, "builtin:mlp"));
  expect_kept("x.npy", "an input", bench({"--input", "x=x.npy"}, "builtin:mlp"));
}

TEST_F(BenchOutputs, NoneTakesThePlaceOfAConfiguration) {
  temp.file("config.json", R"({"CPU": {"NUM_STREAMS": "1"}})");
  expect_kept("config.json", "an input", bench({"--load-config", "config.json"}));
}

TEST_F(BenchOutputs, NoneTakesThePlaceOfAPicture) {
  picture("in/a.png");
  picture("in/b.png", 9);
  expect_kept("in/b.png", "one of the pictures", bench({"-s", "in"}, model()));
}

TEST_F(BenchOutputs, AFolderThatIsNotThereIsToldBeforeTheModelIsRead) {
  temp.folder("folder");
  for (const std::string option : {"--json", "--csv", "--trace", "--html", "--dump-config"}) {
    expect_refused(bench({option, "none/out"}, "none.xml"), {option + " none/out: there is no folder none"});
    expect_refused(bench({option, "folder"}, "none.xml"), {option + " folder: is a folder; give a file"});
  }
}

TEST_F(BenchOutputs, WhatIsRefusedLeavesNoFile) {
  const Arguments all = bench({"--json", "a", "--csv", "b", "--trace", "c", "--dump-config", "d"}, "none.xml");
  expect_refused(all, {"model 'none.xml': there is no such file"});
  EXPECT_EQ(names_in(temp.path()), "");
}

}  // namespace
}  // namespace inferqueue::cli
