// What people type after --source. Seed: a source a line; they are looked for in a folder with a few files.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "pipeline/sources.hpp"

namespace inferqueue::fuzz {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t longest = 40;  // a glob of many stars takes the C library forever

void make_folder() {
  static const bool made = [] {
    fs::current_path(scratch_folder());
    fs::create_directories("folder/empty");
    for (const char* const name : {"a.jpg", "b.PNG", "[1].bmp", "*.tif", "notes.txt", "film.mp4", "folder/c.jpg", "7"})
      std::ofstream(name) << "content";
    return true;
  }();
  require(made, "there is a folder to look in");
}

}  // namespace

void run(Input input) {
  make_folder();
  std::vector<std::string> typed;
  while (!input.empty()) {
    std::string source = input.argument().substr(0, longest);
    // Never out of the folder: what lies elsewhere is none of this program's business, and differs between machines.
    for (std::size_t i = source.find(".."); i != std::string::npos; i = source.find("..")) source.erase(i, 1);
    while (source.starts_with('/')) source.erase(0, 1);
    typed.push_back(source);
  }
  const pipeline::Sources all = pipeline::expand_sources(typed);
  std::vector<fs::path> pictures;
  std::size_t problems = 0;
  for (const std::string& source : typed) {
    const pipeline::Sources found = pipeline::expand_sources(std::vector<std::string>{source});
    require(!found.pictures.empty() || !found.problems.empty(), "a source is pictures, or a problem");
    for (const fs::path& picture : found.pictures)
      require(fs::exists(picture) && !fs::is_directory(picture), "a picture is a file that is there");
    const pipeline::Sources any = pipeline::expand_sources(std::vector<std::string>{source}, pipeline::Accept::all);
    require(!any.empty() || !any.problems.empty(), "a source is pictures, videos, a live one, or a problem");
    require(any.pictures == found.pictures, "videos don't change what the pictures are");
    pictures.insert(pictures.end(), found.pictures.begin(), found.pictures.end());
    problems += found.problems.size();
  }
  require(all.pictures == pictures && all.problems.size() == problems, "each source is looked at for itself");
}

}  // namespace inferqueue::fuzz
