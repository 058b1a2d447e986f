// What a fuzz target is made of: run() below, which it defines, and the input that run() takes apart.
#pragma once

#include <cstddef>
#include <source_location>
#include <span>
#include <string>
#include <string_view>

namespace inferqueue::fuzz {

/// The bytes of one try, taken from the front. What is read beyond their end is 0 or empty. The layouts are text as far
/// as they can be, so that the seeds in corpus/ can be read and written by people.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  unsigned char byte();
  /// The letter '1' is true, and so is every other odd byte.
  bool flag() { return byte() % 2 != 0; }
  /// Decimal digits up to something else, which is taken too; what doesn't fit wraps around.
  std::size_t whole();
  /// The same, brought into 0…most.
  std::size_t whole_to(std::size_t most) { return whole() % (most + 1); }
  /// One byte: '0'…'9' are 0 to 0.9, 'a'…'z' are 8 to 208, capitals are what arithmetic stumbles over (see fuzz.cpp),
  /// '-' turns the sign of the next, 'X' takes the bits from the next four bytes; others are a 255th of themselves.
  float number();
  /// Up to a newline, which is taken too.
  std::string_view line();
  /// A line as a word of a command line, which can have no NUL.
  std::string argument();

 private:
  std::string_view rest_;
};

/// A floating-point number in 0…1, from one number().
float share(Input& input);

/// Ends the program where a target's expectation doesn't hold, and says which. Holds in every build, unlike assert.
void require(bool condition, std::string_view expectation,
             const std::source_location& where = std::source_location::current());

/// The same bytes for code that takes them as such.
inline std::span<const unsigned char> bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

/// A folder for what a target has to lay on a disk, gone at the program's end.
const std::string& scratch_folder();

/// A try. Each target defines it. Throws nothing: what the code under test may throw, the target catches.
void run(Input input);

}  // namespace inferqueue::fuzz
