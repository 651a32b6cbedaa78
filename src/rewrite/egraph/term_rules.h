// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rows of the tables (rewrite/rules) that are the e-graph's, as patterns.
#pragma once

#include <vector>

#include "rewrite/egraph/runner.h"
#include "rewrite/egraph/term_language.h"

namespace hone::rewrite::egraph {

// In the order of the tables. A row that cannot be read is a defect, and
// aborts.
std::vector<Rule> parse_term_rules(const TermLanguage& language);

}  // namespace hone::rewrite::egraph
