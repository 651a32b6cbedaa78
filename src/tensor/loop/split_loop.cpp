// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Split, in three ways, and cut, on which splitting with a tail is built.
#include <fmt/format.h>

#include "tensor/loop/dependence.h"
#include "tensor/loop/transform.h"

namespace hone::tensor {

namespace {

using Relation = Condition::Relation;

// An iteration of the loop may be done again, to the same bits: what it writes
// is its own, is set before it is read, and is set nowhere else.
Status check_repeatable(const LoopProgram& program, const LoopPath& path,
                        IndexOracle& oracle) {
  const LoopTree& loop = path.loop();
  const IndexFacts facts = facts_below(program, path);
  for (const std::string& tensor : written_tensors(program, loop)) {
    if (!is_partitioned(loop, facts, tensor, oracle))
      return cannot("overlap", loop.variable,
                    fmt::format("its iterations share '{}'", tensor));
    int inside = 0, everywhere = 0;
    bool is_first = true, sets_first = false;
    for (const TensorAccess& access : accesses_of(loop.body)) {
      if (access.place.tensor != tensor) continue;
      const bool sets =
          access.writes && access.leaf->reduction == LoopReduction::None;
      if (is_first) sets_first = sets;
      is_first = false;
      inside += sets ? 1 : 0;
    }
    for (const TensorAccess& access : accesses_of(program.tree))
      if (access.place.tensor == tensor && access.writes &&
          access.leaf->reduction == LoopReduction::None)
        ++everywhere;
    if (!sets_first || inside != everywhere)
      return cannot("overlap", loop.variable,
                    fmt::format("done twice, an iteration would find '{}' as "
                                "it left it",
                                tensor));
  }
  return {};
}

void add_guard(LoopTree& tree, const Condition& guard) {
  if (!tree.is_loop) {
    tree.leaf.guards.push_back(guard);
    return;
  }
  for (LoopTree& child : tree.body) add_guard(child, guard);
}

struct Names {
  std::string outer, inner;
};

// Replaces the loop by two; `first` is the value of its variable at the
// beginning of the inner one.
void replace(LoopProgram& program, const LoopPath& path, const Names& names,
             int64_t factor, const Index& outer_extent, const Index& first,
             bool overlaps) {
  LoopTree& loop = path.loop();
  const Index value = first + Index::variable(names.inner);
  const std::string variable = loop.variable;
  for (LoopTree& child : loop.body)
    map_indices(child, [&](const Index& index) {
      return substitute(index, variable, value);
    });
  LoopTree inner = {.variable = names.inner,
                    .extent = factor,
                    .overlaps = loop.overlaps,
                    .body = std::move(loop.body)};
  loop.variable = names.outer;
  loop.extent = outer_extent;
  loop.overlaps |= overlaps;
  loop.body.clear();
  loop.body.push_back(std::move(inner));
  move_home(program, variable, names.inner);
}

// Appends the loop's second part, from `at`, and shortens the first.
void cut(LoopProgram& program, const LoopPath& path, const Index& at) {
  LoopTree second = copy_subtree(program, path.loop(), {});
  const Index rest = path.loop().extent - at;
  path.loop().extent = at;
  if (rest.is(0)) return;
  second.extent = rest;
  const std::string variable = second.variable;
  for (LoopTree& child : second.body)
    map_indices(child, [&](const Index& index) {
      return substitute(index, variable, Index::variable(variable) + at);
    });
  path.siblings->insert(path.siblings->begin() + path.at + 1,
                        std::move(second));
}

}  // namespace

Result<LoopProgram> split_loop(const LoopProgram& program,
                               const SplitOptions& options,
                               IndexOracle& oracle) {
  LoopProgram p = program;
  HONE_ASSIGN_OR_RETURN(const LoopPath path, find_loop(p, options.loop));
  LoopTree& loop = path.loop();
  const int64_t factor = options.factor;
  if (factor < 1 || factor > (int64_t{1} << 20))
    return cannot("split", options.loop, "expected a factor of at least 1");
  if (loop.mark != LoopTree::Mark::None)
    return cannot("split", options.loop, "it is marked");
  const Names names = {
      options.outer.empty() ? unused_name(p, {}, options.loop + "_o")
                            : options.outer,
      options.inner.empty() ? unused_name(p, {}, options.loop + "_i")
                            : options.inner};
  const Index extent = loop.extent;
  const Index outer = Index::variable(names.outer);
  if (options.mode == SplitMode::Overlap) {
    HONE_RETURN_IF_ERROR(check_repeatable(p, path, oracle));
    const IndexFacts facts = facts_of(p, path.outer);
    if (!oracle.always(facts, {Index(factor), Relation::Less, extent + 1}))
      return cannot("overlap", options.loop,
                    fmt::format("its extent '{}' may be less than {}",
                                to_text(extent), factor));
    replace(p, path, names, factor, ceil_div(extent, factor),
            min_index(outer * factor, extent - factor), true);
    return finish_edit(std::move(p), oracle);
  }
  if (options.mode == SplitMode::Tail) {
    const Index whole = floor_div(extent, factor) * factor;
    if (whole.is(0))
      return cannot("split", options.loop, "nothing but a tail is left");
    cut(p, path, whole);
    replace(p, path, names, factor, floor_div(extent, factor), outer * factor,
            false);
    return finish_edit(std::move(p), oracle);
  }
  replace(p, path, names, factor, ceil_div(extent, factor), outer * factor,
          false);
  add_guard(path.loop(), {outer * factor + Index::variable(names.inner),
                          Relation::Less, extent});
  return finish_edit(std::move(p), oracle);
}

Result<LoopProgram> cut_loop(const LoopProgram& program, std::string_view loop,
                             const Index& at, IndexOracle& oracle) {
  LoopProgram p = program;
  HONE_ASSIGN_OR_RETURN(const LoopPath path, find_loop(p, loop));
  if (path.loop().mark != LoopTree::Mark::None)
    return cannot("cut", loop, "it is marked");
  const IndexFacts facts = facts_of(p, path.outer);
  const Index& extent = path.loop().extent;
  if (at.has_fetch() || !oracle.always(facts, {0, Relation::Less, at}) ||
      !oracle.always(facts, {at, Relation::Less, extent}))
    return cannot("cut", loop,
                  fmt::format("'{}' may not lie between 0 and '{}'",
                              to_text(at), to_text(extent)));
  cut(p, path, at);
  return finish_edit(std::move(p), oracle);
}

}  // namespace hone::tensor
