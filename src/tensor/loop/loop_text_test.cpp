// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/loop_text.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "tensor/loop/schedule.h"
#include "tensor/loop/tree_diff.h"

namespace hone::tensor {
namespace {

constexpr std::string_view kProduct = R"(loops mm {
  size N = 48
  fact N mod 16 = 0
  input a[N, N]
  input b[N, N]
  output c[N, N]
  node mm: c[i, j] += a[i, k] * b[k, j] over i < N, j < N, k < N
  tree {
    for i < N {
      for j < N {
        mm_init: c[i, j] = 0
        for k < N {
          mm: c[i, j] += a[i, k] * b[k, j]
        }
      }
    }
  }
}
)";

std::string error_of(std::string_view text) {
  const auto program = parse_loops(text);
  return program.ok() ? "" : program.error().message;
}

TEST(LoopText, PrintsWhatItParses) {
  const auto program = parse_loops(kProduct);
  ASSERT_TRUE(program.ok()) << program.error().message;
  EXPECT_EQ(print_loops(*program), kProduct);
  EXPECT_EQ(program_hash(*program), program_hash(*parse_loops(kProduct)));
}

TEST(LoopText, WithoutATreeTheDefaultOneIsMeant) {
  const std::string text(kProduct);
  const size_t tree = text.find("  tree");
  const auto program = parse_loops(text.substr(0, tree) + "}");
  ASSERT_TRUE(program.ok()) << program.error().message;
  EXPECT_EQ(print_loops(*program), kProduct);
}

TEST(LoopText, EveryFormIsReadBack) {
  constexpr std::string_view text = R"(loops all {
  input x[8, 4]
  input at[3] i64
  local t[3, 4]
  output y[3]
  node one: t[i, j] = select(0 < i && j = 2, exp(x[max(min(at[i], 7), 0), j]), -1.5) * 2 over i < 3, j < 4
  node two: y[i] max= (t[i, j] - 3) / fma(t[i, j], 2, 1e-05) over i < 3, j < 4
  tree {
    for i < 3 overlaps {
      for j < 4 vector {
        one: t[i, j] = select(0 < i && j / 2 < 1, 1, 2) if i - 3*j - 1 < (2*i + 1) mod 4
      }
    }
    for k < 3 {
      two_init: y[k] = -inf
      for l < 2 unroll {
        two: y[k] max= t[k, l]
      }
    }
  }
}
)";
  std::string scalar(text);
  scalar.replace(scalar.find("vector "), 7, "");
  const auto program = parse_loops(scalar);
  ASSERT_TRUE(program.ok()) << program.error().message;
  EXPECT_EQ(print_loops(*program), scalar);
}

TEST(LoopText, ErrorsNameTheLineAndWhatWasExpected) {
  EXPECT_EQ(error_of("loops p {\n  size N = x\n}"),
            "line 2: expected an integer up to 16777216, found 'x'");
  EXPECT_EQ(error_of("loops p { input a[4] node n: a[i] = 1 over i < 4 }"),
            "loops 'p': 'a' is an input");
  EXPECT_NE(
      error_of("loops p { output a[4] node n: a[i / (0 - 2)] = 1 over i < 4 }")
          .find("a positive number or a size"),
      std::string::npos);
  EXPECT_NE(error_of("loops p { output a[4] node n: a[i / 2] = 1 over i < 4 }")
                .find("more than once along 'i'"),
            std::string::npos);
  EXPECT_NE(
      error_of("loops p { size N = 5 fact N mod 2 = 0 }").find("does not hold"),
      std::string::npos);
  EXPECT_NE(error_of("loops p { output a[4] tree { for i < 4 vector { for j < "
                     "4 { s: a[j] = 1 } } } }")
                .find("holds a loop"),
            std::string::npos);
}

TEST(LoopText, NestingIsBounded) {
  std::string deep = "loops p { output a[4] tree ";
  for (int i = 0; i < 4000; ++i)
    deep += "{ for i" + std::to_string(i) + " < 4 ";
  EXPECT_NE(error_of(deep).find("less nesting"), std::string::npos);
  EXPECT_NE(error_of("loops p { size N = " + std::string(100'000, '(') + "}"),
            "");
  EXPECT_NE(error_of("loops p { output a[" + std::string(100'000, '(') + "}")
                .find("less nesting"),
            std::string::npos);
}

TEST(LoopText, MutantsOfTextsNeverCrash) {
  Random random(7);
  int accepted = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string text(kProduct);
    for (uint64_t edits = 1 + random.below(3); edits > 0; --edits) {
      const size_t at = random.below(text.size());
      const std::string_view pieces = "(){}[]<=*+-/ijkN019,:;mod min";
      if (random.chance(0.5))
        text[at] = pieces[random.below(pieces.size())];
      else
        text.erase(at, 1 + random.below(6));
    }
    const auto program = parse_loops(text);
    if (!program.ok()) continue;
    ++accepted;
    const auto again = parse_loops(print_loops(*program));
    ASSERT_TRUE(again.ok()) << again.error().message << text;
    ASSERT_EQ(print_loops(*again), print_loops(*program));
  }
  EXPECT_GT(accepted, 0);
}

TEST(LoopText, ScriptsAreReadAndNamedWhereTheyAreWrong) {
  const auto steps =
      parse_schedule("split i 14 as a b; swap a b # twice\n\nundo");
  ASSERT_TRUE(steps.ok()) << steps.error().message;
  ASSERT_EQ(steps->size(), 3);
  EXPECT_EQ(to_text((*steps)[0]), "split i 14 as a b");
  EXPECT_NE(parse_schedule("splt i 4").error().message.find("'split'"),
            std::string::npos);
  EXPECT_NE(parse_schedule("fuse i").error().message.find(
                "expected 'fuse LOOP LOOP', found 'fuse i'"),
            std::string::npos);
}

TEST(TreeDiff, ShowsTheLinesThatChanged) {
  const auto before = parse_loops(kProduct);
  std::string text(kProduct);
  text.replace(text.find("for k < N {"), 11, "for k < N unroll {");
  text.replace(text.find("size N"), 0, "size M = 3\n  ");
  text.replace(text.find("k < N unroll"), 5, "k < 4");
  const auto after = parse_loops(text);
  ASSERT_TRUE(after.ok()) << after.error().message;
  const std::string diff = diff_loops(*before, *after);
  EXPECT_NE(diff.find("+   size M = 3\n"), std::string::npos) << diff;
  EXPECT_NE(diff.find("-         for k < N {\n+         for k < 4 unroll {\n"),
            std::string::npos)
      << diff;
  EXPECT_EQ(diff_loops(*before, *before), "");
}

}  // namespace
}  // namespace hone::tensor
