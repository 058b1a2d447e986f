// A survey that was saved, as a runtime: another machine's devices, looked at here.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "devices/runtime.hpp"

namespace inferqueue::devices {

class RecordedRuntime final : public Runtime {
 public:
  /// `text` is what report.hpp's to_json() gives, read from `source`. Throws base::UserError that names the source for
  /// anything else.
  RecordedRuntime(std::string_view text, const std::string& source);

  std::string version() override;
  std::string model() override;
  std::optional<machine::CpuLimits> cpu_limits() override { return limits_; }
  std::vector<std::string> available_devices() override;
  /// All that were recorded, composites among them.
  std::vector<std::string> default_devices() override;
  std::vector<MissingDevice> missing_devices() override;
  void check(const std::string& device) override;
  std::vector<std::string> hints() override;
  std::unique_ptr<PropertySource> device(const std::string& name) override;
  /// Throws base::UserError for a hint or a composite that is not in the record.
  std::unique_ptr<PropertySource> compile(const std::string& device, const std::string& hint) override;

 private:
  const Value* find(const std::string& device) const;

  Value record_;
  std::optional<machine::CpuLimits> limits_;
};

}  // namespace inferqueue::devices
