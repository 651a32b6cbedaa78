// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A thread that lasts as long as the process.
//
// A child that asks for a signal on its parent's death (PR_SET_PDEATHSIG) gets
// it when the *thread* that forked it ends. Threads of a server's pool, or of a
// Python program, end long before the process does, and would take the children
// that they started with them. Children that outlive a call are therefore
// forked here.
#pragma once

#include <functional>

namespace hone {

// Runs `task` there and waits for it. After a fork the new process has a thread
// of its own.
void run_on_lasting_thread(const std::function<void()>& task);

}  // namespace hone
