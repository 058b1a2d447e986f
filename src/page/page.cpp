#include "page/page.hpp"

#include <stdexcept>

namespace inferqueue::page {
namespace {

/// Stands in page/src/template.html where the report goes.
constexpr std::string_view place = "@INFERQUEUE_REPORT@";

/// JSON that can stand in a script element: that ends at "</script", and "<!--" starts another way of reading it. In
/// JSON a '<' is always within a string, where it may be written as an escape.
std::string script_text(const nlohmann::ordered_json& report) {
  const std::string json = report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  }
  return text;
}

}  // namespace

std::string_view no_page_text() {
  return "this build has no page: it was made without npm; install npm (./dev setup page) and build again, with "
         "-DINFERQUEUE_BUILD_PAGE=ON to be told what is missing";
}

std::string render_page(std::string_view page, const nlohmann::ordered_json& report) {
  const std::size_t begin = page.find(place);
  if (begin == std::string_view::npos || page.find(place, begin + place.size()) != std::string_view::npos)
    throw std::invalid_argument("the page must have one place for the report");
  std::string text(page.substr(0, begin));
  text += script_text(report);
  text += page.substr(begin + place.size());
  return text;
}

}  // namespace inferqueue::page
