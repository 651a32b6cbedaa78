// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "tensor/loop/edit.h"
#include "tensor/loop/transform.h"

namespace hone::tensor {

Result<LoopProgram> merge_loops(const LoopProgram& program,
                                std::string_view outer, std::string_view inner,
                                std::string_view name, IndexOracle& oracle) {
  LoopProgram p = program;
  HONE_ASSIGN_OR_RETURN(const LoopPath path, find_loop(p, outer));
  LoopTree& a = path.loop();
  if (a.body.size() != 1 || !a.body[0].is_loop || a.body[0].variable != inner)
    return cannot("merge", outer,
                  fmt::format("'{}' is not all of its body", inner));
  const Index extent = a.body[0].extent;
  if (!extent.is_constant() && !extent.as_variable())
    return cannot("merge", outer,
                  fmt::format("the extent '{}' of '{}' is neither a number nor "
                              "a size",
                              to_text(extent), inner));
  if (a.mark != LoopTree::Mark::None || a.body[0].mark != LoopTree::Mark::None)
    return cannot("merge", outer, "one of them is marked");
  for (const LoopTensor& tensor : p.tensors)
    if (tensor.home == outer)
      return cannot("merge", outer,
                    fmt::format("'{}' is at home in it", tensor.name));
  const std::string merged =
      name.empty() ? unused_name(p, {}, fmt::format("{}_{}", outer, inner))
                   : std::string(name);
  const Index variable = Index::variable(merged);
  std::vector<LoopTree> body = std::move(a.body[0].body);
  for (LoopTree& child : body)
    map_indices(child, [&](const Index& index) {
      return substitute(index, [&](std::string_view v) -> std::optional<Index> {
        if (v == outer) return floor_div(variable, extent);
        if (v == inner) return floor_mod(variable, extent);
        return {};
      });
    });
  const bool overlaps = a.overlaps || a.body[0].overlaps;
  move_home(p, inner, merged);
  a = {.variable = merged,
       .extent = a.extent * extent,
       .overlaps = overlaps,
       .body = std::move(body)};
  return finish_edit(std::move(p), oracle);
}

}  // namespace hone::tensor
