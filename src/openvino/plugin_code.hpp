// Keeps the code of the runtime's plugins where it is.
#pragma once

namespace inferqueue::openvino {

/// From now on no plugin that is loaded is unloaded before the process ends.
///
/// Why: a composite device (HETERO, AUTO, BATCH) completes a request in a callback of the device below it. Once ours,
/// which it calls, has returned, that thread still has to return through the composite's code; and nothing waits for
/// this, neither the infer request's destructor nor the core's, which unloads the composite's library and with it the
/// code on that thread's stack (seen with OpenVINO 2026.4: HETERO:CPU, a core destroyed right after its requests,
/// 2.6 % of the runs crash).
///
/// Any thread. Never throws: where a library can't be kept, it is as it was.
void keep_plugin_code() noexcept;

}  // namespace inferqueue::openvino
