// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace hone {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0)
    return Error(ErrorKind::InvalidArgument,
                 std::to_string(number) + " is odd");
  return number / 2;
}

Result<int> quarter(int number) {
  HONE_ASSIGN_OR_RETURN(const int first, half(number));
  HONE_ASSIGN_OR_RETURN(const int second, half(first));
  return second;
}

Status check_even(int number) {
  HONE_RETURN_IF_ERROR(half(number));
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> good = half(6);
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(*good, 3);
  const Result<int> bad = half(7);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().kind, ErrorKind::InvalidArgument);
  EXPECT_EQ(bad.error().message, "7 is odd");
}

TEST(Result, MacrosReturnTheFirstError) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(6).error().message, "3 is odd");
  EXPECT_EQ(quarter(5).error().message, "5 is odd");
  EXPECT_TRUE(check_even(4).ok());
  EXPECT_EQ(check_even(5).error().message, "5 is odd");
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> held(std::make_unique<int>(5));
  const std::unique_ptr<int> taken = *std::move(held);
  EXPECT_EQ(*taken, 5);
}

TEST(Result, ContextComesBeforeTheMessage) {
  const Error error =
      Error(ErrorKind::Io, "disk full").in("writing").in("saving");
  EXPECT_EQ(error.message, "saving: writing: disk full");
  EXPECT_EQ(error.kind, ErrorKind::Io);
}

TEST(Result, EveryKindHasItsNameAndExitCode) {
  std::set<std::string_view> names;
  int count = 0;
  for (const ErrorKind kind : {
#define HONE_ERROR(identifier, name, exit_code, sentence) ErrorKind::identifier,
#include "base/errors.def"
#undef HONE_ERROR
       }) {
    ++count;
    names.insert(error_name(kind));
    EXPECT_EQ(exit_code(kind), kind == ErrorKind::Rejected ? 1 : 2)
        << error_name(kind);
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(count));
  EXPECT_EQ(error_name(ErrorKind::NotFound), "not-found");
}

TEST(ResultDeathTest, FailedCheckNamesItsPlace) {
  EXPECT_DEATH(HONE_CHECK(1 + 1 == 3),
               "internal error: .*result_test.cpp:[0-9]+: 1 \\+ 1 == 3");
}

}  // namespace
}  // namespace hone
