// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <thread>

#include "base/descriptor.h"
#include "base/file.h"
#include "base/text.h"

namespace hone {
namespace {

using ::testing::HasSubstr;

Command shell(std::string script) {
  return {.argv = {"sh", "-c", std::move(script)}};
}

ProcessResult run_well(const Command& command) {
  Result<ProcessResult> result = run(command);
  if (!result.ok()) {
    ADD_FAILURE() << result.error().message;
    return {};
  }
  return *std::move(result);
}

template <typename Outcome>
void expect_error(const Outcome& outcome, ErrorKind kind,
                  std::string_view piece) {
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().kind, kind) << outcome.error().message;
  EXPECT_THAT(outcome.error().message, HasSubstr(piece));
}

// Whether a process is there, other than as one whose parent has yet to ask.
bool is_running(pid_t pid) {
  const Result<std::string> status =
      read_file("/proc/" + std::to_string(pid) + "/status");
  return status.ok() && status->find("State:\tZ") == std::string::npos;
}

bool ends_soon(pid_t pid) {
  for (int tries = 0; tries < 500 && is_running(pid); ++tries) ::usleep(10'000);
  return !is_running(pid);
}

TEST(Subprocess, WorksWhereStandardStreamsAreClosed) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    for (const int stream : {0, 1, 2}) ::close(stream);
    const Result<ProcessResult> said = run({.argv = {"cat"}, .input = "x"});
    ::_exit(said.ok() && said->out == "x" ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
}

TEST(Subprocess, OutputAndExitCodeComeBack) {
  const ProcessResult result =
      run_well(shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(result.ending, Ending::Exited);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.describe(), "exit code 3");
  EXPECT_GT(result.peak_memory, 100'000u);
  EXPECT_GT(result.wall_seconds, 0);
}

TEST(Subprocess, LastWordsAreNeverLost) {
  for (int i = 0; i < 200; ++i)
    ASSERT_EQ(run_well({.argv = {"echo", "last words"}}).out, "last words\n");
}

TEST(Subprocess, SignalsAreTold) {
  const ProcessResult result = run_well(shell("kill -SEGV $$"));
  EXPECT_EQ(result.ending, Ending::Signalled);
  EXPECT_EQ(result.signal, SIGSEGV);
  EXPECT_THAT(result.describe(), HasSubstr("signal 11"));
}

TEST(Subprocess, InputIsFed) {
  EXPECT_EQ(run_well({.argv = {"cat"}, .input = "some input"}).out,
            "some input");
  EXPECT_EQ(run_well({.argv = {"cat"}}).out, "");
  // More than a pipe holds, both ways at once.
  const std::string large(3'000'000, 'x');
  EXPECT_TRUE(run_well({.argv = {"cat"}, .input = large}).out == large);
}

TEST(Subprocess, InputThatIsNotReadDoesNoHarm) {
  const ProcessResult result =
      run_well({.argv = {"true"}, .input = std::string(3'000'000, 'x')});
  EXPECT_TRUE(result.ok());
}

TEST(Subprocess, WordsArriveAsTheyAre) {
  EXPECT_EQ(run_well({.argv = {"printf", "%s|", "a b", "", "$x", "'\"\n"}}).out,
            "a b||$x|'\"\n|");
}

TEST(Subprocess, EnvironmentIsOursWithAdditions) {
  ::setenv("HONE_TEST_KEPT", "kept", 1);
  ::setenv("HONE_TEST_CHANGED", "before", 1);
  Command command = shell("echo $HONE_TEST_KEPT $HONE_TEST_CHANGED $HONE_NEW");
  command.environment = {"HONE_TEST_CHANGED=after", "HONE_NEW=new"};
  EXPECT_EQ(run_well(command).out, "kept after new\n");
  command.argv = {"sh", "-c", "env | grep -c ^HONE_TEST_CHANGED="};
  EXPECT_EQ(run_well(command).out, "1\n");
}

TEST(Subprocess, RunsInItsFolder) {
  EXPECT_EQ(run_well({.argv = {"pwd"}, .directory = "/"}).out, "/\n");
}

TEST(Subprocess, MissingProgramIsNotFoundByName) {
  expect_error(run({.argv = {"hone-no-such-program"}}), ErrorKind::NotFound,
               "hone-no-such-program");
  expect_error(run({.argv = {"/etc/passwd"}}), ErrorKind::NotFound,
               "/etc/passwd");
  expect_error(run({.argv = {"true"}, .directory = "/no/such/folder"}),
               ErrorKind::Unsupported, "/no/such/folder");
}

TEST(Subprocess, CpuTimeIsLimited) {
  Command command = shell("while :; do :; done");
  command.limits.cpu_seconds = 1;
  const ProcessResult result = run_well(command);
  EXPECT_EQ(result.ending, Ending::CpuLimit);
  EXPECT_EQ(result.describe(), "cpu limit");
  EXPECT_GE(result.cpu_seconds, 0.5);
  EXPECT_LT(result.cpu_seconds, 2.5);
}

TEST(Subprocess, CpuLimitThatIsIgnoredKills) {
  Command command = shell("trap '' XCPU; while :; do :; done");
  command.limits.cpu_seconds = 1;
  EXPECT_EQ(run_well(command).ending, Ending::CpuLimit);
}

TEST(Subprocess, WallTimeIsLimited) {
  Command command = shell("echo before; sleep 60");
  command.limits.wall_seconds = 0.3;
  const ProcessResult result = run_well(command);
  EXPECT_EQ(result.ending, Ending::WallLimit);
  EXPECT_EQ(result.out, "before\n");
  EXPECT_LT(result.wall_seconds, 20);
  // With its streams closed, too.
  command = shell("exec >&- 2>&-; sleep 60");
  command.limits.wall_seconds = 0.3;
  EXPECT_EQ(run_well(command).ending, Ending::WallLimit);
}

TEST(Subprocess, OutputIsLimited) {
  for (const char* script : {"yes", "yes >&2"}) {
    Command command = shell(script);
    command.limits.output_bytes = 100'000;
    const ProcessResult result = run_well(command);
    EXPECT_EQ(result.ending, Ending::OutputLimit);
    EXPECT_LT(result.out.size() + result.err.size(), 300'000u);
  }
}

TEST(Subprocess, MemoryIsLimited) {
  // A line of 400 MB in a shell's or awk's memory.
  Command command = {.argv = {"awk",
                              "BEGIN { s = \"x\"; while (length(s) < 4e8) "
                              "s = s s; print length(s) }"}};
  EXPECT_TRUE(run_well(command).ok());
  command.limits.memory_bytes = 200 << 20;
  EXPECT_FALSE(run_well(command).ok());
}

TEST(Subprocess, GrandchildrenEndToo) {
  // One holds the streams, one has closed them, both go.
  const ProcessResult result = run_well(
      shell("sleep 60 & echo $!; sleep 60 >/dev/null 2>&1 & echo $!; exit 0"));
  EXPECT_TRUE(result.ok());
  EXPECT_LT(result.wall_seconds, 20);
  for (const std::string& pid : split_blank(result.out))
    EXPECT_TRUE(ends_soon(std::stoi(pid))) << pid;
}

TEST(Subprocess, StopRequestEndsIt) {
  std::stop_source stop;
  Command command = shell("echo $$; sleep 60");
  command.stop = stop.get_token();
  std::jthread stopper([&] {
    ::usleep(200'000);
    stop.request_stop();
  });
  const ProcessResult result = run_well(command);
  EXPECT_EQ(result.ending, Ending::Stopped);
  EXPECT_LT(result.wall_seconds, 20);
  expect_error(run_checked(command), ErrorKind::Interrupted, "interrupted");
}

TEST(Subprocess, EndingsBecomeErrorsByTheirKind) {
  expect_error(run_checked(shell("echo why >&2; exit 3")),
               ErrorKind::ToolFailed, "sh ended with exit code 3:\nwhy");
  expect_error(run_checked(shell("exit 3")), ErrorKind::ToolFailed,
               "(it printed nothing)");
  expect_error(run_checked(shell("kill -ABRT $$")), ErrorKind::Crashed,
               "signal 6");
  Command slow = shell("sleep 60");
  slow.limits.wall_seconds = 0.1;
  expect_error(run_checked(slow), ErrorKind::LimitReached, "time limit");
  EXPECT_TRUE(run_checked(shell("exit 0")).ok());
}

TEST(Subprocess, AddressesCanBeFixed) {
  Command command = {.argv = {"grep", "-F", "[stack]", "/proc/self/maps"},
                     .fixed_addresses = true};
  const auto top = [&] {
    const std::string line = run_well(command).out;
    return line.substr(line.find('-'), 13);
  };
  const std::string first = top();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(top(), first);
}

// Starts something where 0, 1, 2 and so on descriptors are left, until it
// succeeds; returns how often it had not.
template <typename Start>
int count_failures(const Start& start) {
  const auto open_ones = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  rlimit before = {};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlim_t next = static_cast<rlim_t>(Descriptor(::dup(0)).get());
  const auto open_before = open_ones();
  int failures = 0;
  for (bool started = false; !started && failures < 20;) {
    const rlimit few = {next + static_cast<rlim_t>(failures), before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
    started = start();
    ::setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(open_ones(), open_before);
    if (!started) ++failures;
  }
  return failures;
}

TEST(Subprocess, WhatCannotBeStartedLeavesNoDescriptorOpen) {
  EXPECT_GE(count_failures([] { return run({.argv = {"true"}}).ok(); }), 5);
  EXPECT_GE(count_failures([] { return Child::spawn({.argv = {"cat"}}).ok(); }),
            4);
}

TEST(Subprocess, ManyAtOnceKeepTheirOutputApart) {
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([thread] {
      for (int i = 0; i < 15; ++i) {
        const std::string word = fmt::format("{}-{}", thread, i);
        const Result<ProcessResult> said =
            run({.argv = {"cat"}, .input = word});
        HONE_CHECK(said.ok() && said->out == word);
      }
    });
}

// --- A program that stays ---------------------------------------------------

// Answers each frame with the same frame, as `cat` does by its nature.
Child echo() {
  Result<Child> child = Child::spawn({.argv = {"cat"}});
  HONE_CHECK(child.ok());
  return *std::move(child);
}

TEST(Child, FramesGoThereAndBack) {
  Child child = echo();
  for (const std::string& frame :
       {std::string("one"), std::string(), std::string(60'000, 'x'),
        std::string("with \0 inside", 13)}) {
    ASSERT_TRUE(child.send(frame).ok());
    const Result<std::string> answer = child.receive(20);
    ASSERT_TRUE(answer.ok());
    EXPECT_TRUE(*answer == frame);
  }
}

TEST(Child, SilenceReachesTheLimit) {
  Child child = echo();
  expect_error(child.receive(0.1), ErrorKind::LimitReached, "no answer");
  std::stop_source stop;
  stop.request_stop();
  expect_error(child.receive(20, stop.get_token()), ErrorKind::Interrupted,
               "interrupted");
}

TEST(Child, AnAnswerIsSeenBeforeItIsTaken) {
  Child child = echo();
  EXPECT_FALSE(child.is_answered(std::chrono::microseconds(0)));
  EXPECT_FALSE(child.is_answered(std::chrono::microseconds(200)));
  ASSERT_TRUE(child.send("one").ok());
  EXPECT_TRUE(child.is_answered(std::chrono::seconds(20)));
  const Result<std::string> answer = child.receive(0);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(*answer, "one");
}

TEST(Child, DeathIsACrash) {
  Child child = echo();
  ::kill(child.pid(), SIGKILL);
  expect_error(child.receive(20), ErrorKind::Crashed, "gone");
  EXPECT_THAT(child.describe_end(), HasSubstr("signal 9"));
  EXPECT_EQ(child.describe_end(), "gone");
  // The pipe is broken, and that kills nobody here.
  expect_error(child.send("more"), ErrorKind::Crashed, "gone");
}

TEST(Child, HalfAFrameIsACrash) {
  Result<Child> child = Child::spawn(shell("printf '\\144\\0\\0\\0half'"));
  ASSERT_TRUE(child.ok());
  expect_error(child->receive(20), ErrorKind::Crashed, "gone");
}

TEST(Child, WhatItComplainsOfIsTold) {
  const auto made = [](const std::string& script) {
    Result<Child> child = Child::spawn(shell(script));
    HONE_CHECK(child.ok());
    EXPECT_TRUE(child->send("").ok());
    return *std::move(child);
  };
  Child failing = made("head -c 4; echo 'LLVM ERROR: no way' >&2; exit 3");
  EXPECT_TRUE(failing.receive(20).ok());
  expect_error(failing.receive(20), ErrorKind::Crashed, "LLVM ERROR: no way");
  EXPECT_EQ(failing.describe_end(), "exit code 3: LLVM ERROR: no way");
  // Only of the request that it died of.
  Child quiet = made("head -c 4; echo early >&2; head -c 4 >/dev/null; exit 3");
  EXPECT_TRUE(quiet.receive(20).ok());
  while (quiet.send("").ok()) ::usleep(1000);
  EXPECT_EQ(quiet.describe_end(), "exit code 3");
  // Or as it started.
  Result<Child> unable = Child::spawn(shell("echo 'no library' >&2; exit 3"));
  ASSERT_TRUE(unable.ok());
  EXPECT_FALSE(unable->receive(20).ok());
  (void)unable->send("");
  EXPECT_EQ(unable->describe_end(), "exit code 3: no library");
  // More than is kept is dropped, and waits for nobody.
  Child loud = made("head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 4");
  expect_error(loud.receive(20), ErrorKind::Crashed, "gone: xxx");
  EXPECT_TRUE(loud.describe_end().starts_with("exit code 4: xxx"));
}

TEST(Child, EndsWithItsHandle) {
  pid_t pid = 0;
  {
    Child child = echo();
    pid = child.pid();
    EXPECT_TRUE(is_running(pid));
    Child moved = std::move(child);
    EXPECT_EQ(moved.pid(), pid);
  }
  EXPECT_TRUE(ends_soon(pid));
}

TEST(Child, AssignmentEndsTheOneThatWasThere) {
  Child one = echo();
  const pid_t first = one.pid();
  {
    Child two = echo();
    one = std::move(two);
  }
  EXPECT_TRUE(ends_soon(first));
  EXPECT_TRUE(one.send("still there").ok());
  EXPECT_EQ(*one.receive(20), "still there");
}

TEST(Child, OutlivesTheThreadThatMadeIt) {
  std::optional<Child> child;
  std::thread([&] { child.emplace(echo()); }).join();
  // The signal of a parent's death would have come with the thread's end.
  EXPECT_TRUE(child->send("still there").ok());
  EXPECT_EQ(*child->receive(20), "still there");
}

TEST(Child, MissingProgramIsSeenAsItsDeath) {
  Result<Child> child = Child::spawn({.argv = {"hone-no-such-program"}});
  ASSERT_TRUE(child.ok());
  expect_error(child->receive(20), ErrorKind::Crashed, "gone");
  EXPECT_EQ(child->describe_end(), "exit code 127");
}

}  // namespace
}  // namespace hone
