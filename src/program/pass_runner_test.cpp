// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/pass_runner.h"

#include "program/test_tools.h"

namespace hone::program {

namespace {

// Loops, a switch, globals and calls: something for most passes.
constexpr std::string_view kSource = R"c(
int table[8] = {3, 1, 4, 1, 5, 9, 2, 6};
static int twist(int x) { return x * 5 + (x > 7 ? table[x & 7] : 2); }
int walk(const int *from, int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i)
    switch (from[i] & 3) {
      case 0: sum += twist(i); break;
      case 1: sum -= table[i & 7]; break;
      default: sum ^= from[i] * 3 + twist(sum);
    }
  return sum;
}
int both(int a, int b) { return twist(a) + twist(b) + walk(table, a & 7); }
)c";

Module parse(const Scratch& scratch) {
  const Compiled made = compile(scratch, "m.c", kSource);
  return must(Module::parse(scratch.read("input.bc"), "the input"));
}

}  // namespace

TEST(PassRunner, StepsMakeWhatARunWithNewMachineryForEachPassMakes) {
  const Scratch scratch;
  const Module start = parse(scratch);
  PassRunner runner = must(PassRunner::make(start, Relocation::Static));
  Random random(7);
  for (int episode = 0; episode < 8; ++episode) {
    Module stepped = start.clone();
    Module anew = start.clone();
    for (const std::string& action : random_actions(random, 20)) {
      must(runner.run(stepped, action));
      must(anew.run(action));
    }
    EXPECT_EQ(stepped.text(), anew.text()) << "episode " << episode;
  }
}

TEST(PassRunner, WhatIsKeptBetweenStepsIsNotSeenInWhatTheyMake) {
  const Scratch scratch;
  const Module start = parse(scratch);
  PassRunner runner = must(PassRunner::make(start, Relocation::Static));
  Random random(17);
  for (int episode = 0; episode < 8; ++episode) {
    Module stepped = start.clone();
    Module anew = start.clone();
    for (const std::string& action : random_actions(random, 20)) {
      PassRunner fresh = must(PassRunner::make(anew, Relocation::Static));
      EXPECT_EQ(must(runner.step(stepped, action)),
                must(fresh.step(anew, action)));
      ASSERT_EQ(stepped.text(), anew.text()) << action;
    }
  }
}

TEST(PassRunner, WhatIsKeptBelongsToOneModuleAsItIs) {
  const Scratch scratch;
  const Module start = parse(scratch);
  PassRunner runner = must(PassRunner::make(start, Relocation::Static));
  Module module = start.clone();
  must(runner.step(module, "function(sroa<modify-cfg>)"));
  const uint64_t number = module.number();
  EXPECT_NE(number, start.number());
  EXPECT_NE(number, module.clone().number());
  must(module.set_attributes({{"walk", {{"codegen", "speed"}}}}));
  EXPECT_NE(module.number(), number);
  // As a runner that has kept nothing sees it.
  Module same = module.clone();
  PassRunner fresh = must(PassRunner::make(same, Relocation::Static));
  for (const char* action : {"function(loop(loop-rotate<header-duplication>))",
                             "function(loop-unroll<O3>)", "cgscc(inline)"}) {
    must(runner.step(module, action));
    must(fresh.step(same, action));
    EXPECT_EQ(module.text(), same.text()) << action;
  }
}

TEST(PassRunner, SaysWhetherAPassChangedSomething) {
  const Scratch scratch;
  const Module start = parse(scratch);
  PassRunner runner = must(PassRunner::make(start, Relocation::Static));
  Module module = start.clone();
  EXPECT_TRUE(must(runner.run(module, "function(sroa<modify-cfg>)")));
  const Hash128 after = module.hash();
  EXPECT_FALSE(must(runner.run(module, "function(sroa<modify-cfg>)")));
  EXPECT_EQ(module.hash(), after);
}

TEST(PassRunner, WhereItSaysThatNothingChangedNothingDid) {
  const Scratch scratch;
  const Module start = parse(scratch);
  PassRunner runner = must(PassRunner::make(start, Relocation::Static));
  Random random(3);
  for (int episode = 0; episode < 20; ++episode) {
    Module module = start.clone();
    std::string before = module.bitcode();
    for (const std::string& action : random_actions(random, 40)) {
      const bool changed = must(runner.run(module, action));
      std::string after = module.bitcode();
      if (!changed) EXPECT_EQ(before, after) << action;
      before = std::move(after);
    }
  }
}

TEST(PassRunner, RefusesWhatIsNoPipelineAndGoesOn) {
  const Scratch scratch;
  const Module start = parse(scratch);
  PassRunner runner = must(PassRunner::make(start, Relocation::Static));
  Module module = start.clone();
  EXPECT_TRUE(fails_with(runner.run(module, "function(no-such-pass)"),
                         ErrorKind::InvalidArgument, "no-such-pass"));
  EXPECT_EQ(module.hash(), start.hash());
  EXPECT_TRUE(must(runner.run(module, "function(sroa)")));
}

}  // namespace hone::program
