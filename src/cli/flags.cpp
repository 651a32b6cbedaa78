// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The only file that sees CLI11, and the only one built with exceptions, which
// CLI11 throws: none leaves it. CLI11 splits the words into flags and the rest;
// what a value means is decided here, so that every complaint names the flag,
// what was expected and what was found.
#include "cli/flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace hone::cli {

namespace {

Error bad_value(const Flag& flag, std::string_view value,
                std::string_view expected) {
  return Error(ErrorKind::InvalidArgument,
               fmt::format("--{}: '{}' is not {}", flag.name, value, expected));
}

Status check_choice(std::string_view where, std::string_view value,
                    std::span<const std::string> choices) {
  if (choices.empty() ||
      std::find(choices.begin(), choices.end(), value) != choices.end())
    return {};
  return Error(ErrorKind::InvalidArgument,
               fmt::format("{}: '{}' is none of {}{}", where, value,
                           join(choices, ", "), did_you_mean(value, choices)));
}

template <typename Number>
bool read_number(const std::string& text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [at, code] = std::from_chars(text.data(), end, number);
  return code == std::errc() && at == end;
}

// "from 1 up", "from 1 to 100"
std::string range(const Flag& flag) {
  return std::isfinite(flag.most)
             ? fmt::format("from {} to {}", flag.least, flag.most)
             : fmt::format("from {} up", flag.least);
}

bool is_in_range(const Flag& flag, double number) {
  return std::isfinite(number) && number >= flag.least && number <= flag.most;
}

Status set_value(const Flag& flag, const std::vector<std::string>& values) {
  const std::string& last = values.back();
  if (auto* text = std::get_if<std::string*>(&flag.target)) {
    HONE_RETURN_IF_ERROR(check_choice("--" + flag.name, last, flag.choices));
    **text = last;
  } else if (auto* list =
                 std::get_if<std::vector<std::string>*>(&flag.target)) {
    for (const std::string& value : values)
      HONE_RETURN_IF_ERROR(check_choice("--" + flag.name, value, flag.choices));
    **list = values;
  } else if (auto* integer = std::get_if<int64_t*>(&flag.target)) {
    if (!read_number(last, **integer) ||
        !is_in_range(flag, static_cast<double>(**integer)))
      return bad_value(flag, last, "a whole number " + range(flag));
  } else if (auto* number = std::get_if<double*>(&flag.target)) {
    if (!read_number(last, **number) || !is_in_range(flag, **number))
      return bad_value(flag, last, "a number " + range(flag));
  }
  return {};
}

std::string registered_name(const Flag& flag) {
  return flag.letter != 0 ? fmt::format("-{},--{}", flag.letter, flag.name)
                          : "--" + flag.name;
}

struct Split {
  std::vector<std::pair<const Flag*, std::vector<std::string>>> values;
  std::vector<std::string> others;
};

Result<Split> split_words(const FlagSet& set, std::vector<std::string> words) {
  try {
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    std::vector<std::pair<const Flag*, CLI::Option*>> options;
    for (const Flag& flag : set.flags) {
      CLI::Option* option = flag.value.empty()
                                ? app.add_flag(registered_name(flag))
                                : app.add_option(registered_name(flag));
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      if (!flag.value.empty())
        option->expected(1)->allow_extra_args(false)->type_name(flag.value);
      options.emplace_back(&flag, option);
    }
    std::reverse(words.begin(), words.end());  // as CLI11 wants them
    app.parse(words);
    Split result;
    for (const auto& [flag, option] : options)
      if (option->count() > 0)
        result.values.emplace_back(flag, option->results());
    result.others = app.remaining();
    return result;
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string_view what = error.what();
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("{}: expected a value",
                             what.substr(0, what.find_first_of(": "))));
  } catch (const std::exception& error) {
    return Error(ErrorKind::InvalidArgument, error.what());
  }
}

Status refuse_unknown_flag(const FlagSet& set, std::string_view command,
                           std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  std::vector<std::string> known;
  for (const Flag& flag : set.flags) known.push_back("--" + flag.name);
  std::string hint = did_you_mean(name, known);
  if (hint.empty() && set.rest != nullptr)
    hint = fmt::format("; {} go after --", set.rest_name);
  else if (hint.empty())
    hint = fmt::format("; see hone help {}", command);
  return Error(ErrorKind::InvalidArgument,
               fmt::format("hone {} has no flag '{}'{}", command, name, hint));
}

Status set_arguments(const FlagSet& set, std::string_view command,
                     std::span<const std::string> words) {
  size_t next = 0;
  for (size_t i = 0; i < set.arguments.size(); ++i) {
    const Argument& argument = set.arguments[i];
    const size_t left = words.size() - next;
    const size_t count = std::min(argument.most, left);
    if (count < argument.least)
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("{} is missing; usage: {}", argument.name,
                               usage(command, set)));
    for (size_t j = 0; j < count; ++j) {
      HONE_RETURN_IF_ERROR(
          check_choice(argument.name, words[next], argument.choices));
      argument.target->push_back(words[next++]);
    }
  }
  if (next < words.size())
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' is one argument too many; usage: {}",
                             words[next], usage(command, set)));
  return {};
}

}  // namespace

Status parse(const FlagSet& set, std::string_view command,
             std::span<const std::string> words) {
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes != words.end()) {
    if (set.rest == nullptr)
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("hone {} takes nothing after --", command));
    set.rest->assign(dashes + 1, words.end());
  }
  HONE_ASSIGN_OR_RETURN(
      const Split split,
      split_words(set, std::vector<std::string>(words.begin(), dashes)));
  for (const std::string& word : split.others)
    if (word.size() > 1 && word.starts_with('-'))
      return refuse_unknown_flag(set, command, word);
  for (const auto& [flag, values] : split.values) {
    if (auto* on = std::get_if<bool*>(&flag->target))
      **on = true;
    else
      HONE_RETURN_IF_ERROR(set_value(*flag, values));
  }
  // A request for help needs no arguments.
  for (const auto& [flag, values] : split.values)
    if (flag->name == "help") return {};
  return set_arguments(set, command, split.others);
}

std::string spelling(const Flag& flag) {
  std::string text = flag.letter != 0
                         ? fmt::format("-{}, --{}", flag.letter, flag.name)
                         : "    --" + flag.name;
  if (!flag.value.empty()) text += " " + flag.value;
  return text;
}

std::string spelling(const Argument& argument) {
  std::string text = argument.name;
  if (argument.repeats()) text += "…";
  return argument.least == 0 ? "[" + text + "]" : text;
}

std::string default_of(const Flag& flag) {
  if (!flag.default_text.empty()) return flag.default_text;
  if (auto* text = std::get_if<std::string*>(&flag.target)) return **text;
  if (auto* integer = std::get_if<int64_t*>(&flag.target))
    return fmt::format("{}", **integer);
  if (auto* number = std::get_if<double*>(&flag.target))
    return std::isfinite(**number) ? fmt::format("{}", **number) : "";
  return {};
}

std::string usage(std::string_view command, const FlagSet& set) {
  std::string text = fmt::format("hone {}", command);
  for (const Argument& argument : set.arguments)
    text += " " + spelling(argument);
  if (!set.flags.empty()) text += " [flags]";
  if (set.rest != nullptr) text += fmt::format(" [-- {}]", set.rest_name);
  return text;
}

}  // namespace hone::cli
