// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The worker executable. Users do not call it.
//
//   hone-worker                                  evaluations (env/worker.h)
//   hone-worker live CPU-SECONDS MEMORY [awake]  environments
//                                                (env/live_worker.h)
//   hone-worker code                             one object
//                                                (env/separate_code.h)
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "env/live_worker.h"
#include "env/separate_code.h"
#include "env/worker.h"

int main(int argc, char** argv) {
  // Ctrl-C reaches every process of the terminal. The one that started this
  // worker decides what is still to be done; this one ends with it.
  ::signal(SIGINT, SIG_IGN);
  const std::string_view what = argc < 2 ? "" : argv[1];
  if (what != "live" && what != "code")
    return hone::env::serve_worker(STDIN_FILENO, STDOUT_FILENO);
  // Passes print where they please; nothing may reach the frames. What they
  // say on stderr is kept by the one who asks (Child).
  const int output = ::dup(STDOUT_FILENO);
  const int nowhere = ::open("/dev/null", O_RDWR);
  ::dup2(nowhere, STDOUT_FILENO);
  if (what == "code") return hone::env::serve_code(STDIN_FILENO, output);
  hone::env::LiveLimits limits;
  if (argc > 2) limits.cpu_seconds = std::strtod(argv[2], nullptr);
  if (argc > 3) limits.memory_bytes = std::strtoull(argv[3], nullptr, 10);
  const bool stays_awake = argc > 4 && std::string_view(argv[4]) == "awake";
  return hone::env::serve_live(STDIN_FILENO, output, limits, stays_awake);
}
