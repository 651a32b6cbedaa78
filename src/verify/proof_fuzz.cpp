// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Any bytes as a proof of something that is not so: the replay must refuse
// them, without more.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "term/parse.h"
#include "verify/proof.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  hone::term::Context terms;
  const auto goal = hone::term::parse(
      terms, "min(x / 4, y % z) + select(p || x < y, x * x, 3) == y");
  const auto assumption = hone::term::parse(terms, "x >= 0 && p");
  HONE_CHECK(goal.ok() && assumption.ok());
  const hone::term::Term assumptions[] = {*assumption};
  const hone::verify::ProofRule rules[] = {
      {"quotient-multiples", "(c0*x + y) / c0", "x + y / c0", "c0 > 0"},
      {"minimum-common", "min(x + z, y + z)", "min(x, y) + z", "true"},
      {"at-most-true", "x <= 0", "true", "x <= 0"},
      {"all-imply", "p && x <= 0 && y <= 0", "p && x <= 0", "y - x <= 0"},
      {"not-all", "!(p && q)", "!p || !q", "true"},
      {"select-common", "select(p, x + z, y + z)", "select(p, x, y) + z",
       "true"}};
  for (const bool value : {true, false})
    HONE_CHECK(!hone::verify::replay_proof(terms,
                                           {.goal = *goal,
                                            .value = value,
                                            .assumptions = assumptions,
                                            .rules = rules},
                                           text, {.depth = 200})
                    .ok());
  return 0;
}
