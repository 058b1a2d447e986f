// A report becomes part of a page as it is, whatever its strings hold.
#include "page/page.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

namespace inferqueue::page {
namespace {

constexpr std::string_view small = "<script type=\"application/json\">@INFERQUEUE_REPORT@</script><p>after</p>";

/// What stands in the script element of a page made of `small`: up to the first "</", as a browser reads it.
std::string script_of(const std::string& page) {
  const std::size_t begin = page.find('>') + 1;
  return page.substr(begin, page.find("</", begin) - begin);
}

TEST(Page, HoldsTheReportAsItIs) {
  const nlohmann::json report{{"schema_version", 1}, {"runs", {{{"mode", "queue"}, {"throughput_per_s", 61.25}}}}};
  const std::string page = render_page(small, report);
  EXPECT_EQ(nlohmann::json::parse(script_of(page)), report);
  EXPECT_EQ(page.substr(page.size() - 12), "<p>after</p>");
}

TEST(Page, KeepsTheOrderOfTheReport) {
  const nlohmann::ordered_json report{{"rounds", 5}, {"interval", "b"}};
  EXPECT_EQ(script_of(render_page(small, report)), R"({"rounds":5,"interval":"b"})");
}

TEST(Page, LetsNoTextOfTheReportEndItsScript) {
  for (const char* path : {"</script><script>alert(1)</script>", "<!--<script>", "]]>", "a\\</script>", "</SCRIPT >"}) {
    const nlohmann::json report{{"model", {{"path", path}}}, {path, 1}};
    const std::string page = render_page(small, report);
    EXPECT_EQ(nlohmann::json::parse(script_of(page)), report) << page;
    EXPECT_EQ(page.find("<!--"), std::string::npos);
  }
}

TEST(Page, ReplacesBytesThatAreNoUtf8) {
  const std::string page = render_page(small, {{"path", "a\xff.xml"}});
  EXPECT_EQ(nlohmann::json::parse(script_of(page)).at("path"), "a\xef\xbf\xbd.xml");
}

TEST(Page, DoesNotReadThePlaceInAReport) {
  const nlohmann::json report{{"path", "@INFERQUEUE_REPORT@"}};
  EXPECT_EQ(nlohmann::json::parse(script_of(render_page(small, report))), report);
}

TEST(Page, MustHaveOnePlaceForTheReport) {
  EXPECT_THROW(render_page("", {}), std::invalid_argument);
  EXPECT_THROW(render_page("no place", {}), std::invalid_argument);
  EXPECT_THROW(render_page("@INFERQUEUE_REPORT@ @INFERQUEUE_REPORT@", {}), std::invalid_argument);
}

TEST(Page, SaysInOneLineThatABuildHasNone) {
  EXPECT_EQ(no_page_text().find('\n'), std::string_view::npos);
  EXPECT_NE(no_page_text().find("./dev setup page"), std::string_view::npos);
}

TEST(PageTemplate, IsOnePageThatAsksTheNetworkForNothing) {
  const std::string_view page = page_template();
  if (page.empty()) GTEST_SKIP() << no_page_text();
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(page.ends_with("</html>\n"));
  for (const char* outside : {" src=", "@import", "fetch(", "XMLHttpRequest("})
    EXPECT_EQ(page.find(outside), page.npos) << outside;
  EXPECT_NE(page.find("default-src 'none'"), page.npos);
}

TEST(PageTemplate, HoldsTheLicencesOfWhatItContains) {
  const std::string_view page = page_template();
  if (page.empty()) GTEST_SKIP() << no_page_text();
  for (const char* notice : {"Apache ECharts", "Apache License", "Baidu Inc.", "Mike Bostock", "Microsoft Corporation"})
    EXPECT_NE(page.find(notice), page.npos) << notice;
}

TEST(PageTemplate, TakesAReport) {
  if (page_template().empty()) GTEST_SKIP() << no_page_text();
  EXPECT_EQ(render_page(page_template(), {}).size(), page_template().size() - 19 + 4);
}

}  // namespace
}  // namespace inferqueue::page
