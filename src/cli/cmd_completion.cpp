// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/command.h"
#include "cli/completion.h"

namespace hone::cli {

Subcommand make_completion() {
  auto shell = std::make_shared<std::vector<std::string>>();
  Subcommand command;
  command.flags.arguments = {{.name = "SHELL",
                              .sentence = "Whose script.",
                              .target = shell.get(),
                              .choices = completion_shells()}};
  command.examples = {
      {"hone completion bash > ~/.local/share/bash-completion/completions/hone",
       "Installs the script for bash."},
      {"hone completion fish > ~/.config/fish/completions/hone.fish",
       "Installs the script for fish."}};
  command.run = [shell](Console&) -> Result<Answer> {
    const std::string script = completion_script(shell->front());
    return Answer{.text = script, .json = {{"script", script}}};
  };
  return command;
}

}  // namespace hone::cli
