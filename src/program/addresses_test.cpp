// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linked with a heap that places objects at random (bench/step/
// shuffled_heap.cpp): what passes make must not depend on it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "program/module.h"
#include "program/pass_runner.h"
#include "program/test_tools.h"

namespace hone::program {

namespace {

// A loop of two exits that ends after five rounds. `opt-22` itself makes one of
// two texts of it, by chance.
constexpr std::string_view kTwoExits = R"(
target triple = "x86_64-pc-linux-gnu"

define i64 @out(i64 %x, double %y) {
entry:
  br label %head
head:
  %i = phi i32 [ 14, %entry ], [ %less, %body ]
  %a = phi i64 [ %x, %entry ], [ %b, %body ]
  %d = phi double [ %y, %entry ], [ 9.0, %body ]
  %none = icmp eq i32 %i, 0
  br i1 %none, label %end, label %body
body:
  %less = add i32 %i, -1
  %b = add i64 %a, -12
  %low = and i32 %less, 65535
  %nine = icmp eq i32 %low, 9
  br i1 %nine, label %end, label %head
end:
  %r = phi i64 [ %b, %body ], [ %a, %head ]
  %e = phi double [ 9.0, %body ], [ %d, %head ]
  %f = fptosi double %e to i64
  %s = add i64 %r, %f
  ret i64 %s
}
)";

// Globals that are used in many places, loops, and a switch.
constexpr std::string_view kSource = R"c(
static int first[8], second[8];
static int twist(int x) { return x * 5 + (x > 7 ? first[x & 7] : second[1]); }
int walk(const int *from, int count) {
  int sum = first[3];
  for (int i = 0; i < count; ++i)
    switch (from[i] & 3) {
      case 0: sum += twist(i) + second[i & 7]; break;
      case 1: sum -= first[i & 7]; first[sum & 7] = second[i & 3]; break;
      default: sum ^= from[i] * 3 + twist(sum);
    }
  for (int i = 9; i; i--) second[i & 7] += first[i & 3] + sum;
  return sum;
}
int both(int a, int b) { return twist(a) + twist(b) + walk(first, a & 7); }
)c";

Module parse(const Scratch& scratch, std::string_view name,
             std::string_view source) {
  const Compiled made = compile(scratch, name, source);
  return must(Module::parse(scratch.read("input.bc"), "the input"));
}

}  // namespace

TEST(Addresses, OfBlocksDoNotDecideHowALoopIsUnrolled) {
  const Scratch scratch;
  const Module start = parse(scratch, "loop.ll", kTwoExits);
  std::set<std::string> raw;
  std::set<std::string> stepped;
  for (int i = 0; i < 24; ++i) {
    for (const bool steps : {false, true}) {
      Module module = start.clone();
      PassRunner runner = must(PassRunner::make(module, Relocation::Static));
      const char* const pass = "function(loop-unroll<no-peeling>)";
      must(steps ? runner.step(module, pass) : runner.run(module, pass));
      (steps ? stepped : raw).insert(module.text());
    }
  }
  EXPECT_EQ(stepped.size(), 1u);
  // LLVM 22.1 walks a table of addresses; a version that does not needs no
  // settle_phis() any more.
  EXPECT_GT(raw.size(), 1u);
}

TEST(Addresses, DoNotDecideWhatStepsMake) {
  const Scratch scratch;
  const Module start = parse(scratch, "m.c", kSource);
  Random random(11);
  for (int episode = 0; episode < 12; ++episode) {
    Module one = start.clone();
    Module other = must(Module::parse(start.bitcode(), "a twin"));
    PassRunner of_one = must(PassRunner::make(one, Relocation::Static));
    PassRunner of_other = must(PassRunner::make(other, Relocation::Static));
    for (const std::string& action : random_actions(random, 20)) {
      EXPECT_EQ(must(of_one.step(one, action)),
                must(of_other.step(other, action)));
      ASSERT_EQ(one.bitcode(), other.bitcode()) << action;
    }
  }
}

}  // namespace hone::program
