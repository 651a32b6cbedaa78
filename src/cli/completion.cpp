// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One walk over the tables gives what the three shells need: per command, its
// flags with what each takes, and what its arguments may be.
//
//   bash  functions and compgen; flags' values by a case on the previous word
//   zsh   _arguments specifications, one a flag
//   fish  one `complete` line a flag
#include "cli/completion.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/help.h"

namespace hone::cli {

namespace {

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const CommandInfo& info : commands()) names.emplace_back(info.name);
  return names;
}

// What an argument may be: its choices, or the commands where it names one.
std::vector<std::string> argument_choices(const Argument& argument) {
  return argument.name == "COMMAND" ? command_names() : argument.choices;
}

// What an argument may begin with that is no file.
std::string argument_offers(const Argument& argument) {
  return argument.offers != nullptr ? join(argument.offers(), " ") : "";
}

// What a flag's value may be, as far as it is known before.
std::vector<std::string> flag_choices(const Flag& flag) {
  return flag.offers != nullptr ? flag.offers() : flag.choices;
}

// --- bash
// ---------------------------------------------------------------------

std::string bash_words(const FlagSet& set) {
  std::vector<std::string> words;
  for (const Flag& flag : set.flags) words.push_back("--" + flag.name);
  return join(words, " ");
}

std::string bash_action(std::span<const std::string> choices,
                        Completes completes, bool is_list = false) {
  // What stands before the last comma is kept.
  if (is_list)
    return fmt::format(
        "COMPREPLY=($(compgen -P \"${{word%\"${{word##*,}}\"}}\" -W \"{}\" -- "
        "\"${{word##*,}}\"))",
        join(choices, " "));
  if (!choices.empty())
    return fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$word\"))",
                       join(choices, " "));
  if (completes == Completes::Folders)
    return "COMPREPLY=($(compgen -d -- \"$word\"))";
  if (completes == Completes::Files)
    return "COMPREPLY=($(compgen -f -- \"$word\"))";
  return "COMPREPLY=()";
}

std::string bash_command(const CommandInfo& info) {
  const Documented documented = make_documented(info);
  const FlagSet& set = documented.command.flags;
  std::string text =
      fmt::format("    {})\n      case \"$previous\" in\n", info.name);
  for (const Flag& flag : set.flags) {
    if (flag.value.empty()) continue;
    std::string pattern = "--" + flag.name;
    if (flag.letter != 0) pattern += fmt::format("|-{}", flag.letter);
    text += fmt::format(
        "        {}) {}; return ;;\n", pattern,
        bash_action(flag_choices(flag), flag.completes, flag.is_list));
  }
  text += "      esac\n";
  if (!set.flags.empty())
    text += fmt::format(
        "      if [[ \"$word\" == -* ]]; then\n"
        "        COMPREPLY=($(compgen -W \"{}\" -- \"$word\"))\n"
        "        return\n      fi\n",
        bash_words(set));
  if (!set.arguments.empty()) {
    const Argument& first = set.arguments.front();
    text += fmt::format("      {}\n",
                        bash_action(argument_choices(first), first.completes));
    // A second argument is always a file here, or what it offers.
    if (set.arguments.size() > 1) {
      text += fmt::format("      ((COMP_CWORD > 2)) || return\n      {}\n",
                          bash_action({}, Completes::Files));
      if (set.arguments[1].offers != nullptr)
        text += fmt::format("      _hone_offer \"{}\"\n",
                            argument_offers(set.arguments[1]));
    }
  }
  return text + "      ;;\n";
}

std::string bash_script() {
  std::string text = fmt::format(
      "# bash completion for hone; source it, or install it as hone in\n"
      "# bash-completion's completions folder.\n"
      "\n"
      "# Adds words that something may begin with. Those of readline end at a\n"
      "# colon, of which a URI has one.\n"
      "_hone_offer() {{\n"
      "  local line=\"${{COMP_LINE:0:COMP_POINT}}\"\n"
      "  local typed=\"${{line##* }}\"\n"
      "  local -a found=($(compgen -W \"$1\" -- \"$typed\"))\n"
      "  ((${{#found[@]}})) || return\n"
      "  [[ \"$typed\" == *:* ]] && COMPREPLY=()\n"
      "  COMPREPLY+=(\"${{found[@]#\"${{typed%\"${{word#:}}\"}}\"}}\")\n"
      "  compopt -o nospace +o filenames\n"
      "}}\n"
      "\n"
      "_hone() {{\n"
      "  local word=\"${{COMP_WORDS[COMP_CWORD]}}\"\n"
      "  local previous=\"${{COMP_WORDS[COMP_CWORD-1]}}\"\n"
      "  COMPREPLY=()\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    COMPREPLY=($(compgen -W \"{} --version --help\" -- \"$word\"))\n"
      "    return\n  fi\n"
      "  case \"${{COMP_WORDS[1]}}\" in\n",
      join(command_names(), " "));
  for (const CommandInfo& info : commands()) text += bash_command(info);
  return text + "  esac\n}\ncomplete -o filenames -F _hone hone\n";
}

// --- zsh
// ----------------------------------------------------------------------

// Text inside single quotes and brackets of an _arguments specification.
std::string zsh_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'')
      result += "'\\''";
    else if (c == '[' || c == ']' || c == ':')
      result += std::string("\\") + c;
    else
      result += c;
  }
  return result;
}

std::string zsh_action(std::span<const std::string> choices,
                       Completes completes, bool is_list = false) {
  if (is_list) return fmt::format("_sequence compadd - {}", join(choices, " "));
  if (!choices.empty()) return fmt::format("({})", join(choices, " "));
  if (completes == Completes::Folders) return "_files -/";
  return completes == Completes::Files ? "_files" : " ";
}

std::string zsh_argument(const Argument& argument) {
  std::string action =
      zsh_action(argument_choices(argument), argument.completes);
  if (argument.offers != nullptr)
    action = fmt::format("{{{}; compadd -S \"\" - {}}}", action,
                         zsh_text(argument_offers(argument)));
  return fmt::format("'{}:{}:{}'", argument.repeats() ? "*" : "",
                     zsh_text(argument.name), action);
}

std::string zsh_flag(const Flag& flag) {
  const std::string action =
      flag.value.empty()
          ? ""
          : fmt::format(
                ":{}:{}", zsh_text(flag.value),
                zsh_action(flag_choices(flag), flag.completes, flag.is_list));
  const std::string text = zsh_text(flag.sentence);
  if (flag.letter == 0)
    return fmt::format("'--{}[{}]{}'", flag.name, text, action);
  return fmt::format("'(-{0} --{1})'{{-{0},--{1}}}'[{2}]{3}'", flag.letter,
                     flag.name, text, action);
}

std::string zsh_command(const CommandInfo& info) {
  const Documented documented = make_documented(info);
  const FlagSet& set = documented.command.flags;
  std::string text = fmt::format("    {}) _arguments", info.name);
  for (const Flag& flag : set.flags) text += " \\\n        " + zsh_flag(flag);
  for (const Argument& argument : set.arguments)
    text += " \\\n        " + zsh_argument(argument);
  return text + " ;;\n";
}

std::string zsh_script() {
  std::string text =
      "#compdef hone\n"
      "# zsh completion for hone; install it as _hone in a folder of $fpath.\n"
      "_hone() {\n"
      "  local -a commands=(\n";
  for (const CommandInfo& info : commands())
    text += fmt::format("    '{}:{}'\n", info.name, zsh_text(info.sentence));
  text +=
      "  )\n"
      "  if ((CURRENT == 2)); then _describe command commands; return; fi\n"
      "  shift words; ((CURRENT--))\n"
      "  case $words[1] in\n";
  for (const CommandInfo& info : commands()) text += zsh_command(info);
  return text + "  esac\n}\n_hone \"$@\"\n";
}

// --- fish
// ---------------------------------------------------------------------

std::string fish_text(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

std::string fish_values(std::span<const std::string> choices,
                        Completes completes, bool is_list = false) {
  if (is_list)
    return fmt::format(
        " -x -a {}",
        fish_text(fmt::format("(__fish_append , {})", join(choices, " "))));
  if (!choices.empty())
    return fmt::format(" -x -a {}", fish_text(join(choices, " ")));
  if (completes == Completes::Folders)
    return " -x -a '(__fish_complete_directories)'";
  return completes == Completes::Files ? " -r -F" : " -x";
}

std::string fish_command(const CommandInfo& info) {
  const Documented documented = make_documented(info);
  const FlagSet& set = documented.command.flags;
  const std::string head = fmt::format(
      "complete -c hone -n '__fish_seen_subcommand_from {}'", info.name);
  std::string text;
  for (const Flag& flag : set.flags) {
    text += head;
    if (flag.letter != 0) text += fmt::format(" -s {}", flag.letter);
    text += fmt::format(" -l {}", flag.name);
    if (!flag.value.empty())
      text += fish_values(flag_choices(flag), flag.completes, flag.is_list);
    text += fmt::format(" -d {}\n", fish_text(flag.sentence));
  }
  for (const Argument& argument : set.arguments) {
    text += head + fish_values(argument_choices(argument), argument.completes);
    if (argument.offers != nullptr)
      text += " -a " + fish_text(argument_offers(argument));
    text += "\n";
  }
  return text;
}

std::string fish_script() {
  std::string text =
      "# fish completion for hone; install it as hone.fish in fish's\n"
      "# completions folder.\n"
      "complete -c hone -f\n";
  for (const CommandInfo& info : commands())
    text +=
        fmt::format("complete -c hone -n __fish_use_subcommand -a {} -d {}\n",
                    info.name, fish_text(info.sentence));
  for (const CommandInfo& info : commands()) text += fish_command(info);
  return text;
}

}  // namespace

std::vector<std::string> completion_shells() { return {"bash", "fish", "zsh"}; }

std::string completion_script(std::string_view shell) {
  if (shell == "bash") return bash_script();
  return shell == "zsh" ? zsh_script() : fish_script();
}

}  // namespace hone::cli
