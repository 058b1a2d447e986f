// What remains to be done for a queue that is destroyed.
#pragma once

#include <memory>

#include "openvino/queue_state.hpp"

namespace inferqueue::openvino {

/// Closes the queue, waits until its callers have left, and lets go of it. What the device has not completed after
/// QueueOptions::abandon_after is abandoned: the state is then destroyed in the background when the device lets go of
/// it, or never. Must not be called on a thread that runs a callback.
void close_and_let_go(std::shared_ptr<QueueState> state) noexcept;

/// The same, on a thread of its own, for where nobody may wait. That thread is joined when the process exits, before
/// the runtime's own statics go, so that nothing runs into a runtime that is no longer there. Where there is no memory
/// or no thread for it, or the process is exiting, the queue is left as it is, for ever: it works, and nobody can reach
/// it. Thread rules: any thread.
void close_in_background(std::shared_ptr<QueueState> state) noexcept;

}  // namespace inferqueue::openvino
