// Reading and writing whole files.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inferqueue::pipeline {

/// The file's bytes in `bytes`, whose memory is used again. Throws base::UserError naming the file.
void read_file(const std::filesystem::path& path, std::vector<unsigned char>& bytes);

/// Writes a NewFile in one piece. Throws base::UserError naming the file and why.
void write_file(const std::filesystem::path& path, std::span<const unsigned char> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace inferqueue::pipeline
