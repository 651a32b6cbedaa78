// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"

namespace hone::cli {

namespace {

constexpr CommandInfo kCommands[] = {
#define HONE_COMMAND(identifier, name, sentence) \
  {name, sentence, make_##identifier},
#include "cli/commands.def"
#undef HONE_COMMAND
};

}  // namespace

std::span<const CommandInfo> commands() { return kCommands; }

Result<const CommandInfo*> find_command(std::string_view name) {
  std::vector<std::string> names;
  for (const CommandInfo& info : kCommands) {
    if (info.name == name) return &info;
    names.emplace_back(info.name);
  }
  const std::string hint = did_you_mean(name, names);
  return Error(ErrorKind::InvalidArgument,
               fmt::format("there is no command '{}'{}", name,
                           hint.empty() ? "; see hone help" : hint));
}

void add_common_flags(FlagSet& set, ConsoleOptions& options) {
  set.flags.push_back({.name = "json",
                       .sentence = "Prints one JSON document on stdout.",
                       .target = &options.json});
  set.flags.push_back({.name = "quiet",
                       .letter = 'q',
                       .sentence = "Keeps progress and notes off stderr.",
                       .target = &options.quiet});
  set.flags.push_back({.name = "no-color",
                       .sentence = "Prints without colours.",
                       .target = &options.no_color});
  set.flags.push_back({.name = "help",
                       .letter = 'h',
                       .sentence = "Prints this text.",
                       .target = &options.help});
}

Json error_json(const Error& error) {
  return {{"error",
           {{"kind", error_name(error.kind)}, {"message", error.message}}}};
}

std::string version_text() { return "hone " HONE_VERSION; }

}  // namespace hone::cli
