// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SMT-LIB 2 scripts: run, and made of questions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::toolkit {

struct SmtRun {
  std::string text;  // what a solver prints: sat, unsat, unknown, models
  // How many of the answers are which.
  int sat = 0;
  int unsat = 0;
  int unknown = 0;
};

// Answers the check-sat commands of a script (term/smtlib/smtlib.h). A model
// has been evaluated before it is printed. InvalidArgument: get-model where
// the last answer was not sat.
Result<SmtRun> run_smtlib(std::string_view script);

// The questions of `hone prove` as one script: for each expression two
// check-sat, whether it can be false and whether it can be true.
Result<std::string> smtlib_of(std::span<const std::string> assumptions,
                              std::span<const std::string> expressions);

}  // namespace hone::toolkit
