// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the actions of hone env share: its flags, and those actions that live
// in files of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "env/benchmark.h"
#include "env/environment.h"

namespace hone::cli {

struct EnvFlags {
  std::vector<std::string> action;
  std::vector<std::string> subject;  // a benchmark or tables
  std::vector<std::string> clang_flags;
  std::string environment = "llvm";
  std::string action_space;
  std::string reward;
  std::string take;
  std::string observe;
  std::string keep = "reward";
  std::string entry;
  std::string vocabulary;
  bool semantics = false;
  int64_t episodes = 10;
  int64_t length = 45;
  int64_t batch = 1;
  int64_t seed = 1;
  int64_t jobs = 0;
};

Json to_json(const env::Episode& episode);

// "hone 0.1.0; clang version 22…": what a leaderboard's lines record.
Result<std::string> env_versions();

// Of the flags, with a folder for repro bundles.
Result<std::unique_ptr<env::Environment>> make_environment(const EnvFlags& o);

// An episode by hand (env_shell.cpp).
Result<Answer> run_shell(const EnvFlags& o, Console& console);

// What there is (env_tables.cpp).
Result<Answer> list_environments(const EnvFlags& o, Console& console);
Result<Answer> list_datasets(const EnvFlags& o, Console& console);
Result<Answer> list_spaces(const EnvFlags& o, Console& console);

// Tables of recorded episodes (env_episodes.cpp).
Result<Answer> replay_episodes(const EnvFlags& o, Console& console);
Result<Answer> validate_episodes(const EnvFlags& o, Console& console);
Result<Answer> minimize_episodes(const EnvFlags& o, Console& console);
Result<Answer> show_leaderboard(const EnvFlags& o, Console& console);

}  // namespace hone::cli
