// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The worker executable. Users do not call it.
#include <unistd.h>

#include "env/worker.h"

int main() { return hone::env::serve_worker(STDIN_FILENO, STDOUT_FILENO); }
