// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/smtlib.h"

#include <gtest/gtest.h>

#include "rewrite/context.h"
#include "term/smtlib/smtlib.h"

namespace hone::toolkit {
namespace {

std::string said(std::string_view script) {
  const auto run = run_smtlib(script);
  return run.ok() ? run->text : run.error().message;
}

TEST(Smtlib, LevelsTakeTheirAssertionsAlong) {
  EXPECT_EQ(said("(declare-const x Int)(assert (> x 3))(check-sat)"
                 "(push 1)(assert (< x 4))(check-sat)(pop 1)(check-sat)"),
            "sat\nunsat\nsat\n");
}

TEST(Smtlib, AModelMakesTheAssertionsTrue) {
  EXPECT_EQ(said("(set-logic QF_LIA)(declare-fun |the x| () Int)"
                 "(declare-const p Bool)"
                 "(assert (and (= (+ (* 3 |the x|) 1) (- 5)) (not p)))"
                 "(check-sat)(get-model)"),
            "sat\n(\n  (define-fun |the x| () Int (- 2))\n"
            "  (define-fun p () Bool false)\n)\n");
}

TEST(Smtlib, AModelIsGivenOnlyAfterSat) {
  EXPECT_NE(said("(check-sat)(assert false)(get-model)")
                .find("only right after an answer sat"),
            std::string::npos);
}

TEST(Smtlib, WhatStepsLeaveOpenIsUnknown) {
  EXPECT_EQ(said("(declare-const x Int)(declare-const y Int)"
                 "(assert (= 1 (mod (* x y (- x y)) 2)))(check-sat)"),
            "unknown\n");
}

TEST(Smtlib, QuestionsAreReadAgainToTheirAnswers) {
  const std::string assumptions[] = {"v in [0, 63]"};
  const std::string expressions[] = {"v / 64 == 0", "v > 63",
                                     "let w = v in w % 3 == 0"};
  const auto script = smtlib_of(assumptions, expressions);
  ASSERT_TRUE(script.ok());
  EXPECT_EQ(said(*script), "unsat\nsat\nsat\nunsat\nsat\nsat\n");
}

}  // namespace
}  // namespace hone::toolkit
