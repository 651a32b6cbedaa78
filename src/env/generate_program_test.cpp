// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/generate_program.h"

#include <gmock/gmock.h>

#include <set>

#include "env/benchmark.h"
#include "env/environment.h"
#include "env/test_tools.h"

namespace hone::env {

namespace {

using program::fails_with;
using program::must;
using program::Scratch;
using program::tools;
using ::testing::HasSubstr;

// What the program prints, compiled with these flags and run on an input.
std::string printed(const Scratch& scratch, const std::string& source,
                    std::vector<std::string> flags, const std::string& input) {
  std::vector<std::string> argv = {tools().clang, "-w", source, "-o", "a.out"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  must(run_checked({.argv = std::move(argv), .directory = scratch.path()}));
  return must(run_checked({.argv = {(scratch / "a.out").string(), input},
                           .directory = scratch.path(),
                           .limits = {.cpu_seconds = 10}}))
      .out;
}

}  // namespace

TEST(GenerateProgram, EqualSeedsGiveEqualPrograms) {
  std::set<std::string> texts;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const std::string text = generate_program(seed);
    EXPECT_EQ(text, generate_program(seed));
    EXPECT_LT(text.size(), 200'000u) << seed;
    texts.insert(text.substr(text.find('\n')));
  }
  EXPECT_EQ(texts.size(), 50u);
}

TEST(GenerateProgram, TheSameChecksumComesOutHoweverItIsOptimised) {
  const Scratch scratch;
  std::set<std::string> sums;
  for (uint64_t seed = 0; seed < 6; ++seed) {
    const std::string source =
        scratch.write("a.c", generate_program(seed)).string();
    const std::string plain = printed(scratch, source, {"-O0"}, "7");
    EXPECT_EQ(plain.size(), 17u) << seed;
    EXPECT_EQ(plain, printed(scratch, source, {"-O2"}, "7")) << seed;
    sums.insert(plain);
  }
  EXPECT_EQ(sums.size(), 6u);
}

TEST(GenerateProgram, TheInputReachesTheChecksum) {
  const Scratch scratch;
  const std::string source = scratch.write("a.c", generate_program(3)).string();
  EXPECT_NE(printed(scratch, source, {"-O1"}, "1"),
            printed(scratch, source, {"-O1"}, "2"));
}

TEST(GenerateProgram, NothingInItIsUndefined) {
  const Scratch scratch;
  for (const uint64_t seed : {11, 12, 13}) {
    const std::string source =
        scratch.write("a.c", generate_program(seed)).string();
    EXPECT_EQ(
        printed(scratch, source,
                {"-O1", "-fsanitize=address,undefined,float-cast-overflow",
                 "-fno-sanitize-recover=all"},
                "7"),
        printed(scratch, source, {"-O1"}, "7"));
  }
}

TEST(GenerateProgram, IsABenchmarkOfEnvironments) {
  use_own_worker();
  const auto env =
      must(make_environment("llvm", {.reward = "ir-instructions-oz"}));
  must(env->reset("generator://hone/5"));
  EXPECT_GT(std::get<int64_t>(must(env->observe("ir-instructions"))), 100);
  EXPECT_NEAR(must(env->step_texts({"default<Oz>"})).reward, 1.0, 1e-12);
  EXPECT_TRUE(fails_with(find_source("generator://hone/x"),
                         ErrorKind::InvalidArgument, "generator://hone/SEED"));
  EXPECT_TRUE(fails_with(find_source("generator://hone/99999999999999999999"),
                         ErrorKind::InvalidArgument, "whole number"));
}

}  // namespace hone::env
