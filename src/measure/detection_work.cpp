#include "measure/detection_work.hpp"

namespace inferqueue::measure {

void DetectionWork::reserve(std::size_t places) {
  if (places > places_.size()) places_.resize(places);
}

void DetectionWork::fill(const Tensors& inputs) {
  ov::Tensor input = inputs.at(0);
  pipeline::write_input(letterbox_, pictures_.front(), input, model_.network);
}

void DetectionWork::prepare(std::size_t place, std::size_t item, const Tensors& inputs) {
  ov::Tensor input = inputs.at(0);
  places_[place].geometry =
      pipeline::write_input(letterbox_, pictures_[item % pictures_.size()], input, model_.network);
}

void DetectionWork::look(std::size_t place, const Tensors& outputs) {
  Place& at = places_[place];
  pipeline::read_output(
      at.postprocess, model_, [&](std::size_t i) { return outputs.at(i); }, at.geometry, options_, at.objects);
}

}  // namespace inferqueue::measure
