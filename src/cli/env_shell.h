// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// hone env shell: an episode taken by hand. Lines are actions or commands;
// where they come from and where the words go is the caller's.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "env/environment.h"

namespace hone::cli {

// What a line has to say.
struct Said {
  std::string text;
  // Its action that was lost, and why. Those behind it are not taken.
  std::vector<std::string> lost;
};

class EnvShell {
 public:
  // The environment has been reset. Actions of a line are no longer taken once
  // `is_interrupted`.
  explicit EnvShell(
      std::unique_ptr<env::Environment> environment,
      std::function<bool()> is_interrupted = [] { return false; })
      : environment_(std::move(environment)),
        is_interrupted_(std::move(is_interrupted)),
        sums_{0} {}

  // A `#` at the beginning or after a blank begins a comment. Errors leave the
  // episode as it was.
  Result<Said> run(std::string_view line);
  bool is_over() const { return over_; }

  // Words that may stand where `line` ends, all of them beginning with its
  // last word; sorted.
  std::vector<std::string> completions(std::string_view line) const;

  Result<env::Episode> episode() { return environment_->episode(); }

 private:
  Result<std::string> run_word(const std::vector<std::string>& words);
  Result<Said> take(std::span<const std::string> actions);
  Result<std::string> undo(const std::vector<std::string>& words);
  Result<std::string> observe(const std::vector<std::string>& words);
  Result<std::string> go_to(const std::vector<std::string>& actions,
                            const std::vector<double>& sums);
  std::string status() const;
  std::string history() const;

  std::unique_ptr<env::Environment> environment_;
  std::function<bool()> is_interrupted_;
  std::vector<std::string> actions_;
  std::vector<double> sums_;  // of the rewards; one before each action and now
  std::vector<std::string> best_actions_;
  std::vector<double> best_sums_{0};
  bool over_ = false;
};

// A character for each value, as high as it stands between the least and the
// greatest: "▁▃█".
std::string sparkline(const std::vector<double>& values);

// What all of them begin with.
std::string common_beginning(const std::vector<std::string>& words);

}  // namespace hone::cli
