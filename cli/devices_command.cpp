#include "cli/devices_command.hpp"

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <openvino/runtime/core.hpp>

#include "cli/device_options.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"
#include "cli/output_options.hpp"
#include "cli/progress.hpp"
#include "devices/ov_runtime.hpp"
#include "devices/recorded_runtime.hpp"
#include "devices/report.hpp"
#include "devices/survey.hpp"
#include "models/model_file.hpp"
#include "pipeline/files.hpp"
#include "pipeline/report.hpp"

namespace inferqueue::cli {
namespace {

class DevicesCommand final : public Command {
 public:
  explicit DevicesCommand(CLI::App& parent)
      : app_(*parent.add_subcommand("devices", "What each device offers under each performance hint")) {
    app_.add_option("-d,--device", options_.devices, "CPU, GPU.0, AUTO:GPU,-CPU …; several may follow (all there are)")
        ->type_name("NAME");
    app_.add_option("--hint", hints_, "latency, throughput, cumulative_throughput (all three)")
        ->delimiter(',')
        ->type_name("HINT");
    app_.add_option("-m,--model", model_, "the model that is compiled: .xml, .onnx or builtin:NAME")
        ->capture_default_str()
        ->type_name("FILE");
    app_.add_flag("--all", options_.all_properties, "every property that is supported, and which can be changed");
    json_.declare(app_);
    app_.add_option("--from", record_, "show what --json has written, perhaps on another machine")
        ->excludes("--model")
        ->type_name("FILE");
    app_.footer(
        "Under a hint stand the properties of the model compiled for the device; those of the device itself follow.\n"
        "Examples: inferqueue devices --device AUTO CPU --model yolov5n.xml\n"
        "          inferqueue devices --json here.json, and elsewhere: inferqueue devices --from here.json");
  }

  const CLI::App& app() const override { return app_; }

  int run(std::stop_token stop) override {
    for (const std::string& hint : hints_) options_.hints.push_back(checked_hint(hint));
    for (std::string& device : options_.devices) device = device_name(device);
    JsonOutput json(json_.file);
    const std::unique_ptr<devices::Runtime> runtime = make_runtime();
    Progress progress;
    const devices::Survey survey = take_survey(
        *runtime, options_,
        [&, done = 0, compilations = compilations(*runtime)](std::string_view device, std::string_view hint) mutable {
          progress.show(static_cast<double>(done++) / compilations, fmt::format("compiling for {}, {}", device, hint));
        },
        stop);
    progress.clear();
    if (!survey.devices.empty()) put(json_.lines(), devices::to_text(survey));
    json.write(pipeline::to_text(devices::to_json(survey)));
    json.finish();
    for (const devices::MissingDevice& missing : survey.missing) say(missing.problem);
    if (survey.interrupted) return exit_interrupted;
    return survey.is_complete() ? exit_ok : exit_failed;
  }

 private:
  std::unique_ptr<devices::Runtime> make_runtime() const {
    if (!record_.empty()) {
      json_.check_is_not(record_, "the file of --from");
      std::vector<unsigned char> bytes;
      pipeline::read_file(record_, bytes);
      return std::make_unique<devices::RecordedRuntime>(std::string(bytes.begin(), bytes.end()), record_);
    }
    ov::Core core;
    const models::NamedModel model = models::read_model(core, model_);
    json_.check_is_not_model(model.path);
    return std::make_unique<devices::OvRuntime>(core, model.graph, model_);
  }

  /// How many there are to be, at most.
  double compilations(devices::Runtime& runtime) const {
    const std::size_t devices = options_.devices.empty() ? runtime.default_devices().size() : options_.devices.size();
    const std::size_t hints = options_.hints.empty() ? runtime.hints().size() : options_.hints.size();
    return static_cast<double>(devices * hints);
  }

  CLI::App& app_;
  devices::SurveyOptions options_;
  std::vector<std::string> hints_;
  std::string model_ = "builtin:yolov5n";
  JsonOption json_;
  std::string record_;
};

}  // namespace

std::unique_ptr<Command> make_devices_command(CLI::App& app) {
  return std::make_unique<DevicesCommand>(app);
}

}  // namespace inferqueue::cli
