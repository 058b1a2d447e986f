// usage: NAME_fuzz FILE-OR-FOLDER…   A target where there is no libFuzzer: tries what lies in the files, once.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size);

namespace fs = std::filesystem;

namespace {

void replay(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  LLVMFuzzerTestOneInput(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  int count = 0;
  std::string current;
  try {
    for (const std::string& argument : std::vector<std::string>(argv + 1, argv + argc)) {
      std::vector<fs::path> files{argument};
      if (fs::is_directory(argument)) files.assign(fs::directory_iterator(argument), fs::directory_iterator());
      for (const fs::path& file : files) {
        current = file.string();
        replay(file);
        ++count;
      }
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", current.c_str(), error.what());
    return 1;
  }
  std::printf("%d files\n", count);
  return count > 0 ? 0 : 1;
}
