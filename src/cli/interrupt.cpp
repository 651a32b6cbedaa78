// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A signal handler may do next to nothing, and requesting a stop runs callbacks
// and takes locks. So the handler writes a byte into a pipe, and a thread that
// waits at the other end requests the stop.
#include "cli/interrupt.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <thread>

#include "base/unfinished_files.h"

namespace hone::cli {

namespace {

constexpr int kEndedByInterrupt = 130;

// All that a handler can reach.
volatile sig_atomic_t wake_pipe = -1;
volatile sig_atomic_t interrupts = 0;

// The other end of wake_pipe, where no thread waits at it.
int noted_at = -1;

void on_interrupt(int) {
  interrupts = interrupts + 1;
  if (interrupts > 1) ::_exit(kEndedByInterrupt);
  const int before = errno;
  const char byte = 0;
  [[maybe_unused]] const ssize_t written = ::write(wake_pipe, &byte, 1);
  errno = before;
}

void handle(int number) {
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  ::sigaction(number, &action, nullptr);
}

// Calls `react` on a thread of its own when the first signal comes.
void react_to_interrupt(std::function<void()> react) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return;
  wake_pipe = ends[1];
  std::thread([react = std::move(react), from = ends[0]] {
    char byte;
    if (::read(from, &byte, 1) == 1) react();
  }).detach();
  handle(SIGINT);
  handle(SIGTERM);
}

}  // namespace

std::stop_token stop_on_interrupt() {
  std::stop_source source;
  react_to_interrupt([source]() mutable { source.request_stop(); });
  return source.get_token();
}

void end_on_interrupt() {
  react_to_interrupt([] {
    remove_unfinished();
    ::_exit(kEndedByInterrupt);
  });
}

void note_interrupts() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
  noted_at = ends[0];
  wake_pipe = ends[1];
  handle(SIGINT);
}

bool is_interrupted() { return interrupts > 0; }

void forget_interrupts() {
  char byte;
  while (::read(noted_at, &byte, 1) == 1) {
  }
  interrupts = 0;
}

int interrupt_descriptor() { return noted_at; }

}  // namespace hone::cli
