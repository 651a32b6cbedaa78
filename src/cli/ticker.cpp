// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/ticker.h"

#include <condition_variable>
#include <mutex>

namespace hone::cli {

Ticker::Ticker(std::function<void()> tick)
    : thread_([tick = std::move(tick)](const std::stop_token& done) {
        std::mutex mutex;
        std::condition_variable_any wait;
        std::unique_lock lock(mutex);
        while (!wait.wait_for(lock, done, std::chrono::milliseconds(200),
                              [&] { return done.stop_requested(); }))
          tick();
      }) {}

}  // namespace hone::cli
