// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The options of a compiler as choices: what the environments `flags-gcc` and
// `flags-clang` choose from.
//
// gcc is asked (`gcc -Q --help=optimizers`, `--help=params`): names, sorts,
// ranges where it prints them; for its other parameters flag_ranges.def has
// ranges of our own, whose ends were tried. clang prints nothing of the kind
// and has a table, clang_flags.def. Left out is what changes the meaning of
// programs or of their interfaces (-ffast-math, -fshort-enums, -ftrapv, …),
// what needs a profile, and what analyses or instruments.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::env {

enum class Compiler { Clang, Gcc };

std::string_view compiler_name(Compiler compiler);

struct FlagOption {
  std::string name;  // "gcse", "max-inline-insns-auto", "O"
  // Words for the command line; the first is "" and leaves the option alone.
  std::vector<std::string> choices;
};

struct FlagSpace {
  std::string program;  // "gcc"
  std::string version;  // the first line of --version
  std::vector<FlagOption> options;

  // 10 to this power is the number of command lines.
  double log10_size() const;
  // The command line of a choice for each option.
  std::vector<std::string> command_line(
      const std::vector<int64_t>& choices) const;
};

// Asked once per process. NotFound names a compiler that is not installed.
Result<const FlagSpace*> flag_space(Compiler compiler);

// What a compiler printed, as options; for tests.
std::vector<FlagOption> read_gcc_optimizers(std::string_view help);
std::vector<FlagOption> read_gcc_params(std::string_view help);

// What gcc complains about, its language being English, that it does not know.
std::vector<std::string> read_unknown_words(std::string_view complaints);

struct FlagRange {
  std::string_view name;
  int64_t low;
  int64_t high;
};
const FlagRange* find_flag_range(std::string_view parameter);

}  // namespace hone::env
