// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `flags-gcc` and `flags-clang`: what the compilers say about themselves, read;
// and their options as environments.
#include <gmock/gmock.h>

#include <algorithm>

#include "base/random.h"
#include "base/subprocess.h"
#include "env/environment.h"
#include "env/flag_builder.h"
#include "env/flag_space.h"
#include "env/test_tools.h"

namespace hone::env {

namespace {

using program::fails_with;
using program::must;
using program::Scratch;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kEnvironments[] = {"flags-clang", "flags-gcc"};

constexpr std::string_view kObservations[] = {
#define HONE_FLAG_OBSERVATION(identifier, name, ...) name,
#include "env/flag_observations.def"
#undef HONE_FLAG_OBSERVATION
};
constexpr std::string_view kRewards[] = {
#define HONE_FLAG_REWARD(name, ...) name,
#include "env/flag_rewards.def"
#undef HONE_FLAG_REWARD
};
constexpr std::string_view kClangFlags[] = {
#define HONE_CLANG_FLAG(name, ...) name,
#include "env/clang_flags.def"
#undef HONE_CLANG_FLAG
};
constexpr FlagRange kRanges[] = {
#define HONE_FLAG_RANGE(name, low, high) {name, low, high},
#include "env/flag_ranges.def"
#undef HONE_FLAG_RANGE
};

constexpr std::string_view kProgram = R"c(
static int table[64];
static int step(int x) { return x * 7 + 3; }
int main(void) {
  int sum = 0;
  for (int i = 0; i < 64; ++i) table[i] = step(i);
  for (int i = 0; i < 64; ++i) sum += table[i] & 5;
  return sum == 0;
}
)c";

std::vector<std::string> choices_of(const std::vector<FlagOption>& options,
                                    std::string_view name) {
  for (const FlagOption& option : options)
    if (option.name == name) return option.choices;
  return {};
}

struct Fixture {
  std::unique_ptr<Environment> begin(std::string_view name,
                                     EnvironmentOptions options = {}) const {
    auto env = must(make_environment(name, std::move(options)));
    must(env->reset(uri));
    return env;
  }
  Scratch scratch;
  std::string uri = benchmark_uri(scratch.write("p.c", kProgram).string(), {});
};

std::string text_of(Environment& env, std::string_view space) {
  return std::get<std::string>(must(env.observe(space)));
}

}  // namespace

TEST(FlagSpace, GccsOptimizersAreRead) {
  const std::vector<FlagOption> options = read_gcc_optimizers(
      "The following options control optimizations:\n"
      "  -O<number>                  \t\t\n"
      "  -falign-loops=              \t\t16:11:8\n"
      "  -ffast-math                 \t\t[disabled]\n"
      "  -fgcse                      \t\t[enabled]\n"
      "  -fira-algorithm=[CB|priority] \t[default]\n"
      "  -flifetime-dse=<0,2>        \t\t2\n"
      "  -fpack-struct=<number>      \t\tdefault\n");
  EXPECT_THAT(choices_of(options, "gcse"),
              ElementsAre("", "-fgcse", "-fno-gcse"));
  EXPECT_THAT(
      choices_of(options, "ira-algorithm="),
      ElementsAre("", "-fira-algorithm=CB", "-fira-algorithm=priority"));
  EXPECT_THAT(choices_of(options, "lifetime-dse="),
              ElementsAre("", "-flifetime-dse=0", "-flifetime-dse=1",
                          "-flifetime-dse=2"));
  EXPECT_EQ(choices_of(options, "align-loops=").back(), "-falign-loops=64");
  EXPECT_EQ(options.size(), 4u) << "fast-math changes programs";
}

TEST(FlagSpace, GccsParametersAreReadWithTheirRangesOrOurs) {
  const std::vector<FlagOption> options = read_gcc_params(
      "  --param=align-threshold=<1,65536> \t\t100\n"
      "  --param=asan-stack=<0,1>    \t\t1\n"
      "  --param=max-inline-insns-auto= \t15\n"
      "  --param=no-such-parameter-at-all= \t15\n"
      "  --param=prefetch-dynamic-strides=<0,1> \t1\n");
  const std::vector<std::string> threshold =
      choices_of(options, "align-threshold");
  EXPECT_EQ(threshold[1], "--param=align-threshold=1");
  EXPECT_THAT(threshold, ::testing::Contains("--param=align-threshold=100"));
  EXPECT_EQ(threshold.back(), "--param=align-threshold=65536");
  EXPECT_LE(threshold.size(), 14u);
  const FlagRange* ours = find_flag_range("max-inline-insns-auto");
  ASSERT_NE(ours, nullptr);
  EXPECT_EQ(choices_of(options, "max-inline-insns-auto").back(),
            fmt::format("--param=max-inline-insns-auto={}", ours->high));
  EXPECT_THAT(choices_of(options, "prefetch-dynamic-strides"),
              ElementsAre("", "--param=prefetch-dynamic-strides=0",
                          "--param=prefetch-dynamic-strides=1"));
  EXPECT_EQ(options.size(), 3u);
}

TEST(FlagSpace, GccKnowsEveryWord) {
  EXPECT_THAT(
      read_unknown_words(
          "gcc: error: unrecognized command-line option '-fno-a'; did you "
          "mean '-fa'?\n"
          "gcc: error: unrecognized command-line option '-fno-b'\n"),
      ElementsAre("-fno-a", "-fno-b"));
  std::vector<std::string> argv = {"gcc"};
  for (const FlagOption& option : must(flag_space(Compiler::Gcc))->options)
    argv.insert(argv.end(), option.choices.begin() + 1, option.choices.end());
  argv.insert(argv.end(), {"-fsyntax-only", "-x", "c", "/dev/null"});
  const ProcessResult said =
      must(run({.argv = argv, .environment = {"LC_ALL=C"}}));
  EXPECT_THAT(read_unknown_words(said.err), ElementsAre());
}

TEST(FlagSpace, OfTheInstalledCompilersIsLarge) {
  const FlagSpace* gcc = must(flag_space(Compiler::Gcc));
  EXPECT_GT(gcc->options.size(), 350u);
  EXPECT_GT(gcc->log10_size(), 200);
  const FlagSpace* clang = must(flag_space(Compiler::Clang));
  EXPECT_GE(clang->options.size(), 20u);
  for (const FlagSpace* space : {gcc, clang})
    for (const FlagOption& option : space->options) {
      EXPECT_EQ(option.choices.front(), "") << option.name;
      EXPECT_GE(option.choices.size(), 2u) << option.name;
    }
  EXPECT_THAT(gcc->command_line({3, 0, 1}),
              ElementsAre("-O2", gcc->options[2].choices[1]));
}

TEST(FlagSpace, EveryRowOfTheTablesIsUsed) {
  const FlagSpace* clang = must(flag_space(Compiler::Clang));
  for (const std::string_view name : kClangFlags)
    EXPECT_FALSE(choices_of(clang->options, name).empty()) << name;
  for (const FlagRange& range : kRanges) {
    EXPECT_LT(range.low, range.high) << range.name;
    const std::vector<FlagOption> read = read_gcc_params(
        fmt::format("  --param={}=  \t{}\n", range.name, range.low));
    EXPECT_EQ(read.size(), 1u) << range.name;
  }
}

// tools/check_flag_ranges.py tries all of them.
TEST(FlagSpace, TheEndsOfASampleOfOurRangesCompile) {
  const Fixture fixture;
  const auto env = fixture.begin("flags-gcc");
  must(env->step_texts({"-O3"}));
  for (const std::string_view name :
       {"inline-unit-growth", "max-completely-peeled-insns",
        "max-inline-insns-auto", "max-unroll-times"}) {
    const FlagRange* range = find_flag_range(name);
    ASSERT_NE(range, nullptr) << name;
    EXPECT_LT(range->low, range->high);
    for (const int64_t end : {range->low, range->high}) {
      const Step step =
          must(env->step_texts({fmt::format("--param={}={}", name, end)}));
      EXPECT_TRUE(step.failures.empty()) << name << step.failures.front();
    }
  }
}

TEST(FlagSpace, EveryChoiceOfClangsTableIsTaken) {
  const Fixture fixture;
  const auto env = fixture.begin("flags-clang");
  const FlagSpace* space = must(flag_space(Compiler::Clang));
  // Two choices of every option at a time are many times fewer compiles.
  for (size_t number = 1; number < 12; ++number) {
    std::vector<std::string> all;
    for (const FlagOption& option : space->options)
      all.push_back(fmt::format("{}", number % option.choices.size()));
    const Step step = must(env->step_texts({"choices=" + join(all, ",")}));
    EXPECT_TRUE(step.failures.empty()) << step.failures.front();
  }
}

TEST(FlagEnvironment, AStepIsRewardedAndUndone) {
  const Fixture fixture;
  for (const std::string_view name : kEnvironments) {
    const auto env = fixture.begin(name, {.reward = "loaded-bytes"});
    const auto bare = std::get<int64_t>(must(env->observe("loaded-bytes")));
    EXPECT_EQ(text_of(*env, "command-line"), "");
    const Step step = must(env->step_texts({"-Oz"}));
    EXPECT_TRUE(step.changed);
    EXPECT_EQ(text_of(*env, "command-line"), "-Oz");
    EXPECT_EQ(must(env->observe("loaded-bytes")),
              must(env->observe("loaded-bytes-oz")));
    EXPECT_EQ(step.reward,
              static_cast<double>(bare - std::get<int64_t>(must(
                                             env->observe("loaded-bytes")))));
    EXPECT_EQ(must(env->step_texts({"default:O"})).reward, -step.reward);
  }
}

TEST(FlagEnvironment, TheBaselineIsARewardOfOne) {
  const Fixture fixture;
  for (const std::string_view name : kEnvironments) {
    const auto env = fixture.begin(name, {.reward = "loaded-bytes-oz"});
    EXPECT_EQ(must(env->step_texts({"-Oz"})).reward, 1) << name;
  }
}

TEST(FlagEnvironment, ChoicesGoUpAndDownAndAllAtOnce) {
  const Fixture fixture;
  const auto env = fixture.begin("flags-clang", {.action_space = "flag-steps"});
  EXPECT_EQ(env->actions()[0], "next:O");
  must(env->step({{0, 0, 0}}));
  EXPECT_EQ(text_of(*env, "command-line"), "-O2");
  must(env->step({{1}}));
  EXPECT_EQ(text_of(*env, "command-line"), "-O1");
  EXPECT_FALSE(must(env->step_texts({"previous:vectorize"})).changed);
  must(env->step_texts({"choices=4,0,2"}));
  EXPECT_EQ(text_of(*env, "command-line"), "-O3 -falign-loops=2");
  EXPECT_EQ(std::get<std::vector<int64_t>>(must(env->observe("choices")))[2],
            2);
}

TEST(FlagEnvironment, WhatTheCompilerDoesNotTakeIsOneLostStep) {
  const Scratch scratch;
  // Which options are on is seen by the source, which refuses one of them.
  const std::string uri = benchmark_uri(
      scratch
          .write(
              "p.c",
              "int f(void) { return 1; }\n"
              "__attribute__((error(\"kept\"))) int g(void);\n"
              "int h(void) { return __builtin_constant_p(f()) ? 0 : g(); }\n")
          .string(),
      {});
  const auto env =
      must(make_environment("flags-gcc", {.reward = "loaded-bytes"}));
  EXPECT_TRUE(fails_with(env->reset(uri), ErrorKind::ToolFailed,
                         "declared with attribute error: kept"));
  const std::string good = benchmark_uri(
      scratch.write("q.c", "int f(int x) { return x; }\n").string(), {});
  const auto limited = must(make_environment(
      "flags-gcc", {.reward = "loaded-bytes", .limits = {.cpu_seconds = 20}}));
  must(limited->reset(good));
  const std::string before = text_of(*limited, "state");
  // gcc 12 knows the pair as two choices, and refuses them together.
  const Step step = must(limited->step_texts(
      {"-Oz", "-fsection-anchors", "-fno-toplevel-reorder", "-Os"}));
  EXPECT_EQ(step.failures.size(), 1u);
  EXPECT_THAT(text_of(*limited, "command-line"), HasSubstr("-Os"));
  EXPECT_EQ(must(limited->episode()).actions.size(), 3u);
  EXPECT_NE(text_of(*limited, "state"), before);
}

TEST(FlagEnvironment, EveryObservationIsOfItsSpaceAndEveryRewardIsGiven) {
  const Fixture fixture;
  for (const std::string_view name : kEnvironments) {
    const auto env = fixture.begin(name);
    std::vector<std::string> names;
    for (const NamedSpace& row : env->observation_spaces())
      names.push_back(row.name);
    EXPECT_EQ(names, std::vector<std::string>(std::begin(kObservations),
                                              std::end(kObservations)));
    EXPECT_EQ(
        env->reward_spaces(),
        std::vector<std::string>(std::begin(kRewards), std::end(kRewards)));
    for (const std::string& reward : env->reward_spaces())
      if (!reward.starts_with("runtime"))  // observed below
        (void)fixture.begin(name, {.reward = reward});
    for (const NamedSpace& row : env->observation_spaces())
      EXPECT_TRUE(contains(row.space, must(env->observe(row.name))))
          << name << " " << row.name;
    EXPECT_THAT(text_of(*env, "instruction-counts"), HasSubstr("\"ret"));
    EXPECT_THAT(text_of(*env, "source"), HasSubstr("static int table[64]"));
  }
}

TEST(FlagEnvironment, EpisodesReplayAndForksGoTheirOwnWays) {
  const Fixture fixture;
  Random random(11);
  for (const std::string_view name : kEnvironments) {
    const auto env = fixture.begin(name, {.reward = "loaded-bytes-norm"});
    for (int i = 0; i < 8; ++i)
      must(env->step(
          {{static_cast<int64_t>(random.below(env->actions().size()))}}));
    const std::string state = text_of(*env, "state");
    const auto fork = must(env->fork());
    must(fork->step_texts({"-O3"}));
    EXPECT_EQ(text_of(*env, "state"), state);
    for (Environment* one : {env.get(), fork.get()}) {
      const Episode episode = must(one->episode());
      const Validation found =
          must(validate(must(parse_episode(to_text(episode))), {}));
      EXPECT_TRUE(found.ok()) << to_text(episode) << "\n"
                              << to_text(found.found);
    }
  }
}

// gcc 12's -fno-reorder-functions loses some of the handlers.
TEST(FlagEnvironment, NoOptionLosesExceptions) {
  const FlagSpace* gcc = must(flag_space(Compiler::Gcc));
  EXPECT_THAT(choices_of(gcc->options, "reorder-functions"), ElementsAre());
}

TEST(FlagBuilder, KeepsAFewMegabytesOfBuilds) {
  const Scratch scratch;
  const std::string uri = benchmark_uri(
      scratch.write("large.c", "char large[40 << 20] = {1};\n").string(), {});
  const auto builder =
      must(FlagBuilder::open(*must(flag_space(Compiler::Gcc)), uri, 60));
  for (const char* level : {"-O0", "-O1", "-O2"})
    EXPECT_GE(must(builder->build({level}))->sizes.loaded(), 40u << 20);
  EXPECT_LT(builder->kept_bytes(), size_t{64} << 20);
}

// The program's folder is neither the compiler's nor that of another run.
TEST(FlagEnvironment, WhatAProgramWritesIsReadByNobody) {
  const Scratch scratch;
  const std::string uri = benchmark_uri(
      scratch
          .write("writes.c",
                 "#include <stdio.h>\n"
                 "static int put(const char *name) {\n"
                 "  FILE *f = fopen(name, \"r\");\n"
                 "  if (f != 0 || (f = fopen(name, \"w\")) == 0) return 1;\n"
                 "  return fputs(\"int x;\", f) < 0 || fclose(f) != 0;\n"
                 "}\n"
                 "int main(void) { return put(\"input.i\") | put(\"log\"); }\n")
          .string(),
      {});
  for (const std::string_view name : kEnvironments) {
    const auto env = must(make_environment(name, {}));
    must(env->reset(uri));
    must(env->observe("runtime"));
    const std::string state = text_of(*env, "state");
    must(env->step_texts({"-O2", "default:O"}));
    EXPECT_EQ(text_of(*env, "state"), state);
    must(env->observe("assembly"));
    EXPECT_THAT(text_of(*env, "assembly"), HasSubstr("main"));
  }
}

TEST(FlagEnvironment, TimesProgramsOfCxxAndOfLibraries) {
  use_own_worker();
  const Scratch scratch;
  const std::string uri = benchmark_uri(
      scratch
          .write("throws.cpp",
                 "#include <stdexcept>\n"
                 "extern \"C\" const char *zlibVersion();\n"
                 "int main(int n, char **) {\n"
                 "  try { if (n > 0) throw std::runtime_error(\"n\"); }\n"
                 "  catch (const std::exception &) { return !zlibVersion(); }\n"
                 "  return 2;\n"
                 "}\n")
          .string(),
      {{"-lz"}});
  for (const std::string_view name : {"flags-clang", "flags-gcc", "llvm"}) {
    const auto env = must(make_environment(name, {}));
    must(env->reset(uri));
    EXPECT_GT(std::get<double>(must(env->observe("runtime"))), 0) << name;
  }
}

TEST(Environment, ASourceThatWasEditedIsReadAgainWhenItIsNamed) {
  use_own_worker();
  for (const std::string_view name : {"flags-gcc", "llvm"}) {
    const Fixture fixture;
    const auto env = fixture.begin(name);
    const std::string before = text_of(*env, "state");
    fixture.scratch.write("p.c", "int edited(int x) { return x + 1; }\n");
    must(env->reset(""));
    EXPECT_EQ(text_of(*env, "state"), before) << name;
    must(env->reset(fixture.uri));
    const std::string after = text_of(*env, "state");
    EXPECT_NE(after, before) << name;
    EXPECT_EQ(text_of(*fixture.begin(name), "state"), after) << name;
  }
}

TEST(Environment, AnEpisodeNamesItsSourceFromAnywhere) {
  use_own_worker();
  const Fixture fixture;
  const std::string relative =
      "file://" + std::filesystem::relative(fixture.scratch / "./p.c").string();
  for (const std::string_view name : {"flags-gcc", "llvm"}) {
    const auto env = must(make_environment(name, {}));
    must(env->reset(relative));
    EXPECT_EQ(must(env->episode()).benchmark, fixture.uri) << name;
  }
}

TEST(FlagEnvironment, RefusesWhatItDoesNotKnow) {
  const Fixture fixture;
  const auto env = fixture.begin("flags-gcc");
  const Step step = must(env->step_texts({"-fno-such-option", "-O2"}));
  ASSERT_EQ(step.failures.size(), 1u);
  EXPECT_THAT(step.failures.front(), HasSubstr("is no choice of gcc"));
  EXPECT_THAT(text_of(*env, "command-line"), HasSubstr("-O2"));
  EXPECT_TRUE(
      fails_with(make_environment("flags-gcc", {.reward = "loaded-byte"}),
                 ErrorKind::InvalidArgument, "did you mean 'loaded-bytes'"));
  const auto other = must(make_environment("flags-gcc", {}));
  EXPECT_TRUE(fails_with(
      other->reset(benchmark_uri(
          (source_folder() / "tests/modules/parser.ll").string(), {})),
      ErrorKind::Unsupported, "no C or C++ source"));
}

}  // namespace hone::env
