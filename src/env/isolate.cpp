// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/isolate.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <new>

#include "base/subprocess.h"
#include "base/text.h"

namespace hone::env {

namespace {

// First byte of the child's frame.
constexpr char kAnswered = 'a';
constexpr char kRefused = 'r';    // Invalid
constexpr char kMalformed = 'm';  // the verifier's word

constexpr size_t kKeptStderr = 4096;

// How the child exits when `new` finds no memory; an exception would look for
// handlers that nothing here has.
constexpr int kNoMemory = 96;

// A hang that sleeps uses no CPU time, so a wall clock backs the limit up.
constexpr double kWallPerCpu = 10;

void limit(__rlimit_resource resource, double value) {
  rlimit limits;
  limits.rlim_cur = static_cast<rlim_t>(std::ceil(value));
  limits.rlim_max = limits.rlim_cur;
  ::setrlimit(resource, &limits);
}

[[noreturn]] void do_work(const IsolationLimits& limits, int answers,
                          int errors,
                          const std::function<Result<std::string>()>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Passes print where they please; nothing may reach the worker's pipes.
  const int nowhere = ::open("/dev/null", O_RDWR);
  ::dup2(nowhere, 0);
  ::dup2(nowhere, 1);
  ::dup2(errors, 2);
  limit(RLIMIT_CPU, limits.cpu_seconds);
  limit(RLIMIT_AS, static_cast<double>(limits.memory_bytes));
  limit(RLIMIT_CORE, 0);
  std::set_new_handler([] { ::_exit(kNoMemory); });
  const Result<std::string> result = work();
  std::string frame;
  if (result.ok())
    frame = kAnswered + *result;
  else if (result.error().kind == ErrorKind::Malformed)
    frame = kMalformed + result.error().message;
  else
    frame = kRefused + result.error().message;
  (void)write_frame(answers, frame);
  // No destructors: LLVM's are slow and the memory is the kernel's anyway.
  ::_exit(0);
}

// Reads both pipes until the child is done or its wall clock has run out.
bool collect(int answers, int errors, double wall_seconds, std::string& answer,
             std::string& said) {
  const auto begin = std::chrono::steady_clock::now();
  bool open[2] = {true, true};
  while (open[0] || open[1]) {
    pollfd polled[2] = {{open[0] ? answers : -1, POLLIN, 0},
                        {open[1] ? errors : -1, POLLIN, 0}};
    ::poll(polled, 2, 200);
    const std::chrono::duration<double> passed =
        std::chrono::steady_clock::now() - begin;
    if (passed.count() > wall_seconds) return false;
    for (int i = 0; i < 2; ++i) {
      if (polled[i].revents == 0) continue;
      char buffer[1 << 16];
      const ssize_t got = ::read(polled[i].fd, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0)
        open[i] = false;
      else if (i == 0)
        answer.append(buffer, static_cast<size_t>(got));
      else if (said.size() < kKeptStderr)
        said.append(buffer, static_cast<size_t>(got));
    }
  }
  return true;
}

Isolated judge(int status, bool in_time, double cpu_seconds,
               const IsolationLimits& limits, const std::string& answer,
               const std::string& said) {
  Isolated result;
  result.cpu_seconds = cpu_seconds;
  if (!in_time) {
    result.outcome = Outcome::Killed;
    result.failure = "killed(time)";
    return result;
  }
  // LLVM aborts after these words where malloc finds none.
  const bool memory =
      (WIFEXITED(status) && WEXITSTATUS(status) == kNoMemory) ||
      (WIFSIGNALED(status) && said.find("out of memory") != std::string::npos);
  if (memory) {
    result.outcome = Outcome::Killed;
    result.failure = "killed(memory)";
    return result;
  }
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    const bool killed = signal == SIGXCPU || signal == SIGKILL;
    // The kernel counts in ticks, so the limit is met a little early or late.
    const bool by_limit = cpu_seconds > 0.9 * limits.cpu_seconds;
    result.outcome = killed ? Outcome::Killed : Outcome::Crashed;
    if (!killed)
      result.failure = fmt::format("signal {} ({}) {}", signal,
                                   ::strsignal(signal), complaint_in(said));
    else if (by_limit)
      result.failure = fmt::format("killed(cpu {} s)", limits.cpu_seconds);
    else
      result.failure = "killed(from outside)";
    return result;
  }
  // A frame is a 4-byte length and then its bytes.
  const bool framed = answer.size() > sizeof(uint32_t);
  if (!framed) {
    result.outcome = Outcome::Crashed;
    result.failure = fmt::format("exit code {}: {}", WEXITSTATUS(status),
                                 complaint_in(said));
    return result;
  }
  const char kind = answer[sizeof(uint32_t)];
  result.answer = answer.substr(sizeof(uint32_t) + 1);
  if (kind == kAnswered) return result;
  result.outcome = kind == kMalformed ? Outcome::Malformed : Outcome::Invalid;
  result.failure = complaint_in(result.answer);
  result.answer.clear();
  return result;
}

}  // namespace

Isolated run_isolated(const IsolationLimits& limits,
                      const std::function<Result<std::string>()>& work) {
  int answers[2];
  int errors[2];
  if (::pipe2(answers, O_CLOEXEC) != 0)
    return {.outcome = Outcome::Killed, .failure = "killed(no pipes left)"};
  if (::pipe2(errors, O_CLOEXEC) != 0) {
    ::close(answers[0]);
    ::close(answers[1]);
    return {.outcome = Outcome::Killed, .failure = "killed(no pipes left)"};
  }
  const pid_t pid = ::fork();
  if (pid == 0) do_work(limits, answers[1], errors[1], work);
  ::close(answers[1]);
  ::close(errors[1]);
  std::string answer;
  std::string said;
  bool in_time = false;
  int status = 0;
  rusage usage = {};
  if (pid > 0) {
    in_time = collect(answers[0], errors[0], limits.cpu_seconds * kWallPerCpu,
                      answer, said);
    if (!in_time) ::kill(pid, SIGKILL);
    while (::wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
    }
  }
  ::close(answers[0]);
  ::close(errors[0]);
  if (pid < 0)
    return {.outcome = Outcome::Killed, .failure = "killed(no process)"};
  const double cpu_seconds =
      static_cast<double>(usage.ru_utime.tv_sec) +
      static_cast<double>(usage.ru_utime.tv_usec) * 1e-6 +
      static_cast<double>(usage.ru_stime.tv_sec) +
      static_cast<double>(usage.ru_stime.tv_usec) * 1e-6;
  return judge(status, in_time, cpu_seconds, limits, answer, said);
}

}  // namespace hone::env
