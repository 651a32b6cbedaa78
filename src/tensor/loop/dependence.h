// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which iterations of a loop touch the same elements.
//
// A loop *partitions* a tensor where no two of its iterations touch an element
// in common: along one dimension each access is c * loop + outer + inner, with
// c and outer the same for all accesses and inner narrower than c. Every rule
// of legality here comes down to that:
//
//   swap        each tensor is partitioned by one of the loops, or touched by
//               one statement that adds up
//   fuse, fission, parallelise   by the loop
//   split with overlap           by the loop, and an iteration can be done
//                                again
//
// Tensors whose home is in the loop belong to an iteration and do not count.
#pragma once

#include <string>
#include <vector>

#include "tensor/loop/edit.h"

namespace hone::tensor {

struct TensorAccess {
  const LoopLeaf* leaf = nullptr;
  Place place;
  bool writes = false;
  std::vector<LoopRange> inner;  // loops between the root of the walk and it
};

// Of all statements below (not of fetches, which read inputs), in order.
std::vector<TensorAccess> accesses_of(const std::vector<LoopTree>& body);

// Names of the tensors that statements below write and that are not at home
// in `loop` or below it.
std::vector<std::string> written_tensors(const LoopProgram& program,
                                         const LoopTree& loop);

// Whether `loop` partitions the tensor within its body. `facts` hold inside of
// the loop. With `also`, whatever the values of that outer loop are in the two
// iterations, not only where they are the same.
bool is_partitioned(const LoopTree& loop, const IndexFacts& facts,
                    std::string_view tensor, IndexOracle& oracle,
                    const LoopTree* also = nullptr);

// Whether the tensor is touched by one statement of the body only, which adds
// up (or takes the maximum, …) and does not read it otherwise.
bool only_accumulates(const LoopTree& loop, std::string_view tensor);

// What stands in the way of running the iterations in any order; "" if nothing.
std::string carried_tensor(const LoopProgram& program, const LoopTree& loop,
                           const IndexFacts& facts, IndexOracle& oracle);

}  // namespace hone::tensor
