// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/random.h"
#include "base/subprocess.h"

namespace hone {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_THAT(split("a,b,,c", ','), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_THAT(split(",", ','), ElementsAre("", ""));
}

TEST(Text, SplitAtBlanksDropsEmptyParts) {
  EXPECT_THAT(split_blank("  a\t b\r\n c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split_blank(" \n "), IsEmpty());
  EXPECT_THAT(split_blank(""), IsEmpty());
}

TEST(Text, TextThatIsNoUtf8IsReplaced) {
  EXPECT_EQ(as_utf8("a\xff"
                    "b"),
            "a?b");
  EXPECT_EQ(as_utf8("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
            "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_EQ(as_utf8("\xc0\x80"), "??");            // longer than need be
  EXPECT_EQ(as_utf8("\xed\xa0\x80"), "???");       // half of a pair
  EXPECT_EQ(as_utf8("\xe2\x82"), "??");            // cut off
  EXPECT_EQ(as_utf8("\xf4\x90\x80\x80"), "????");  // beyond the last
}

TEST(Text, AComplaintIsTheLineWithTheError) {
  EXPECT_EQ(complaint_in(" \n"), "");
  EXPECT_EQ(complaint_in("free(): invalid pointer\n"),
            "free(): invalid pointer");
  EXPECT_EQ(complaint_in("one\ntwo\n"), "one");
  EXPECT_EQ(complaint_in("warning: slow\nLLVM ERROR: no way\nStack dump:\n"),
            "LLVM ERROR: no way");
  EXPECT_EQ(complaint_in("In f:\na.c:1: error: no\na.c:2: error: never"),
            "a.c:1: error: no");
  EXPECT_EQ(complaint_in("x\na.cpp:3: f(): Assertion `0' failed.\n"),
            "a.cpp:3: f(): Assertion `0' failed.");
}

TEST(Text, AComplaintIsShortAndUtf8) {
  const std::string line = complaint_in("\xff" + std::string(5000, 'x'));
  EXPECT_LT(line.size(), 320u);
  EXPECT_EQ(line.substr(0, 2), "?x");
  EXPECT_EQ(as_utf8(line), line);
}

TEST(Text, JoinAndTrim) {
  EXPECT_EQ(join(std::vector<std::string>{"a", "b"}, ", "), "a, b");
  EXPECT_EQ(join({}, ", "), "");
  EXPECT_EQ(trim("\n a b \t"), "a b");
  EXPECT_EQ(trim(" \r\n"), "");
}

TEST(Text, ThousandsAreSetApart) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(12345), "12,345");
  EXPECT_EQ(with_thousands(1234567), "1,234,567");
  EXPECT_EQ(with_thousands(-999), "-999");
  EXPECT_EQ(with_thousands(-123456), "-123,456");
  EXPECT_EQ(with_thousands(std::numeric_limits<int64_t>::min()),
            "-9,223,372,036,854,775,808");
}

TEST(Text, PlainWordsAreNotQuoted) {
  EXPECT_EQ(shell_quote("-O2"), "-O2");
  EXPECT_EQ(shell_quote("a/b.c"), "a/b.c");
  EXPECT_EQ(shell_quote(""), "''");
  EXPECT_EQ(shell_quote("a b"), "'a b'");
  EXPECT_EQ(shell_quote("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_join(std::vector<std::string>{"a", "b c", "$d"}),
            "a 'b c' '$d'");
}

// The shell is the judge of what is quoted.
TEST(Text, ShellReadsBackWhatWasQuoted) {
  constexpr std::string_view kAlphabet = "ab'\"\\$`!*?~#&|;<>(){}[] \t\n=%-é";
  Random random(20268);
  std::vector<std::string> words = {"", "~", "-n", "a\nb", "'", "''"};
  while (words.size() < 200) {
    std::string word;
    for (uint64_t length = random.below(12); length > 0; --length)
      word += random.pick(kAlphabet);
    words.push_back(word);
  }
  std::vector<std::string> command = {"printf", "%s\\001"};
  command.insert(command.end(), words.begin(), words.end());
  const Result<ProcessResult> said =
      run({.argv = {"sh", "-c", shell_join(command)}});
  ASSERT_TRUE(said.ok());
  std::vector<std::string> read = split(said->out, '\1');
  read.pop_back();
  EXPECT_EQ(read, words);
}

TEST(Text, NearestWordIsSuggestedWhereItIsNear) {
  const std::vector<std::string> words = {"default", "greedy", "random"};
  EXPECT_EQ(nearest("defualt", words), "default");
  EXPECT_EQ(nearest("gredy", words), "greedy");
  EXPECT_EQ(nearest("zzzzzz", words), std::nullopt);
  EXPECT_EQ(nearest("", words), std::nullopt);
  EXPECT_EQ(did_you_mean("radom", words), " (did you mean 'random'?)");
  EXPECT_EQ(did_you_mean("zzzzzz", words), "");
}

}  // namespace
}  // namespace hone
