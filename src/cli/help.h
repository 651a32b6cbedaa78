// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Help texts, made from the commands' own tables.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "cli/command.h"

namespace hone::cli {

// Environment variables that Hone reads.
struct VariableInfo {
  std::string_view name;
  std::string_view sentence;
};
std::span<const VariableInfo> variables();

// Exit codes, as every command returns them.
struct ExitCodeInfo {
  int code;
  std::string_view sentence;
};
std::span<const ExitCodeInfo> exit_codes();

// What `hone help` prints.
std::string overview();

// What `hone help CMD` prints; common flags included.
std::string command_help(const CommandInfo& info);

// A subcommand with the common flags added, to be read and never run.
struct Documented {
  Subcommand command;
  std::unique_ptr<ConsoleOptions> options;  // their targets
};
Documented make_documented(const CommandInfo& info);

}  // namespace hone::cli
