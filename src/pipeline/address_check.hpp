// Whether there is anybody at an address.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace inferqueue::pipeline {

/// False if nobody reacts within this time: no connection comes about or, of HTTP and RTSP, no answer to a request. Any
/// reaction will do, a refusal too: FFmpeg finds out what is wrong then. Addresses of other kinds are taken as good,
/// and so are those that FFmpeg would go to through a proxy. Returns soon after `stopped` says so.
///
/// OpenCV opens videos, also those that it writes, under one lock for the process: an address that keeps it waiting
/// would hold up all others.
/// Thread rules: any thread; it waits.
bool reacts(const std::string& address, std::chrono::milliseconds timeout, const std::function<bool()>& stopped);

}  // namespace inferqueue::pipeline
