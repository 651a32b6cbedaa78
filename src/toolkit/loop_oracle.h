// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The prover as the oracle of loop trees: what intervals leave open goes to
// rewrite::Prover, with loops, guards and facts about sizes as assumptions.
#pragma once

#include <memory>

#include "tensor/loop/oracle.h"

namespace hone::toolkit {

struct LoopOracleCounts {
  int64_t asked = 0;        // claims
  int64_t by_interval = 0;  // shown by intervals
  int64_t by_prover = 0;    // shown by the prover only
};

class LoopOracle : public tensor::IndexOracle {
 public:
  LoopOracle();
  ~LoopOracle() override;

  bool always(const tensor::IndexFacts& facts,
              const tensor::Condition& claim) override;
  tensor::IndexBounds bounds(const tensor::IndexFacts& facts,
                             const tensor::Index& index) override;

  const LoopOracleCounts& counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hone::toolkit
