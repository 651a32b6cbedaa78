// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ctrl-C: the first one asks for a stop, the second one ends the process.
#pragma once

#include <stop_token>

namespace hone::cli {

// From now on the first SIGINT or SIGTERM requests a stop, after which the
// command checks and writes what it has; the second one ends the process with
// exit code 130 at once. To be called once.
std::stop_token stop_on_interrupt();

// From now on SIGINT or SIGTERM ends the process with exit code 130, and leaves
// no half-written files: for commands that have nothing to hand over before
// they are done. To be called once, in place of the other.
void end_on_interrupt();

// For a shell, which outlives a Ctrl-C. From now on SIGINT is only taken note
// of; a second one before forget_interrupts() ends the process with exit code
// 130. To be called once, in place of the others.
void note_interrupts();
bool is_interrupted();
void forget_interrupts();
// What poll() finds readable while is_interrupted().
int interrupt_descriptor();

}  // namespace hone::cli
