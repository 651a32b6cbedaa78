// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Questions that decide whether a transformation is legal and whether a check
// is needed: is this always true, how small and how large can this be.
//
// The room answers them itself with intervals (interval_oracle.h). Who can do
// better implements this interface and hands it in; toolkit does so with the
// prover, which this floor must not see.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tensor/loop/scalar.h"

namespace hone::tensor {

// 0 <= name < extent; the extent is made of sizes and loops before it.
struct LoopRange {
  std::string name;
  Index extent;
};

// What holds where a question is asked.
struct IndexFacts {
  std::vector<std::string> sizes;  // at least 1
  std::vector<Condition> conditions;
  std::vector<LoopRange> loops;  // outermost first
};

struct IndexBounds {
  std::optional<int64_t> low, high;  // nothing: not known
};

class IndexOracle {
 public:
  virtual ~IndexOracle() = default;

  // True only where it is proved for all values that the facts allow.
  virtual bool always(const IndexFacts& facts, const Condition& claim) = 0;

  // Bounds that hold; not always the tightest.
  virtual IndexBounds bounds(const IndexFacts& facts, const Index& index) = 0;
};

}  // namespace hone::tensor
