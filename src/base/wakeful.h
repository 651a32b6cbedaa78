// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Waiting without sleeping, for a moment.
//
// Two processes that answer each other wake each other with every message, and
// to wake a core that sleeps takes 15 us on one machine and 42 on another: more
// than a quick step. So whoever expects a message soon looks for it first. It
// yields between looks: whoever else wants its core has it. Where more look
// than there are cores, they keep each other from working.
#pragma once

#include <chrono>
#include <thread>

namespace hone {

inline constexpr std::chrono::microseconds kWakeful(100);

// Calls `look` until it returns true or `limit` has passed since `begin`, once
// at least; what it returned last.
template <typename Look>
bool look_awake(std::chrono::steady_clock::time_point begin, const Look& look,
                std::chrono::microseconds limit = kWakeful) {
  while (!look()) {
    if (std::chrono::steady_clock::now() - begin >= limit) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace hone
