#include "support/loopback_camera.hpp"

#include <array>
#include <cerrno>
#include <cmath>
#include <string>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <opencv2/imgcodecs.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/known_boxes.hpp"
#include "support/videos.hpp"

namespace inferqueue::testing {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::string part(std::size_t number) {
  std::vector<unsigned char> jpeg;
  cv::imencode(".jpg", numbered(number, red_of(number)), jpeg);
  return "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: " + std::to_string(jpeg.size()) + "\r\n\r\n" +
         std::string(jpeg.begin(), jpeg.end()) + "\r\n";
}

}  // namespace

LoopbackCamera::LoopbackCamera(const Script& script) : script_(script) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const general = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || ::bind(listener_, general, length) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, general, &length) != 0)
    fail("no socket on 127.0.0.1");
  port_ = ::ntohs(address.sin_port);
  if (!script_.is_silent) acceptor_ = std::jthread([this] { accept(); });
}

LoopbackCamera::~LoopbackCamera() {
  closing_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  if (acceptor_.joinable()) acceptor_.join();
  for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  servers_.clear();
  for (const int socket : sockets_) ::close(socket);
  ::close(listener_);
}

std::string LoopbackCamera::address() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/video";
}

LoopbackCamera::Clock::time_point LoopbackCamera::captured(std::size_t number) const {
  return begun_ + std::chrono::duration_cast<Clock::duration>(
                      std::chrono::duration<double>(static_cast<double>(number) / script_.fps));
}

void LoopbackCamera::wait_for_connection() const {
  pollfd waiting{listener_, POLLIN, 0};
  if (::poll(&waiting, 1, 60'000) != 1) throw std::runtime_error("nobody has connected within a minute");
}

void LoopbackCamera::accept() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0 && errno == EINTR) continue;
    if (socket < 0) return;
    sockets_.push_back(socket);
    servers_.emplace_back([this, socket] { serve(socket); });
  }
}

void LoopbackCamera::serve(int socket) {
  std::string request;
  std::array<char, 1024> buffer{};
  while (request.find("\r\n\r\n") == std::string::npos) {
    const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (count <= 0) return;
    request.append(buffer.data(), static_cast<std::size_t>(count));
  }
  const bool wants_to_see = !request.starts_with("HEAD");
  const bool is_refused = wants_to_see && ++viewers_ <= script_.refusals;
  const bool is_answered = !wants_to_see || (!is_refused && !script_.shows_nothing);
  if (is_answered &&
      !send(socket, "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"))
    return;
  if (is_answered && wants_to_see) show(socket);
  const bool is_held = wants_to_see && !is_refused && (script_.stalls || script_.shows_nothing);
  while (is_held && ::recv(socket, buffer.data(), buffer.size(), 0) > 0) {
  }
  ::shutdown(socket, SHUT_RDWR);
}

void LoopbackCamera::show(int socket) const {
  auto number =
      static_cast<std::size_t>(std::chrono::duration<double>(Clock::now() - begun_).count() * script_.fps) + 1;
  for (std::size_t sent = 0; !closing_ && (script_.frames == 0 || sent < script_.frames); ++sent, ++number) {
    std::this_thread::sleep_until(captured(number));
    if (!send(socket, part(number))) return;
  }
}

bool LoopbackCamera::send(int socket, const std::string& bytes) const {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace inferqueue::testing
