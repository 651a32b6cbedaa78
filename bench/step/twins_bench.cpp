// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Do equal actions make equal modules, whatever a process has done before?
//
//   twins_bench FILE.c|URI… [--episodes N] [--seed S] [--clones SHARE] [--
//   CLANG FLAGS]
//
// Random episodes of 45 stable passes, taken by two modules of one file: one in
// machinery and a context that all episodes share, one in new ones, which is
// replaced by its clone before a SHARE of the steps (0.1). The heap is shuffled
// (bench/step/shuffled_heap.cpp), so that the twins' objects never lie in the
// same order. After each step they are compared as bitcode with the order of
// uses. Counted, for each action:
//
//   changed  that changed the module, as PassRunner says
//   uses     after which the twins differ in the order of uses only
//   text     after which they differ in more; both twins then go on alike
//   silent   that changed it although PassRunner said they did not
//   answers  to which the twins said different things
//
// and clones that are not exact. All columns from the third on are to be 0;
// exit code 1 where one is not.
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <map>
#include <vector>

#include "base/file.h"
#include "base/random.h"
#include "env/benchmark.h"
#include "env/live_module.h"
#include "program/module.h"
#include "program/pass_runner.h"
#include "program/pass_table.h"

namespace hone {

namespace {

using program::Module;
using program::PassRunner;

constexpr int kEpisode = 45;

struct Counts {
  int64_t steps = 0, changed = 0, uses = 0, text = 0, silent = 0, answers = 0;

  bool is_clean() const { return uses + text + silent + answers == 0; }
};

struct Survey {
  std::map<std::string, Counts> actions;
  int64_t clones = 0;
  int64_t other_clones = 0;
};

struct Options {
  std::vector<std::string> inputs;
  std::vector<std::string> flags;
  int episodes = 10;
  uint64_t seed = 1;
  double clones = 0.1;         // before a step, of the fresh twin
  std::filesystem::path keep;  // where modules that differ go; empty: nowhere
};

std::vector<std::string> stable_actions() {
  std::vector<std::string> actions;
  for (const program::PassInfo& pass : program::passes())
    for (const std::string_view text : pass.parameters)
      if (program::tier_of(pass, text) == program::Tier::Stable)
        actions.push_back(program::nested_text(pass, text));
  return actions;
}

// The module before a step and what the twins made of it.
Status keep_difference(const std::filesystem::path& folder,
                       const std::string& action, const std::string& before,
                       const std::string& after, const Module& fresh) {
  static int count = 0;
  const auto at = folder / fmt::format("{:03}", count++);
  std::error_code error;
  std::filesystem::create_directories(at, error);
  HONE_RETURN_IF_ERROR(write_file(at / "action", action + "\n"));
  HONE_RETURN_IF_ERROR(write_file(at / "before.bc", before));
  HONE_RETURN_IF_ERROR(write_file(at / "old.bc", after));
  return write_file(at / "new.bc", fresh.bitcode());
}

// One episode by both twins.
Status take_episode(const env::Benchmark& start, const Module& old,
                    PassRunner& runner, const Options& options, Random& random,
                    Survey& survey) {
  static const std::vector<std::string> actions = stable_actions();
  HONE_ASSIGN_OR_RETURN(Module fresh, env::initial_module(start.bitcode));
  HONE_ASSIGN_OR_RETURN(PassRunner own,
                        PassRunner::make(fresh, start.mode.relocation));
  Module module = old.clone();
  std::string before = module.bitcode();
  for (int i = 0; i < kEpisode; ++i) {
    if (random.chance(options.clones)) {
      fresh = fresh.clone();
      ++survey.clones;
      survey.other_clones += fresh.bitcode() == before ? 0 : 1;
    }
    const std::string& action = random.pick(actions);
    HONE_ASSIGN_OR_RETURN(const bool changed, runner.step(module, action));
    HONE_ASSIGN_OR_RETURN(const bool other, own.step(fresh, action));
    Counts& counts = survey.actions[action];
    std::string after = module.bitcode();
    ++counts.steps;
    counts.changed += changed ? 1 : 0;
    counts.silent += !changed && after != before ? 1 : 0;
    counts.answers += changed != other ? 1 : 0;
    if (fresh.bitcode() != after) {
      if (!options.keep.empty())
        HONE_RETURN_IF_ERROR(
            keep_difference(options.keep, action, before, after, fresh));
      ++(module.hash() == fresh.hash() ? counts.uses : counts.text);
      HONE_ASSIGN_OR_RETURN(module, Module::parse(after, "a twin"));
      HONE_ASSIGN_OR_RETURN(fresh, Module::parse(after, "a twin"));
      after = module.bitcode();
    }
    before = std::move(after);
  }
  return {};
}

bool report(const Survey& survey) {
  Counts all;
  fmt::print(
      "| action | steps | changed | uses | text | silent | answers |\n"
      "|---|---:|---:|---:|---:|---:|---:|\n");
  const auto row = [](std::string_view name, const Counts& c) {
    fmt::print("| {} | {} | {} | {} | {} | {} | {} |\n", name, c.steps,
               c.changed, c.uses, c.text, c.silent, c.answers);
  };
  for (const auto& [action, counts] : survey.actions) {
    if (!counts.is_clean()) row(action, counts);
    all.steps += counts.steps;
    all.changed += counts.changed;
    all.uses += counts.uses;
    all.text += counts.text;
    all.silent += counts.silent;
    all.answers += counts.answers;
  }
  row("all", all);
  fmt::print("\n{} of {} clones differ\n", survey.other_clones, survey.clones);
  return all.is_clean() && survey.other_clones == 0;
}

Result<Options> read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--") {
      options.flags.assign(argv + i + 1, argv + argc);
      break;
    }
    if (argument == "--episodes" && i + 1 < argc)
      options.episodes = std::atoi(argv[++i]);
    else if (argument == "--seed" && i + 1 < argc)
      options.seed = std::strtoull(argv[++i], nullptr, 10);
    else if (argument == "--clones" && i + 1 < argc)
      options.clones = std::atof(argv[++i]);
    else if (argument == "--keep" && i + 1 < argc)
      options.keep = argv[++i];
    else
      options.inputs.emplace_back(argument);
  }
  if (options.inputs.empty())
    return Error(ErrorKind::InvalidArgument,
                 "usage: twins_bench FILE.c|URI… [--episodes N] [--seed S] "
                 "[--clones SHARE] [--keep FOLDER] [-- CLANG FLAGS]");
  return options;
}

Result<bool> go(int argc, char** argv) {
  HONE_ASSIGN_OR_RETURN(const Options options, read_options(argc, argv));
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  program::initialize_targets();
  HONE_RETURN_IF_ERROR(program::set_llvm_options({}));
  Random random(options.seed);
  Survey survey;
  for (const std::string& input : options.inputs) {
    HONE_ASSIGN_OR_RETURN(
        const env::Benchmark start,
        env::load_benchmark(tools, env::benchmark_uri(input, options.flags)));
    HONE_ASSIGN_OR_RETURN(const Module old, env::initial_module(start.bitcode));
    HONE_ASSIGN_OR_RETURN(PassRunner runner,
                          PassRunner::make(old, start.mode.relocation));
    for (int episode = 0; episode < options.episodes; ++episode)
      HONE_RETURN_IF_ERROR(
          take_episode(start, old, runner, options, random, survey));
  }
  return report(survey);
}

}  // namespace

}  // namespace hone

int main(int argc, char** argv) {
  const hone::Result<bool> clean = hone::go(argc, argv);
  if (clean.ok()) return *clean ? 0 : 1;
  fmt::print(stderr, "twins_bench: {}\n", clean.error().message);
  return 2;
}
