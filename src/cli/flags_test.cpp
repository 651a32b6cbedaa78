// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Fixture {
  bool loud = false;
  int64_t count = 3;
  double share = 0.5;
  std::string form = "obj";
  std::vector<std::string> names;
  std::vector<std::string> files;
  std::vector<std::string> rest;

  FlagSet set() {
    return {
        .flags =
            {{.name = "loud", .letter = 'l', .sentence = "", .target = &loud},
             {.name = "count",
              .value = "N",
              .sentence = "",
              .target = &count,
              .least = 1,
              .most = 2147483647},
             {.name = "share", .value = "F", .sentence = "", .target = &share},
             {.name = "form",
              .letter = 'f',
              .value = "FORM",
              .sentence = "",
              .target = &form,
              .choices = {"assembly", "obj"}},
             {.name = "name",
              .value = "NAME",
              .sentence = "",
              .target = &names}},
        .arguments = {{.name = "FILE",
                       .sentence = "",
                       .target = &files,
                       .least = 1,
                       .most = 2}},
        .rest = &rest,
        .rest_name = "CLANG FLAGS"};
  }

  Status parse_words(std::vector<std::string> words) {
    return parse(set(), "opt", words);
  }
};

TEST(Flags, ValuesOfEveryKindReachTheirTargets) {
  Fixture f;
  const Status status = f.parse_words(
      {"a.c", "--count", "7", "-l", "--share=0.25", "-f", "assembly", "--name",
       "x", "--name=y", "b.c", "--", "-O2", "--loud"});
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_EQ(f.count, 7);
  EXPECT_TRUE(f.loud);
  EXPECT_EQ(f.share, 0.25);
  EXPECT_EQ(f.form, "assembly");
  EXPECT_THAT(f.names, ElementsAre("x", "y"));
  EXPECT_THAT(f.files, ElementsAre("a.c", "b.c"));
  EXPECT_THAT(f.rest, ElementsAre("-O2", "--loud"));
}

TEST(Flags, TheLastValueCounts) {
  Fixture f;
  ASSERT_TRUE(f.parse_words({"--count", "7", "a.c", "--count=9"}).ok());
  EXPECT_EQ(f.count, 9);
}

struct Complaint {
  std::vector<std::string> words;
  std::string part;
};

class Complaints : public ::testing::TestWithParam<Complaint> {};

TEST_P(Complaints, NameTheWordAndWhatWasExpected) {
  Fixture f;
  const Status status = f.parse_words(GetParam().words);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::InvalidArgument);
  EXPECT_THAT(status.error().message, HasSubstr(GetParam().part));
  EXPECT_EQ(status.error().message.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Flags, Complaints,
    ::testing::Values(
        Complaint{{"a.c", "--cuont", "7"}, "did you mean '--count'?"},
        Complaint{{"a.c", "-O2"}, "CLANG FLAGS go after --"},
        Complaint{{"a.c", "--count", "many"}, "'many' is not a whole number"},
        Complaint{{"a.c", "--count", "0"}, "from 1 to 2147483647"},
        Complaint{{"a.c", "--count", "4294967297"}, "from 1 to 2147483647"},
        Complaint{{"a.c", "--share", "-1"}, "from 0 up"},
        Complaint{{"a.c", "--count", "7x"}, "'7x'"},
        Complaint{{"a.c", "--share", "nan"}, "is not a number"},
        Complaint{{"a.c", "--form", "asembly"}, "did you mean 'assembly'?"},
        Complaint{{"a.c", "--form"}, "expected a value"},
        Complaint{{"--loud"}, "FILE is missing"},
        Complaint{{"a", "b", "c"}, "'c' is one argument too many"}));

TEST(Flags, AnEmptyWordIsAnArgument) {
  Fixture f;
  ASSERT_TRUE(f.parse_words({""}).ok());
  EXPECT_THAT(f.files, ElementsAre(""));
}

TEST(Flags, SpellingsAndDefaultsComeFromTheTable) {
  Fixture f;
  const FlagSet set = f.set();
  EXPECT_EQ(spelling(set.flags[0]), "-l, --loud");
  EXPECT_EQ(spelling(set.flags[1]), "    --count N");
  EXPECT_EQ(default_of(set.flags[1]), "3");
  EXPECT_EQ(default_of(set.flags[3]), "obj");
  EXPECT_EQ(default_of(set.flags[0]), "");
  EXPECT_EQ(usage("opt", set), "hone opt FILE… [flags] [-- CLANG FLAGS]");
}

}  // namespace
}  // namespace hone::cli
