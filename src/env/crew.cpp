// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/crew.h"

namespace hone::env {

Crew::Crew(size_t size) {
  for (size_t index = 0; index < size; ++index)
    threads_.emplace_back([this, index] { serve(index); });
}

Crew::~Crew() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Crew::run(const std::function<void(size_t)>& work) {
  std::unique_lock lock(mutex_);
  work_ = &work;
  busy_ = threads_.size();
  ++round_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return busy_ == 0; });
}

void Crew::serve(size_t index) {
  uint64_t served = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return closing_ || round_ != served; });
    if (closing_) return;
    served = round_;
    const auto& work = *work_;
    lock.unlock();
    work(index);
    lock.lock();
    if (--busy_ == 0) changed_.notify_all();
  }
}

}  // namespace hone::env
