#include "models/model_file.hpp"

#include <exception>
#include <vector>

#include <fmt/format.h>
#include <openvino/frontend/manager.hpp>

#include "base/file_names.hpp"
#include "base/user_error.hpp"
#include "devices/brief.hpp"
#include "models/builtin.hpp"

namespace inferqueue::models {
namespace fs = std::filesystem;

namespace {

using base::UserError;

/// The one model in a folder, as the exporters of Ultralytics write them.
fs::path model_in(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string extension = base::lower_extension(entry.path());
    if (extension == ".xml" || extension == ".onnx") found.push_back(entry.path());
  }
  if (found.size() == 1) return found.front();
  throw UserError(fmt::format("model '{}': this folder holds {} models (.xml, .onnx); name the file", folder.string(),
                              found.size()));
}

/// Asks the runtime's reader for this kind of file. ov::Core::read_model() would try the readers for all kinds on a
/// file that its own doesn't know, each with messages of its own.
bool is_readable(const std::string& kind, const fs::path& path) {
  return ov::frontend::FrontEndManager().load_by_framework(kind)->supported(path.string());
}

void check_ir(const fs::path& path) {
  if (!is_readable("ir", path))
    throw UserError(fmt::format("model '{}': is no OpenVINO IR; export the model again", path.string()));
  const fs::path weights = fs::path(path).replace_extension(".bin");
  if (!fs::exists(weights))
    throw UserError(fmt::format("model '{}': its weights '{}' are missing; keep the two files together", path.string(),
                                weights.string()));
}

void check_onnx(const fs::path& path) {
  if (!is_readable("onnx", path))
    throw UserError(fmt::format("model '{}': is no ONNX model; export the model again", path.string()));
}

fs::path checked_path(const fs::path& given) {
  std::error_code ignored;  // of a name that is too long, for one: there is no such file
  if (!fs::exists(given, ignored)) throw UserError(fmt::format("model '{}': there is no such file", given.string()));
  const fs::path path = fs::is_directory(given) ? model_in(given) : given;
  if (!fs::is_regular_file(path))
    throw UserError(fmt::format("model '{}': is a pipe or a device, no file", path.string()));
  const std::string extension = base::lower_extension(path);
  if (extension == ".pt" || extension == ".pth")
    throw UserError(fmt::format(
        "model '{0}': is a PyTorch checkpoint; export it: yolo export model={0} format=openvino, or in YOLOv5's folder "
        "python export.py --weights {0} --include openvino, then give --model {1}",
        path.string(), (path.parent_path() / (path.stem().string() + "_openvino_model")).string()));
  if (extension == ".xml") {
    check_ir(path);
  } else if (extension == ".onnx") {
    check_onnx(path);
  } else {
    throw UserError(fmt::format("model '{}': give OpenVINO IR (.xml with its .bin) or ONNX (.onnx)", path.string()));
  }
  return path;
}

}  // namespace

NamedModel read_model(ov::Core& core, const fs::path& given) {
  if (is_builtin(given.string())) return {given, make_builtin(given.string())};
  const fs::path path = checked_path(given);
  try {
    return {path, core.read_model(path)};
  } catch (const std::exception& error) {
    throw UserError(fmt::format("model '{}': can't be read, it is damaged or of another kind: {}", path.string(),
                                devices::brief(error)));
  }
}

}  // namespace inferqueue::models
