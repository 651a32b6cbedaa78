// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <numeric>

#include "features/autophase.h"
#include "features/function_properties.h"
#include "features/instcount.h"
#include "program/test_tools.h"

namespace hone::features {

namespace {

using program::Module;
using program::must;
using program::Scratch;

// Two functions; counted by hand in the tests.
constexpr std::string_view kModule = R"ll(
define i32 @pick(i32 %x, i32 %y) {
entry:
  %small = icmp ult i32 %x, 10
  br i1 %small, label %then, label %end
then:
  %sum = add i32 %x, 1
  br label %end
end:
  %r = phi i32 [ %sum, %then ], [ 0, %entry ]
  ret i32 %r
}
define i32 @loop(ptr %p) {
entry:
  br label %body
body:
  %i = phi i32 [ 0, %entry ], [ %next, %body ]
  %v = load i32, ptr %p
  %next = add i32 %i, %v
  %more = icmp ult i32 %next, 100
  br i1 %more, label %body, label %exit
exit:
  %c = call i32 @pick(i32 %i, i32 1)
  store i32 %c, ptr %p
  ret i32 %c
}
declare void @elsewhere()
)ll";

Module module_of(std::string_view text) {
  const Scratch scratch;
  scratch.write("m.ll", text);
  scratch.run_well({program::llvm_program("llvm-as"), "m.ll", "-o", "m.bc"});
  return must(Module::parse(scratch.read("m.bc"), "m.bc"));
}

template <typename Names>
int64_t at(const Names& names, const std::vector<int64_t>& counts,
           std::string_view name) {
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return counts[i];
  ADD_FAILURE() << "no feature " << name;
  return -1;
}

}  // namespace

TEST(Instcount, CountsInstructionsBlocksFunctionsAndOpcodes) {
  const std::vector<int64_t> counts = instcount(module_of(kModule));
  const auto names = instcount_names();
  ASSERT_EQ(counts.size(), names.size());
  EXPECT_EQ(at(names, counts, "instructions"), 15);
  EXPECT_EQ(at(names, counts, "blocks"), 6);
  EXPECT_EQ(at(names, counts, "functions"), 2);
  EXPECT_EQ(at(names, counts, "phi"), 2);
  EXPECT_EQ(at(names, counts, "br"), 4);
  EXPECT_EQ(at(names, counts, "add"), 2);
  EXPECT_EQ(at(names, counts, "call"), 1);
  EXPECT_EQ(std::accumulate(counts.begin() + 3, counts.end(), int64_t{0}), 15)
      << "the opcodes sum up to the instructions";
}

TEST(Autophase, CountsWhatThePaperCounts) {
  const std::vector<int64_t> counts = autophase(module_of(kModule));
  const auto names = autophase_names();
  ASSERT_EQ(counts.size(), 56u);
  const std::pair<std::string_view, int64_t> wanted[] = {
      {"TotalInsts", 15},  {"TotalBlocks", 6},    {"TotalFuncs", 2},
      {"TotalMemInst", 3}, {"BranchCount", 4},    {"UncondBranches", 2},
      {"NumEdges", 6},     {"onePred", 2},        {"twoPred", 2},
      {"twoSuccessor", 2}, {"oneSuccessor", 2},   {"ArgsPhi", 4},
      {"BB03Phi", 2},      {"BBNoPhi", 4},        {"returnInt", 1},
      {"NumLoadInst", 1},  {"testUnary", 1},      {"binaryConstArg", 1},
      {"BlockLow", 6},     {"NumRetInst", 2},     {"CriticalCount", 2},
      {"const32Bit", 6},   {"numConstZeroes", 2}, {"numConstOnes", 2},
      {"BBNumArgsLo", 2},  {"BBNumArgsHi", 0},    {"twoEach", 1}};
  for (const auto& [name, count] : wanted)
    EXPECT_EQ(at(names, counts, name), count) << name;
}

// Where counting differently would be as natural: counted by AutoPhase's own
// code, as CompilerGym 0.2.5 has it.
TEST(Autophase, CountsAsItsAuthorsDo) {
  const std::vector<int64_t> counts = autophase(module_of(R"ll(
define i32 @f(i32 %x, ptr %g) {
entry:
  switch i32 %x, label %end [ i32 0, label %end
                              i32 1, label %two
                              i32 7, label %two ]
two:
  %direct = call i32 @f(i32 %x, ptr %g)
  %indirect = call i32 %g(i32 %x)
  br label %end
end:
  %a = phi i32 [ %x, %entry ], [ %x, %entry ], [ %direct, %two ]
  %b = phi i32 [ %x, %entry ], [ %x, %entry ], [ %indirect, %two ]
  ret i32 %a
}
)ll"));
  const std::pair<std::string_view, int64_t> wanted[] = {
      {"const32Bit", 3}, {"numConstZeroes", 1}, {"numConstOnes", 1},
      {"returnInt", 1},  {"TotalMemInst", 2},   {"BeginPhi", 1},
      {"NumPHIInst", 2}, {"NumCallInst", 2}};
  for (const auto& [name, count] : wanted)
    EXPECT_EQ(at(autophase_names(), counts, name), count) << name;
}

TEST(Autophase, LooksAtNoDeclarations) {
  const std::vector<int64_t> counts =
      autophase(module_of("declare i32 @f(i32)\n"));
  EXPECT_EQ(counts, std::vector<int64_t>(56, 0));
}

TEST(FunctionProperties, AreSummedAndDepthIsTheGreatest) {
  const std::vector<int64_t> sums = function_properties(module_of(kModule));
  const auto names = function_property_names();
  EXPECT_EQ(at(names, sums, "BasicBlockCount"), 6);
  EXPECT_EQ(at(names, sums, "TotalInstructionCount"), 15);
  EXPECT_EQ(at(names, sums, "MaxLoopDepth"), 1);
  EXPECT_EQ(at(names, sums, "TopLevelLoopCount"), 1);
  EXPECT_EQ(at(names, sums, "LoadInstCount"), 1);
  EXPECT_EQ(at(names, sums, "DirectCallsToDefinedFunctions"), 1);
}

}  // namespace hone::features
