// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// hone env shell: an episode taken by hand. Lines are actions or commands;
// where they come from and where the words go is the caller's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "env/environment.h"

namespace hone::cli {

class EnvShell {
 public:
  // The environment has been reset.
  explicit EnvShell(std::unique_ptr<env::Environment> environment)
      : environment_(std::move(environment)), sums_{0} {}

  // What a line has to say; its errors leave the episode as it was.
  Result<std::string> run(std::string_view line);
  bool is_over() const { return over_; }

  // Words that may stand where `line` ends, all of them beginning with its
  // last word; sorted.
  std::vector<std::string> completions(std::string_view line) const;

  Result<env::Episode> episode() { return environment_->episode(); }

 private:
  Result<std::string> take(std::vector<std::string> actions);
  Result<std::string> undo(const std::vector<std::string>& words);
  Result<std::string> observe(const std::vector<std::string>& words);
  Result<std::string> go_to(const std::vector<std::string>& actions,
                            const std::vector<double>& sums);
  std::string status() const;
  std::string history() const;

  std::unique_ptr<env::Environment> environment_;
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
