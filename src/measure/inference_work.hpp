// Inference alone: any model, the same inputs again and again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <openvino/openvino.hpp>

#include "measure/shapes.hpp"
#include "measure/work.hpp"

namespace inferqueue::measure {

struct InputOptions {
  std::vector<NamedShape> shapes;
  std::optional<std::size_t> batch;
  /// What goes in: "random", "zeros", a .npy file or a picture, for every input; NAME=… for one, which goes
  /// before. One for each.
  std::vector<std::string> inputs{"random"};
  std::uint64_t seed = 1;
};

/// The inputs are made once and copied into every request; nobody looks at the outputs. Thread rules: as Work.
class InferenceWork final : public Work {
 public:
  /// Reads the model, by models::read_model(), and its inputs. Throws base::UserError and base::OptionError, which name
  /// the model, the file or the option.
  InferenceWork(ov::Core& core, const std::string& model, const InputOptions& options);

  const std::shared_ptr<ov::Model>& graph() const override { return graph_; }
  std::string model_name() const override { return name_; }
  std::size_t batch() const override { return batch_; }
  void reserve(std::size_t /*places*/) override {}
  void fill(const Tensors& inputs) override;
  void prepare(std::size_t /*place*/, std::size_t /*item*/, const Tensors& /*inputs*/) override {}
  void look(std::size_t /*place*/, const Tensors& /*outputs*/) override {}

  const std::vector<ov::Tensor>& inputs() const noexcept { return inputs_; }

 private:
  std::string name_;
  std::shared_ptr<ov::Model> graph_;
  std::size_t batch_ = 1;
  std::vector<ov::Tensor> inputs_;
};

/// Random values by the type, the same for the same seed: 0 to 1 for floating-point numbers; 0 or 1 for booleans; 0 to
/// 255 (127) for whole numbers, so that they are small enough as indices of most tables; bits for what is smaller than
/// a byte. Not for text. Thread rules: a pure function of the tensor's shape and type.
void fill_random(ov::Tensor& tensor, std::uint64_t seed);

}  // namespace inferqueue::measure
