// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Observations that this process makes, from what the worker has made.
#pragma once

#include <filesystem>

#include "env/benchmark.h"
#include "env/live_spaces.h"

namespace hone::env {

// What the worker has to make for it: the object for a run time, bitcode for a
// file. An observation of the worker's own is made from itself.
Observation made_from(Observation what);

// `folder` is the environment's own; files stay there.
Result<Value> make_face_observation(Observation what, const Value& made,
                                    const Benchmark& benchmark,
                                    const std::filesystem::path& folder);

}  // namespace hone::env
