// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/type.h"

#include <gtest/gtest.h>

namespace hone::tensor {
namespace {

Type type(std::string_view text) {
  Result<Type> type = take_type(text);
  EXPECT_TRUE(type.ok()) << type.error().message;
  EXPECT_TRUE(text.empty()) << text;
  return *type;
}

TEST(Type, TextIsReadBack) {
  for (const char* text : {"f32[N, 3, 224]", "i64[]", "f32[*]", "seq(f32[*])",
                           "opt(seq(string[2]))", "?", "u2[max(N, 3), 1]"})
    EXPECT_EQ(to_text(type(text)), text);
}

TEST(Type, BadTextIsRefused) {
  for (std::string_view text : {"", "f33[2]", "f32", "f32[2", "seq(f32[2]",
                                "f32[a b]", "seq(seq(seq(seq(seq(f32[*])))))"})
    EXPECT_FALSE(take_type(text).ok()) << text;
}

TEST(Type, JoiningKeepsWhatIsCommon) {
  int64_t unknowns = 0;
  EXPECT_EQ(to_text(join_types(type("f32[N, 3]"), type("f32[N, 4]"), unknowns)),
            "f32[N, ?0]");
  EXPECT_EQ(to_text(join_types(type("f32[N]"), type("f32[N, 4]"), unknowns)),
            "f32[*]");
  EXPECT_EQ(to_text(join_types(type("f32[N]"), type("i64[N]"), unknowns)), "?");
}

TEST(Type, ContradictionsAreIncompatible) {
  EXPECT_TRUE(compatible(type("f32[2, N]"), type("f32[M, 3]")));
  EXPECT_FALSE(compatible(type("f32[2]"), type("f32[3]")));
  EXPECT_FALSE(compatible(type("f32[2]"), type("f32[2, 1]")));
  EXPECT_FALSE(compatible(type("f32[2]"), type("seq(f32[2])")));
}

}  // namespace
}  // namespace hone::tensor
