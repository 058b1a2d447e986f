// Closes queues that were destroyed where nobody may wait.
#pragma once

#include <memory>

#include "openvino/queue_state.hpp"

namespace inferqueue::openvino {

/// Lets a thread of its own shut the queue down and destroy it. That thread is joined when the process exits, before
/// the runtime's own statics go, so that nothing runs into a runtime that is no longer there. Where there is no memory
/// or no thread for it the queue is left as it is, for ever: it works, and nobody can reach it.
/// Thread rules: any thread.
void close_in_background(std::shared_ptr<QueueState> state) noexcept;

}  // namespace inferqueue::openvino
