#include "explore/seam.hpp"

#include <stdexcept>

#include "explore/execution.hpp"

namespace inferqueue::explore {
namespace {

Execution* current() {
  Task* const task = Execution::self();
  return task == nullptr ? nullptr : task->execution;
}

}  // namespace

void Mutex::lock() {
  if (Execution* const execution = current()) execution->lock(object_);
}

bool Mutex::try_lock() {
  Execution* const execution = current();
  return execution == nullptr || execution->try_lock(object_);
}

void Mutex::unlock() {
  if (Execution* const execution = current()) execution->unlock(object_);
}

void CondVar::sleep(std::unique_lock<Mutex>& lock, const TimePoint* deadline) {
  Execution* const execution = current();
  if (execution == nullptr) throw std::logic_error("a wait outside of a scenario");
  execution->wait(object_, lock.mutex()->object_, deadline);
}

void CondVar::notify(bool all) noexcept {
  if (Execution* const execution = current()) execution->notify(object_, all);
}

void AtomicObject::access(Op op) const noexcept {
  if (Execution* const execution = current()) execution->access(object_, op);
}

void AtomicObject::sleep() const noexcept {
  if (Execution* const execution = current()) execution->sleep(object_);
}

void AtomicObject::notify(bool all) const noexcept {
  if (Execution* const execution = current()) execution->notify(object_, all);
}

void Thread::begin(std::function<void()> body) {
  Execution* const execution = current();
  if (execution == nullptr) throw std::logic_error("a thread is made outside of a scenario");
  task_ = &execution->create(std::move(body));
}

void Thread::join() {
  Task* const task = std::exchange(task_, nullptr);
  task->execution->join(*task);
}

Clock::time_point Clock::now() noexcept {
  Execution* const execution = current();
  return execution == nullptr ? std::chrono::steady_clock::now() : execution->now();
}

}  // namespace inferqueue::explore
