// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a verification amounts to, in bytes of the stock object's code.
#pragma once

#include <span>
#include <string>

#include "base/json.h"
#include "verify/differential.h"

namespace hone::verify {

struct EvidenceShares {
  uint64_t proved = 0;
  uint64_t tested = 0;
  uint64_t tested_via = 0;
  uint64_t unchecked = 0;

  uint64_t total() const { return proved + tested + tested_via + unchecked; }
  uint64_t checked() const { return total() - unchecked; }
};

EvidenceShares sum_shares(std::span<const FunctionVerdict> functions);

// A line for each function, largest first, then the shares:
//
//   function           bytes  evidence             inputs  blocks
//   BZ2_decompress    12,842  tested                   64  60 %
//   default_bzalloc       15  tested via BZ2_comp…     12  100 %
//
//   60.1 % tested, 35.2 % tested via, 4.7 % unchecked of 54,785 bytes
std::string format_report(const DifferentialReport& report);

Json report_json(const DifferentialReport& report);

}  // namespace hone::verify
