// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The user's own test: a shell command, run on the stock build and on the
// candidate, whose exit codes and outputs must be the same.
//
// The command runs in a scratch copy of the project, in a sandbox that can
// write nowhere else and reach no network. It finds what is under test in
//
//   HONE_OBJECT    the object file
//   HONE_PROGRAM   the program linked with it, if there is one
//
// and, where `object_path` is given, at the place where the user's build has
// the object.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "base/subprocess.h"

namespace hone::verify {

struct CommandCheck {
  std::string command;
  std::filesystem::path project;
  ProcessLimits limits = {.cpu_seconds = 300, .wall_seconds = 600};
  // Of the scratch copy; a larger project is an error that says so.
  uint64_t copy_bytes = uint64_t{512} << 20;
  // Relative to the project; empty where the build has no such file.
  std::filesystem::path object_path = {};
  // See Sandbox. A user's tools need it; a benchmark's program does not.
  bool may_leave_group = true;
  std::stop_token stop = {};
};

struct Subject {
  std::filesystem::path object;
  std::filesystem::path program = {};
};

struct CommandOutcome {
  Ending ending = Ending::Exited;
  int exit_code = 0;
  std::string out;
  std::string err;
  std::string description;  // "exit code 0", "time limit", …
  double cpu_seconds = 0;
  double wall_seconds = 0;

  bool passed() const { return ending == Ending::Exited && exit_code == 0; }
};

// How the command ends is part of the outcome; an error means that it could
// not be run.
Result<CommandOutcome> run_command_check(const CommandCheck& check,
                                         const Subject& subject);

// What differs between the two, for a reader; nothing where they agree. Both
// failing in the same way is agreement: the caller looks at passed() of stock.
std::optional<std::string> compare_outcomes(const CommandOutcome& stock,
                                            const CommandOutcome& candidate);

}  // namespace hone::verify
