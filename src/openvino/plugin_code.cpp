#include "openvino/plugin_code.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <dlfcn.h>
#include <link.h>

namespace inferqueue::openvino {
namespace {

/// By convention a plugin is called lib…_plugin.so.
bool is_plugin(std::string_view path) {
  return path.substr(path.rfind('/') + 1).find("_plugin.so") != std::string_view::npos;
}

/// Adds the library to the plugins that are loaded, if it is one. Called under the loader's lock, so that the loader
/// must not be called in here.
int add_plugin(dl_phdr_info* library, std::size_t /*size*/, void* paths) noexcept {
  try {
    if (is_plugin(library->dlpi_name)) static_cast<std::vector<std::string>*>(paths)->emplace_back(library->dlpi_name);
    return 0;
  } catch (...) {
    return 1;  // no memory: the rest is left
  }
}

}  // namespace

void keep_plugin_code() noexcept {
  std::vector<std::string> paths;
  dl_iterate_phdr(&add_plugin, &paths);
  for (const std::string& path : paths) {
    void* const library = dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
    if (library != nullptr) dlclose(library);  // it stays all the same: that is what RTLD_NODELETE is for
  }
}

}  // namespace inferqueue::openvino
