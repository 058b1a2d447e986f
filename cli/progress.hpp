// A progress bar on a terminal; elsewhere nothing, or now and then a line.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace inferqueue::cli {

/// Draws on standard error, if that is a terminal. In a file or a log a bar would be noise: there, a work that prints
/// nothing else for long asks for a plain line every so often. Thread rules: one thread at a time.
class Progress {
 public:
  /// How often a line comes where there is no terminal, the first after that time; by default never.
  explicit Progress(std::chrono::steady_clock::duration line_every = std::chrono::steady_clock::duration::max());
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  Progress(Progress&&) = delete;
  Progress& operator=(Progress&&) = delete;

  /// `share` is 0..1. Redraws at most ten times a second, with the time that remains.
  void show(double share, std::string_view what);
  /// The same for `done` of `all` pieces of work.
  void show(std::size_t done, std::size_t all);
  /// Something that has no end: what is so far. As often as the bar.
  void show_text(std::string_view what);
  /// Prints a line above the bar, to `file`, as put() and printable() do.
  void line(std::FILE* file, std::string_view text);
  /// What went wrong, above the bar, as say() does.
  void say(std::string_view message);
  void clear();

 private:
  bool is_time(bool last);
  void show_plain(double share, std::string_view what);
  /// "12 s left", with something before it, or nothing where that can't be told yet.
  std::string remaining(double share, std::string_view before) const;
  void draw(std::string bar);

  bool terminal_;
  std::chrono::steady_clock::duration line_every_;
  bool shown_ = false;
  std::string bar_;
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point drawn_;
};

}  // namespace inferqueue::cli
