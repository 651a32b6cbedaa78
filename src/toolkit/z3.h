// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Z3 as a program, where the user has installed one: a last tier for what Hone
// leaves open, and a second opinion on the rules. No library of ours links it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rewrite/context.h"

namespace hone::toolkit {

// Whether a program z3 is in PATH.
bool has_z3();

// What z3 says of a Bool under the context's assumptions. NotFound: there is
// no z3. Open: it does not know within its own count of steps.
Result<rewrite::Answer> ask_z3(rewrite::Context& context, term::Term goal);

// Of each script of term::print_smtlib: whether z3 finds no counterexample
// (true), finds one (false), or does not know.
Result<std::vector<std::optional<bool>>> ask_z3_all(
    const std::vector<std::string>& scripts);

}  // namespace hone::toolkit
