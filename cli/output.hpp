// What the command says: on standard output its results, on standard error what went wrong.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace inferqueue::cli {

/// Text that a terminal shows as it is, in one line: control characters, those that turn the line's direction, and
/// bytes that are no UTF-8 become \n, \t, \x1b… Names of files may hold any of them. Backslashes stay as they are.
std::string printable(std::string_view text);

/// Sees to it that nothing else gets the numbers of the standard files where they are closed (`2>&-`): what is said
/// would go into the next file that is opened. Call it first in main.
void reserve_standard_files();

/// Writes text to standard output or standard error at once. Never throws: once standard output can't be written (its
/// disk is full, or its reader has gone), that is said on standard error, nothing more goes there, and the work goes
/// on. Thread rules: one thread at a time.
void put(std::FILE* file, std::string_view text);

/// "inferqueue: " and the message, made printable, as a line on standard error. Thread rules as put().
void say(std::string_view message);

/// False if something that was put on standard output did not arrive there. Thread rules as put().
bool standard_output_is_whole();

}  // namespace inferqueue::cli
