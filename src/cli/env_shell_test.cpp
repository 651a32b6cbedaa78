// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/env_shell.h"

#include <gmock/gmock.h>

namespace hone::cli {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// An environment whose actions are numbers and whose reward is their sum; the
// shell is tested here without compilers, with them in tests/golden/cli.
class Sum : public env::Environment {
 public:
  std::string_view name() const override { return "sum"; }
  const std::vector<std::string>& actions() const override { return names_; }
  std::vector<env::NamedSpace> observation_spaces() const override {
    return {};
  }
  std::vector<std::string> reward_spaces() const override { return {}; }
  const env::EnvironmentOptions& options() const override { return options_; }
  Result<env::Step> reset(std::string_view) override {
    taken_.clear();
    return env::Step{};
  }
  Status post_texts(std::vector<std::string> actions) override {
    step_ = {.changed = true};
    for (const std::string& action : actions) {
      if (action == "lose") {
        step_.failures.push_back("lose: it was killed");
        continue;
      }
      taken_.push_back(action);
      step_.reward += std::stod(action);
    }
    return {};
  }
  Result<env::Step> take() override { return step_; }
  Result<env::Value> observe(std::string_view space) override {
    return Error(ErrorKind::InvalidArgument, std::string(space));
  }
  Result<std::unique_ptr<env::Environment>> fork() override {
    return Error(ErrorKind::Unsupported, "no fork");
  }
  Result<env::Episode> episode() override {
    return env::Episode{.environment = "sum", .actions = taken_};
  }

 private:
  env::EnvironmentOptions options_;
  std::vector<std::string> names_ = {"-1", "10", "12", "2"};
  std::vector<std::string> taken_;
  env::Step step_;
};

std::vector<std::string> taken(EnvShell& shell) {
  return shell.episode()->actions;
}

}  // namespace

TEST(EnvShell, ALineIsActionsAndSaysWhatTheyWereWorth) {
  EnvShell shell(std::make_unique<Sum>());
  const Result<Said> said = shell.run("  2 10  # a remark");
  ASSERT_TRUE(said.ok());
  EXPECT_EQ(said->text, "2 taken, reward 12, best 12 ▁▂█\n");
  EXPECT_THAT(taken(shell), ElementsAre("2", "10"));
  EXPECT_EQ(shell.run("   # nothing")->text, "");
  EXPECT_EQ(shell.run("# nothing")->text, "");
}

TEST(EnvShell, AHashInAWordIsPartOfAnAction) {
  EnvShell shell(std::make_unique<Sum>());
  ASSERT_TRUE(shell.run("2#3:gvn 10 #12").ok());
  EXPECT_THAT(taken(shell), ElementsAre("2#3:gvn", "10"));
}

TEST(EnvShell, AnInterruptLeavesTheRestOfTheLine) {
  EnvShell shell(std::make_unique<Sum>(), [] { return true; });
  EXPECT_THAT(shell.run("2 10 12")->text, HasSubstr("not taken: 10 12\n"));
  EXPECT_THAT(taken(shell), ElementsAre("2"));
}

TEST(EnvShell, UndoTakesTheLastActionsBack) {
  EnvShell shell(std::make_unique<Sum>());
  ASSERT_TRUE(shell.run("2 10 12").ok());
  ASSERT_TRUE(shell.run("undo").ok());
  EXPECT_THAT(taken(shell), ElementsAre("2", "10"));
  EXPECT_THAT(shell.run("undo 2")->text,
              HasSubstr("0 taken, reward 0, best 24"));
  const Result<Said> more = shell.run("undo");
  ASSERT_FALSE(more.ok());
  EXPECT_EQ(more.error().message, "1 to undo, and 0 taken");
  EXPECT_FALSE(shell.run("undo -1").ok());
}

TEST(EnvShell, BestGoesBackToTheGreatestReward) {
  EnvShell shell(std::make_unique<Sum>());
  ASSERT_TRUE(shell.run("2 10 -1 -1").ok());
  EXPECT_THAT(shell.run("best")->text,
              HasSubstr("2 taken, reward 12, best 12"));
  EXPECT_THAT(taken(shell), ElementsAre("2", "10"));
  ASSERT_TRUE(shell.run("reset").ok());
  EXPECT_TRUE(taken(shell).empty());
  EXPECT_THAT(shell.run("best")->text, HasSubstr("reward 12"));
}

TEST(EnvShell, ALostActionIsSaidAndEndsItsLine) {
  EnvShell shell(std::make_unique<Sum>());
  const Result<Said> said = shell.run("2 lose 10");
  ASSERT_TRUE(said.ok());
  EXPECT_THAT(said->text,
              HasSubstr("lost lose: it was killed\nnot taken: 10\n"));
  EXPECT_THAT(said->lost, ElementsAre("lose: it was killed"));
  EXPECT_THAT(taken(shell), ElementsAre("2"));
}

TEST(EnvShell, QuitEndsIt) {
  EnvShell shell(std::make_unique<Sum>());
  EXPECT_FALSE(shell.run("quit now").ok());
  EXPECT_FALSE(shell.is_over());
  ASSERT_TRUE(shell.run("quit").ok());
  EXPECT_TRUE(shell.is_over());
}

TEST(EnvShell, CompletesActionsAndAtTheBeginningItsOwnWords) {
  const EnvShell shell(std::make_unique<Sum>());
  EXPECT_THAT(shell.completions("1"), ElementsAre("10", "12"));
  EXPECT_THAT(shell.completions("2 10 -"), ElementsAre("-1"));
  EXPECT_THAT(shell.completions("h"), ElementsAre("help", "history"));
  EXPECT_THAT(shell.completions("2 h"), ElementsAre());
  EXPECT_EQ(common_beginning({"help", "history"}), "h");
  EXPECT_EQ(common_beginning({}), "");
}

TEST(EnvShell, ASparklineIsAsHighAsItsValues) {
  EXPECT_EQ(sparkline({0, 1, 2, 4}), "▁▃▅█");
  EXPECT_EQ(sparkline({3, 3}), "▁▁");
  EXPECT_EQ(sparkline({}), "");
}

}  // namespace hone::cli
