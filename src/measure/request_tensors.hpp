// The tensors of whatever runs a request, as Work sees them.
#pragma once

#include <cstddef>

#include <openvino/runtime/infer_request.hpp>

#include <inferqueue/async_infer_queue.hpp>

#include "measure/work.hpp"

namespace inferqueue::measure {

class SingleInputs final : public Tensors {
 public:
  explicit SingleInputs(ov::InferRequest& request) : request_(request) {}
  ov::Tensor at(std::size_t index) const override { return request_.get_input_tensor(index); }

 private:
  ov::InferRequest& request_;
};

class SingleOutputs final : public Tensors {
 public:
  explicit SingleOutputs(ov::InferRequest& request) : request_(request) {}
  ov::Tensor at(std::size_t index) const override { return request_.get_output_tensor(index); }

 private:
  ov::InferRequest& request_;
};

class LeaseInputs final : public Tensors {
 public:
  explicit LeaseInputs(const Lease& lease) : lease_(lease) {}
  ov::Tensor at(std::size_t index) const override { return lease_.input(index); }

 private:
  const Lease& lease_;
};

class Results final : public Tensors {
 public:
  explicit Results(const Request& request) : request_(request) {}
  ov::Tensor at(std::size_t index) const override { return request_.result(index); }

 private:
  const Request& request_;
};

}  // namespace inferqueue::measure
