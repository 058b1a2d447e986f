#include "cli/export_command.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <openvino/core/model.hpp>
#include <openvino/pass/serialize.hpp>

#include "base/file_names.hpp"
#include "base/user_error.hpp"
#include "cli/output.hpp"
#include "devices/brief.hpp"
#include "models/builtin.hpp"
#include "pipeline/files.hpp"
#include "pipeline/new_file.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;

/// What is streamed into a NewFile. What write() throws comes out of the stream, if its exceptions are on.
class Sink final : public std::streambuf {
 public:
  explicit Sink(pipeline::NewFile& file) : file_(file) {}

 protected:
  std::streamsize xsputn(const char* text, std::streamsize length) override {
    file_.write(std::string_view(text, static_cast<std::size_t>(length)));
    written_ += length;
    return length;
  }
  int_type overflow(int_type character) override {
    const char c = traits_type::to_char_type(character);
    xsputn(&c, 1);
    return character;
  }
  /// The writer of IR asks where it is, and goes nowhere else.
  pos_type seekoff(off_type offset, std::ios::seekdir from, std::ios::openmode /*which*/) override {
    return offset == 0 && from == std::ios::cur ? pos_type(written_) : pos_type(off_type(-1));
  }

 private:
  pipeline::NewFile& file_;
  off_type written_ = 0;
};

/// Writes both files of the IR whole before either takes its place. Weights without their description are no model, so
/// they go first, and an old description, which would describe them wrongly, goes before.
void write_ir(const std::shared_ptr<ov::Model>& graph, const fs::path& xml_path, const fs::path& bin_path) {
  pipeline::NewFile bin(bin_path);
  pipeline::NewFile xml(xml_path);
  Sink bin_sink(bin);
  Sink xml_sink(xml);
  std::ostream bin_stream(&bin_sink);
  std::ostream xml_stream(&xml_sink);
  bin_stream.exceptions(std::ios::badbit);
  xml_stream.exceptions(std::ios::badbit);
  ov::pass::Serialize(xml_stream, bin_stream).run_on_model(graph);
  std::error_code ignored;
  // Not a link that leads to it: that stays, and the new one comes where it leads.
  if (fs::is_regular_file(xml_path, ignored)) fs::remove(fs::canonical(xml_path, ignored), ignored);
  bin.commit();
  xml.commit();
}

class ExportCommand final : public Command {
 public:
  explicit ExportCommand(CLI::App& parent)
      : app_(*parent.add_subcommand("export", "Write a built-in model as OpenVINO IR, for other programs")) {
    app_.add_option("model", model_, "builtin:NAME; without it, those that there are and what they cost")
        ->type_name("MODEL");
    app_.add_option("file", file_, "NAME.xml; the weights go beside it (default: builtin-NAME.xml)")->type_name("FILE");
    app_.add_flag("--force", force_, "replace files that are there already");
    app_.footer("Example: inferqueue export builtin:yolov5n random-yolov5n.xml");
  }

  const CLI::App& app() const override { return app_; }

  int run(std::stop_token /*stop*/) override {
    if (model_.empty()) {
      for (const models::Builtin& builtin : models::builtin_models()) {
        const models::Cost cost = models::cost_of(*models::make_builtin(builtin.name));
        put(stdout, fmt::format("{:<17} {:>7.3f} M parameters {:>7.3f} GFLOPs  {}\n", builtin.name,
                                static_cast<double>(cost.parameters) / 1e6, static_cast<double>(cost.flops) / 1e9,
                                builtin.what));
      }
      return exit_ok;
    }
    const auto graph = models::make_builtin(model_);
    const fs::path file = file_.empty() ? default_file() : file_;
    const fs::path folder = file.parent_path();
    std::error_code ignored;
    if (!folder.empty() && !fs::is_directory(folder, ignored))
      throw base::UserError(fmt::format("{}: there is no folder {}", file.string(), folder.string()));
    if (base::lower_extension(file) != ".xml")
      throw base::OptionError(fmt::format("{}: give a name that ends in .xml", file.string()));
    const fs::path weights = fs::path(file).replace_extension(".bin");
    if (!force_)
      for (const fs::path& old : {file, weights})
        if (fs::is_regular_file(old, ignored))
          throw base::UserError(
              fmt::format("{}: is there already; give another name, or --force to replace it", old.string()));
    try {
      write_ir(graph, file, weights);
    } catch (const base::UserError&) {
      throw;
    } catch (const std::exception& error) {
      throw base::UserError(fmt::format("{}: can't be written: {}", file.string(), devices::brief(error)));
    }
    put(stdout, fmt::format("{} and {}\n", printable(file.string()), printable(weights.string())));
    return exit_ok;
  }

 private:
  /// No real model has this name.
  std::string default_file() const {
    std::string name = model_ + ".xml";
    std::ranges::replace(name, ':', '-');
    return name;
  }

  CLI::App& app_;
  std::string model_;
  std::string file_;
  bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> make_export_command(CLI::App& app) {
  return std::make_unique<ExportCommand>(app);
}

}  // namespace inferqueue::cli
