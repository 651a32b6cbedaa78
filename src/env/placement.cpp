// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/placement.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <ranges>
#include <span>

namespace hone::env {

namespace {

// Nanoseconds; since Linux 6.12, a task with a shorter one need not wait.
constexpr uint64_t kLongestSlice = 100'000'000;
constexpr uint64_t kUsualSlice = 0;  // the kernel's

// At least one, also where there are too many for a cpu_set_t.
std::vector<int> usable_processors() {
  std::vector<int> usable;
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    for (int i = 0; i < CPU_SETSIZE; ++i)
      if (CPU_ISSET(i, &set)) usable.push_back(i);
  if (usable.empty()) usable.push_back(0);
  return usable;
}

// A worker for which this is refused works all the same, as the kernel likes.
void allow(pid_t worker, std::span<const int> processors) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int processor : processors) CPU_SET(processor, &set);
  ::sched_setaffinity(worker, sizeof set, &set);
}

// The same.
void set_policy(pid_t worker, uint32_t policy, uint64_t slice) {
  struct {  // sched_attr, which glibc has since 2.41
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime;
    uint64_t deadline;
    uint64_t period;
  } attributes = {};
  attributes.size = sizeof attributes;
  attributes.policy = policy;
  attributes.nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(worker));
  attributes.runtime = slice;
  ::syscall(SYS_sched_setattr, worker, &attributes, 0);
}

}  // namespace

size_t Placement::look() {
  std::vector<int> usable = usable_processors();
  if (usable == processors_) return processors_.size();
  processors_ = std::move(usable);
  load_.assign(processors_.size(), 0);
  for (Home& home : homes_) {
    home.processor %= processors_.size();
    let_go(home);
  }
  for (const size_t index : busy_) ++load_[homes_[index].processor];
  is_dealing_ = false;
  return processors_.size();
}

void Placement::expect(size_t more) {
  const size_t count = processors_.size();
  const size_t total = busy_.size() + more;
  fair_ = (total + count - 1) / count;
  const bool deals = count > 1 && total > count;
  if (deals == is_dealing_) return;
  is_dealing_ = deals;
  if (deals)
    for (const size_t index : busy_) bind(homes_[index]);
  else
    for (Home& home : homes_) let_go(home);
}

void Placement::begin(size_t index, pid_t worker) {
  if (index >= homes_.size()) homes_.resize(index + 1);
  Home& home = homes_[index];
  if (home.worker != worker)
    home = {.worker = worker, .processor = least_loaded()};
  if (load_[home.processor] >= fair_) {
    home.processor = least_loaded();
    home.is_bound = false;
  }
  ++load_[home.processor];
  busy_.push_back(index);
  if (is_dealing_) bind(home);
}

void Placement::end(size_t index) {
  if (std::erase(busy_, index) != 0) --load_[homes_[index].processor];
}

void Placement::balance() {
  if (!is_dealing_) return;
  while (true) {
    const size_t least = least_loaded();
    const size_t most =
        static_cast<size_t>(std::ranges::max_element(load_) - load_.begin());
    if (load_[most] < load_[least] + 2) return;
    // The one that began last is the least likely to be at work already.
    for (const size_t index : busy_ | std::views::reverse) {
      Home& home = homes_[index];
      if (home.processor != most) continue;
      --load_[most];
      ++load_[least];
      home.processor = least;
      home.is_bound = false;
      bind(home);
      break;
    }
  }
}

size_t Placement::least_loaded() const {
  return static_cast<size_t>(std::ranges::min_element(load_) - load_.begin());
}

void Placement::bind(Home& home) const {
  if (home.is_bound || home.worker < 0) return;
  // Whoever started it under another policy has had a reason.
  if (!home.is_held && ::sched_getscheduler(home.worker) == SCHED_OTHER) {
    set_policy(home.worker, SCHED_BATCH, kLongestSlice);
    home.has_policy = true;
  }
  allow(home.worker, std::span(&processors_[home.processor], 1));
  home.is_bound = home.is_held = true;
}

void Placement::let_go(Home& home) const {
  if (!home.is_held) return;
  if (home.has_policy) set_policy(home.worker, SCHED_OTHER, kUsualSlice);
  allow(home.worker, processors_);
  home.is_bound = home.is_held = home.has_policy = false;
}

}  // namespace hone::env
