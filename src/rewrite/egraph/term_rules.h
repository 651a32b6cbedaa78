// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rules of terms (rules_*.def), compiled.
#pragma once

#include <span>
#include <string_view>

#include "rewrite/egraph/runner.h"
#include "rewrite/egraph/term_language.h"

namespace hone::rewrite::egraph {

// A row of the tables.
struct TermRule {
  std::string_view name, text, hint;
};
std::span<const TermRule> term_rules();

// What the rows say; a row that cannot be read is a defect, and aborts.
std::vector<Rule> parse_term_rules(const TermLanguage& language);

}  // namespace hone::rewrite::egraph
