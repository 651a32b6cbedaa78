// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory planning: buffers that are never needed at the same time share bytes.
#pragma once

#include <vector>

#include "tensor/plan/planner.h"

namespace hone::tensor {

// Sets the offsets of the buffers in the arena; returns its size. The buffers
// of a step are needed together; one lives from its first step to its last.
// Large buffers are placed first, each at the lowest offset that is free for
// its whole life (Pisarchyk and Lee, arXiv 2001.03288, "greedy by size").
// Unless `shared`, they live to the end, so that no two overlap that follow
// each other.
int64_t place_buffers(std::vector<PlanBuffer>& buffers,
                      const std::vector<std::vector<int>>& steps,
                      bool shared = true);

// Memory that grows: buffers that are never needed at the same time get the
// same region, whose size is then that of the largest. No offsets depend on
// sizes, so a run with other sizes plans nothing. Returns how many there are.
int share_regions(std::vector<PlanBuffer>& buffers,
                  const std::vector<std::vector<int>>& steps);

}  // namespace hone::tensor
