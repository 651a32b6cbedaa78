// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/placement.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <map>
#include <set>

#include "base/subprocess.h"
#include "program/test_tools.h"

namespace hone::env {

namespace {

using program::must;

// The processors that a process may use; 0 is this thread.
std::set<int> processors_of(pid_t process) {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(::sched_getaffinity(process, sizeof set, &set), 0);
  std::set<int> processors;
  for (int i = 0; i < CPU_SETSIZE; ++i)
    if (CPU_ISSET(i, &set)) processors.insert(i);
  return processors;
}

class PlacementTest : public testing::Test {
 protected:
  void SetUp() override {
    if (all_.size() < 2) GTEST_SKIP() << "two processors are needed";
    for (size_t i = 0; i < 2 * all_.size(); ++i)
      workers_.push_back(must(Child::spawn({.argv = {"cat"}})));
    EXPECT_EQ(placement_.look(), all_.size());
  }

  void begin_all() {
    placement_.expect(workers_.size());
    for (size_t i = 0; i < workers_.size(); ++i)
      placement_.begin(i, workers_[i].pid());
  }

  // How many workers are bound to each processor.
  std::map<int, size_t> loads() const {
    std::map<int, size_t> loads;
    for (const Child& worker : workers_)
      for (const int processor : processors_of(worker.pid()))
        ++loads[processor];
    return loads;
  }

  const std::set<int> all_ = processors_of(0);
  std::vector<Child> workers_;
  Placement placement_;
};

}  // namespace

TEST_F(PlacementTest, DealsWorkersOutEvenly) {
  begin_all();
  for (const auto& [processor, load] : loads()) EXPECT_EQ(load, 2u);
  for (const Child& worker : workers_)
    EXPECT_EQ(::sched_getscheduler(worker.pid()), SCHED_BATCH);
}

TEST_F(PlacementTest, AFreeProcessorIsGivenAWorkerThatWaits) {
  begin_all();
  const int freed = *processors_of(workers_[0].pid()).begin();
  std::vector<size_t> others;
  for (size_t i = 0; i < workers_.size(); ++i)
    if (processors_of(workers_[i].pid()).contains(freed))
      placement_.end(i);
    else
      others.push_back(i);
  placement_.balance();
  size_t moved = 0;
  for (const size_t i : others)
    moved += processors_of(workers_[i].pid()).contains(freed) ? 1 : 0;
  EXPECT_EQ(moved, 1u);
  // Nobody has two more than another now.
  placement_.balance();
  size_t still = 0;
  for (const size_t i : others)
    still += processors_of(workers_[i].pid()).contains(freed) ? 1 : 0;
  EXPECT_EQ(still, 1u);
}

TEST_F(PlacementTest, AWorkerComesBackToWhereItWas) {
  begin_all();
  std::vector<std::set<int>> before;
  for (const Child& worker : workers_)
    before.push_back(processors_of(worker.pid()));
  for (size_t i = 0; i < workers_.size(); ++i) placement_.end(i);
  placement_.expect(workers_.size());
  for (size_t i = workers_.size(); i-- > 0;)
    placement_.begin(i, workers_[i].pid());
  for (size_t i = 0; i < workers_.size(); ++i)
    EXPECT_EQ(processors_of(workers_[i].pid()), before[i]);
}

TEST_F(PlacementTest, FewWorkersGoWhereTheKernelLikes) {
  begin_all();
  for (size_t i = 0; i < workers_.size(); ++i) placement_.end(i);
  placement_.expect(1);
  placement_.begin(0, workers_[0].pid());
  for (const Child& worker : workers_) {
    EXPECT_EQ(processors_of(worker.pid()), all_);
    EXPECT_EQ(::sched_getscheduler(worker.pid()), SCHED_OTHER);
  }
}

TEST_F(PlacementTest, APolicyThatSomebodyChoseStays) {
  const sched_param none = {};
  ASSERT_EQ(::sched_setscheduler(workers_[0].pid(), SCHED_IDLE, &none), 0);
  begin_all();
  EXPECT_EQ(::sched_getscheduler(workers_[0].pid()), SCHED_IDLE);
  EXPECT_EQ(::sched_getscheduler(workers_[1].pid()), SCHED_BATCH);
  for (size_t i = 0; i < workers_.size(); ++i) placement_.end(i);
  placement_.expect(1);
  EXPECT_EQ(::sched_getscheduler(workers_[0].pid()), SCHED_IDLE);
}

TEST_F(PlacementTest, StaysOnTheProcessorsOfItsThread) {
  begin_all();
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(*all_.begin(), &one);
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(placement_.look(), 1u);
  placement_.expect(0);
  for (const Child& worker : workers_)
    EXPECT_EQ(processors_of(worker.pid()), std::set{*all_.begin()});
  cpu_set_t every;
  CPU_ZERO(&every);
  for (const int processor : all_) CPU_SET(processor, &every);
  ASSERT_EQ(::sched_setaffinity(0, sizeof every, &every), 0);
}

TEST_F(PlacementTest, AWorkerWithoutAProcessIsCountedOnly) {
  placement_.expect(workers_.size());
  for (size_t i = 0; i < workers_.size(); ++i) placement_.begin(i, -1);
  for (size_t i = 0; i < workers_.size(); ++i) placement_.end(i);
  placement_.balance();
  EXPECT_EQ(processors_of(0), all_);
}

}  // namespace hone::env
