// Leaves a network's own decoding out of the graph, so that only what is likely to be an object gets decoded.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include <openvino/core/model.hpp>

#include "vision/detection.hpp"
#include "vision/heads/head.hpp"

namespace inferqueue::pipeline {

/// A graph that ends with what its last convolutions give, in f32, and the head that reads all of its outputs: maps
/// [1,height,width,anchors*(5+classes)], as convolutions leave them on processors. The runtime would turn them around
/// otherwise, a tenth of YOLOv5n's time in f32.
struct LateDecoding {
  std::shared_ptr<ov::Model> graph;
  std::unique_ptr<const vision::Head> head;
};

/// For a graph whose output is YOLOv5's, [1,N,5+classes]: the network computes the boxes and all probabilities of every
/// anchor, a tenth of its time for YOLOv5n, where most have no object in them. In the result vision::Yolov5MapsHead
/// does that for the others.
///
/// Anchors, strides and order are not looked for in the graph but measured: its end is run on given numbers, on the
/// calling thread. The head must then find the same in other numbers, in every row; else, and where the graph is built
/// in another way, there is no result. Takes some tens of milliseconds. The given graph stays as it is. Thread rules: a
/// pure function.
std::optional<LateDecoding> decode_late(const std::shared_ptr<ov::Model>& graph, std::size_t output,
                                        std::size_t classes, vision::Size network);

}  // namespace inferqueue::pipeline
