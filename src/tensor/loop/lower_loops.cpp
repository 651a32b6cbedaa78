// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/lower_loops.h"

#include "tensor/loop/lower_state.h"

namespace hone::tensor {

namespace {

constexpr int kLanes = 16;  // where no loop is a vector

int lanes_of(const LoopProgram& program) {
  int lanes = kLanes;
  visit_tree(program.tree, [&](const LoopTree& tree) {
    if (tree.is_loop && tree.mark == LoopTree::Mark::Vector)
      lanes = static_cast<int>(tree.extent.constant());
  });
  return lanes;
}

class Lowering {
 public:
  Lowering(const LoopProgram& program, const LowerLoopsOptions& options)
      : p_(program), options_(options), state_(program, lanes_of(program)) {}

  Result<LoweredLoops> lower() {
    LoweredLoops result;
    for (const LoopTensor& tensor : p_.tensors)
      if (tensor.role != LoopTensor::Role::Register)
        result.tensors.push_back(tensor.name);
    KernelBuilder& b = state_.builder();
    if (p_.tree.size() == 1 && p_.tree[0].mark == LoopTree::Mark::Parallel) {
      result.has_tasks = true;
      result.tasks = p_.tree[0].extent;
    }
    if (result.has_tasks || options_.takes_range) {
      begin_ = b.size("begin");
      end_ = b.size("end");
    }
    for (const LoopSize& size : p_.sizes)
      state_.set_variable(size.name, b.size(size.name), 1);
    for (const LoopTree& tree : p_.tree) walk(tree, 2);
    if (state_.failed()) return state_.take_error();
    result.kernel = std::move(b).finish();
    return result;
  }

 private:
  void walk(const LoopTree& tree, int depth) {
    if (state_.failed()) return;
    if (!tree.is_loop) return leaf(tree.leaf, 0, {});
    if (tree.mark == LoopTree::Mark::Vector) return vector(tree);
    if (tree.mark == LoopTree::Mark::Unroll || tree.extent.is(1)) {
      for (int64_t i = 0; i < tree.extent.constant(); ++i) turn(tree, i, depth);
      return;
    }
    const bool parallel = tree.mark == LoopTree::Mark::Parallel;
    const Ix from = parallel ? begin_ : Ix(0);
    const Ix limit = parallel ? end_ : state_.index(tree.extent);
    state_.forget();
    state_.builder().loop(tree.variable, from, limit, 1, [&](Ix i) {
      turn(tree, i, depth);
      state_.forget();
    });
  }

  void turn(const LoopTree& tree, Ix i, int depth) {
    state_.count();
    if (state_.failed()) return;
    state_.set_variable(tree.variable, i, depth);
    for (const LoopTensor& tensor : p_.tensors)
      if (tensor.home == tree.variable && state_.is_register(tensor.name))
        state_.clear_registers(tensor.name);
    for (const LoopTree& child : tree.body) walk(child, depth + 1);
  }

  void vector(const LoopTree& tree) {
    state_.set_variable(tree.variable, 0, 0);
    for (const LoopTree& child : tree.body)
      leaf(child.leaf, 0, {.loop = tree.variable});
  }

  // Under its guards, one after the other; those on lanes become a count.
  void leaf(const LoopLeaf& leaf, size_t guard, LaneMode mode) {
    if (state_.failed()) return;
    if (guard == leaf.guards.size()) return state_.store(leaf, mode);
    const Condition& condition = leaf.guards[guard];
    if (!state_.has_lane(condition.left - condition.right, mode))
      return state_.when(condition, [&] { this->leaf(leaf, guard + 1, mode); });
    const Ix lanes = state_.lanes_of(condition, mode);
    mode.lanes = mode.lanes ? min(*mode.lanes, lanes) : lanes;
    // Where no lane is left, what does not depend on lanes is not touched.
    state_.when({0, Condition::Relation::Less,
                 substitute(condition.right - condition.left, mode.loop, 0)},
                [&] { this->leaf(leaf, guard + 1, mode); });
  }

  const LoopProgram& p_;
  const LowerLoopsOptions& options_;
  LowerState state_;
  Ix begin_ = 0, end_ = 0;
};

}  // namespace

Result<LoweredLoops> lower_loops(const LoopProgram& program,
                                 const LowerLoopsOptions& options) {
  return Lowering(program, options).lower();
}

std::vector<int64_t> kernel_sizes(const LoopProgram& program,
                                  const LoweredLoops& lowered, int64_t begin,
                                  int64_t end) {
  std::vector<int64_t> sizes;
  if (lowered.has_tasks) sizes = {begin, end};
  for (const LoopSize& size : program.sizes) sizes.push_back(size.value);
  return sizes;
}

}  // namespace hone::tensor
