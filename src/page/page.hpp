#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace inferqueue::page {

/// The page that page/ is built to, without a report; empty where this build has none, because npm was not found or
/// INFERQUEUE_BUILD_PAGE is OFF. Lives as long as the program.
std::string_view page_template();

/// One line that says why there is no page and how to get one, for a build whose page_template() is empty.
std::string_view no_page_text();

/// The page with this report in it: one HTML file that shows it without a network. `page` is page_template(), and
/// `report` what `inferqueue bench --json` writes, schema_version 1; what it lacks is left out of the page. Its strings
/// may hold anything: markup in them is shown as text, and bytes that are no UTF-8 as U+FFFD.
/// A nlohmann::json will do too, its members in the order of the alphabet.
/// Throws std::invalid_argument if `page` doesn't have the place for the report exactly once. Any thread.
std::string render_page(std::string_view page, const nlohmann::ordered_json& report);

}  // namespace inferqueue::page
