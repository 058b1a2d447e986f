// A camera that streams MJPEG over HTTP, on 127.0.0.1.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

namespace inferqueue::testing {

/// Takes numbered() pictures at a steady rate from its construction on, number n at captured(n), and sends every one,
/// in order, to each who is connected, from the latest on: as a camera does that loses nothing. When the other side
/// doesn't read, the next ones are late.
/// Thread rules: any thread asks; one constructs and destroys. Its threads end with it.
class LoopbackCamera {
 public:
  using Clock = std::chrono::steady_clock;

  struct Script {
    double fps = 60;
    std::size_t frames = 0;      ///< in a connection; 0: without end
    bool stalls = false;         ///< behind these it says nothing more; else it hangs up
    bool is_silent = false;      ///< it takes connections and never answers
    bool shows_nothing = false;  ///< it answers whoever asks whether it is there, and not who wants to see
    std::size_t refusals = 0;    ///< so many of those who want to see are sent away at once
  };

  explicit LoopbackCamera(const Script& script);
  LoopbackCamera(const LoopbackCamera&) = delete;
  LoopbackCamera& operator=(const LoopbackCamera&) = delete;
  LoopbackCamera(LoopbackCamera&&) = delete;
  LoopbackCamera& operator=(LoopbackCamera&&) = delete;
  ~LoopbackCamera();

  std::string address() const;
  Clock::time_point captured(std::size_t number) const;
  /// Waits until somebody has connected to a silent one.
  void wait_for_connection() const;
  /// How many wanted to see.
  std::size_t viewers() const { return viewers_.load(); }

 private:
  void accept();
  void serve(int socket);
  void show(int socket) const;
  bool send(int socket, const std::string& bytes) const;

  Script script_;
  int listener_ = -1;
  int port_ = 0;
  Clock::time_point begun_ = Clock::now();
  std::atomic<bool> closing_{false};
  std::atomic<std::size_t> viewers_{0};
  std::vector<int> sockets_;           // accept()'s, until that has ended
  std::vector<std::jthread> servers_;  // likewise
  std::jthread acceptor_;
};

}  // namespace inferqueue::testing
