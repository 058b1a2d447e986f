#include "support/process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace inferqueue::testing {
namespace {

constexpr std::chrono::minutes longest{1};

[[noreturn]] void fail(const char* what, int error) {
  throw std::system_error(error, std::generic_category(), what);
}

std::array<int, 2> make_pipe(int size) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe", errno);
  ::fcntl(ends[0], F_SETPIPE_SZ, size);
  return ends;
}

/// A signal that the shell ignores for its background jobs would be ignored by the child too.
void set_signals(posix_spawnattr_t& attributes) {
  sigset_t none;
  sigset_t ours;
  sigemptyset(&none);
  sigemptyset(&ours);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&ours, signal);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &ours);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

void close_end(int& file) {
  if (file >= 0) ::close(file);
  file = -1;
}

std::uintmax_t bytes_of(const rusage& usage) {
  return static_cast<std::uintmax_t>(usage.ru_maxrss) * 1024;
}

int status_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::uintmax_t own_peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return bytes_of(usage);
}

Process::Process(const std::vector<std::string>& arguments, const std::filesystem::path& folder, int pipe_size)
    : deadline_(Clock::now() + longest) {
  const auto out = make_pipe(pipe_size);
  const auto err = make_pipe(pipe_size);
  out_ = out[0];
  err_ = err[0];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  set_signals(attributes);
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int failed = ::posix_spawn(&pid_, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  ::close(out[1]);
  ::close(err[1]);
  if (failed == 0) return;
  pid_ = -1;
  close_end(out_);
  close_end(err_);
  fail("posix_spawn", failed);
}

Process::~Process() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    reap();
  }
  close_end(out_);
  close_end(err_);
}

bool Process::read_some() {
  std::array<pollfd, 2> polled{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
  if (out_ < 0 && err_ < 0) return false;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
  if (::poll(polled.data(), polled.size(), static_cast<int>(std::max<decltype(left)>(left, 0))) <= 0) {
    ::kill(pid_, SIGKILL);
    throw std::runtime_error("the program took too long; so far it printed:\n" + outcome_.out + outcome_.err);
  }
  std::array<char, 4096> buffer{};
  const auto read_from = [&](int& file, const pollfd& state, std::string& text) {
    if (file < 0 || state.revents == 0) return;
    const ssize_t count = ::read(file, buffer.data(), buffer.size());
    if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
    if (count <= 0) close_end(file);
  };
  read_from(out_, polled[0], outcome_.out);
  read_from(err_, polled[1], outcome_.err);
  return true;
}

bool Process::wait_for_output(std::string_view text) {
  while (outcome_.out.find(text) == std::string::npos)
    if (!read_some()) return false;
  return true;
}

bool Process::wait_for_error(std::string_view text) {
  while (outcome_.err.find(text) == std::string::npos)
    if (!read_some()) return false;
  return true;
}

void Process::send(int signal) const {
  if (::kill(pid_, signal) != 0) fail("kill", errno);
}

void Process::wait_until_taken(int signal) const {
  const std::string path = "/proc/" + std::to_string(pid_) + "/status";
  const unsigned long long bit = 1ULL << static_cast<unsigned>(signal - 1);
  for (; Clock::now() < deadline_; std::this_thread::yield()) {
    bool pending = false;
    std::ifstream status(path);
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("SigPnd:") || line.starts_with("ShdPnd:"))
        pending = pending || (std::strtoull(line.c_str() + 7, nullptr, 16) & bit) != 0;
    if (!pending) return;
  }
  throw std::runtime_error("the program doesn't take the signal");
}

bool Process::has_ended() const {
  siginfo_t ended{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == pid_;
}

int Process::reap() {
  int status = 0;
  rusage usage{};
  while (::wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) continue;
  outcome_.peak_memory = bytes_of(usage);
  pid_ = -1;
  return status_of(status);
}

int Process::wait_without_reading() {
  // Both ends are closed when the process has ended, and only then, because it hands them to nobody.
  std::array<pollfd, 2> polled{{{out_, 0, 0}, {err_, 0, 0}}};
  for (pollfd& end : polled)
    while ((end.revents & POLLHUP) == 0) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
      if (left <= 0 || ::poll(&end, 1, static_cast<int>(left)) <= 0)
        throw std::runtime_error("the program doesn't end");
    }
  outcome_.status = reap();
  return outcome_.status;
}

Outcome Process::wait() {
  while (read_some()) continue;
  if (pid_ > 0) outcome_.status = reap();
  return outcome_;
}

Outcome run(const std::vector<std::string>& arguments, const std::filesystem::path& folder) {
  return Process(arguments, folder).wait();
}

std::size_t lines_in(std::string_view text) {
  const auto ends = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  return ends + (text.empty() || text.back() == '\n' ? 0 : 1);
}

}  // namespace inferqueue::testing
