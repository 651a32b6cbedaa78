// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/assembly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "program/assembly_test_tools.h"
#include "program/module.h"
#include "program/object_file.h"
#include "program/test_tools.h"

namespace hone::program {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Assembly, EachFunctionIsOneBlockFromTheEndOfTheOneBefore) {
  const Scratch scratch;
  const Assembly assembly = cut(scratch, "three.c", kThree);
  EXPECT_THAT(names(assembly), ElementsAre("scale", "pick", "twice"));
  size_t next = assembly.blocks().front().begin;
  for (const AssemblyBlock& block : assembly.blocks()) {
    EXPECT_EQ(block.begin, next);
    next = block.end + 1;
    const std::string_view text = assembly.text_of(block);
    EXPECT_THAT(text, HasSubstr("\n" + block.function + ":"));
    EXPECT_TRUE(text.ends_with("# -- End function"));
    EXPECT_FALSE(block.pinned);
    EXPECT_FALSE(block.inline_assembly);
  }
  EXPECT_EQ(assembly.find("scale"), &assembly.blocks()[0]);
  EXPECT_EQ(assembly.find("puts"), nullptr);
}

TEST(Assembly, ConstantsBeforeAndJumpTablesAfterBelongToTheirFunction) {
  const Scratch scratch;
  const Assembly assembly = cut(scratch, "three.c", kThree);
  const std::string_view scale = assembly.text_of(*assembly.find("scale"));
  EXPECT_LT(scale.find(".LCPI0_0:"), scale.find("scale:"));
  const std::string_view pick = assembly.text_of(*assembly.find("pick"));
  EXPECT_GT(pick.find(".LJTI1_0:"), pick.find(".Lfunc_end1:"));
  // Two doubles, and seven offsets of four bytes.
  EXPECT_EQ(assembly.find("scale")->data_bytes, 16u);
  EXPECT_EQ(assembly.find("pick")->data_bytes, 28u);
  EXPECT_EQ(assembly.find("twice")->data_bytes, 0u);
}

TEST(Assembly, DefinitionOfAPrivateGlobalEndsAtItsSize) {
  const Scratch scratch;
  const Assembly assembly = cut(scratch, "three.c", kThree);
  const std::string_view text = assembly.definition_of(".L.str.1");
  EXPECT_THAT(text, HasSubstr("\"uno\""));
  EXPECT_THAT(text, Not(HasSubstr(".L.str.2")));
  EXPECT_EQ(assembly.definition_of(".L.str.99"), "");
}

TEST(Assembly, FunctionWhoseLabelsStandInDataIsPinned) {
  const Scratch scratch;
  const Assembly assembly = cut(scratch, "goto.c", R"c(
int run(const unsigned char *code) {
  static const void *const labels[] = {&&stop, &&add, &&twice, &&minus};
  int value = 0;
  goto *labels[*code++];
add: value += *code++; goto *labels[*code++];
twice: value *= 2; goto *labels[*code++];
minus: value = -value; goto *labels[*code++];
stop: return value;
}
int plain(int x) { return x > 3 ? x * 7 : x; }
)c");
  EXPECT_TRUE(assembly.find("run")->pinned);
  EXPECT_FALSE(assembly.find("plain")->pinned);
  EXPECT_FALSE(can_take(assembly, assembly, "run"));
  EXPECT_TRUE(can_take(assembly, assembly, "plain"));
}

TEST(Assembly, FunctionWithInlineAssemblyStaysWhereItIs) {
  const Scratch scratch;
  const Assembly assembly = cut(scratch, "inline.c", R"c(
int pause_once(int x) { __asm__ volatile("pause"); return x + 1; }
int plain(int x) { return x * 3; }
)c");
  EXPECT_TRUE(assembly.find("pause_once")->inline_assembly);
  EXPECT_FALSE(assembly.find("plain")->inline_assembly);
  EXPECT_FALSE(can_take(assembly, assembly, "pause_once"));
  EXPECT_TRUE(can_take(assembly, assembly, "plain"));
}

TEST(Assembly, AssemblyAtModuleLevelIsRefused) {
  const Scratch scratch;
  EXPECT_TRUE(fails_with(
      Assembly::parse(assembly_of(
          scratch, "module.c",
          "__asm__(\".data\\n.globl seven\\nseven: .long 7\\n.text\");\n"
          "int f(void) { return 1; }\n")),
      ErrorKind::Unsupported, "assembly of its own"));
}

// clang prints plain section switches for it, inside the function's block.
TEST(Assembly, InlineAssemblyThatSwitchesSectionsStaysInItsBlock) {
  const Scratch scratch;
  const Assembly assembly =
      cut(scratch, "push.c",
          "int f(void) { __asm__ volatile(\".pushsection .note.x\\n"
          ".long 1\\n.popsection\"); return 1; }\n"
          "int g(int x) { return x * 3; }\n");
  EXPECT_THAT(names(assembly), ElementsAre("f", "g"));
  EXPECT_FALSE(can_take(assembly, assembly, "f"));
  EXPECT_THAT(assembly.find("g")->section, HasSubstr(".text"));
}

TEST(Assembly, DirectivesWithAStackOfSectionsAreRefused) {
  for (const char* directive : {".pushsection\t.note", ".previous",
                                ".subsection\t1", ".include\t\"x.s\""})
    EXPECT_TRUE(fails_with(
        Assembly::parse(fmt::format("\t.text\n\t{}\n", directive)),
        ErrorKind::Unsupported, std::string_view(directive).substr(0, 5)));
}

TEST(Assembly, FileWithoutFunctionsIsRefused) {
  const Scratch scratch;
  for (const std::string& text :
       {std::string(), std::string("\n\n"),
        assembly_of(scratch, "data.c", "int x = 3;\n"),
        assembly_of(scratch, "silent.c", "int f(void) { return 1; }\n",
                    {"-fno-verbose-asm"})})
    EXPECT_TRUE(fails_with(Assembly::parse(text), ErrorKind::Unsupported,
                           "no function"));
}

TEST(Assembly, FunctionMayBeginBeforeAnySectionIsNamed) {
  const Assembly assembly =
      must(Assembly::parse("\t.globl\tf # -- Begin function f\nf:\n\tretq\n"
                           " # -- End function\n\t.data\n"));
  EXPECT_EQ(assembly.find("f")->begin, 1u);
  EXPECT_EQ(assembly.find("f")->end, 4u);
  EXPECT_EQ(assembly.text_of(*assembly.find("f")),
            assembly.text().substr(0, assembly.text().find("\n\t.data")));
}

// A file with one function that uses a private global.

TEST(Assembly, FunctionIsNotTakenWhereItsPrivateGlobalDiffers) {
  const Assembly base = must(Assembly::parse(using_global("one")));
  const Assembly same = must(Assembly::parse(using_global("one")));
  const Assembly other = must(Assembly::parse(using_global("two")));
  EXPECT_TRUE(can_take(base, same, "f"));
  EXPECT_FALSE(can_take(base, other, "f"));
  EXPECT_FALSE(can_take(base, other, "g"));
  std::string without = using_global("one");
  without.resize(without.find("\t.section"));
  EXPECT_FALSE(can_take(must(Assembly::parse(without)), same, "f"));
}

TEST(Assembly, FunctionIsNotTakenWhereItNamesALabelOfAnother) {
  const std::string text =
      "\t.text\n\t.globl\tf # -- Begin function f\nf:\n\tjmp\t.LBB1_0\n"
      " # -- End function\n\t.globl\tg # -- Begin function g\ng:\n"
      ".LBB1_0:\n\tretq\n # -- End function\n";
  const Assembly assembly = must(Assembly::parse(text));
  EXPECT_FALSE(can_take(assembly, assembly, "f"));
  EXPECT_TRUE(can_take(assembly, assembly, "g"));
}

TEST(Assembly, WhatTheOutlinerMadeIsNotTakenNorWhatCallsIt) {
  const Scratch scratch;
  const Assembly assembly = cut(scratch, "outlined.c", R"c(
extern int a(int, int), b(int, int);
int f(int x, int *p) { p[0] = a(x, 11); p[1] = b(x, 12); p[2] = a(x, 13); return x; }
int g(int x, int *p) { p[0] = a(x, 11); p[1] = b(x, 12); p[2] = a(x, 13); return x + 1; }
int h(int x) { return x * 3; }
)c",
                                {"--target=aarch64-linux-gnu", "-Oz"});
  const std::string_view f = assembly.text_of(*assembly.find("f"));
  ASSERT_THAT(f, HasSubstr("OUTLINED_FUNCTION_0"));
  ASSERT_NE(assembly.find("OUTLINED_FUNCTION_0"), nullptr);
  EXPECT_FALSE(can_take(assembly, assembly, "f"));
  EXPECT_FALSE(can_take(assembly, assembly, "OUTLINED_FUNCTION_0"));
  EXPECT_TRUE(can_take(assembly, assembly, "h"));
}

TEST(Assembly, DataBytesOfAarch64AreThoseOfItsConstantsAndTables) {
  const Scratch scratch;
  const Assembly assembly = cut(scratch, "data.c", R"c(
double area(double r) { return r * r * 3.14159265; }
extern void a(void), b(void), c(void), d(void), e(void);
void call(int x) {
  switch (x) {
    case 0: a(); break;
    case 1: b(); break;
    case 2: c(); break;
    case 3: d(); break;
    case 4: e(); break;
  }
}
)c",
                                {"--target=aarch64-linux-gnu"});
  EXPECT_EQ(assembly.find("area")->data_bytes, 8u);
  // Five distances that fit a byte each.
  EXPECT_EQ(assembly.find("call")->data_bytes, 5u);
}

// --- Mutants ----------------------------------------------------------------

TEST(Assembly, MutantsAreCutOrRefusedAndRenderWithoutHarm) {
  const Scratch scratch;
  const std::string original = assembly_of(scratch, "three.c", kThree);
  const Assembly base = must(Assembly::parse(original));
  Random random(20261);
  size_t cut_well = 0;
  for (int round = 0; round < 1500; ++round) {
    std::string text = original;
    for (uint64_t edits = 1 + random.below(6); edits > 0; --edits) {
      const size_t at = random.below(text.size());
      const size_t length = random.below(60);
      switch (random.below(4)) {
        case 0:
          text.erase(at, length);
          break;
        case 1:
          text.insert(at, text.substr(random.below(text.size()), length));
          break;
        case 2:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 3:
          text.resize(at + 1);
          break;
      }
      if (text.empty()) text = "\n";
    }
    const Result<Assembly> mutant = Assembly::parse(text);
    if (!mutant.ok()) {
      EXPECT_EQ(mutant.error().kind, ErrorKind::Unsupported);
      continue;
    }
    ++cut_well;
    const Assembly* others[] = {&*mutant};
    std::map<std::string, size_t> chosen;
    for (const AssemblyBlock& block : base.blocks()) chosen[block.function] = 0;
    const std::string joined =
        render(splice(base, others, chosen), base, others);
    EXPECT_THAT(joined, HasSubstr(".note.GNU-stack")) << round;
    // And the other way round: a mutant as the base.
    const Assembly* into[] = {&base};
    EXPECT_FALSE(render(splice(*mutant, into, chosen), *mutant, into).empty());
  }
  EXPECT_GT(cut_well, 300u);
}

}  // namespace
}  // namespace hone::program
