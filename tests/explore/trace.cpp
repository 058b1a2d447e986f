// What an execution tells of itself.
#include "explore/execution.hpp"

namespace inferqueue::explore {
namespace {

const char* name(Object::Kind kind) {
  switch (kind) {
    case Object::Kind::mutex:
      return "mutex ";
    case Object::Kind::condition:
      return "condition ";
    case Object::Kind::atomic:
      return "atomic ";
  }
  return "";
}

std::string sentence(Op op, const std::string& object, const std::string& thread) {
  switch (op) {
    case Op::begin:
      return "begins";
    case Op::lock:
      return "locks " + object;
    case Op::unlock:
      return "unlocks " + object;
    case Op::wait:
    case Op::sleep:
      return "waits on " + object;
    case Op::notify_one:
      return "notifies one on " + object;
    case Op::notify_all:
      return "notifies all on " + object;
    case Op::read:
      return "reads " + object;
    case Op::write:
      return "writes " + object;
    case Op::create:
      return "makes " + thread;
    case Op::join:
      return "joins " + thread;
    case Op::end:
      return "ends";
    case Op::time_out:
      return "has waited long enough on " + object;
  }
  return "";
}

}  // namespace

void Execution::note_step(Op op, Object::Kind kind, std::uint32_t with) {
  steps_.push_back({.task = running_->number, .op = op, .kind = kind, .with = with});
}

std::string Execution::trace() const {
  std::string text;
  std::uint32_t running = 0;
  for (const Step& step : steps_) {
    text += step.task == running ? ", " : (running == 0 ? "" : "\n") + ("thread " + std::to_string(step.task)) + ": ";
    running = step.task;
    const std::string number = std::to_string(step.with);
    text += sentence(step.op, name(step.kind) + number, "thread " + number);
  }
  return text;
}

std::string Execution::describe_blocked() const {
  std::string text = "deadlock:";
  for (const Task& task : tasks_) {
    if (task.next == Op::end) continue;
    text += (text.back() == ':' ? " thread " : "; thread ") + std::to_string(task.number);
    if (task.next == Op::join) {
      text += " waits for the end of thread " + std::to_string(task.joined->number);
      continue;
    }
    text += std::string(" waits ") + (task.next == Op::lock ? "for " : "on ") + name(task.object->kind) +
            std::to_string(task.object->number);
    if (task.next == Op::lock && task.object->owner != nullptr)
      text += ", which thread " + std::to_string(task.object->owner->number) + " holds";
  }
  return text;
}

}  // namespace inferqueue::explore
