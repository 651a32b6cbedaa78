// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/leaderboard.h"

#include <gmock/gmock.h>

#include "env/test_tools.h"

namespace hone::env {

namespace {

using program::fails_with;
using program::must;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

BoardLine line(std::string name, std::string benchmark, double reward) {
  return {.name = std::move(name),
          .versions = "hone 1",
          .walltime = 2,
          .episode = {.environment = "llvm",
                      .benchmark = std::move(benchmark),
                      .reward_space = "ir-instructions-oz",
                      .reward = reward,
                      .state = "ab",
                      .actions = {"function(sroa)", "a,b"}}};
}

// As if each episode had come out as it says.
std::vector<Result<Validation>> all_valid(const std::vector<BoardLine>& lines) {
  std::vector<Result<Validation>> found;
  for (const BoardLine& one : lines)
    found.emplace_back(Validation{
        .state_matches = true, .reward_matches = true, .found = one.episode});
  return found;
}

// As if the programs did what their benchmarks do.
std::vector<std::string> all_equal(const std::vector<BoardLine>& lines) {
  return std::vector<std::string>(lines.size());
}

std::vector<std::string> names(const std::vector<Standing>& table) {
  std::vector<std::string> result;
  for (const Standing& standing : table) result.push_back(standing.name);
  return result;
}

}  // namespace

TEST(Leaderboard, ALineIsReadAsItWasWritten) {
  const BoardLine written = line("greedy", "file:///a.c", 0.7123456789012345);
  const std::string table =
      std::string(kBoardHeader) + "\n" + to_text(written) + "\n\n";
  EXPECT_THAT(must(parse_board(table)), ElementsAre(written));
}

TEST(Leaderboard, CommasOfANameDoNotShiftTheFields) {
  BoardLine written = line("a, b", "file:///a.c", 1);
  const std::vector<BoardLine> read = must(parse_board(to_text(written)));
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].name, "a; b");
  EXPECT_EQ(read[0].episode, written.episode);
}

TEST(Leaderboard, WhatIsNoLineIsNamedByItsNumber) {
  EXPECT_TRUE(fails_with(parse_board("\nx,y"), ErrorKind::Malformed, "line 2"));
  EXPECT_TRUE(fails_with(parse_board("x,v,-1,llvm,b,r,1,s,"),
                         ErrorKind::Malformed, "'-1' is no walltime"));
  // Episodes that were meant to be entries.
  EXPECT_TRUE(fails_with(parse_board(std::string(kEpisodeHeader) + "\n"),
                         ErrorKind::Malformed, "third of the fields name,"));
  EXPECT_TRUE(fails_with(parse_board(",v,1,llvm,b,r,1,s,"),
                         ErrorKind::Malformed, "needs a name"));
}

TEST(Leaderboard, BlanksAroundANameMakeNoOtherEntry) {
  const BoardLine plain = line("greedy", "file:///a.c", 1);
  EXPECT_EQ(must(parse_board(" greedy ,hone 1,2," + to_text(plain.episode))),
            std::vector<BoardLine>{plain});
}

TEST(Leaderboard, WhatATerminalWouldObeyIsInNoLine) {
  for (const char* text : {"a\x1b[2J,v,1,llvm,b,r,1,s,",
                           "a,\x7f,1,llvm,b,r,1,s,", "a,v,1,llvm,b\x07,r,1,s,"})
    EXPECT_TRUE(fails_with(parse_board(text), ErrorKind::Malformed,
                           "cannot be printed"));
}

TEST(Leaderboard, RanksByTheGeometricMeanOfTheRewards) {
  const std::vector<BoardLine> lines = {
      line("even", "a", 0.9), line("even", "b", 0.9), line("odd", "a", 1.6),
      line("odd", "b", 0.4),  line("half", "a", 2),   line("half", "b", -1)};
  const std::vector<Standing> table =
      must(rank(lines, all_valid(lines), all_equal(lines)));
  EXPECT_THAT(names(table), ElementsAre("even", "odd", "half"));
  EXPECT_NEAR(table[0].mean, 0.9, 1e-12);
  EXPECT_NEAR(table[1].mean, 0.8, 1e-12);
  EXPECT_EQ(table[2].mean, 0);
  EXPECT_EQ(table[0].walltime, 4);
}

TEST(Leaderboard, AnEntryThatDoesNotValidateIsRefusedHoweverGood) {
  const std::vector<BoardLine> lines = {line("liar", "a", 5),
                                        line("honest", "a", 1)};
  std::vector<Result<Validation>> found = all_valid(lines);
  found[0]->reward_matches = false;
  found[0]->found.reward = 0.5;
  const std::vector<Standing> table =
      must(rank(lines, found, all_equal(lines)));
  EXPECT_THAT(names(table), ElementsAre("honest", "liar"));
  EXPECT_TRUE(table[0].ranked());
  EXPECT_THAT(table[1].faults, ElementsAre("a: reward 0.5 and not 5"));
}

TEST(Leaderboard, AnotherProgramIsRefusedHoweverSmall) {
  const std::vector<BoardLine> lines = {line("empty", "a", 2),
                                        line("honest", "a", 1)};
  const std::vector<std::string> differences = {"no function 'f'", ""};
  const std::vector<Standing> table =
      must(rank(lines, all_valid(lines), differences));
  EXPECT_THAT(names(table), ElementsAre("honest", "empty"));
  EXPECT_THAT(table[1].faults, ElementsAre("a: no function 'f'"));
}

TEST(Leaderboard, WhoIsRefusedDoesNotTakeOthersAlong) {
  const std::vector<BoardLine> lines = {line("honest", "a", 1),
                                        line("spoiler", "nowhere", 1)};
  std::vector<Result<Validation>> found = all_valid(lines);
  found[1] = Error(ErrorKind::NotFound, "no file");
  const std::vector<Standing> table =
      must(rank(lines, found, all_equal(lines)));
  EXPECT_THAT(names(table), ElementsAre("honest", "spoiler"));
  EXPECT_TRUE(table[0].ranked());
  EXPECT_FALSE(table[1].ranked());
}

TEST(Leaderboard, AnEntryWithoutABenchmarkOfMostOthersIsRefused) {
  const std::vector<BoardLine> lines = {
      line("all", "a", 1), line("all", "b", 1), line("too", "a", 1),
      line("too", "b", 1), line("easy", "a", 9)};
  const std::vector<Standing> table =
      must(rank(lines, all_valid(lines), all_equal(lines)));
  EXPECT_THAT(names(table), ElementsAre("all", "too", "easy"));
  EXPECT_THAT(table[2].faults, ElementsAre("has 1 of 2 benchmarks"));
}

TEST(Leaderboard, ABenchmarkMoreThanTheOthersHaveDoesNotCount) {
  const std::vector<BoardLine> lines = {
      line("plain", "a", 2), line("wide", "a", 1), line("wide", "b", 9)};
  const std::vector<Standing> table =
      must(rank(lines, all_valid(lines), all_equal(lines)));
  EXPECT_THAT(names(table), ElementsAre("plain", "wide"));
  EXPECT_TRUE(table[1].ranked());
  EXPECT_NEAR(table[1].mean, 1, 1e-12);
  EXPECT_EQ(table[1].episodes, 1u);
  EXPECT_EQ(table[1].beside, 1u);
  EXPECT_EQ(table[1].walltime, 2);
}

TEST(Leaderboard, WhoSharesNoBenchmarkIsNotRanked) {
  const std::vector<BoardLine> lines = {line("one", "a", 2),
                                        line("other", "b", 1)};
  for (const Standing& standing :
       must(rank(lines, all_valid(lines), all_equal(lines))))
    EXPECT_THAT(standing.faults,
                ElementsAre("has no benchmark that most entries have"));
}

TEST(Leaderboard, ABenchmarkByTwoPathsIsOne) {
  const std::vector<BoardLine> lines = {line("here", "file://a.c", 2),
                                        line("there", "file://./a.c", 1)};
  EXPECT_TRUE(
      must(rank(lines, all_valid(lines), all_equal(lines)))[1].ranked());
}

TEST(Leaderboard, ABenchmarkTwiceIsRefused) {
  const std::vector<BoardLine> lines = {line("twice", "a", 1),
                                        line("twice", "a", 2)};
  EXPECT_THAT(must(rank(lines, all_valid(lines), all_equal(lines)))[0].faults,
              ElementsAre("a: a second time"));
}

TEST(Leaderboard, AnEpisodeThatCannotBeTakenIsAFaultOfItsEntryAlone) {
  const std::vector<BoardLine> lines = {line("gone", "a", 1),
                                        line("there", "a", 1)};
  std::vector<Result<Validation>> found = all_valid(lines);
  found[0] = Error(ErrorKind::NotFound, "no file");
  const std::vector<Standing> table =
      must(rank(lines, found, all_equal(lines)));
  EXPECT_THAT(names(table), ElementsAre("there", "gone"));
  EXPECT_THAT(table[1].faults[0], HasSubstr("no file"));
}

TEST(Leaderboard, RewardsThatDoNotCompareAreNoBoard) {
  std::vector<BoardLine> lines = {line("a", "a", 1), line("b", "a", 1)};
  lines[1].episode.reward_space = "loaded-bytes";
  EXPECT_TRUE(fails_with(check_comparable(lines), ErrorKind::InvalidArgument,
                         "one reward space"));
  lines[0].episode.reward_space = "runtime";
  EXPECT_TRUE(fails_with(check_comparable(lines), ErrorKind::InvalidArgument,
                         "checked again"));
}

}  // namespace hone::env
