// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/dependence.h"

#include <algorithm>
#include <set>

namespace hone::tensor {

namespace {

void collect(const std::vector<LoopTree>& body, std::vector<LoopRange>& inner,
             std::vector<TensorAccess>& all) {
  for (const LoopTree& tree : body) {
    if (tree.is_loop) {
      inner.push_back({tree.variable, tree.extent});
      collect(tree.body, inner, all);
      inner.pop_back();
      continue;
    }
    visit_loads(tree.leaf.value, [&](const Place& place) {
      all.push_back({&tree.leaf, place, false, inner});
    });
    all.push_back({&tree.leaf, tree.leaf.target, true, inner});
  }
}

// The index with min(c * loop, …) replaced by c * loop: what an overlapping
// iteration repeats is no conflict.
Index without_overlap(const Index& index, std::string_view loop) {
  Index sum = index;
  for (const Index::Term& term : index.terms()) {
    if (term.atoms.size() != 1 || term.atoms[0]->kind != IndexAtom::Kind::Min)
      continue;
    const auto& arguments = term.atoms[0]->arguments;
    const bool first = arguments[0].mentions(loop);
    if (first == arguments[1].mentions(loop)) continue;
    sum = sum - Index::of_term(term) +
          arguments[first ? 0 : 1] * term.coefficient;
  }
  return sum;
}

bool is_loop_of(const std::vector<LoopRange>& loops, const std::string& name) {
  return std::ranges::any_of(
      loops, [&](const LoopRange& loop) { return loop.name == name; });
}

// Along one dimension: the loop's factor, what is the same in all iterations,
// and the range of the rest.
struct Digit {
  int64_t factor = 0;
  Index outer;
  int64_t low = 0, high = 0;
};

std::optional<Digit> digit_of(const LoopTree& loop, const IndexFacts& facts,
                              const TensorAccess& access, const Index& given,
                              IndexOracle& oracle) {
  const Index index =
      loop.overlaps ? without_overlap(given, loop.variable) : given;
  const auto factor = index.coefficient_of(loop.variable);
  if (!factor || *factor == 0) return {};
  Digit digit = {.factor = *factor};
  Index inner = index.constant();
  for (const Index::Term& term : index.terms()) {
    const Index part = Index::of_term(term);
    if (part.mentions(loop.variable)) continue;
    bool is_inner = false;
    part.visit_variables([&](const std::string& name) {
      is_inner |= is_loop_of(access.inner, name);
    });
    (is_inner ? inner : digit.outer) = (is_inner ? inner : digit.outer) + part;
  }
  IndexFacts all = facts;
  all.loops.insert(all.loops.end(), access.inner.begin(), access.inner.end());
  const IndexBounds range = oracle.bounds(all, inner);
  if (!range.low || !range.high) return {};
  digit.low = *range.low;
  digit.high = *range.high;
  return digit;
}

}  // namespace

std::vector<TensorAccess> accesses_of(const std::vector<LoopTree>& body) {
  std::vector<TensorAccess> all;
  std::vector<LoopRange> inner;
  collect(body, inner, all);
  return all;
}

std::vector<std::string> written_tensors(const LoopProgram& program,
                                         const LoopTree& loop) {
  std::set<std::string> homes = {loop.variable};
  visit_tree(loop.body, [&](const LoopTree& tree) {
    if (tree.is_loop) homes.insert(tree.variable);
  });
  std::set<std::string> names;
  for (const TensorAccess& access : accesses_of(loop.body)) {
    if (!access.writes) continue;
    const LoopTensor* const tensor = program.find_tensor(access.place.tensor);
    if (tensor->home.empty() || !homes.contains(tensor->home))
      names.insert(access.place.tensor);
  }
  return {names.begin(), names.end()};
}

bool is_partitioned(const LoopTree& loop, const IndexFacts& facts,
                    std::string_view tensor, IndexOracle& oracle,
                    const LoopTree* also) {
  std::vector<TensorAccess> all = accesses_of(loop.body);
  if (also != nullptr)
    for (TensorAccess& access : all)
      access.inner.insert(access.inner.begin(), {also->variable, also->extent});
  std::erase_if(all, [&](const TensorAccess& access) {
    return access.place.tensor != tensor;
  });
  if (all.empty()) return true;
  for (size_t d = 0; d < all[0].place.at.size(); ++d) {
    std::optional<Digit> united;
    bool good = true;
    for (const TensorAccess& access : all) {
      const auto digit =
          digit_of(loop, facts, access, access.place.at[d], oracle);
      good = digit && (!united || (united->factor == digit->factor &&
                                   united->outer == digit->outer));
      if (!good) break;
      if (!united) united = digit;
      united->low = std::min(united->low, digit->low);
      united->high = std::max(united->high, digit->high);
    }
    if (good && united->high - united->low < std::abs(united->factor))
      return true;
  }
  return false;
}

bool only_accumulates(const LoopTree& loop, std::string_view tensor) {
  const LoopLeaf* only = nullptr;
  for (const TensorAccess& access : accesses_of(loop.body)) {
    if (access.place.tensor != tensor) continue;
    if (!access.writes || access.leaf->reduction == LoopReduction::None ||
        (only != nullptr && only != access.leaf))
      return false;
    only = access.leaf;
  }
  return true;
}

std::string carried_tensor(const LoopProgram& program, const LoopTree& loop,
                           const IndexFacts& facts, IndexOracle& oracle) {
  for (const std::string& tensor : written_tensors(program, loop))
    if (!is_partitioned(loop, facts, tensor, oracle)) return tensor;
  return "";
}

}  // namespace hone::tensor
