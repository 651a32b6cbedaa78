// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/region.h"

#include <fmt/format.h>

#include <algorithm>

#include "tensor/loop/interval_oracle.h"

namespace hone::tensor {

namespace {

using Relation = Condition::Relation;

bool is_inner(const TensorAccess& access, const std::string& name) {
  return std::ranges::any_of(
      access.inner, [&](const LoopRange& loop) { return loop.name == name; });
}

// What of the index changes while the inner loops run.
struct Parts {
  Index outer, inner;
};

Parts parts_of(const TensorAccess& access, const Index& index) {
  Parts parts;
  parts.inner = index.constant();
  for (const Index::Term& term : index.terms()) {
    const Index part = Index::of_term(term);
    bool inner = false;
    part.visit_variables(
        [&](const std::string& name) { inner |= is_inner(access, name); });
    (inner ? parts.inner : parts.outer) =
        (inner ? parts.inner : parts.outer) + part;
  }
  return parts;
}

// The end of an inner part, as an index of sizes, or as a number.
std::optional<Index> end_of(const TensorAccess& access, const IndexFacts& facts,
                            const Index& inner, bool high,
                            IndexOracle& oracle) {
  IndexFacts all = facts;
  all.loops.insert(all.loops.end(), access.inner.begin(), access.inner.end());
  const IndexBounds range = oracle.bounds(all, inner);
  if (high ? range.high : range.low) return *(high ? range.high : range.low);
  const auto end = eliminate(inner, access.inner, high);
  if (!end) return {};
  bool sizes_only = !end->has_fetch();
  end->visit_variables([&](const std::string& name) {
    sizes_only &= std::ranges::find(facts.sizes, name) != facts.sizes.end();
  });
  return sizes_only ? end : std::nullopt;
}

// The smaller (or larger) of two indices, where that is known.
std::optional<Index> extreme(const Index& a, const Index& b, bool high,
                             const IndexFacts& facts, IndexOracle& oracle) {
  if (oracle.always(facts, {a, Relation::Less, b + 1})) return high ? b : a;
  if (oracle.always(facts, {b, Relation::Less, a + 1})) return high ? a : b;
  return {};
}

class PlaceChecker {
 public:
  PlaceChecker(const LoopProgram& program, IndexOracle& oracle)
      : program_(program), oracle_(oracle) {}

  Status walk(const std::vector<LoopTree>& body) {
    for (const LoopTree& tree : body) {
      if (tree.is_loop) {
        loops_.push_back(&tree);
        HONE_RETURN_IF_ERROR(walk(tree.body));
        loops_.pop_back();
        continue;
      }
      IndexFacts facts = facts_of(program_, loops_);
      for (const Condition& guard : tree.leaf.guards) {
        HONE_RETURN_IF_ERROR(check(facts, guard.left));
        HONE_RETURN_IF_ERROR(check(facts, guard.right));
        facts.conditions.push_back(guard);
      }
      HONE_RETURN_IF_ERROR(check(facts, tree.leaf.target));
      HONE_RETURN_IF_ERROR(check(facts, tree.leaf.value));
    }
    return {};
  }

 private:
  Status check(const IndexFacts& facts, const Scalar& value) {
    if (value.kind == Scalar::Kind::Load) return check(facts, value.place);
    IndexFacts inside = facts;
    for (const Condition& condition : value.when) {
      HONE_RETURN_IF_ERROR(check(inside, condition.left));
      HONE_RETURN_IF_ERROR(check(inside, condition.right));
      inside.conditions.push_back(condition);
    }
    for (size_t i = 0; i < value.operands.size(); ++i)
      HONE_RETURN_IF_ERROR(check(i == 0 ? inside : facts, value.operands[i]));
    return {};
  }

  Status check(const IndexFacts& facts, const Place& place) {
    const LoopTensor& tensor = *program_.find_tensor(place.tensor);
    for (size_t d = 0; d < place.at.size(); ++d) {
      const Index& index = place.at[d];
      HONE_RETURN_IF_ERROR(check(facts, index));
      if (!oracle_.always(facts, {-1, Relation::Less, index}) ||
          !oracle_.always(facts, {index, Relation::Less, tensor.extents[d]}))
        return Error(
            ErrorKind::InvalidArgument,
            fmt::format("'{}' may lie outside: its index {} is '{}', the "
                        "extent is '{}'",
                        to_text(place), d + 1, to_text(index),
                        to_text(tensor.extents[d])));
    }
    return {};
  }

  // The fetches in it.
  Status check(const IndexFacts& facts, const Index& index) {
    for (const Index::Term& term : index.terms())
      for (const Index::AtomRef& atom : term.atoms) {
        for (const Index& argument : atom->arguments)
          HONE_RETURN_IF_ERROR(check(facts, argument));
        if (atom->kind == IndexAtom::Kind::Fetch)
          HONE_RETURN_IF_ERROR(
              check(facts, Place{atom->name, atom->arguments}));
      }
    return {};
  }

  const LoopProgram& program_;
  IndexOracle& oracle_;
  std::vector<const LoopTree*> loops_;
};

}  // namespace

Result<Region> touched_region(const LoopTree& loop, const IndexFacts& facts,
                              std::string_view tensor, IndexOracle& oracle) {
  std::optional<Region> united;
  std::vector<Index> outer;
  for (const TensorAccess& access : accesses_of(loop.body)) {
    if (access.place.tensor != tensor) continue;
    Region own;
    std::vector<Index> own_outer;
    for (const Index& index : access.place.at) {
      const Parts parts = parts_of(access, index);
      const auto low = end_of(access, facts, parts.inner, false, oracle);
      const auto high = end_of(access, facts, parts.inner, true, oracle);
      if (!low || !high || index.has_fetch())
        return Error(ErrorKind::Unsupported,
                     fmt::format("how far '{}' reaches is not known",
                                 to_text(access.place)));
      own.base.push_back(*low);
      own.extent.push_back(*high - *low + 1);
      own_outer.push_back(parts.outer);
    }
    if (!united) {
      united = own;
      outer = own_outer;
      continue;
    }
    for (size_t d = 0; d < own.base.size(); ++d) {
      const auto low =
          extreme(united->base[d], own.base[d], false, facts, oracle);
      const auto high =
          extreme(united->base[d] + united->extent[d],
                  own.base[d] + own.extent[d], true, facts, oracle);
      if (!(outer[d] == own_outer[d]) || !low || !high)
        return Error(ErrorKind::Unsupported,
                     fmt::format("'{}' is touched at several places, one of "
                                 "them '{}'",
                                 tensor, to_text(access.place)));
      united->base[d] = *low;
      united->extent[d] = *high - *low;
    }
  }
  if (!united)
    return Error(ErrorKind::NotFound, fmt::format("'{}' is not touched in '{}'",
                                                  tensor, loop.variable));
  for (size_t d = 0; d < outer.size(); ++d)
    united->base[d] = united->base[d] + outer[d];
  return *std::move(united);
}

bool fills(const TensorAccess& access, const Region& region,
           const LoopTensor& tensor) {
  for (size_t d = 0; d < access.place.at.size(); ++d) {
    const Parts parts = parts_of(access, access.place.at[d]);
    // Digits of ascending weight, each as wide as the one before reaches.
    std::vector<std::pair<int64_t, Index>> digits;
    for (const LoopRange& loop : access.inner) {
      const auto factor = parts.inner.coefficient_of(loop.name);
      if (!factor || *factor < 0) return false;
      if (*factor > 0) digits.emplace_back(*factor, loop.extent);
      // A loop in two dimensions reaches a diagonal.
      for (size_t e = 0; *factor > 0 && e < d; ++e)
        if (access.place.at[e].mentions(loop.name)) return false;
    }
    std::ranges::sort(digits, {},
                      [](const auto& digit) { return digit.first; });
    Index reach = 1;
    for (const auto& [factor, extent] : digits) {
      if (!(reach == Index(factor))) return false;
      reach = extent * factor;
    }
    if (!(reach == region.extent[d]) ||
        !(parts.outer + parts.inner.constant() == region.base[d]))
      return false;
  }
  // Guards may leave out nothing but what lies outside of the tensor.
  return std::ranges::all_of(access.leaf->guards, [&](const Condition& guard) {
    for (size_t d = 0; d < access.place.at.size(); ++d)
      if (access.place.at[d] - tensor.extents[d] == guard.left - guard.right)
        return true;
    return false;
  });
}

Status check_places(const LoopProgram& program, IndexOracle& oracle) {
  return PlaceChecker(program, oracle).walk(program.tree);
}

}  // namespace hone::tensor
