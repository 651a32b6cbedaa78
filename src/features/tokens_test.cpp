// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "features/tokens.h"

#include <gmock/gmock.h>

#include "program/test_tools.h"

namespace hone::features {

using program::Module;
using program::must;

using ::testing::ElementsAre;

TEST(Tokens, AreTheWordsOfTheTextWithoutComments) {
  EXPECT_THAT(tokens_of("@s = constant [2 x i8] c\";\\00\" ; a \"comment\n"
                        "%\"a b\" = add nsw i32 %x, -1\nl1: ret void"),
              ElementsAre("@s", "=", "constant", "[", "2", "x", "i8", "]",
                          "c\";\\00\"", "%\"a b\"", "=", "add", "nsw", "i32",
                          "%x", ",", "-1", "l1:", "ret", "void"));
}

TEST(Tokens, ANumberIsOneWord) {
  EXPECT_THAT(tokens_of("double 5.040000e+02, -1.5e+10, 2.5e-01, 0xK3FFF"),
              ElementsAre("double", "5.040000e+02", ",", "-1.5e+10", ",",
                          "2.5e-01", ",", "0xK3FFF"));
  EXPECT_THAT(tokens_of("name+1"), ElementsAre("name", "+", "1"));
}

TEST(Tokens, EndWhereTheTextEnds) {
  EXPECT_THAT(tokens_of("ret \"open"), ElementsAre("ret", "\"open"));
  EXPECT_THAT(tokens_of("a ; no newline"), ElementsAre("a"));
  EXPECT_THAT(tokens_of(""), ElementsAre());
}

TEST(Tokens, OfAModuleNameItsFunctions) {
  const program::Scratch scratch;
  scratch.write("m.ll", "define i32 @f(i32 %x) {\n  ret i32 %x\n}\n");
  scratch.run_well({program::llvm_program("llvm-as"), "m.ll", "-o", "m.bc"});
  const std::vector<std::string> words =
      tokens(must(Module::parse(scratch.read("m.bc"), "m.bc")));
  EXPECT_THAT(words, ::testing::IsSupersetOf(
                         {"define", "i32", "@f", "(", ")", "{", "ret", "}"}));
}

}  // namespace hone::features
