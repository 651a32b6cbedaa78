// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/lasting_thread.h"

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace hone {

namespace {

struct Task {
  const std::function<void()>* run = nullptr;
  bool done = false;
};

struct Lasting {
  const pid_t owner = ::getpid();
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Task*> waiting;

  void serve() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [this] { return !waiting.empty(); });
      Task* const task = waiting.front();
      waiting.pop_front();
      lock.unlock();
      (*task->run)();
      lock.lock();
      task->done = true;
      changed.notify_all();
    }
  }
};

// Never destroyed: the thread may be in the middle of anything when the process
// ends. A fork leaves the parent's behind, with locks that nobody will open.
Lasting& lasting() {
  static std::atomic<Lasting*> current = nullptr;
  Lasting* now = current.load();
  while (now == nullptr || now->owner != ::getpid()) {
    auto* const made = new Lasting();
    if (!current.compare_exchange_strong(now, made)) {
      delete made;
      continue;
    }
    std::thread([made] { made->serve(); }).detach();
    return *made;
  }
  return *now;
}

}  // namespace

void run_on_lasting_thread(const std::function<void()>& task) {
  Lasting& thread = lasting();
  Task mine{.run = &task};
  std::unique_lock lock(thread.mutex);
  thread.waiting.push_back(&mine);
  thread.changed.notify_all();
  thread.changed.wait(lock, [&mine] { return mine.done; });
}

}  // namespace hone
