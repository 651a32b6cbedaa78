// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An environment, or a batch of them, behind Python's handle.
//
// Python may call it from any thread, close it while another thread waits for
// it, and fork the process around it. Two things follow:
//
//   Whether it is still there is looked at under the lock, and so is all that
//   is read of it: close() frees it there.
//
//   A process that fork() made can do nothing with it (base/home_process.h).
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/home_process.h"
#include "python/errors.h"

namespace hone::python {

// Runs the work without the GIL, which the caller has.
void run_without_gil(const std::function<void()>& work);

template <typename Held>
class Guarded {
 public:
  // `what` it is, for messages, as a literal. Objects that use one worker
  // between them have one mutex.
  Guarded(std::string_view what, std::unique_ptr<Held> held,
          std::shared_ptr<std::mutex> mutex = std::make_shared<std::mutex>())
      : what_(what), held_(std::move(held)), mutex_(std::move(mutex)) {}
  Guarded(Guarded&&) = default;
  ~Guarded() {
    if (held_ && !home_.is_here())
      (void)held_.release();
    else if (held_)
      close();
  }

  const std::shared_ptr<std::mutex>& mutex() const { return mutex_; }

  // What `call` makes of it, alone with it and without the GIL.
  template <typename Call>
  auto run(const Call& call) {
    if (!home_.is_here())
      raise(Error(ErrorKind::Conflict,
                  "this " + std::string(what_) +
                      " was made in another process; make one here"));
    std::optional<std::invoke_result_t<Call, Held&>> answer;
    run_without_gil([&] {
      const std::lock_guard lock(*mutex_);
      if (held_) answer.emplace(call(*held_));
    });
    if (!answer)
      raise(
          Error(ErrorKind::InvalidArgument,
                "the " + std::string(what_) + " is closed; make another one"));
    return *std::move(answer);
  }

  // Waits for the call that is under way; those that wait too find it closed.
  void close() {
    if (!home_.is_here()) return;
    run_without_gil([this] {
      const std::lock_guard lock(*mutex_);
      held_.reset();
    });
  }

 private:
  std::string_view what_;
  std::unique_ptr<Held> held_;
  std::shared_ptr<std::mutex> mutex_;
  HomeProcess home_;
};

}  // namespace hone::python
