// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <algorithm>

#include "tensor/loop/dependence.h"
#include "tensor/loop/transform.h"
#include "tensor/loop/verify_loops.h"

namespace hone::tensor {

namespace {

Status check_vector(const LoopProgram& program, const LoopPath& path,
                    IndexOracle& oracle) {
  const LoopTree& loop = path.loop();
  for (const LoopTree& child : loop.body)
    if (child.is_loop)
      return cannot("vectorise", loop.variable,
                    fmt::format("'{}' stands in it", child.variable));
  const std::string bad = not_lanewise(loop);
  if (!bad.empty())
    return cannot("vectorise", loop.variable,
                  fmt::format("'{}' is not linear in it, or not for its first "
                              "lanes",
                              bad));
  const IndexFacts facts = facts_below(program, path);
  for (const std::string& tensor : written_tensors(program, loop)) {
    if (is_partitioned(loop, facts, tensor, oracle)) continue;
    // Sums of lanes: all into one element, without a guard on lanes.
    const bool sums =
        loop.body.size() == 1 && only_accumulates(loop, tensor) &&
        std::ranges::none_of(loop.body[0].leaf.target.at,
                             [&](const Index& index) {
                               return index.mentions(loop.variable);
                             }) &&
        std::ranges::none_of(loop.body[0].leaf.guards,
                             [&](const Condition& guard) {
                               return guard.left.mentions(loop.variable) ||
                                      guard.right.mentions(loop.variable);
                             });
    if (!sums)
      return cannot("vectorise", loop.variable,
                    fmt::format("its iterations share '{}'", tensor));
  }
  return {};
}

Status check_parallel(const LoopProgram& program, const LoopPath& path,
                      IndexOracle& oracle) {
  const LoopTree& loop = path.loop();
  const std::string shared =
      carried_tensor(program, loop, facts_below(program, path), oracle);
  if (!shared.empty())
    return cannot("parallelise", loop.variable,
                  fmt::format("its iterations share '{}'", shared));
  for (const LoopTensor& tensor : program.tensors)
    if (tensor.role == LoopTensor::Role::Local && !tensor.home.empty())
      return cannot("parallelise", loop.variable,
                    fmt::format("threads would share the copy '{}'; stage it "
                                "in registers",
                                tensor.name));
  return {};
}

}  // namespace

Result<LoopProgram> mark_loop(const LoopProgram& program, std::string_view loop,
                              LoopTree::Mark mark, IndexOracle& oracle) {
  LoopProgram p = program;
  HONE_ASSIGN_OR_RETURN(const LoopPath path, find_loop(p, loop));
  if (mark == LoopTree::Mark::Vector)
    HONE_RETURN_IF_ERROR(check_vector(p, path, oracle));
  if (mark == LoopTree::Mark::Parallel)
    HONE_RETURN_IF_ERROR(check_parallel(p, path, oracle));
  path.loop().mark = mark;
  return finish_edit(std::move(p), oracle);
}

}  // namespace hone::tensor
