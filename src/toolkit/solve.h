// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conditions in text, solved for a variable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rewrite/solve/solve.h"

namespace hone::toolkit {

struct SolveRequest {
  std::vector<std::string> assumptions;  // Bools, infix or prefix
  std::string variable;
  // What to find where exactness is out of reach: Outer or Inner.
  rewrite::Solution::Kind otherwise = rewrite::Solution::Kind::Outer;
  // Whether the solution must come with a proof that has been replayed.
  bool with_proof = false;
};

// A cell of rewrite::Solution.
struct SolveCell {
  std::optional<std::string> low;
  std::optional<std::string> high;
  std::vector<std::string> periodic;
  std::vector<std::string> guards;
};

struct SolveAnswer {
  rewrite::Solution::Kind kind = rewrite::Solution::Kind::Exact;
  std::string formula;
  std::vector<SolveCell> cells;
  // A section of a proof file: the condition and the formula are one, or the
  // one follows from the other, by the kind.
  std::string proof;
};

// Malformed: the text is no Bool. InvalidArgument: no Int variable.
Result<SolveAnswer> solve(const SolveRequest& request,
                          std::string_view condition);

}  // namespace hone::toolkit
