// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <algorithm>

#include "tensor/loop/dependence.h"
#include "tensor/loop/transform.h"

namespace hone::tensor {

Result<LoopProgram> swap_loops(const LoopProgram& program,
                               std::string_view outer, std::string_view inner,
                               IndexOracle& oracle) {
  LoopProgram p = program;
  HONE_ASSIGN_OR_RETURN(const LoopPath path, find_loop(p, outer));
  LoopTree& a = path.loop();
  if (a.body.size() != 1 || !a.body[0].is_loop || a.body[0].variable != inner)
    return cannot("swap", outer,
                  fmt::format("'{}' is not all of its body", inner));
  LoopTree& b = a.body[0];
  if (b.extent.mentions(outer))
    return cannot("swap", outer,
                  fmt::format("the extent of '{}' depends on it", inner));
  if (a.mark == LoopTree::Mark::Parallel || b.mark == LoopTree::Mark::Vector)
    return cannot("swap", outer, "one of them is parallel or a vector");
  const IndexFacts outside = facts_below(p, path);
  LoopPath below = {.outer = path.outer, .siblings = &a.body, .at = 0};
  below.outer.push_back(&a);
  const IndexFacts inside = facts_below(p, below);
  for (const std::string& tensor : written_tensors(p, a)) {
    const bool sums = only_accumulates(a, tensor) && !a.overlaps && !b.overlaps;
    if (!sums && !is_partitioned(a, outside, tensor, oracle) &&
        !is_partitioned(b, inside, tensor, oracle, &a))
      return cannot("swap", outer,
                    fmt::format("its iterations and those of '{}' share '{}'",
                                inner, tensor));
  }
  for (const LoopTensor& tensor : p.tensors)
    if (tensor.home == outer)
      return cannot("swap", outer,
                    fmt::format("'{}' is at home in it", tensor.name));
  std::swap(a.variable, b.variable);
  std::swap(a.extent, b.extent);
  std::swap(a.mark, b.mark);
  std::swap(a.overlaps, b.overlaps);
  return finish_edit(std::move(p), oracle);
}

Result<LoopProgram> order_loops(const LoopProgram& program,
                                std::span<const std::string> loops,
                                IndexOracle& oracle) {
  LoopProgram p = program;
  // Selection: each loop in its turn is brought up to where it belongs.
  for (size_t i = 0; i < loops.size(); ++i) {
    HONE_ASSIGN_OR_RETURN(const LoopPath path, find_loop(p, loops[i]));
    // The loops of the list that still stand above it.
    size_t turns = 0;
    for (size_t k = path.outer.size(); k-- > 0; ++turns) {
      const std::string& name = path.outer[k]->variable;
      const auto later = loops.subspan(i + 1);
      if (std::ranges::find(later, name) == later.end()) break;
    }
    std::vector<std::string> above;
    for (size_t k = 0; k < turns; ++k)
      above.push_back(path.outer[path.outer.size() - 1 - k]->variable);
    for (const std::string& name : above) {
      auto swapped = swap_loops(p, name, loops[i], oracle);
      if (!swapped.ok()) return std::move(swapped).error();
      p = *std::move(swapped);
    }
  }
  if (loops.empty()) return p;
  HONE_ASSIGN_OR_RETURN(const LoopPath last, find_loop(p, loops.back()));
  size_t found = 0;
  for (const LoopTree* loop : last.outer)
    if (found < loops.size() && loop->variable == loops[found]) ++found;
  if (found + 1 < loops.size())
    return cannot("order", loops.back(),
                  fmt::format("'{}' does not stand around it with nothing but "
                              "loops of the list between",
                              loops[found]));
  return p;
}

}  // namespace hone::tensor
