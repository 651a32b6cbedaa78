// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Transformations of loop trees: pure functions, one file each. Each takes a
// program and gives one that computes the same, or says why it would not:
// NotFound where there is no such loop, InvalidArgument where the
// transformation is not legal or the oracle cannot show that it is. Sums may be
// taken in another order; nothing else about results changes.
//
// What a program says of sizes (its facts) is believed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/loop/loop_program.h"
#include "tensor/loop/oracle.h"

namespace hone::tensor {

enum class SplitMode {
  Guard,    // the last turn of the outer loop does less: statements are guarded
  Tail,     // a loop of its own does what is left over
  Overlap,  // the last turn starts earlier and does again what was done
};

struct SplitOptions {
  std::string loop;
  int64_t factor = 2;
  SplitMode mode = SplitMode::Guard;
  // Names of the new loops; by default LOOP_o and LOOP_i.
  std::string outer = {}, inner = {};
};

// i becomes factor * outer + inner. Overlap needs an extent of at least
// `factor` and iterations that may be done twice.
Result<LoopProgram> split_loop(const LoopProgram& program,
                               const SplitOptions& options,
                               IndexOracle& oracle);

// Two loops one after the other: [0, at) and [at, end), at of sizes and outer
// loops.
Result<LoopProgram> cut_loop(const LoopProgram& program, std::string_view loop,
                             const Index& at, IndexOracle& oracle);

// Exchanges two loops of which the second is the body of the first.
Result<LoopProgram> swap_loops(const LoopProgram& program,
                               std::string_view outer, std::string_view inner,
                               IndexOracle& oracle);

// Brings loops that stand one in the other into this order, by swaps.
Result<LoopProgram> order_loops(const LoopProgram& program,
                                std::span<const std::string> loops,
                                IndexOracle& oracle);

// One loop for two of which the second is the body of the first.
Result<LoopProgram> merge_loops(const LoopProgram& program,
                                std::string_view outer, std::string_view inner,
                                std::string_view name, IndexOracle& oracle);

// One loop for two of the same extent, one behind the other.
Result<LoopProgram> fuse_loops(const LoopProgram& program,
                               std::string_view first, std::string_view second,
                               IndexOracle& oracle);

// Two loops for one, whose body is taken apart behind its first `count` parts.
Result<LoopProgram> distribute_loop(const LoopProgram& program,
                                    std::string_view loop, int64_t count,
                                    IndexOracle& oracle);

// Sets how a loop is run. Vectors and threads need iterations that do not
// depend on each other; a vector loop may also add up.
Result<LoopProgram> mark_loop(const LoopProgram& program, std::string_view loop,
                              LoopTree::Mark mark, IndexOracle& oracle);

struct StageOptions {
  std::string tensor;
  std::string loop;  // each iteration of it has a copy of its own
  std::string name;
  bool in_register = false;
  // The order of the copy's dimensions; empty keeps it.
  std::vector<int> order = {};
};

// Packs what the body of a loop touches of a tensor into a copy: filled before
// the body where the body reads what others wrote, written back behind it where
// the body writes. Loops of the copying are NAME_in0, …, NAME_out0, ….
Result<LoopProgram> stage_tensor(const LoopProgram& program,
                                 const StageOptions& options,
                                 IndexOracle& oracle);

// Computes of a node's tensor, in front of the body of `loop`, what the body
// reads, and drops the node's own loops. The node must be one whose loops stand
// apart, and nothing else may read its tensor.
Result<LoopProgram> compute_at(const LoopProgram& program,
                               std::string_view node, std::string_view loop,
                               IndexOracle& oracle);

}  // namespace hone::tensor
