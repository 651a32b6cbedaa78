// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/man.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/help.h"

namespace hone::cli {

namespace {

// roff reads a backslash, a leading dot and a leading quote as commands, and
// sets a plain hyphen as a dash.
std::string roff(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool starts_line = i == 0 || text[i - 1] == '\n';
    if (starts_line && (text[i] == '.' || text[i] == '\'')) result += "\\&";
    if (text[i] == '\\')
      result += "\\e";
    else if (text[i] == '-')
      result += "\\-";
    else
      result += text[i];
  }
  return result;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

std::string head(std::string_view name, std::string_view sentence) {
  return fmt::format(".TH {} 1 \"\" \"{}\" \"Hone\"\n.SH NAME\n{} \\- {}\n",
                     upper(name), version_text(), roff(name), roff(sentence));
}

std::string entry(std::string_view term, std::string_view text) {
  return fmt::format(".TP\n.B {}\n{}\n", roff(trim(term)), roff(text));
}

std::string flag_text(const Flag& flag) {
  std::string text = flag.sentence;
  if (!flag.choices.empty())
    text += " One of " + join(flag.choices, ", ") + ".";
  if (const std::string value = default_of(flag); !value.empty())
    text += fmt::format(" Default: {}.", value);
  return text;
}

std::string endings() {
  std::string text = ".SH EXIT STATUS\n";
  for (const ExitCodeInfo& info : exit_codes())
    text += entry(std::to_string(info.code), info.sentence);
  text += ".SH ENVIRONMENT\n";
  for (const VariableInfo& info : variables())
    text += entry(info.name, info.sentence);
  return text;
}

}  // namespace

std::string man_overview() {
  std::string text =
      head("hone", "makes programs smaller and checks that they are the same");
  text += ".SH SYNOPSIS\n.B hone\nCOMMAND …\n.SH COMMANDS\n";
  for (const CommandInfo& info : commands())
    text += entry(fmt::format("hone {}", info.name), info.sentence);
  return text + endings();
}

std::string man_page(const CommandInfo& info) {
  const Documented documented = make_documented(info);
  const Subcommand& command = documented.command;
  std::string text = head(fmt::format("hone-{}", info.name), info.sentence);
  text +=
      fmt::format(".SH SYNOPSIS\n{}\n", roff(usage(info.name, command.flags)));
  if (!command.description.empty()) text += ".SH DESCRIPTION\n";
  for (const std::string& paragraph : split(command.description, '\n'))
    if (!paragraph.empty()) text += fmt::format(".PP\n{}\n", roff(paragraph));
  if (!command.flags.arguments.empty()) text += ".SH ARGUMENTS\n";
  for (const Argument& argument : command.flags.arguments) {
    std::string words = argument.sentence;
    if (!argument.choices.empty())
      words += " One of " + join(argument.choices, ", ") + ".";
    text += entry(spelling(argument), words);
  }
  if (command.flags.rest != nullptr)
    text += entry("-- " + command.flags.rest_name, command.flags.rest_sentence);
  if (!command.flags.flags.empty()) text += ".SH OPTIONS\n";
  for (const Flag& flag : command.flags.flags)
    text += entry(spelling(flag), flag_text(flag));
  if (!command.examples.empty()) text += ".SH EXAMPLES\n";
  for (const Example& example : command.examples)
    text += entry(example.command, example.sentence);
  return text + endings() + ".SH SEE ALSO\n.BR hone (1)\n";
}

}  // namespace hone::cli
