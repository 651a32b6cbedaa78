// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Run times of two builds, measured in turn so that what the machine does
// meanwhile meets both.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "toolkit/optimize.h"
#include "verify/command_check.h"

namespace hone::toolkit {

struct TimedRuns {
  RunTimes times;
  // Exit codes or outputs differ; then the times say nothing.
  std::optional<std::string> differs;
};

// Medians of `runs` CPU times each; the interval of their ratio is a bootstrap
// over the pairs (1,000 resamples, seeded). A command that fails on the stock
// build is InvalidArgument.
Result<TimedRuns> time_in_turn(const verify::CommandCheck& command,
                               const verify::Subject& stock,
                               const verify::Subject& candidate, int runs);

}  // namespace hone::toolkit
