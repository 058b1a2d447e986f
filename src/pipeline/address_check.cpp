#include "pipeline/address_check.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "pipeline/source_names.hpp"

namespace inferqueue::pipeline {
namespace {

using base::Clock;
using std::chrono::milliseconds;

/// What is needed of an address to knock at it.
struct Door {
  std::string host;
  std::string port;
  std::string request;  // empty: a connection is enough
};

bool has_proxy() {
  return std::getenv("http_proxy") != nullptr || std::getenv("HTTP_PROXY") != nullptr;
}

std::optional<Door> door_of(const std::string& address) {
  const std::string scheme = base::lower_case(address.substr(0, address.find("://")));
  Door door;
  if (scheme == "http") door.port = "80";
  if (scheme == "https") door.port = "443";
  if (scheme == "rtsp") door.port = "554";
  if (scheme == "rtmp") door.port = "1935";
  if (door.port.empty() && scheme != "tcp") return std::nullopt;
  if (scheme.starts_with("http") && has_proxy()) return std::nullopt;

  const std::string shown = shown_name(address);  // without a name and a password
  const std::size_t begin = shown.find("://") + 3;
  const std::size_t path = std::min(shown.find_first_of("/?#", begin), shown.size());
  std::string host = shown.substr(begin, path - begin);
  if (const std::size_t colon = host.rfind(':');
      colon != std::string::npos && host.find(']', colon) == std::string::npos) {
    door.port = host.substr(colon + 1);
    host.resize(colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  door.host = host;
  const std::string target = path < shown.size() && shown[path] == '/' ? shown.substr(path) : "/";
  if (scheme == "http") door.request = fmt::format("HEAD {} HTTP/1.0\r\nHost: {}\r\n\r\n", target, host);
  if (scheme == "rtsp") door.request = fmt::format("OPTIONS {} RTSP/1.0\r\nCSeq: 1\r\n\r\n", shown);
  if (door.host.empty() || door.port.empty()) return std::nullopt;
  return door;
}

class Socket {
 public:
  explicit Socket(const addrinfo& to)
      : file_(::socket(to.ai_family, to.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to.ai_protocol)) {}
  ~Socket() {
    if (file_ >= 0) ::close(file_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  Socket(Socket&&) = delete;
  Socket& operator=(Socket&&) = delete;

  int file() const { return file_; }

 private:
  int file_;
};

/// Waits for the socket. False at the deadline, or when it is to stop.
bool wait_for(int socket, short what, Clock::time_point deadline, const std::function<bool()>& stopped) {
  constexpr milliseconds slice{50};
  while (!stopped()) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    pollfd waiting{socket, what, 0};
    if (::poll(&waiting, 1, static_cast<int>(std::clamp(left, milliseconds(0), slice).count())) != 0) return true;
    if (left <= milliseconds(0)) return false;
  }
  return false;
}

}  // namespace

bool reacts(const std::string& address, milliseconds timeout, const std::function<bool()>& stopped) {
  const std::optional<Door> door = door_of(address);
  if (!door) return true;
  const auto deadline = Clock::now() + timeout;
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(door->host.c_str(), door->port.c_str(), &wanted, &found) != 0 || found == nullptr) return true;
  const Socket socket(*found);
  const bool is_there =
      socket.file() < 0 || ::connect(socket.file(), found->ai_addr, found->ai_addrlen) == 0 || errno != EINPROGRESS;
  ::freeaddrinfo(found);
  if (socket.file() < 0) return true;
  if (!is_there && !wait_for(socket.file(), POLLOUT, deadline, stopped)) return false;
  if (door->request.empty()) return true;
  // Short: it fits into the socket's buffer. Where the connection was refused it fails, and so will FFmpeg.
  if (::send(socket.file(), door->request.data(), door->request.size(), MSG_NOSIGNAL) < 0) return true;
  return wait_for(socket.file(), POLLIN, deadline, stopped);
}

}  // namespace inferqueue::pipeline
