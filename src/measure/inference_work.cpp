#include "measure/inference_work.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <filesystem>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "base/file_names.hpp"
#include "base/user_error.hpp"
#include "measure/npy.hpp"
#include "models/model_file.hpp"
#include "pipeline/picture.hpp"

namespace inferqueue::measure {
namespace {

using base::OptionError;
using base::UserError;

template <class T, class Next>
void fill_with(ov::Tensor& tensor, Next next) {
  T* const values = tensor.data<T>();
  std::generate(values, values + tensor.get_size(), [&] { return static_cast<T>(next()); });
}

// ---- pictures -------------------------------------------------------------------------------------------------------

/// Where the channels are: of [N,3,H,W] and [N,H,W,3].
struct Layout {
  bool channels_first = true;
  int height = 0;
  int width = 0;
};

std::optional<Layout> layout_of(const ov::Shape& shape) {
  if (shape.size() != 4 || std::ranges::any_of(shape, [](std::size_t side) { return side == 0 || side > 32768; }))
    return std::nullopt;
  const auto side = [&](std::ptrdiff_t i) { return static_cast<int>(shape[i]); };
  if (shape[1] == 3) return Layout{true, side(2), side(3)};
  if (shape[3] == 3) return Layout{false, side(1), side(2)};
  return std::nullopt;
}

/// Stretched to the input's size, RGB; u8 as it is, floats from 0 to 1.
void fill_with_picture(ov::Tensor& tensor, const std::string& file) {
  const auto layout = layout_of(tensor.get_shape());
  const ov::element::Type type = tensor.get_element_type();
  if (!layout || (type != ov::element::u8 && type != ov::element::f32))
    throw OptionError(
        fmt::format("--input {}: a picture goes into u8 or f32 of shape [N,3,H,W] or [N,H,W,3] only", file));
  cv::Mat picture;
  cv::resize(pipeline::PictureReader().read(file), picture, {layout->width, layout->height});
  const std::size_t pixels = picture.total();
  const std::size_t pictures = tensor.get_size() / (pixels * 3);
  const auto write = [&](auto* values, auto scale) {
    for (std::size_t i = 0; i < tensor.get_size(); ++i) {
      const std::size_t at = i % (pixels * 3);
      const std::size_t channel = layout->channels_first ? at / pixels : at % 3;
      const std::size_t pixel = layout->channels_first ? at % pixels : at / 3;
      values[i] = scale(picture.data[pixel * 3 + 2 - channel]);
    }
  };
  if (pictures == 0) return;
  if (type == ov::element::u8)
    write(tensor.data<std::uint8_t>(), [](std::uint8_t value) { return value; });
  else
    write(tensor.data<float>(), [](std::uint8_t value) { return static_cast<float>(value) / 255.F; });
}

// ---- which goes where -----------------------------------------------------------------------------------------------

void fill_with_npy(ov::Tensor& tensor, const std::string& file) {
  const ov::Tensor array = read_npy(file);
  if (array.get_element_type() != tensor.get_element_type() || array.get_shape() != tensor.get_shape())
    throw OptionError(fmt::format("--input {}: holds {} {}, the input is {} {}", file,
                                  array.get_element_type().get_type_name(), array.get_shape().to_string(),
                                  tensor.get_element_type().get_type_name(), tensor.get_shape().to_string()));
  array.copy_to(tensor);
}

void fill_as_told(ov::Tensor& tensor, const std::string& what, std::uint64_t seed) {
  if (tensor.get_element_type() == ov::element::string)
    throw UserError("an input of text can't be made up or read; this model can't be measured here");
  if (what == "random") return fill_random(tensor, seed);
  if (what == "zeros") {
    std::memset(tensor.data(), 0, tensor.get_byte_size());
    return;
  }
  if (base::lower_extension(what) == ".npy") return fill_with_npy(tensor, what);
  fill_with_picture(tensor, what);
}

/// What comes before '=' in NAME=WHAT; nothing where it is for every input.
std::optional<std::string> name_in(const std::string& text) {
  const std::size_t equals = text.find('=');
  return equals == std::string::npos ? std::nullopt : std::optional(text.substr(0, equals));
}

/// What names the input, else what is for every one.
std::string told_for(const ov::Output<ov::Node>& input, const std::vector<std::string>& inputs) {
  std::string told = "random";
  for (const std::string& text : inputs) {
    const auto name = name_in(text);
    if (!name) told = text;
    if (name && is_named(input, *name)) return text.substr(name->size() + 1);
  }
  return told;
}

void check_names(const ov::Model& model, const std::vector<std::string>& inputs) {
  for (auto text = inputs.begin(); text != inputs.end(); ++text) {
    const auto name = name_in(*text);
    const auto is_for_the_same = [&](const std::string& earlier) { return name_in(earlier) == name; };
    if (std::any_of(inputs.begin(), text, is_for_the_same))
      throw OptionError(fmt::format("--input {}: a second one for {}; give NAME=… for each input", *text,
                                    name ? "'" + *name + "'" : "every input"));
    if (name && std::ranges::none_of(model.inputs(), [&](const auto& input) { return is_named(input, *name); }))
      throw OptionError(
          fmt::format("--input {}: the model has no input '{}'; it has {}", *text, *name, inputs_text(model)));
  }
}

/// Only what was asked for: a first dimension may mean anything.
std::size_t batch_of(const ov::Model& model, std::optional<std::size_t> asked) {
  if (!asked) return 1;
  if (std::ranges::all_of(model.inputs(), [](const auto& input) { return input.get_partial_shape().size() == 0; }))
    throw OptionError(fmt::format("--batch {}: no input of the model has a first dimension; it has {}", *asked,
                                  model.inputs().empty() ? "no input at all" : inputs_text(model)));
  return *asked;
}

ov::Tensor made_for(const ov::Output<ov::Node>& input) {
  try {
    return {input.get_element_type(), input.get_shape()};
  } catch (const std::exception&) {  // it is more than there is, or than a number holds
    throw OptionError(fmt::format("--shape, --batch: an input of {} {} takes more memory than there is",
                                  input.get_element_type().get_type_name(), input.get_shape().to_string()));
  }
}

}  // namespace

void fill_random(ov::Tensor& tensor, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto real = [&] { return static_cast<float>(random() >> 40U) * 0x1p-24F; };
  const auto whole = [&](std::uint64_t most) { return [&random, most] { return random() % (most + 1); }; };
  switch (tensor.get_element_type()) {
    case ov::element::f32:
      return fill_with<float>(tensor, real);
    case ov::element::f64:
      return fill_with<double>(tensor, real);
    case ov::element::f16:
      return fill_with<ov::float16>(tensor, real);
    case ov::element::bf16:
      return fill_with<ov::bfloat16>(tensor, real);
    case ov::element::boolean:
      return fill_with<char>(tensor, whole(1));
    case ov::element::u8:
      return fill_with<std::uint8_t>(tensor, whole(255));
    case ov::element::i8:
      return fill_with<std::int8_t>(tensor, whole(127));
    case ov::element::u16:
      return fill_with<std::uint16_t>(tensor, whole(255));
    case ov::element::i16:
      return fill_with<std::int16_t>(tensor, whole(255));
    case ov::element::u32:
      return fill_with<std::uint32_t>(tensor, whole(255));
    case ov::element::i32:
      return fill_with<std::int32_t>(tensor, whole(255));
    case ov::element::u64:
      return fill_with<std::uint64_t>(tensor, whole(255));
    case ov::element::i64:
      return fill_with<std::int64_t>(tensor, whole(255));
    default: {  // several elements in a byte
      auto* bytes = static_cast<std::uint8_t*>(tensor.data());
      std::generate(bytes, bytes + tensor.get_byte_size(), whole(255));
    }
  }
}

InferenceWork::InferenceWork(ov::Core& core, const std::string& model, const InputOptions& options) {
  models::NamedModel named = models::read_model(core, model);
  name_ = named.path.string();
  graph_ = std::move(named.graph);
  settle_shapes(*graph_, options.shapes, options.batch);
  batch_ = batch_of(*graph_, options.batch);
  check_names(*graph_, options.inputs);
  std::uint64_t seed = options.seed;
  for (const auto& input : graph_->inputs()) {
    ov::Tensor tensor = made_for(input);
    if (tensor.get_size() > 0) fill_as_told(tensor, told_for(input, options.inputs), seed++);
    inputs_.push_back(std::move(tensor));
  }
}

void InferenceWork::fill(const Tensors& inputs) {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    ov::Tensor to = inputs.at(i);
    inputs_[i].copy_to(to);
  }
}

}  // namespace inferqueue::measure
