// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Long calls that Ctrl-C can stop.
#pragma once

#include <functional>
#include <stop_token>

namespace hone::python {

// Runs `work` on a thread of its own, without the GIL, and waits for it with
// the caller's. The first KeyboardInterrupt requests a stop, and the call
// returns what the work then made of it; the second one, or any other exception
// of a signal handler, is passed on, and the work is left to end by itself: it
// must own all that it uses.
//
// To be called with the GIL, and from the main thread if Ctrl-C is to matter.
void run_interruptible(std::function<void(std::stop_token)> work);

}  // namespace hone::python
