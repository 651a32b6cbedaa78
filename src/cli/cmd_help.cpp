// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/command.h"
#include "cli/help.h"

namespace hone::cli {

namespace {

Result<Answer> run_help(const std::vector<std::string>& names) {
  std::string text;
  if (names.empty()) {
    text = overview();
  } else {
    HONE_ASSIGN_OR_RETURN(const CommandInfo* info, find_command(names.front()));
    text = command_help(*info);
  }
  return Answer{.text = text, .json = {{"help", text}}};
}

}  // namespace

Subcommand make_help() {
  auto names = std::make_shared<std::vector<std::string>>();
  Subcommand command;
  command.description = "Without a command, lists all of them.";
  command.flags.arguments = {{.name = "COMMAND",
                              .sentence = "What to explain.",
                              .target = names.get(),
                              .least = 0}};
  command.run = [names](Console&) { return run_help(*names); };
  return command;
}

}  // namespace hone::cli
