// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/help.h"

#include <fmt/format.h>

#include "base/text.h"

namespace hone::cli {

namespace {

constexpr size_t kWidth = 80;

constexpr VariableInfo kVariables[] = {
    {"HONE_CC_VERBOSE",
     "Makes hone cc and hone c++ say why they compile stock."},
    {"HONE_LLVM_BIN",
     "The folder of the LLVM 22 programs (clang, opt, …), instead of PATH."},
    {"HONE_RECIPE", "The recipe file of hone cc and hone c++; empty for none."},
    {"HONE_WORKER", "The worker program, instead of the one beside hone."},
    {"NO_COLOR", "Switches colours off, when it is not empty."},
    {"XDG_DATA_HOME",
     "Holds hone/hone.db, the default store; ~/.local/share otherwise."},
};

constexpr ExitCodeInfo kExitCodes[] = {
    {0, "done"},
    {1, "the answer is no: a check found a difference"},
    {2, "an error, in one line on stderr"},
    {130, "ended by a second Ctrl-C"},
};

// Words of `text` from column `from` on, with lines broken before `kWidth`.
std::string wrapped(std::string_view text, size_t from) {
  std::string result;
  size_t column = from;
  for (const std::string& word : split_blank(text)) {
    const size_t width = text_width(word);
    if (column > from && column + 1 + width > kWidth) {
      result += "\n" + std::string(from, ' ');
      column = from;
    } else if (column > from) {
      result += " ";
      ++column;
    }
    result += word;
    column += width;
  }
  return result;
}

// A term and its explanation; on a line of its own where the term is long.
std::string entry(std::string_view term, std::string_view text, size_t column) {
  const size_t width = text_width(term) + 2;
  const std::string gap = width + 2 > column ? "\n" + std::string(column, ' ')
                                             : std::string(column - width, ' ');
  return fmt::format("  {}{}{}\n", term, gap, wrapped(text, column));
}

std::string explained(std::string_view sentence,
                      std::span<const std::string> choices,
                      std::string_view default_text) {
  std::string text(sentence);
  if (!choices.empty()) text += " One of " + join(choices, ", ") + ".";
  if (!default_text.empty()) text += fmt::format(" [{}]", default_text);
  return text;
}

}  // namespace

std::span<const VariableInfo> variables() { return kVariables; }
std::span<const ExitCodeInfo> exit_codes() { return kExitCodes; }

Documented make_documented(const CommandInfo& info) {
  Documented documented{.command = info.make(),
                        .options = std::make_unique<ConsoleOptions>()};
  if (!documented.command.raw)
    add_common_flags(documented.command.flags, *documented.options);
  return documented;
}

std::string overview() {
  std::string text =
      "Hone makes programs smaller than their stock compiler does, and checks "
      "that they\nstill are the same programs.\n\n"
      "usage: hone COMMAND …\n\n";
  for (const CommandInfo& info : commands())
    text += entry(info.name, info.sentence, 14);
  text +=
      "\nhone help COMMAND explains one of them; hone --version prints the "
      "version.\n";
  return text;
}

std::string command_help(const CommandInfo& info) {
  const Documented documented = make_documented(info);
  const Subcommand& command = documented.command;
  std::string text = fmt::format("{}\n\nusage: {}\n", info.sentence,
                                 usage(info.name, command.flags));
  for (const std::string& paragraph : split(command.description, '\n'))
    text += "\n" + wrapped(paragraph, 0) + "\n";
  constexpr size_t kColumn = 28;
  if (!command.flags.arguments.empty() || command.flags.rest != nullptr)
    text += "\narguments:\n";
  for (const Argument& argument : command.flags.arguments)
    text += entry(spelling(argument),
                  explained(argument.sentence, argument.choices, ""), kColumn);
  if (command.flags.rest != nullptr)
    text += entry("-- " + command.flags.rest_name, command.flags.rest_sentence,
                  kColumn);
  if (!command.flags.flags.empty()) text += "\nflags:\n";
  for (const Flag& flag : command.flags.flags)
    text += entry(spelling(flag),
                  explained(flag.sentence, flag.choices, default_of(flag)),
                  kColumn);
  if (!command.examples.empty()) text += "\nexamples:\n";
  for (const Example& example : command.examples)
    text += fmt::format("  {}\n      {}\n", example.command,
                        wrapped(example.sentence, 6));
  return text;
}

}  // namespace hone::cli
