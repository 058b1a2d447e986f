// The header of a .npy file. Seed: the file.
#include "base/user_error.hpp"
#include "fuzz/fuzz.hpp"
#include "measure/npy.hpp"

namespace inferqueue::fuzz {

void run(Input input) {
  try {
    const measure::NpyHeader header = measure::read_npy_header(input.rest());
    require(header.data_at <= input.rest().size(), "the data begin in the file");
    require(header.type.size() >= 1 && header.type.size() <= 8, "an element has 1 to 8 bytes");
  } catch (const base::UserError& error) {
    require(*error.what() != '\0', "an error says what is wrong");
  }
}

}  // namespace inferqueue::fuzz
