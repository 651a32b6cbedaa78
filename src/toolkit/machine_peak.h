// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What one core of this machine can do at most, measured in about 20 ms.
#pragma once

#include "base/result.h"

namespace hone::toolkit {

struct MachinePeak {
  double flops = 0;  // f32 fused multiply-adds a second, each counted as two
  double bytes = 0;  // read from memory a second
};

Result<MachinePeak> measure_peak();

}  // namespace hone::toolkit
