// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Expressions in text, made smaller.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::toolkit {

struct SimplifyRequest {
  std::vector<std::string> assumptions;  // Bools, infix or prefix
  bool prefix = false;                   // how the result is written
  bool with_steps = false;               // name the rules that were used
  // Whether the result must come with a proof that has been replayed. Where
  // there is none, the result is the expression itself.
  bool with_proof = false;
};

struct SimplifyAnswer {
  std::string text;
  // Nodes of the tree and of the DAG, before and after.
  uint64_t tree_before = 0;
  uint64_t tree_after = 0;
  uint64_t dag_before = 0;
  uint64_t dag_after = 0;
  std::vector<std::string> steps;  // a rule and what stood for its names
  std::string proof;               // a section: before and after are equal
};

// Equal to the expression wherever the assumptions hold. Malformed: the text is
// no expression, or an assumption is no Bool.
Result<SimplifyAnswer> simplify(const SimplifyRequest& request,
                                std::string_view expression);

}  // namespace hone::toolkit
