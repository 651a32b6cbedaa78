// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random edits of a recipe's structured pipeline.
#pragma once

#include <optional>
#include <string>

#include "base/random.h"
#include "search/space.h"

namespace hone::search {

struct Edit {
  std::string label;  // "drop licm", "insert mergefunc"
  program::Pipeline pipeline;
};

// The structured pipeline of a recipe's first stage; `default<…>` is written
// out as the space's stock pipeline.
program::Pipeline pipeline_of(const program::Recipe& recipe,
                              const Space& space);
program::Recipe with_pipeline(program::Recipe recipe,
                              const program::Pipeline& pipeline);

// One edit that keeps the nesting valid: a pass moves among its siblings only,
// and is inserted where passes of its level stand. Nothing where the draw has
// no meaning (re-parameterising a pass without parameters).
std::optional<Edit> random_edit(const program::Pipeline& pipeline,
                                const Space& space, Random& random);

}  // namespace hone::search
