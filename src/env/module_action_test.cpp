// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/module_action.h"

#include <gmock/gmock.h>

#include "env/environment.h"
#include "env/test_tools.h"

namespace hone::env {

namespace {

using program::must;
using program::Scratch;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<Environment> reset_on(const Scratch& scratch,
                                      const std::string& name,
                                      std::string_view text) {
  use_own_worker();
  std::unique_ptr<Environment> env = must(make_environment("llvm", {}));
  must(env->reset(benchmark_uri(scratch.write(name, text).string(), {})));
  return env;
}

}  // namespace

TEST(ModuleAction, WithABlankIsNone) {
  const Scratch scratch;
  const auto env = reset_on(scratch, "blank.ll",
                            "define i32 @\"a b\"() {\n  ret i32 1\n}\n");
  EXPECT_THAT(must(env->step_texts({"@a b:function(sroa)"})).failures,
              ElementsAre(HasSubstr("@#0")));
  EXPECT_TRUE(must(env->step_texts({"@#0:function(sroa)"})).failures.empty());
}

TEST(ModuleAction, OnAFunctionThatNeverWasIsLost) {
  const Scratch scratch;
  const auto env = reset_on(scratch, "small.c", kSmallProgram);
  for (const std::string action :
       {"@helpr:function(sroa)", "@helpr:codegen=optsize"})
    EXPECT_THAT(must(env->step_texts({action})).failures,
                ElementsAre(HasSubstr("did you mean 'helper'?")));
  // It was there; no hundredth one needs to be.
  EXPECT_TRUE(
      must(env->step_texts({"cgscc(inline)", "globaldce",
                            "@helper:function(sroa)", "@#99:function(sroa)"}))
          .failures.empty());
}

}  // namespace hone::env
