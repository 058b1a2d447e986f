#include "cli/export_command.hpp"

#include <exception>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <openvino/core/graph_util.hpp>

#include "base/file_names.hpp"
#include "base/user_error.hpp"
#include "devices/brief.hpp"
#include "models/builtin.hpp"
#include "pipeline/files.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;

class ExportCommand final : public Command {
 public:
  explicit ExportCommand(CLI::App& parent)
      : app_(*parent.add_subcommand("export", "Write a built-in model as OpenVINO IR, for other programs")) {
    app_.add_option("model", model_, "builtin:NAME; without it, those that there are and what they cost")
        ->type_name("MODEL");
    app_.add_option("file", file_, "NAME.xml; the weights go beside it (default: the model's name)")->type_name("FILE");
    app_.footer("Example: inferqueue export builtin:yolov5n yolov5n.xml");
  }

  const CLI::App& app() const override { return app_; }

  int run(std::stop_token /*stop*/) override {
    if (model_.empty()) {
      for (const models::Builtin& builtin : models::builtin_models()) {
        const models::Cost cost = models::cost_of(*models::make_builtin(builtin.name));
        fmt::print("{:<17} {:>7.3f} M parameters {:>7.3f} GFLOPs  {}\n", builtin.name,
                   static_cast<double>(cost.parameters) / 1e6, static_cast<double>(cost.flops) / 1e9, builtin.what);
      }
      return exit_ok;
    }
    const auto graph = models::make_builtin(model_);
    const fs::path file = file_.empty() ? model_.substr(model_.find(':') + 1) + ".xml" : file_;
    const fs::path folder = file.parent_path();
    if (!folder.empty() && !fs::is_directory(folder))
      throw base::UserError(fmt::format("{}: there is no folder {}", file.string(), folder.string()));
    if (base::lower_extension(file) != ".xml")
      throw base::UserError(fmt::format("{}: give a name that ends in .xml", file.string()));
    try {
      ov::save_model(graph, file.string(), false);
    } catch (const std::exception& error) {
      throw base::UserError(fmt::format("{}: can't be written: {}", file.string(), devices::brief(error)));
    }
    fmt::print("{} and {}\n", file.string(), fs::path(file).replace_extension(".bin").string());
    return exit_ok;
  }

 private:
  CLI::App& app_;
  std::string model_;
  std::string file_;
};

}  // namespace

std::unique_ptr<Command> make_export_command(CLI::App& app) {
  return std::make_unique<ExportCommand>(app);
}

}  // namespace inferqueue::cli
