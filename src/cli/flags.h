// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A command's flags and arguments as data. Parsing, help texts, shell
// completion and manual pages are all made from it (parse below; help.h,
// completion.h, man.h), so that nothing is written twice.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace hone::cli {

// Where a value goes; its content before the parse is the flag's default.
using Target = std::variant<bool*, int64_t*, double*, std::string*,
                            std::vector<std::string>*>;

enum class Completes { Nothing, Files, Folders };

struct Flag {
  std::string name;   // "budget" of --budget
  char letter = 0;    // 'o' of -o
  std::string value;  // "N" in the help text; empty for a switch
  std::string sentence;
  Target target;
  // The only values accepted, where not empty.
  std::vector<std::string> choices = {};
  // How the help text says what happens without the flag; where empty, it
  // shows the target's own content.
  std::string default_text = {};
  double least = 0;  // of numbers
  double most = std::numeric_limits<double>::infinity();
  Completes completes = Completes::Nothing;
  // What completion offers where other values are accepted too, or where only
  // the other flags say which. Asked for by completion alone: it may take long.
  std::vector<std::string> (*offers)() = nullptr;
  bool is_list = false;  // of several values, with commas between them
};

// Words that are no flags.
struct Argument {
  std::string name;  // "FILE"
  std::string sentence;
  std::vector<std::string>* target = nullptr;
  size_t least = 1;
  size_t most = 1;
  std::vector<std::string> choices = {};
  Completes completes = Completes::Nothing;
  // What completion offers beside files: beginnings, to be written on.
  std::vector<std::string> (*offers)() = nullptr;

  bool repeats() const { return most > 1; }
};

struct FlagSet {
  std::vector<Flag> flags;
  std::vector<Argument> arguments;
  // What stands after --, for commands that take it.
  std::vector<std::string>* rest = nullptr;
  std::string rest_name;  // "CLANG FLAGS"
  std::string rest_sentence;
};

// "-o, --output FILE"
std::string spelling(const Flag& flag);
// "FILE…", "[FILE…]"
std::string spelling(const Argument& argument);
// What the help text gives as the default; empty for nothing to say.
std::string default_of(const Flag& flag);
// One line: "hone opt FILE… [flags] [-- CLANG FLAGS]".
std::string usage(std::string_view command, const FlagSet& set);

// Writes to the targets. InvalidArgument names the word, what was expected and
// the nearest thing that exists; `command` is how the user called it.
Status parse(const FlagSet& set, std::string_view command,
             std::span<const std::string> words);

}  // namespace hone::cli
