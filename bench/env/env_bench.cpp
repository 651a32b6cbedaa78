// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an environment costs, from the caller's side of the worker.
//
//   env_bench FILE.c… [--episodes N] [--replay N] [--seed S] [-- CLANG FLAGS]
//
// Wall clock, median and the 99th of 100, next to the CPU time of both
// processes where other work shares the machine. Before anything is timed,
// random episodes are taken twice, in one round trip and step by step with
// forks on the way, and have to end in equal states and rewards. `--episodes 0`
// does only that.
//
//   make        a worker process is started
//               (loading LLVM takes it 12 ms of CPU time meanwhile)
//   reset       to the benchmark of the last episode, and fork: the copy of the
//               module is made later, by the first step that changes it
//   step        of single passes, and of one that is known to change nothing,
//               which is the cost of the round trip
//   episodes    45 random stable passes each, reward ir-instructions
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "base/random.h"
#include "env/environment.h"
#include "env/live_environment.h"
#include "env/measure.h"

namespace hone {

namespace {

using env::Environment;

struct Times {
  std::vector<double> ms;
};

double now_ms() {
  return std::chrono::duration<double, std::milli>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Times time(int repeats, const std::function<void()>& work) {
  Times times;
  for (int i = 0; i < repeats; ++i) {
    const double begin = now_ms();
    work();
    times.ms.push_back(now_ms() - begin);
  }
  return times;
}

void row(std::string_view what, Times times, double parts = 1) {
  fmt::print("| {} | {:.4f} | {:.4f} |\n", what,
             env::percentile(times.ms, 0.5) / parts,
             env::percentile(times.ms, 0.99) / parts);
}

// CPU milliseconds of a process and its ended children, from /proc; ticks of
// 10 ms, so that only sums over many steps mean something.
double cpu_ms(pid_t pid) {
  std::ifstream stat(fmt::format("/proc/{}/stat", pid));
  std::string text;
  std::getline(stat, text);
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) * 1000 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

template <typename T>
T must(Result<T> result) {
  if (!result.ok()) {
    fmt::print(stderr, "env_bench: {}\n", result.error().message);
    std::exit(2);
  }
  return *std::move(result);
}

// Taken twice, on different roads; counts those that end alike.
int replay(const std::string& uri, int episodes, uint64_t seed) {
  const auto a = must(env::make_environment(
      "llvm", {.reward = "ir-instructions-oz", .observations = {}}));
  const auto b = must(env::make_environment(
      "llvm", {.reward = "ir-instructions-oz", .observations = {}}));
  Random random(seed);
  int alike = 0;
  for (int i = 0; i < episodes; ++i) {
    std::vector<int64_t> actions;
    for (uint64_t n = 1 + random.below(50); n > 0; --n)
      actions.push_back(
          static_cast<int64_t>(random.below(a->actions().size())));
    must(a->reset(uri));
    must(a->step(actions));
    must(b->reset(uri));
    std::unique_ptr<Environment> at;
    for (const int64_t action : actions) {
      if (random.chance(0.1)) at = must((at ? *at : *b).fork());
      must((at ? *at : *b).step({{action}}));
    }
    alike += must(a->episode()) == must((at ? *at : *b).episode()) ? 1 : 0;
  }
  return alike;
}

int64_t action(const Environment& env, std::string_view text) {
  const auto at = std::find(env.actions().begin(), env.actions().end(), text);
  HONE_CHECK(at != env.actions().end());
  return at - env.actions().begin();
}

void measure(const std::string& uri, int episodes, int replays, uint64_t seed) {
  fmt::print("{}: ", uri.substr(0, uri.find('?')));
  fmt::print("{} of {} random episodes replay alike\n\n",
             replay(uri, replays, seed), replays);
  if (episodes == 0) return;
  const env::EnvironmentOptions options = {.action_space = "passes",
                                           .reward = "ir-instructions"};
  row("make | ms median | ms 99 % |\n|---|---:|---:|\n| make",
      time(21, [&] { must(env::make_environment("llvm", options)); }));
  const auto env = must(env::LiveEnvironment::make("llvm", options));
  must(env->reset(uri));
  fmt::print("| IR instructions | {} | |\n",
             std::get<int64_t>(must(env->observe("ir-instructions"))));
  const int64_t sroa = action(*env, "function(sroa<modify-cfg>)");
  row("reset", time(201, [&] { must(env->reset("")); }));
  must(env->step({{sroa}}));
  row("step that is known to change nothing",
      time(501, [&] { must(env->step({{sroa}})); }));
  const std::vector<int64_t> fifty(50, sroa);
  row("… of 50 in a round trip", time(201, [&] { must(env->step(fifty)); }),
      50);
  // Workers remember what they have seen, so each sample has one of its own;
  // the first pass changes nothing, but the copy of the module is made for it.
  for (const char* pass :
       {"globaldce", "function(sroa<modify-cfg>)", "function(gvn)"}) {
    Times times;
    for (int i = 0; i < 15; ++i) {
      const auto own = must(env::make_environment("llvm", options));
      must(own->reset(uri));
      must(own->step_texts({"function(lower-expect)"}));
      const double begin = now_ms();
      must(own->step_texts({pass}));
      times.ms.push_back(now_ms() - begin);
    }
    row(fmt::format("step `{}` of the initial state", pass), times);
  }
  must(env->reset(""));
  must(env->step({{sroa}}));
  row("fork and close", time(201, [&] { must(env->fork()); }));

  const double cpu_before = cpu_ms(env->worker()) + cpu_ms(getpid());
  env::RandomRun run = must(env::run_random(
      *env, "", {.episodes = episodes, .length = 45, .seed = seed}));
  const double cpu = cpu_ms(env->worker()) + cpu_ms(getpid()) - cpu_before;
  for (double& seconds : run.step_seconds) seconds *= 1e3;
  row("step of a random episode", {run.step_seconds});
  const auto steps = static_cast<double>(run.steps);
  fmt::print(
      "\n{:.0f} steps/s by the clock, {:.0f} by CPU time of both "
      "processes\n\n",
      steps / run.seconds, steps / cpu * 1e3);
}

Status go(int argc, char** argv) {
  std::vector<std::string> inputs;
  std::vector<std::string> flags;
  int episodes = 40;
  int replays = 40;
  uint64_t seed = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--") {
      flags.assign(argv + i + 1, argv + argc);
      break;
    }
    if (argument == "--episodes" && i + 1 < argc)
      episodes = std::max(0, std::atoi(argv[++i]));
    else if (argument == "--replay" && i + 1 < argc)
      replays = std::max(1, std::atoi(argv[++i]));
    else if (argument == "--seed" && i + 1 < argc)
      seed = std::strtoull(argv[++i], nullptr, 10);
    else
      inputs.push_back(argument);
  }
  if (inputs.empty())
    return Error(ErrorKind::InvalidArgument,
                 "usage: env_bench FILE.c… [--episodes N] [--replay N] "
                 "[--seed S] [-- CLANG FLAGS]");
  for (const std::string& input : inputs)
    measure(env::benchmark_uri(input, flags), episodes, replays, seed);
  return {};
}

}  // namespace

}  // namespace hone

int main(int argc, char** argv) {
  const hone::Status status = hone::go(argc, argv);
  if (status.ok()) return 0;
  fmt::print(stderr, "env_bench: {}\n", status.error().message);
  return 2;
}
