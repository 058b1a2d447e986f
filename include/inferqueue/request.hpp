// One accepted item and its outcome.
#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <span>
#include <string>
#include <vector>

#include <openvino/core/node_output.hpp>
#include <openvino/runtime/tensor.hpp>

#include <inferqueue/export.hpp>
#include <inferqueue/options.hpp>
#include <inferqueue/user_data.hpp>

namespace inferqueue {
namespace openvino {
class OvRecord;
}

/// A request that has its outcome. A handle: copies are cheap and name the same request, and while one of them exists
/// the outputs stay as they are, whatever its slot does next and even after the queue is gone. Nothing is copied for
/// that; the slot goes on with fresh output tensors.
///
/// Thread rules: distinct handles may be used from any threads. What they show no longer changes, except that the
/// callback may change the user data until it returns, and that its own error becomes the outcome when it throws: of
/// copies that a callback keeps, others must read nothing before it has returned. A handle that was moved from may only
/// be assigned or destroyed.
class INFERQUEUE_API Request {
 public:
  Request(const Request& other) noexcept;
  Request(Request&& other) noexcept;
  Request& operator=(Request other) noexcept;
  ~Request();

  RequestId id() const noexcept;
  /// What became of it.
  Outcome outcome() const noexcept;
  /// For a request that never had a slot.
  static constexpr std::size_t no_slot = static_cast<std::size_t>(-1);
  /// The slot that ran it.
  std::size_t slot_id() const noexcept;
  /// From the start of the inference to its completion, before any callback. Zero if it was never started.
  std::chrono::nanoseconds latency() const noexcept;
  /// What went wrong, with its own type; Error(cancelled), Error(expired), Error(dropped); null for a value.
  std::exception_ptr error() const noexcept;

  /// The request's, which all its handles share: nobody may write to it while another holder reads it or writes to it.
  UserData& userdata() noexcept;
  const UserData& userdata() const noexcept;
  /// The user data as a T. Throws Error(user_data_mismatch).
  template <class T>
  T& userdata() {
    return userdata().template as<T>();
  }
  template <class T>
  const T& userdata() const {
    return userdata().template as<T>();
  }

  /// The outputs by position. Each tensor keeps the request, and so its memory, like a copy of this handle: it may be
  /// stored, or given to another queue as an input. Throws Error(no_result) for one that has no value, and for one that
  /// was only looked at as the latest of its slot (AsyncInferQueue::operator[]) when that slot had started again
  /// already.
  std::vector<ov::Tensor> results() const;
  /// One output. Throws as results() does, and Error(invalid_argument) where there is no such output.
  ov::Tensor result(std::size_t index = 0) const;
  ov::Tensor result(const std::string& name) const;
  /// The values of one output, in row-major order, to be looked at in place: unlike result() this allocates nothing and
  /// keeps nothing. They stay as they are while this handle or a copy of it exists. Throws as result(std::size_t) does,
  /// and ov::Exception for a T that isn't the output's type or memory that isn't the host's.
  template <class T>
  std::span<const T> values(std::size_t index = 0) const {
    const ov::Tensor& tensor = output(index);
    return {tensor.data<T>(), tensor.get_size()};
  }
  /// The model's outputs, in the order of results().
  const std::vector<ov::Output<const ov::Node>>& model_outputs() const noexcept;

  /// Internal: the library wraps its own records.
  INFERQUEUE_INTERNAL explicit Request(openvino::OvRecord* record) noexcept;

 private:
  const ov::Tensor& output(std::size_t index) const;  // for values(), which is compiled into programs
  INFERQUEUE_INTERNAL const std::vector<ov::Tensor>& outputs() const;
  INFERQUEUE_INTERNAL ov::Tensor keeping_this(const ov::Tensor& output) const;

  openvino::OvRecord* record_;
};

}  // namespace inferqueue
