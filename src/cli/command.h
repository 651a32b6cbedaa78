// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a subcommand is to the program around it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/console.h"
#include "cli/flags.h"

namespace hone::cli {

// What a command has to say on stdout: the document for --json, the text
// otherwise. One of the two is printed, once, at the end.
struct Answer {
  std::string text;
  Json json = Json::object();
  int exit_code = 0;  // 0 done, 1 answered "no"
};

struct Example {
  std::string command;
  std::string sentence;
};

struct Subcommand {
  std::string description;  // paragraphs for help and manual
  FlagSet flags;            // targets live as long as `run`
  std::vector<Example> examples;
  // Takes its words as they are: every one belongs to another program.
  bool raw = false;
  std::function<Result<Answer>(Console&)> run;
  // Where raw.
  std::function<int(std::span<const std::string>)> run_raw;
};

struct CommandInfo {
  std::string_view name;
  std::string_view sentence;
  Subcommand (*make)();
};

// Sorted by name.
std::span<const CommandInfo> commands();

// InvalidArgument suggests the nearest name.
Result<const CommandInfo*> find_command(std::string_view name);

// The flags that every command has, written to the console's settings.
void add_common_flags(FlagSet& set, ConsoleOptions& options);

// {"error": {"kind": …, "message": …}}: how --json says any failure.
Json error_json(const Error& error);

// "hone 0.1.0"
std::string version_text();

#define HONE_COMMAND(identifier, name, sentence) Subcommand make_##identifier();
#include "cli/commands.def"
#undef HONE_COMMAND

}  // namespace hone::cli
