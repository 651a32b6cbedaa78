// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/isolate.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace hone::env {
namespace {

using ::testing::HasSubstr;

constexpr IsolationLimits kLimits = {.cpu_seconds = 20};

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
      .count();
}

// Keeps the compiler from seeing that a loop or an allocation has no use.
volatile uint64_t sink = 0;

TEST(Isolate, AnswerComesBack) {
  const Isolated done = run_isolated(
      kLimits, []() -> Result<std::string> { return std::string("answer"); });
  EXPECT_EQ(done.outcome, Outcome::Ok);
  EXPECT_EQ(done.answer, "answer");
  EXPECT_EQ(done.failure, "");
}

TEST(Isolate, EmptyAndLargeAnswersComeBackWhole) {
  EXPECT_EQ(
      run_isolated(kLimits,
                   []() -> Result<std::string> { return std::string(""); })
          .outcome,
      Outcome::Ok);
  std::string large(20'000'000, 'x');
  large[12'345'678] = '\0';
  EXPECT_TRUE(run_isolated(kLimits, [&]() -> Result<std::string> {
                return large;
              }).answer == large);
}

TEST(Isolate, WorkChangesNothingHere) {
  int value = 1;
  const Isolated done = run_isolated(kLimits, [&]() -> Result<std::string> {
    value = 2;
    return std::to_string(value);
  });
  EXPECT_EQ(done.answer, "2");
  EXPECT_EQ(value, 1);
}

TEST(Isolate, ErrorsBecomeOutcomesByTheirKind) {
  const Isolated malformed = run_isolated(kLimits, []() -> Result<std::string> {
    return Error(ErrorKind::Malformed, "broken here\nand there");
  });
  EXPECT_EQ(malformed.outcome, Outcome::Malformed);
  EXPECT_EQ(malformed.failure, "broken here");
  EXPECT_EQ(malformed.answer, "");
  const Isolated invalid = run_isolated(kLimits, []() -> Result<std::string> {
    return Error(ErrorKind::InvalidArgument, "no such pass");
  });
  EXPECT_EQ(invalid.outcome, Outcome::Invalid);
  EXPECT_EQ(invalid.failure, "no such pass");
}

TEST(Isolate, AbortCostsOnlyTheWork) {
  const Isolated done = run_isolated(kLimits, []() -> Result<std::string> {
    std::fputs("why it aborted\nin detail\n", stderr);
    std::abort();
  });
  EXPECT_EQ(done.outcome, Outcome::Crashed);
  EXPECT_THAT(done.failure, HasSubstr("signal 6"));
  EXPECT_THAT(done.failure, HasSubstr("why it aborted"));
  EXPECT_THAT(done.failure, ::testing::Not(HasSubstr("\n")));
}

TEST(Isolate, KillFromOutsideIsNotTakenForALimit) {
  const Isolated done = run_isolated(kLimits, []() -> Result<std::string> {
    ::raise(SIGKILL);
    return std::string("");
  });
  EXPECT_EQ(done.outcome, Outcome::Killed);
  EXPECT_EQ(done.failure, "killed(from outside)");
}

TEST(Isolate, SegmentationFaultCostsOnlyTheWork) {
  const Isolated done = run_isolated(kLimits, []() -> Result<std::string> {
    ::signal(SIGSEGV, SIG_DFL);
    ::raise(SIGSEGV);
    return std::string("");
  });
  EXPECT_EQ(done.outcome, Outcome::Crashed);
  EXPECT_THAT(done.failure, HasSubstr("signal 11"));
}

TEST(Isolate, ExitWithoutAnAnswerIsACrash) {
  for (const int code : {0, 3}) {
    const Isolated done = run_isolated(kLimits, [&]() -> Result<std::string> {
      std::fputs("fatal error: says LLVM\n", stderr);
      std::fflush(stderr);
      ::_exit(code);
    });
    EXPECT_EQ(done.outcome, Outcome::Crashed);
    EXPECT_THAT(done.failure, HasSubstr("exit code " + std::to_string(code)));
    EXPECT_THAT(done.failure, HasSubstr("says LLVM"));
  }
}

TEST(Isolate, EndlessLoopEndsAtTheLimitOfCpuTime) {
  const Isolated done =
      run_isolated({.cpu_seconds = 1}, []() -> Result<std::string> {
        while (true) sink = sink + 1;
      });
  EXPECT_EQ(done.outcome, Outcome::Killed);
  EXPECT_THAT(done.failure, HasSubstr("killed(cpu 1 s)"));
  EXPECT_GE(done.cpu_seconds, 0.5);
  EXPECT_LT(done.cpu_seconds, 2.5);
}

TEST(Isolate, ExhaustedMemoryIsAKillAndNoCrash) {
  const Isolated done = run_isolated(
      {.cpu_seconds = 20, .memory_bytes = uint64_t{3} << 30},
      []() -> Result<std::string> {
        for (size_t i = 0; i < 1000; ++i) {
          auto* block = static_cast<char*>(::operator new(64 << 20));
          sink = sink + reinterpret_cast<uintptr_t>(block);
        }
        return std::string("all of it");
      });
  EXPECT_EQ(done.outcome, Outcome::Killed) << done.failure;
  EXPECT_EQ(done.failure, "killed(memory)");
}

// As LLVM's own handler ends the process.
TEST(Isolate, OutOfMemoryInLlvmsWordsIsAKill) {
  const Isolated done = run_isolated(kLimits, []() -> Result<std::string> {
    std::fputs("LLVM ERROR: out of memory\nAllocation failed\n", stderr);
    std::abort();
  });
  EXPECT_EQ(done.outcome, Outcome::Killed);
  EXPECT_EQ(done.failure, "killed(memory)");
}

TEST(Isolate, HangThatSleepsEndsByTheWallClock) {
  Isolated done;
  const double seconds = seconds_of([&] {
    done = run_isolated({.cpu_seconds = 0.1}, []() -> Result<std::string> {
      ::sleep(60);
      return std::string("awake");
    });
  });
  EXPECT_EQ(done.outcome, Outcome::Killed);
  EXPECT_EQ(done.failure, "killed(time)");
  EXPECT_LT(seconds, 20);
}

TEST(Isolate, WhatTheWorkPrintsDoesNotReachOurOutput) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  const int ours = ::dup(STDOUT_FILENO);
  ::dup2(ends[1], STDOUT_FILENO);
  const Isolated done = run_isolated(kLimits, []() -> Result<std::string> {
    const std::string garbage(10'000, '\xff');
    (void)!::write(STDOUT_FILENO, garbage.data(), garbage.size());
    char byte;
    if (::read(STDIN_FILENO, &byte, 1) != 0)
      return std::string("there was input");
    return std::string("answer");
  });
  ::dup2(ours, STDOUT_FILENO);
  ::close(ours);
  char byte;
  EXPECT_LT(::read(ends[0], &byte, 1), 0) << "something was printed";
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(done.answer, "answer");
}

TEST(Isolate, FloodOnStderrBlocksNothing) {
  const Isolated done = run_isolated(kLimits, []() -> Result<std::string> {
    const std::string line(1000, 'e');
    for (int i = 0; i < 5000; ++i)
      (void)!::write(STDERR_FILENO, line.data(), line.size());
    return std::string("answer");
  });
  EXPECT_EQ(done.answer, "answer");
}

TEST(Isolate, RunningOutOfDescriptorsIsAKill) {
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ::setrlimit(RLIMIT_NOFILE, &none);
  const Isolated done = run_isolated(
      kLimits, []() -> Result<std::string> { return std::string(""); });
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(done.outcome, Outcome::Killed);
  EXPECT_EQ(done.failure, "killed(no pipes left)");
}

}  // namespace
}  // namespace hone::env
