// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The threads of a session, one for each worker process.
//
// They live as long as the session, because the kernel ends a worker together
// with the thread that started it (PR_SET_PDEATHSIG), and with a worker goes
// what it remembers. Threads of one evaluation, or of the caller, would not do.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace hone::env {

class Crew {
 public:
  explicit Crew(size_t size);
  ~Crew();

  // Calls work(0) to work(size - 1), each on its own thread; returns when all
  // have. One call at a time.
  void run(const std::function<void(size_t)>& work);

 private:
  void serve(size_t index);

  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void(size_t)>* work_ = nullptr;
  uint64_t round_ = 0;
  size_t busy_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hone::env
