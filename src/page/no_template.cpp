// Takes the place of the generated template in a build without npm.
#include "page/page.hpp"

namespace inferqueue::page {

std::string_view page_template() {
  return {};
}

}  // namespace inferqueue::page
