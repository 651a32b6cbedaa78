// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/command.h"
#include "cli/man.h"

namespace hone::cli {

namespace {

Result<Answer> run_man(const std::vector<std::string>& names) {
  std::string page;
  if (names.empty()) {
    page = man_overview();
  } else {
    HONE_ASSIGN_OR_RETURN(const CommandInfo* info, find_command(names.front()));
    page = man_page(*info);
  }
  return Answer{.text = page, .json = {{"page", page}}};
}

}  // namespace

Subcommand make_man() {
  auto names = std::make_shared<std::vector<std::string>>();
  Subcommand command;
  command.description = "Without a command, prints the page of hone itself.";
  command.flags.arguments = {{.name = "COMMAND",
                              .sentence = "Whose page.",
                              .target = names.get(),
                              .least = 0}};
  command.examples = {
      {"hone man opt | man -l -", "Shows the page of hone opt."}};
  command.run = [names](Console&) { return run_man(*names); };
  return command;
}

}  // namespace hone::cli
