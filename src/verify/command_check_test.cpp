// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/command_check.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace hone::verify {

namespace {

class CommandCheckTest : public testing::Test {
 protected:
  void SetUp() override {
    Result<TempDir> made = TempDir::make("hone-command-test");
    ASSERT_TRUE(made.ok());
    folder_.emplace(*std::move(made));
    std::filesystem::create_directories(folder_->path() / "project/sub");
    ASSERT_TRUE(write_file(project() / "sub/data", "hello\n").ok());
    ASSERT_TRUE(write_file(object(), "OBJECT").ok());
  }

  std::filesystem::path project() const { return folder_->path() / "project"; }
  std::filesystem::path object() const { return folder_->path() / "x.o"; }

  CommandOutcome outcome(const CommandCheck& check) {
    Result<CommandOutcome> result =
        run_command_check(check, {.object = object()});
    EXPECT_TRUE(result.ok()) << result.error().message;
    return result.ok() ? *std::move(result) : CommandOutcome{};
  }

  std::optional<TempDir> folder_;
};

TEST_F(CommandCheckTest, TheCommandRunsInACopyOfTheProject) {
  const CommandOutcome ran = outcome(
      {.command = "cat sub/data; echo changed > sub/data; cat $HONE_OBJECT",
       .project = project()});
  EXPECT_TRUE(ran.passed()) << ran.err;
  EXPECT_EQ(ran.out, "hello\nOBJECT");
  const Result<std::string> kept = read_file(project() / "sub/data");
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(*kept, "hello\n");
}

TEST_F(CommandCheckTest, TheObjectIsPlacedWhereTheBuildHasIt) {
  const CommandOutcome ran = outcome({.command = "cat build/x.o",
                                      .project = project(),
                                      .object_path = "build/x.o"});
  EXPECT_EQ(ran.out, "OBJECT");
}

TEST_F(CommandCheckTest, NothingOutsideOfTheCopyCanBeWritten) {
  if (!sandbox_available()) GTEST_SKIP() << "this kernel has no Landlock";
  const CommandOutcome ran = outcome(
      {.command = "echo x > " + object().string(), .project = project()});
  EXPECT_FALSE(ran.passed());
  const Result<std::string> kept = read_file(object());
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(*kept, "OBJECT");
}

TEST_F(CommandCheckTest, ExitCodesAndOutputsAreCompared) {
  const CommandOutcome good =
      outcome({.command = "echo a; echo b", .project = project()});
  const CommandOutcome other =
      outcome({.command = "echo a; echo c", .project = project()});
  const CommandOutcome failed =
      outcome({.command = "echo a; echo b; exit 3", .project = project()});
  EXPECT_EQ(compare_outcomes(good, good), std::nullopt);
  EXPECT_NE(compare_outcomes(good, other)->find("line 2: expected 'b', got"),
            std::string::npos);
  EXPECT_EQ(*compare_outcomes(good, failed),
            "expected exit code 0, got exit code 3");
}

TEST_F(CommandCheckTest, ACommandThatHangsEndsAtItsLimit) {
  CommandCheck check{.command = "sleep 30", .project = project()};
  check.limits.wall_seconds = 0.3;
  const CommandOutcome ran = outcome(check);
  EXPECT_EQ(ran.ending, Ending::WallLimit);
  EXPECT_FALSE(ran.passed());
  EXPECT_LT(ran.wall_seconds, 10);
}

TEST_F(CommandCheckTest, OnlyAUsersCommandLeavesItsGroup) {
  CommandCheck check{.command = "setsid true || exit 7", .project = project()};
  EXPECT_EQ(outcome(check).exit_code, 0);
  check.may_leave_group = false;
  EXPECT_EQ(outcome(check).exit_code, 7);
}

TEST_F(CommandCheckTest, AProjectThatIsTooLargeIsAnErrorThatSaysSo) {
  const Result<CommandOutcome> result = run_command_check(
      {.command = "true", .project = project(), .copy_bytes = 3},
      {.object = object()});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::LimitReached);
  EXPECT_NE(result.error().message.find("too large to copy"),
            std::string::npos);
}

TEST_F(CommandCheckTest, AnObjectPathOutsideOfTheProjectIsRefused) {
  const Result<CommandOutcome> result = run_command_check(
      {.command = "true", .project = project(), .object_path = "../x.o"},
      {.object = object()});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::InvalidArgument);
}

TEST_F(CommandCheckTest, AProjectThatIsMissingIsNamed) {
  const Result<CommandOutcome> result = run_command_check(
      {.command = "true", .project = "/nowhere/at/all"}, {.object = object()});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::NotFound);
}

}  // namespace

}  // namespace hone::verify
