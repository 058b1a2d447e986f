// What is measured: a model, what goes in, and what is done with what comes out.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <openvino/core/model.hpp>
#include <openvino/runtime/compiled_model.hpp>
#include <openvino/runtime/core.hpp>
#include <openvino/runtime/tensor.hpp>

#include "pipeline/detector.hpp"

namespace inferqueue::measure {

/// One request's tensors by position. The runtime's request and the queue's lease and result all have them, under
/// other names.
class Tensors {
 public:
  Tensors() = default;
  virtual ~Tensors() = default;
  Tensors(const Tensors&) = delete;
  Tensors& operator=(const Tensors&) = delete;
  Tensors(Tensors&&) = delete;
  Tensors& operator=(Tensors&&) = delete;
  virtual ov::Tensor at(std::size_t index) const = 0;
};

/// The same work for every mode. A place is where a request runs: an infer request, or the queue's slot. Thread rules:
/// of one place nothing is called by two threads at once; prepare() comes from one thread, look() from any.
class Work {
 public:
  Work() = default;
  virtual ~Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  Work(Work&&) = delete;
  Work& operator=(Work&&) = delete;

  virtual const std::shared_ptr<ov::Model>& graph() const = 0;
  virtual std::string model_name() const = 0;
  /// Throws as pipeline::compile().
  virtual ov::CompiledModel compile(ov::Core& core, const pipeline::DeviceOptions& device) const {
    return pipeline::compile(core, graph(), model_name(), device);
  }
  /// Items, pictures for instance, in one inference.
  virtual std::size_t batch() const = 0;
  /// Called before anything runs: there will be so many places, 0 to places - 1.
  virtual void reserve(std::size_t places) = 0;
  /// Fills the inputs of a place that is new.
  virtual void fill(const Tensors& inputs) = 0;
  /// Writes what this item needs into the inputs, before its inference.
  virtual void prepare(std::size_t place, std::size_t item, const Tensors& inputs) = 0;
  /// Looks at what came out.
  virtual void look(std::size_t place, const Tensors& outputs) = 0;
};

}  // namespace inferqueue::measure
