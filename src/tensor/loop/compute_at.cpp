// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <algorithm>

#include "tensor/loop/region.h"
#include "tensor/loop/transform.h"

namespace hone::tensor {

namespace {

using Relation = Condition::Relation;

// Takes away the roots that do nothing but write `tensor`.
void drop_roots(std::vector<LoopTree>& tree, std::string_view tensor) {
  std::erase_if(tree, [&](const LoopTree& root) {
    const auto all = accesses_of({root});
    return std::ranges::all_of(all, [&](const TensorAccess& access) {
      return !access.writes || access.place.tensor == tensor;
    });
  });
}

bool touches(const std::vector<LoopTree>& body, std::string_view tensor,
             bool written) {
  return std::ranges::any_of(
      accesses_of(body), [&](const TensorAccess& access) {
        return access.place.tensor == tensor && (!written || access.writes);
      });
}

// What the node says of the region's elements, into the copy.
Result<LoopTree> nest_of(LoopProgram& program, const LoopNode& node,
                         const Region& region, const std::string& copy) {
  LoopNode local = node;
  std::vector<LoopTree> beside;
  std::vector<Condition> guards;
  std::vector<std::pair<std::string, Index>> by;
  for (LoopVariable& variable : local.domain) {
    const std::string fresh = unused_name(program, beside, variable.name);
    beside.push_back({.variable = fresh});
    Index value = Index::variable(fresh);
    for (size_t d = 0; d < node.target.at.size(); ++d)
      if (node.target.at[d] == Index::variable(variable.name)) {
        value = region.base[d] + value;
        guards.push_back({value, Relation::Less, variable.extent});
        guards.push_back({-1, Relation::Less, value});
        variable.extent = region.extent[d];
      }
    by.emplace_back(variable.name, value);
    variable.name = fresh;
  }
  map_indices(local.value, [&](const Index& index) {
    return substitute(index,
                      [&](std::string_view name) -> std::optional<Index> {
                        for (const auto& [from, to] : by)
                          if (name == from) return to;
                        return {};
                      });
  });
  local.target.tensor = copy;
  for (size_t d = 0; d < node.target.at.size(); ++d) {
    const auto variable = node.target.at[d].as_variable();
    if (!variable)
      return cannot(
          "compute", node.name,
          fmt::format("'{}' is no variable", to_text(node.target.at[d])));
    for (size_t i = 0; i < by.size(); ++i)
      if (by[i].first == *variable)
        local.target.at[d] = Index::variable(local.domain[i].name);
  }
  LoopTree nest = default_nest(program, local, {});
  std::vector<LoopTree> holder;
  holder.push_back(std::move(nest));
  visit_tree(holder, [&](LoopTree& tree) {
    if (!tree.is_loop) tree.leaf.guards = guards;
  });
  return std::move(holder.front());
}

}  // namespace

Result<LoopProgram> compute_at(const LoopProgram& program,
                               std::string_view name, std::string_view loop,
                               IndexOracle& oracle) {
  LoopProgram p = program;
  const LoopNode* const node = p.find_node(name);
  if (node == nullptr)
    return Error(ErrorKind::NotFound, fmt::format("no node '{}'", name));
  const std::string tensor = node->target.tensor;
  if (p.find_tensor(tensor)->role != LoopTensor::Role::Local)
    return cannot("compute", name, fmt::format("'{}' is no local", tensor));
  drop_roots(p.tree, tensor);
  if (touches(p.tree, tensor, true))
    return cannot("compute", name, "its loops do not stand apart");
  HONE_ASSIGN_OR_RETURN(const LoopPath path, find_loop(p, loop));
  LoopTree& at = path.loop();
  if (at.mark == LoopTree::Mark::Vector)
    return cannot("compute", name, fmt::format("'{}' is a vector", loop));
  HONE_ASSIGN_OR_RETURN(
      const Region region,
      touched_region(at, facts_below(p, path), tensor, oracle));
  const std::string copy = unused_name(p, {}, tensor + "_at");
  p.tensors.push_back({.name = copy,
                       .role = LoopTensor::Role::Local,
                       .extents = region.extent,
                       .home = std::string(loop)});
  HONE_ASSIGN_OR_RETURN(LoopTree nest,
                        nest_of(p, *p.find_node(name), region, copy));
  visit_tree(at.body, [&](LoopTree& tree) {
    if (tree.is_loop) return;
    map_loads(tree.leaf.value, [&](Scalar& load) {
      if (load.place.tensor != tensor) return;
      load.place.tensor = copy;
      for (size_t d = 0; d < region.base.size(); ++d)
        load.place.at[d] = load.place.at[d] - region.base[d];
    });
  });
  if (touches(p.tree, tensor, false))
    return cannot("compute", name,
                  fmt::format("'{}' is read outside of '{}'", tensor, loop));
  at.body.insert(at.body.begin(), std::move(nest));
  return finish_edit(std::move(p), oracle);
}

}  // namespace hone::tensor
