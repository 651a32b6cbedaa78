// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/missing_code.h"

#include <gmock/gmock.h>

#include "program/test_tools.h"

namespace hone::program {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// `elsewhere` is in no library, whatever its words promise; `beside` is here.
constexpr std::string_view kSource = R"c(
#define ALWAYS __attribute__((always_inline))
static ALWAYS inline int beside(int x) { return x * 3; }
extern ALWAYS __attribute__((gnu_inline)) inline int elsewhere(int x) {
  return beside(x) + 1;
}
int f(int x) { return beside(x) + CALLED(x); }
)c";

Module parse(const Scratch& scratch, std::string_view called) {
  std::string source(kSource);
  source.replace(source.find("CALLED"), 6, called);
  compile(scratch, "m.c", source);
  return must(Module::parse(scratch.read("input.bc"), "the input"));
}

TEST(MissingCode, IsInlinedAndNothingElse) {
  const Scratch scratch;
  Module module = parse(scratch, "elsewhere");
  EXPECT_THAT(module.text(), HasSubstr("call i32 @elsewhere"));
  must(inline_missing_code(module, Relocation::Static));
  EXPECT_THAT(module.text(), AllOf(Not(HasSubstr("call i32 @elsewhere")),
                                   HasSubstr("call i32 @beside")));
}

TEST(MissingCode, AModuleThatMissesNoneStaysAsItIs) {
  const Scratch scratch;
  Module module = parse(scratch, "beside");
  const std::string before = module.bitcode();
  must(inline_missing_code(module, Relocation::Static));
  EXPECT_TRUE(module.bitcode() == before);
}

}  // namespace
}  // namespace hone::program
