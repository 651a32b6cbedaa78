// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several threads and processes at a store, some of which are killed.
#include "store/store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <set>
#include <thread>
#include <vector>

#include "base/random.h"
#include "store/test_tools.h"

namespace hone::store {
namespace {

TEST_P(StoreTest, ThreadsShareOneStore) {
  Store store = open();
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread)
      threads.emplace_back([&store, thread] {
        for (int i = 0; i < 50; ++i) {
          HONE_CHECK(store.insert(row_of(thread * 1000 + i)).ok());
          HONE_CHECK(find(store, thread * 1000 + i).has_value());
        }
      });
  }
  EXPECT_EQ(store.info()->rows, 200);
}

TEST_P(StoreTest, ProcessesWriteAtOnce) {
  const std::string where = place();
  std::vector<pid_t> writers;
  for (int writer = 0; writer < 3; ++writer)
    writers.push_back(in_child([&] {
      Result<Store> store = Store::open(where);
      if (!store.ok()) return false;
      for (int i = 0; i < 60; ++i)
        if (!store->insert(row_of(writer * 1000 + i)).ok()) return false;
      return true;
    }));
  for (const pid_t writer : writers) EXPECT_TRUE(ended_well(writer));
  Store store = open();
  EXPECT_EQ(store.info()->rows, 180);
}

TEST_P(StoreTest, ProcessesMayCreateTheTablesAtOnce) {
  for (int round = 0; round < (is_file() ? 15 : 4); ++round) {
    const std::string path = place(std::to_string(round));
    int gate[2];
    ASSERT_EQ(::pipe(gate), 0);
    std::vector<pid_t> openers;
    for (int i = 0; i < 4; ++i)
      openers.push_back(in_child([&] {
        ::close(gate[1]);
        char byte;
        (void)!::read(gate[0], &byte, 1);  // until all are there
        Result<Store> store = Store::open(path);
        if (!store.ok()) {
          std::fprintf(stderr, "%s\n", store.error().message.c_str());
          return false;
        }
        return store->insert(row_of(i)).ok();
      }));
    ::close(gate[0]);
    ::close(gate[1]);
    for (const pid_t opener : openers) EXPECT_TRUE(ended_well(opener));
    Result<Store> store = Store::open(path);
    ASSERT_TRUE(store.ok());
    EXPECT_EQ(store->info()->rows, 4);
  }
}

// A child inserts and reports each row that it was promised; it is killed at a
// moment of chance, and every reported row has to be there.
TEST_P(StoreTest, PromisedRowsSurviveAKillAtAnyMoment) {
  const std::string where = place();
  Random random(20265);
  int next = 0;
  int promised_in_all = 0;
  std::set<int> promised;
  for (int round = 0; round < 8; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t writer = in_child([&] {
      ::close(ends[0]);
      Result<Store> store = Store::open(where);
      if (!store.ok()) return false;
      for (int i = next;; ++i) {
        if (!store->insert(row_of(i)).ok()) return false;
        if (::write(ends[1], &i, sizeof i) != sizeof i) return false;
      }
    });
    ::close(ends[1]);
    // Some rows first, then a while that may end in the middle of the next.
    const uint64_t rows = 5 + random.below(40);
    int number = -1;
    for (uint64_t i = 0; i < rows; ++i) {
      ASSERT_EQ(::read(ends[0], &number, sizeof number),
                static_cast<ssize_t>(sizeof number));
      promised.insert(number);
    }
    ::usleep(static_cast<useconds_t>(random.below(3000)));
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    while (::read(ends[0], &number, sizeof number) ==
           static_cast<ssize_t>(sizeof number))
      promised.insert(number);
    ::close(ends[0]);
    Store store = open();
    for (const int row : promised) {
      const std::optional<Row> found = find(store, row);
      ASSERT_TRUE(found) << "row " << row << " of round " << round;
      ASSERT_EQ(found->result, row_of(row).result);
    }
    next = *promised.rbegin() + 10;
    promised_in_all = static_cast<int>(promised.size());
  }
  EXPECT_GT(promised_in_all, 60);
}

TEST_P(StoreTest, BatchesOfTheSameRowsInAnyOrderWaitForEachOther) {
  Store first = open();
  Result<Store> second = Store::open(place());
  ASSERT_TRUE(second.ok());
  std::vector<Row> rows;
  for (int i = 0; i < 200; ++i) rows.push_back(row_of(i, false));
  const std::vector<Row> backwards(rows.rbegin(), rows.rend());
  {
    const std::jthread one([&] {
      for (int i = 0; i < 3; ++i) EXPECT_TRUE(first.insert(rows).ok());
    });
    const std::jthread other([&] {
      for (int i = 0; i < 3; ++i) EXPECT_TRUE(second->insert(backwards).ok());
    });
  }
  EXPECT_EQ(first.info()->rows, 200);
}

}  // namespace
}  // namespace hone::store
