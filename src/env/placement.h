// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which processor each busy worker of a batch works on.
//
// The kernel gives a waiting process to an idle processor when its clock ticks,
// every few milliseconds; most steps take a fraction of one. So a batch deals
// its workers out itself, and when a processor has none left, gives it one that
// waits for another (work stealing; Blumofe and Leiserson, JACM 1999). A
// processor that others use too answers later and so is given less. Nor may a
// worker keep the batch itself from running, which has more to give to others:
// workers that are dealt out are SCHED_BATCH, with the longest slice of time.
//
// Only where more workers are busy than there are processors: with fewer, the
// kernel finds an idle one at once, and workers of other batches too.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <vector>

namespace hone::env {

class Placement {
 public:
  // Asks which processors the calling thread may use; how many.
  size_t look();

  // Before `more` workers begin.
  void expect(size_t more);

  // Before a worker is given something to do, and when it has answered. It is
  // known by `index`, a small number; a `worker` of -1 has no process.
  void begin(size_t index, pid_t worker);
  void end(size_t index);

  // After some have answered: nobody waits while a processor is free.
  void balance();

 private:
  // Where a worker works, or has worked: its memory may still be in the caches.
  struct Home {
    pid_t worker = -1;
    size_t processor = 0;     // of processors_
    bool is_bound = false;    // to that processor
    bool is_held = false;     // has to be let go again
    bool has_policy = false;  // that of such a worker
  };

  size_t least_loaded() const;
  void bind(Home& home) const;
  void let_go(Home& home) const;

  bool is_dealing_ = false;
  std::vector<int> processors_ = {0};
  std::vector<size_t> load_ = {0};  // of each of them
  size_t fair_ = 1;                 // as many on each are no reason to move
  std::vector<size_t> busy_;        // in the order of their beginning
  std::vector<Home> homes_;
};

}  // namespace hone::env
