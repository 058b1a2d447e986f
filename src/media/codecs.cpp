#include "media/codecs.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include "base/user_error.hpp"

namespace inferqueue::media {
namespace {

// Without a folder: looked for where the run path of the program says, and then where the system looks.
constexpr const char* module_file = INFERQUEUE_MEDIA_MODULE;

const Codecs& load() {
  // Their libraries' threads may run until the process ends, so it is never unloaded.
  void* const module = ::dlopen(module_file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (module == nullptr)
    throw base::UserError(fmt::format(
        "{} can't be loaded, which reads and writes pictures and videos; install it again beside the command: {}",
        module_file, ::dlerror()));
  using Entry = const void* (*)();
  const auto entry = reinterpret_cast<Entry>(::dlsym(module, "inferqueue_media_codecs"));
  if (entry == nullptr)
    throw base::UserError(fmt::format("{} is another file of that name; install it again", module_file));
  return *static_cast<const Codecs*>(entry());
}

}  // namespace

const Codecs& codecs() {
  static const Codecs& loaded = load();
  return loaded;
}

}  // namespace inferqueue::media
