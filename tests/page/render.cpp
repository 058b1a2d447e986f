// usage: inferqueue_page_render <REPORT.json >PAGE.html   The page that the command would write of a report.
#include <iostream>

#include "page/page.hpp"

int main() {
  std::cout << inferqueue::page::render_page(inferqueue::page::page_template(),
                                             nlohmann::ordered_json::parse(std::cin));
  return std::cout.flush() ? 0 : 1;
}
