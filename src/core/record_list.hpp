// Records on their way from one step to the next.
#pragma once

#include <utility>

#include "base/ref.hpp"
#include "core/bell.hpp"
#include "core/record.hpp"

namespace inferqueue::core {

/// First in, first out; holds a reference to each. Never needs memory, and so never fails. Thread rules: guarded by its
/// owner.
class RecordList {
 public:
  RecordList() = default;
  RecordList(const RecordList&) = delete;
  RecordList& operator=(const RecordList&) = delete;
  RecordList(RecordList&&) = delete;
  RecordList& operator=(RecordList&&) = delete;
  ~RecordList() {
    while (pop()) {
    }
  }

  bool empty() const noexcept { return places_.empty(); }
  void push(base::Ref<Record> record) noexcept { places_.push_back(*record.detach()); }
  /// The first, or null.
  base::Ref<Record> pop() noexcept {
    if (empty()) return {};
    auto& record = static_cast<Record&>(*places_.first());
    places_.erase(record);
    return base::Ref<Record>::adopt(&record);
  }
  void append(RecordList& others) noexcept {
    while (base::Ref<Record> record = others.pop()) push(std::move(record));
  }

 private:
  PlaceList places_;
};

/// What a thread has to do when it holds no lock any more: records to start, and records to go on with.
///
/// Those to start have links of their own. They are running for everybody else, who may abandon them meanwhile and then
/// has to deliver their outcome: they stand on that thread's list too.
class Todo : public RecordList {
 public:
  Todo() = default;
  Todo(const Todo&) = delete;
  Todo& operator=(const Todo&) = delete;
  Todo(Todo&&) = delete;
  Todo& operator=(Todo&&) = delete;
  ~Todo() {
    ring();
    while (pop_start()) {
    }
  }

  bool empty() const noexcept { return RecordList::empty() && first_start_ == nullptr; }
  void push_start(base::Ref<Record> record) noexcept {
    Record* const last = record.detach();
    (first_start_ != nullptr ? last_start_->next_to_start : first_start_) = last;
    last_start_ = last;
  }
  /// The first to start, or null.
  base::Ref<Record> pop_start() noexcept {
    if (first_start_ == nullptr) return {};
    Record* const first = first_start_;
    first_start_ = std::exchange(first->next_to_start, nullptr);
    return base::Ref<Record>::adopt(first);
  }
  void append(Todo& others) noexcept {
    while (base::Ref<Record> record = others.pop_start()) push_start(std::move(record));
    RecordList::append(others);
  }

  /// To be rung then: whom it wakes would otherwise run into the mutex that is still held.
  void ring_later(base::Ref<Bell> bell) noexcept {
    ring();
    bell_ = std::move(bell);
  }
  void ring() noexcept {
    if (bell_) std::exchange(bell_, {})->changed.notify_one();
  }

 private:
  Record* first_start_ = nullptr;
  Record* last_start_ = nullptr;  // where there is a first
  base::Ref<Bell> bell_;
};

}  // namespace inferqueue::core
