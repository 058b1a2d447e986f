// Everything: #include <inferqueue/inferqueue.hpp>
#pragma once

#include <inferqueue/async_infer_queue.hpp>  // AsyncInferQueue, Lease, Slot
#include <inferqueue/callback.hpp>           // Callback, ErrorCallback
#include <inferqueue/error.hpp>              // Error, TimeoutError, Errc
#include <inferqueue/infer.hpp>              // Infer, RequestFuture, Executor
#include <inferqueue/inputs.hpp>             // Inputs, InputKey
#include <inferqueue/options.hpp>            // QueueOptions, SubmitOptions, WaitOptions, Outcome…
#include <inferqueue/report.hpp>             // QueueReport, SlotReport, SlotState
#include <inferqueue/request.hpp>            // Request
#include <inferqueue/statistics.hpp>         // Statistics, Histogram
#include <inferqueue/user_data.hpp>          // UserData
