// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fusion and its inverse. Both are legal where the loop partitions every tensor
// that the two parts share and one of them writes: then what an iteration of
// the second part reads, the same iteration of the first has written.
#include <fmt/format.h>

#include <algorithm>

#include "tensor/loop/dependence.h"
#include "tensor/loop/transform.h"

namespace hone::tensor {

namespace {

bool touches(const std::vector<TensorAccess>& all, std::string_view tensor) {
  return std::ranges::any_of(all, [&](const TensorAccess& access) {
    return access.place.tensor == tensor;
  });
}

// The tensor that both parts touch, one of them writes and the loop does not
// partition; "" if there is none.
std::string shared_tensor(const LoopProgram& program, const LoopTree& whole,
                          size_t count, const IndexFacts& facts,
                          IndexOracle& oracle) {
  const auto middle = whole.body.begin() + static_cast<std::ptrdiff_t>(count);
  const auto first = accesses_of({whole.body.begin(), middle});
  const auto second = accesses_of({middle, whole.body.end()});
  // Homes count here: what is made anew in each iteration ties its parts.
  for (const LoopTensor& tensor : program.tensors) {
    if (!touches(first, tensor.name) || !touches(second, tensor.name)) continue;
    if (tensor.role == LoopTensor::Role::Input) continue;
    if (tensor.home == whole.variable) return tensor.name;
    // What an overlapping iteration does again must find what it found.
    if (whole.overlaps &&
        std::ranges::any_of(second, [&](const TensorAccess& access) {
          return access.writes && access.place.tensor == tensor.name;
        }))
      return tensor.name;
    if (!is_partitioned(whole, facts, tensor.name, oracle)) return tensor.name;
  }
  return "";
}

}  // namespace

Result<LoopProgram> fuse_loops(const LoopProgram& program,
                               std::string_view first, std::string_view second,
                               IndexOracle& oracle) {
  LoopProgram p = program;
  HONE_ASSIGN_OR_RETURN(const LoopPath path, find_loop(p, first));
  std::vector<LoopTree>& siblings = *path.siblings;
  if (path.at + 1 >= siblings.size() ||
      siblings[path.at + 1].variable != second)
    return cannot("fuse", first,
                  fmt::format("'{}' does not stand behind it", second));
  LoopTree& a = siblings[path.at];
  LoopTree b = siblings[path.at + 1];
  if (!(a.extent == b.extent))
    return cannot("fuse", first,
                  fmt::format("its extent is '{}', that of '{}' is '{}'",
                              to_text(a.extent), second, to_text(b.extent)));
  if (a.mark != b.mark)
    return cannot("fuse", first, "they are marked differently");
  const size_t count = a.body.size();
  const Index variable = Index::variable(first);
  for (LoopTree& child : b.body) {
    map_indices(child, [&](const Index& index) {
      return substitute(index, second, variable);
    });
    a.body.push_back(std::move(child));
  }
  a.overlaps |= b.overlaps;
  move_home(p, second, first);
  const std::string shared =
      shared_tensor(p, a, count, facts_below(p, path), oracle);
  if (!shared.empty())
    return cannot("fuse", first,
                  fmt::format("iterations of '{}' may need '{}' of others",
                              second, shared));
  siblings.erase(siblings.begin() + static_cast<std::ptrdiff_t>(path.at) + 1);
  return finish_edit(std::move(p), oracle);
}

Result<LoopProgram> distribute_loop(const LoopProgram& program,
                                    std::string_view loop, int64_t count,
                                    IndexOracle& oracle) {
  LoopProgram p = program;
  HONE_ASSIGN_OR_RETURN(const LoopPath path, find_loop(p, loop));
  LoopTree& a = path.loop();
  if (count < 1 || count >= static_cast<int64_t>(a.body.size()))
    return cannot("distribute", loop,
                  fmt::format("its body has {} parts", a.body.size()));
  if (a.overlaps || a.mark != LoopTree::Mark::None)
    return cannot("distribute", loop, "it overlaps, or is marked");
  const std::string shared = shared_tensor(p, a, static_cast<size_t>(count),
                                           facts_below(p, path), oracle);
  if (!shared.empty())
    return cannot(
        "distribute", loop,
        fmt::format("its parts share '{}' between iterations", shared));
  LoopTree second = {.variable = unused_name(p, {}, loop), .extent = a.extent};
  const Index variable = Index::variable(second.variable);
  for (auto child = a.body.begin() + count; child != a.body.end(); ++child) {
    map_indices(*child, [&](const Index& index) {
      return substitute(index, loop, variable);
    });
    second.body.push_back(std::move(*child));
  }
  // Tensors at home in it are touched by one of the parts alone.
  for (LoopTensor& tensor : p.tensors)
    if (tensor.home == loop && touches(accesses_of(second.body), tensor.name))
      tensor.home = second.variable;
  a.body.resize(static_cast<size_t>(count));
  path.siblings->insert(
      path.siblings->begin() + static_cast<std::ptrdiff_t>(path.at) + 1,
      std::move(second));
  return finish_edit(std::move(p), oracle);
}

}  // namespace hone::tensor
