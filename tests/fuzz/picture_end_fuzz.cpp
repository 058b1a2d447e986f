// Whether a picture's file is whole. Seed: the file.
#include <string>
#include <string_view>

#include "fuzz/fuzz.hpp"
#include "pipeline/cut_short.hpp"

namespace inferqueue::fuzz {
namespace {

bool cut_short(std::string_view bytes) {
  return pipeline::is_cut_short(bytes_of(bytes));
}

}  // namespace

void run(Input input) {
  const std::string_view bytes = input.rest();
  const bool jpeg = bytes.starts_with("\xFF\xD8\xFF");
  const bool png = bytes.starts_with("\x89PNG");
  const bool cut = cut_short(bytes);
  require(!cut || jpeg || png, "only of JPEG and PNG it is known");
  if (jpeg) {
    require(cut || bytes.find("\xFF\xD9") != std::string_view::npos, "a whole JPEG has its end somewhere");
    require(!cut_short(std::string(bytes) + "\xFF\xD9"), "a JPEG that ends with its end is whole");
  }
  if (png) require(!cut_short(std::string(bytes) + "IEND\xAE\x42\x60\x82"), "a PNG with its end is whole");
}

}  // namespace inferqueue::fuzz
