// The orientation in a JPEG's EXIF data. Seed: the file.
#include <string>
#include <string_view>

#include "fuzz/fuzz.hpp"
#include "pipeline/exif.hpp"

namespace inferqueue::fuzz {
namespace {

int orientation(std::string_view bytes) {
  return pipeline::exif_orientation(bytes_of(bytes));
}

}  // namespace

void run(Input input) {
  using namespace std::string_view_literals;
  const std::string_view bytes = input.rest();
  const int found = orientation(bytes);
  require(found >= 1 && found <= 8, "it is one of eight");
  require(found == 1 || bytes.find("Exif\0\0"sv) != std::string_view::npos, "nothing else tells it");
  require(orientation(std::string(bytes) + "\xFF\xD9") == found || found == 1, "what follows can't take it back");
}

}  // namespace inferqueue::fuzz
