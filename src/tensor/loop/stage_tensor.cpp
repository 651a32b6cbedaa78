// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Staging: a packed copy of what a loop's body touches. In registers it is a
// tile of accumulators, in memory a panel that fits a cache.
//
//   for i {                          for i {
//     for k { c[i] += … }     =>       for e { s[e] = c[i + e] }
//   }                                  for k { s[0] += … }
//                                      for e { c[i + e] = s[e] }
//                                    }
//
// The first copy is left out where the body sets each element before it reads
// any. Guards that only keep an access inside of the tensor leave statements
// that write the copy, which has room for what lies outside; loads take them
// over where they need them.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "tensor/loop/region.h"
#include "tensor/loop/transform.h"

namespace hone::tensor {

namespace {

using Relation = Condition::Relation;

class Stager {
 public:
  Stager(LoopProgram& program, const LoopPath& path,
         const StageOptions& options, IndexOracle& oracle)
      : p_(program),
        path_(path),
        loop_(path.loop()),
        options_(options),
        oracle_(oracle),
        source_(*program.find_tensor(options.tensor)),
        facts_(facts_below(program, path)) {}

  Status stage() {
    HONE_ASSIGN_OR_RETURN(region_,
                          touched_region(loop_, facts_, source_.name, oracle_));
    HONE_RETURN_IF_ERROR(choose_order());
    name_ = options_.name.empty() ? unused_name(p_, {}, source_.name + "_s")
                                  : options_.name;
    const bool writes = is_written();
    const bool reads = !is_set_first();
    redirect();
    LoopTensor copy = {.name = name_,
                       .role = options_.in_register ? LoopTensor::Role::Register
                                                    : LoopTensor::Role::Local,
                       .home = loop_.variable};
    for (const int d : order_) copy.extents.push_back(region_.extent[d]);
    p_.tensors.push_back(copy);
    if (reads) loop_.body.insert(loop_.body.begin(), copy_loops(true));
    if (writes) loop_.body.push_back(copy_loops(false));
    return {};
  }

 private:
  Status choose_order() {
    order_ = options_.order;
    if (order_.empty()) {
      order_.resize(source_.extents.size());
      std::iota(order_.begin(), order_.end(), 0);
    }
    std::vector<int> sorted = order_;
    std::ranges::sort(sorted);
    bool good = sorted.size() == source_.extents.size();
    for (size_t d = 0; good && d < sorted.size(); ++d)
      good = sorted[d] == static_cast<int>(d);
    if (!good)
      return cannot("stage", source_.name,
                    fmt::format("expected each of its {} dimensions once, from "
                                "0",
                                source_.extents.size()));
    return {};
  }

  bool is_written() const {
    return std::ranges::any_of(
        accesses_of(loop_.body), [&](const TensorAccess& access) {
          return access.writes && access.place.tensor == source_.name;
        });
  }

  // The first statement that touches the tensor fills the copy, in every
  // iteration, and no other iteration has a part in what it fills.
  bool is_set_first() const {
    for (const TensorAccess& access : accesses_of(loop_.body)) {
      if (access.place.tensor != source_.name) continue;
      return access.writes && access.leaf->reduction == LoopReduction::None &&
             fills(access, region_, source_);
    }
    return false;
  }

  void redirect() {
    std::vector<const LoopTree*> loops = path_.outer;
    loops.push_back(&loop_);
    redirect(loop_.body, loops);
  }

  void redirect(std::vector<LoopTree>& body,
                std::vector<const LoopTree*>& loops) {
    for (LoopTree& tree : body) {
      if (tree.is_loop) {
        loops.push_back(&tree);
        redirect(tree.body, loops);
        loops.pop_back();
        continue;
      }
      LoopLeaf& leaf = tree.leaf;
      if (leaf.target.tensor == source_.name) {
        move_guards(leaf, facts_of(p_, loops));
        redirect(leaf.target);
      }
      map_loads(leaf.value, [&](Scalar& load) {
        if (load.place.tensor == source_.name) redirect(load.place);
      });
    }
  }

  void redirect(Place& place) const {
    Place to = {.tensor = name_};
    for (const int d : order_) to.at.push_back(place.at[d] - region_.base[d]);
    place = std::move(to);
  }

  // Guards of the form "inside of the tensor" go to the loads that need them.
  void move_guards(LoopLeaf& leaf, const IndexFacts& facts) const {
    std::vector<Condition> moved;
    std::erase_if(leaf.guards, [&](const Condition& guard) {
      for (size_t d = 0; d < leaf.target.at.size(); ++d)
        if (leaf.target.at[d] - source_.extents[d] ==
            guard.left - guard.right) {
          moved.push_back(guard);
          return true;
        }
      return false;
    });
    if (moved.empty()) return;
    IndexFacts inside = facts;
    inside.conditions.insert(inside.conditions.end(), leaf.guards.begin(),
                             leaf.guards.end());
    map_loads(leaf.value, [&](Scalar& load) {
      if (load.place.tensor == source_.name || lies_inside(load, inside))
        return;
      Scalar safe = {.kind = Scalar::Kind::Select};
      for (const Condition& guard : moved)
        if (shares_variable(guard, load.place)) safe.when.push_back(guard);
      if (safe.when.empty()) safe.when = moved;
      safe.operands = {std::move(load), Scalar::of(0)};
      load = std::move(safe);
    });
  }

  bool lies_inside(const Scalar& load, const IndexFacts& facts) const {
    const LoopTensor& tensor = *p_.find_tensor(load.place.tensor);
    for (size_t d = 0; d < load.place.at.size(); ++d)
      if (load.place.at[d].has_fetch() ||
          !oracle_.always(facts, {-1, Relation::Less, load.place.at[d]}) ||
          !oracle_.always(
              facts, {load.place.at[d], Relation::Less, tensor.extents[d]}))
        return false;
    return true;
  }

  static bool shares_variable(const Condition& guard, const Place& place) {
    bool shares = false;
    for (const Index& index : place.at)
      (guard.left - guard.right).visit_variables([&](const std::string& name) {
        shares |= index.mentions(name);
      });
    return shares;
  }

  // The loops that fill the copy, or write it back.
  LoopTree copy_loops(bool in) {
    std::vector<LoopTree> beside;
    LoopLeaf leaf = {.name = name_ + (in ? "_in" : "_out")};
    Place own = {.tensor = name_};
    Place source = {.tensor = source_.name};
    source.at = region_.base;
    std::vector<LoopTree> loops;
    for (size_t i = 0; i < order_.size(); ++i) {
      const int d = order_[i];
      const std::string name = unused_name(
          p_, beside, fmt::format("{}_{}{}", name_, in ? "in" : "out", i));
      loops.push_back({.variable = name, .extent = region_.extent[d]});
      beside.push_back(loops.back());
      const Index e = Index::variable(name);
      own.at.push_back(e);
      source.at[d] = region_.base[d] + e;
      leaf.guards.push_back({source.at[d], Relation::Less, source_.extents[d]});
      leaf.guards.push_back({-1, Relation::Less, source.at[d]});
    }
    leaf.target = in ? own : source;
    leaf.value = Scalar::load(in ? source : own);
    std::vector<LoopTree> body;
    body.push_back({.is_loop = false, .leaf = std::move(leaf)});
    for (size_t i = loops.size(); i-- > 0;) {
      loops[i].body = std::move(body);
      body = {};
      body.push_back(std::move(loops[i]));
    }
    return std::move(body.front());
  }

  LoopProgram& p_;
  const LoopPath& path_;
  LoopTree& loop_;
  const StageOptions& options_;
  IndexOracle& oracle_;
  const LoopTensor source_;
  const IndexFacts facts_;
  Region region_;
  std::vector<int> order_;
  std::string name_;
};

}  // namespace

Result<LoopProgram> stage_tensor(const LoopProgram& program,
                                 const StageOptions& options,
                                 IndexOracle& oracle) {
  LoopProgram p = program;
  HONE_ASSIGN_OR_RETURN(const LoopPath path, find_loop(p, options.loop));
  const LoopTensor* const tensor = p.find_tensor(options.tensor);
  if (tensor == nullptr)
    return Error(ErrorKind::NotFound,
                 fmt::format("no tensor '{}'", options.tensor));
  if (tensor->element != Element::F32 ||
      tensor->role == LoopTensor::Role::Register || tensor->extents.empty())
    return cannot("stage", options.tensor,
                  "it holds integers, has no dimensions or is in registers");
  if (path.loop().mark == LoopTree::Mark::Vector)
    return cannot("stage", options.tensor, "its loop is a vector");
  HONE_RETURN_IF_ERROR(Stager(p, path, options, oracle).stage());
  return finish_edit(std::move(p), oracle);
}

}  // namespace hone::tensor
