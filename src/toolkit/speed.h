// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Candidates for --for speed: judged by the user's run command, because nothing
// short of running a program says how fast it is.
#pragma once

#include <vector>

#include "base/result.h"
#include "program/pipeline.h"
#include "toolkit/optimize.h"
#include "toolkit/prepare.h"

namespace hone::toolkit {

// Proposes, builds and times up to `limits.compiles` recipes against the stock
// program, a few runs each, in turn. Returns those that looked faster, fastest
// first; whether that is more than noise is for the gate to say.
// InvalidArgument where there is no run command, or the object is no program.
Result<std::vector<program::Recipe>> propose_faster(
    const program::Toolchain& tools, const OptimizeRequest& request,
    const Prepared& prepared, OptimizeReport& report);

}  // namespace hone::toolkit
