// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/subprocess.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>

#include "base/lasting_thread.h"
#include "base/sandbox.h"
#include "base/text.h"
#include "base/wakeful.h"

namespace hone {

namespace {

using Clock = std::chrono::steady_clock;

// Exit codes of the child's own set-up, outside what programs use by custom.
constexpr int kCannotExec = 127;
constexpr int kCannotSetUp = 126;

struct Pipe {
  Descriptor read;
  Descriptor write;
};

// Above the standard streams, which the child is given in their places; where
// the user has closed one of ours, its number is free.
Descriptor above_standard(int fd) {
  Descriptor low(fd);
  if (fd < 0 || fd > STDERR_FILENO) return low;
  return Descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) == 0) {
    Pipe pipe{above_standard(ends[0]), above_standard(ends[1])};
    if (pipe.read.is_open() && pipe.write.is_open()) return pipe;
  }
  return Error(ErrorKind::Io,
               fmt::format("cannot make a pipe: {}", std::strerror(errno)));
}

// What a lasting child says is kept in memory that does not grow: writes beyond
// it fail. A pipe would have to be emptied while nobody waits for the child,
// and LLVM tries for ever to write into a full one that does not block.
constexpr off_t kKeptWords = 1 << 14;

Result<Descriptor> make_said() {
  Descriptor said = above_standard(
      ::memfd_create("hone-said", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (said.is_open() && ::ftruncate(said.get(), kKeptWords) == 0 &&
      ::fcntl(said.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == 0)
    return said;
  return Error(ErrorKind::Io, fmt::format("cannot keep a program's stderr: {}",
                                          std::strerror(errno)));
}

void set_limit(int resource, double value) {
  if (std::isinf(value)) return;
  rlimit limit;
  limit.rlim_cur = static_cast<rlim_t>(std::ceil(value));
  limit.rlim_max = limit.rlim_cur + (resource == RLIMIT_CPU ? 1 : 0);
  ::setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

// All that the child needs, computed before the fork: between fork and exec
// only async-signal-safe calls are allowed, because the caller may have
// threads.
struct Prepared {
  std::vector<char*> argv;
  std::vector<char*> environment;
  std::vector<std::string> storage;
  PreparedSandbox sandbox;
};

Result<Prepared> prepare(const Command& command) {
  HONE_CHECK(!command.argv.empty());
  Prepared prepared;
  if (command.sandbox) {
    HONE_ASSIGN_OR_RETURN(prepared.sandbox, prepare_sandbox(*command.sandbox));
  }
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view ours = *variable;
    const std::string_view name = ours.substr(0, ours.find('=') + 1);
    bool replaced = false;
    for (const std::string& added : command.environment)
      replaced |= added.starts_with(name);
    if (!replaced) prepared.environment.push_back(*variable);
  }
  prepared.storage = command.argv;
  for (const std::string& added : command.environment)
    prepared.environment.push_back(const_cast<char*>(added.c_str()));
  prepared.environment.push_back(nullptr);
  for (std::string& word : prepared.storage)
    prepared.argv.push_back(word.data());
  prepared.argv.push_back(nullptr);
  return prepared;
}

[[noreturn]] void become(const Command& command, Prepared& prepared, int in,
                         int out, int err) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGINT, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  if (command.fixed_addresses) ::personality(ADDR_NO_RANDOMIZE);
  set_limit(RLIMIT_CPU, command.limits.cpu_seconds);
  set_limit(RLIMIT_CORE, 0);
  if (command.limits.memory_bytes != 0)
    set_limit(RLIMIT_AS, static_cast<double>(command.limits.memory_bytes));
  if (!command.directory.empty() && ::chdir(command.directory.c_str()) != 0)
    ::_exit(kCannotSetUp);
  if (command.sandbox && !enter_sandbox(prepared.sandbox))
    ::_exit(kCannotSetUp);
  ::execvpe(prepared.argv[0], prepared.argv.data(),
            prepared.environment.data());
  ::_exit(kCannotExec);
}

// `lasting` children outlive the call, and perhaps the thread that makes it.
Result<pid_t> start(const Command& command, int in, int out, int err,
                    bool lasting = false) {
  HONE_ASSIGN_OR_RETURN(Prepared prepared, prepare(command));
  pid_t pid = -1;
  int why = 0;
  const auto fork_here = [&] {
    // Without the handlers that libraries of the caller have put around
    // fork(): gRPC's end the child where other threads are in a call.
    pid = ::_Fork();
    if (pid == 0) become(command, prepared, in, out, err);
    why = errno;
  };
  if (lasting)
    run_on_lasting_thread(fork_here);
  else
    fork_here();
  release_sandbox(prepared.sandbox);
  if (pid < 0)
    return Error(ErrorKind::Io,
                 fmt::format("cannot start '{}': {}", command.argv[0],
                             std::strerror(why)));
  ::setpgid(pid, pid);
  return pid;
}

// A program that does not read its input must not kill us by SIGPIPE. A caller
// that has a handler of its own keeps it.
void ignore_broken_pipes() {
  static const bool done = [] {
    struct sigaction now = {};
    ::sigaction(SIGPIPE, nullptr, &now);
    if (now.sa_handler == SIG_DFL) ::signal(SIGPIPE, SIG_IGN);
    return true;
  }();
  (void)done;
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_usec) * 1e-6;
}

// Appends what can be read now; closes at the end of the stream.
void drain(Descriptor& from, std::string& text) {
  char buffer[1 << 16];
  const ssize_t got = ::read(from.get(), buffer, sizeof buffer);
  if (got > 0)
    text.append(buffer, static_cast<size_t>(got));
  else if (got == 0 || (errno != EINTR && errno != EAGAIN))
    from.close();
}

void feed(Descriptor& to, std::string_view& input) {
  const ssize_t put = ::write(to.get(), input.data(), input.size());
  if (put > 0) input.remove_prefix(static_cast<size_t>(put));
  if (input.empty() || (put < 0 && errno != EINTR && errno != EAGAIN))
    to.close();
}

// Talks to the process until both of its streams are closed, or until a limit
// or a stop ends it; then says which.
std::optional<Ending> converse(const Command& command, pid_t pid,
                               Descriptor& in, Descriptor& out, Descriptor& err,
                               ProcessResult& result) {
  const Clock::time_point begin = Clock::now();
  std::string_view input = command.input;
  if (input.empty()) in.close();
  const auto is_gone = [pid] {
    siginfo_t gone = {};
    return ::waitid(P_PID, static_cast<id_t>(pid), &gone,
                    WEXITED | WNOHANG | WNOWAIT) != 0 ||
           gone.si_pid == pid;
  };
  while (out.is_open() || err.is_open()) {
    // Before the streams are looked at: what it wrote last is there by then.
    const bool gone = is_gone();
    pollfd polled[3] = {
        {out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}, {in.get(), POLLOUT, 0}};
    double wait = command.limits.wall_seconds - seconds_since(begin);
    if (wait <= 0) return Ending::WallLimit;
    // Half-closed streams of a grandchild must not hold us for ever, and a
    // stop request should be seen soon.
    wait = std::min(wait, 0.1);
    ::poll(polled, 3, gone ? 0 : static_cast<int>(wait * 1000) + 1);
    if (command.stop.stop_requested()) return Ending::Stopped;
    if (polled[0].revents != 0) drain(out, result.out);
    if (polled[1].revents != 0) drain(err, result.err);
    if (polled[2].revents != 0) feed(in, input);
    if (result.out.size() > command.limits.output_bytes ||
        result.err.size() > command.limits.output_bytes)
      return Ending::OutputLimit;
    // A grandchild that holds the streams is not waited for.
    if (gone && polled[0].revents == 0 && polled[1].revents == 0)
      return std::nullopt;
  }
  // Streams closed but still running: only limits can end it now.
  while (true) {
    if (is_gone()) return std::nullopt;
    if (seconds_since(begin) > command.limits.wall_seconds)
      return Ending::WallLimit;
    if (command.stop.stop_requested()) return Ending::Stopped;
    ::usleep(500);
  }
}

void record_end(int status, ProcessResult& result) {
  if (WIFEXITED(status)) {
    result.ending = Ending::Exited;
    result.exit_code = WEXITSTATUS(status);
    return;
  }
  result.signal = WTERMSIG(status);
  result.ending =
      result.signal == SIGXCPU ? Ending::CpuLimit : Ending::Signalled;
}

}  // namespace

std::string_view ending_name(Ending ending) {
  switch (ending) {
    case Ending::Exited:
      return "exited";
    case Ending::Signalled:
      return "signalled";
    case Ending::CpuLimit:
      return "cpu limit";
    case Ending::WallLimit:
      return "time limit";
    case Ending::OutputLimit:
      return "output limit";
    case Ending::Stopped:
      return "stopped";
  }
  return "";
}

std::string ProcessResult::describe() const {
  if (ending == Ending::Exited) return fmt::format("exit code {}", exit_code);
  if (ending == Ending::Signalled)
    return fmt::format("signal {} ({})", signal, ::strsignal(signal));
  return std::string(ending_name(ending));
}

Result<ProcessResult> run(const Command& command) {
  HONE_ASSIGN_OR_RETURN(Pipe in, make_pipe());
  HONE_ASSIGN_OR_RETURN(Pipe out, make_pipe());
  HONE_ASSIGN_OR_RETURN(Pipe err, make_pipe());
  const Clock::time_point begin = Clock::now();
  HONE_ASSIGN_OR_RETURN(
      const pid_t pid,
      start(command, in.read.get(), out.write.get(), err.write.get()));
  in.read.close();
  out.write.close();
  err.write.close();
  ::fcntl(in.write.get(), F_SETFL, O_NONBLOCK);
  ignore_broken_pipes();
  ProcessResult result;
  const std::optional<Ending> forced =
      converse(command, pid, in.write, out.read, err.read, result);
  ::kill(-pid, SIGKILL);
  int status = 0;
  rusage usage = {};
  while (::wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  record_end(status, result);
  if (forced) result.ending = *forced;
  result.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  result.peak_memory = static_cast<uint64_t>(usage.ru_maxrss) * 1024;
  // The kernel kills by SIGKILL a second after an ignored SIGXCPU.
  if (result.ending == Ending::Signalled && result.signal == SIGKILL &&
      result.cpu_seconds >= command.limits.cpu_seconds)
    result.ending = Ending::CpuLimit;
  result.wall_seconds = seconds_since(begin);
  if (result.ending == Ending::Exited && result.exit_code == kCannotExec &&
      result.out.empty() && result.err.empty())
    return Error(ErrorKind::NotFound,
                 fmt::format("cannot run '{}': not found or not executable",
                             command.argv[0]));
  if (result.ending == Ending::Exited && result.exit_code == kCannotSetUp &&
      result.out.empty() && result.err.empty())
    return Error(ErrorKind::Unsupported,
                 fmt::format("cannot set up '{}': its folder '{}' or its "
                             "sandbox was refused",
                             command.argv[0], command.directory.string()));
  return result;
}

Result<ProcessResult> run_checked(const Command& command) {
  HONE_ASSIGN_OR_RETURN(ProcessResult result, run(command));
  if (result.ok()) return result;
  if (result.ending == Ending::Stopped)
    return Error(ErrorKind::Interrupted, "interrupted");
  std::string said = result.err.substr(0, 4000);
  if (said.empty()) said = "(it printed nothing)";
  const ErrorKind kind = result.ending == Ending::Exited ? ErrorKind::ToolFailed
                         : result.ending == Ending::Signalled
                             ? ErrorKind::Crashed
                             : ErrorKind::LimitReached;
  return Error(kind, fmt::format("{} ended with {}:\n{}", command.argv[0],
                                 result.describe(), trim(said)));
}

Result<Child> Child::spawn(const Command& command) {
  HONE_ASSIGN_OR_RETURN(Pipe in, make_pipe());
  HONE_ASSIGN_OR_RETURN(Pipe out, make_pipe());
  HONE_ASSIGN_OR_RETURN(Descriptor said, make_said());
  HONE_ASSIGN_OR_RETURN(
      const pid_t pid,
      start(command, in.read.get(), out.write.get(), said.get(), true));
  return Child(pid, std::move(in.write), std::move(out.read), std::move(said));
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      to_(std::move(other.to_)),
      from_(std::move(other.from_)),
      said_(std::move(other.said_)),
      is_asked_(other.is_asked_) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  to_ = std::move(other.to_);
  from_ = std::move(other.from_);
  said_ = std::move(other.said_);
  std::swap(is_asked_, other.is_asked_);
  return *this;
}

Child::~Child() {
  kill();
  (void)describe_end();
}

void Child::kill() {
  if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

std::string Child::describe_end() {
  if (pid_ <= 0) return "gone";
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  ::kill(-pid_, SIGKILL);  // what it left running
  pid_ = -1;
  ProcessResult result;
  record_end(status, result);
  return result.describe() + complaint();
}

std::string Child::complaint() const {
  std::string said(kKeptWords, '\0');
  const off_t written = ::lseek(said_.get(), 0, SEEK_CUR);
  const ssize_t got =
      ::pread(said_.get(), said.data(),
              static_cast<size_t>(std::max<off_t>(written, 0)), 0);
  said.resize(static_cast<size_t>(std::max<ssize_t>(got, 0)));
  const std::string line = complaint_in(said);
  return line.empty() ? line : ": " + line;
}

Status Child::send(std::string_view frame) {
  ignore_broken_pipes();
  // What it said before is of no interest, but for what it said as it started:
  // it may have died of that.
  if (std::exchange(is_asked_, true)) ::lseek(said_.get(), 0, SEEK_SET);
  return write_frame(to_.get(), frame);
}

Result<std::string> Child::receive(double seconds, std::stop_token stop) {
  const Clock::time_point begin = Clock::now();
  while (true) {
    pollfd polled = {from_.get(), POLLIN, 0};
    if (::poll(&polled, 1, 50) > 0) {
      Result<std::string> frame = read_frame(from_.get());
      if (frame.ok()) return frame;
      return Error(frame.error().kind, frame.error().message + complaint());
    }
    if (stop.stop_requested())
      return Error(ErrorKind::Interrupted, "interrupted");
    if (seconds_since(begin) > seconds)
      return Error(ErrorKind::LimitReached,
                   fmt::format("no answer within {:.1f} s", seconds));
  }
}

bool Child::is_answered(std::chrono::microseconds within) const {
  pollfd polled = {from_.get(), POLLIN, 0};
  look_awake(Clock::now(), [&] { return ::poll(&polled, 1, 0) != 0; }, within);
  return polled.revents == POLLIN;
}

Status write_frame(int fd, std::string_view frame) {
  const auto size = static_cast<uint32_t>(frame.size());
  std::string bytes(reinterpret_cast<const char*>(&size), sizeof size);
  bytes += frame;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t put = ::write(fd, rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0)
      return Error(ErrorKind::Crashed, "the other side of a pipe is gone");
    rest.remove_prefix(static_cast<size_t>(put));
  }
  return {};
}

Result<std::string> read_frame(int fd) {
  const auto read_exactly = [fd](char* to, size_t size) {
    while (size > 0) {
      const ssize_t got = ::read(fd, to, size);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      to += got;
      size -= static_cast<size_t>(got);
    }
    return true;
  };
  uint32_t size = 0;
  std::string frame;
  bool complete = read_exactly(reinterpret_cast<char*>(&size), sizeof size);
  if (complete) {
    frame.resize(size);
    complete = read_exactly(frame.data(), size);
  }
  if (!complete)
    return Error(ErrorKind::Crashed, "the other side of a pipe is gone");
  return frame;
}

void look_for_input(int fd) {
  look_awake(Clock::now(), [&] {
    pollfd polled = {fd, POLLIN, 0};
    return ::poll(&polled, 1, 0) != 0;
  });
}

}  // namespace hone
