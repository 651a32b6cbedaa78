// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/loop_program.h"

#include <algorithm>
#include <limits>
#include <set>

#include "tensor/loop/loop_text.h"

namespace hone::tensor {

namespace {

std::set<std::string> names_of(const LoopProgram& program,
                               const std::vector<LoopTree>& beside) {
  std::set<std::string> names;
  for (const LoopSize& size : program.sizes) names.insert(size.name);
  for (const LoopTensor& tensor : program.tensors) names.insert(tensor.name);
  const auto take = [&](const LoopTree& tree) {
    names.insert(tree.is_loop ? tree.variable : tree.leaf.name);
  };
  visit_tree(program.tree, take);
  visit_tree(beside, take);
  return names;
}

struct SizeValues : IndexValues {
  explicit SizeValues(const LoopProgram& program) : program(program) {}
  int64_t variable(const std::string& name) override {
    for (const LoopSize& size : program.sizes)
      if (size.name == name) return size.value;
    return 0;
  }
  int64_t fetch(const std::string&, std::span<const int64_t>) override {
    return 0;
  }
  const LoopProgram& program;
};

}  // namespace

bool LoopNode::is_parallel(std::string_view variable) const {
  return std::ranges::any_of(
      target.at, [&](const Index& index) { return index.mentions(variable); });
}

const LoopTensor* LoopProgram::find_tensor(std::string_view name) const {
  const auto at = std::ranges::find(tensors, name, &LoopTensor::name);
  return at == tensors.end() ? nullptr : &*at;
}

LoopTensor* LoopProgram::find_tensor(std::string_view name) {
  const auto at = std::ranges::find(tensors, name, &LoopTensor::name);
  return at == tensors.end() ? nullptr : &*at;
}

const LoopNode* LoopProgram::find_node(std::string_view name) const {
  const auto at = std::ranges::find(nodes, name, &LoopNode::name);
  return at == nodes.end() ? nullptr : &*at;
}

int64_t value_of(const LoopProgram& program, const Index& index) {
  SizeValues values(program);
  return evaluate(index, values);
}

LoopProgram bind_sizes(LoopProgram program) {
  const IndexMap number = [&](const Index& index) {
    return substitute(index,
                      [&](std::string_view name) -> std::optional<Index> {
                        for (const LoopSize& size : program.sizes)
                          if (size.name == name) return Index(size.value);
                        return {};
                      });
  };
  for (LoopTensor& tensor : program.tensors)
    for (Index& extent : tensor.extents) extent = number(extent);
  for (LoopTree& tree : program.tree) map_indices(tree, number);
  program.facts.clear();
  program.nodes.clear();
  return program;
}

double identity_of(LoopReduction reduction) {
  if (reduction == LoopReduction::Max)
    return -std::numeric_limits<double>::infinity();
  if (reduction == LoopReduction::Min)
    return std::numeric_limits<double>::infinity();
  return 0;
}

std::string_view reduction_sign(LoopReduction reduction) {
  switch (reduction) {
    case LoopReduction::None:
      return "=";
    case LoopReduction::Sum:
      return "+=";
    case LoopReduction::Max:
      return "max=";
    case LoopReduction::Min:
      return "min=";
  }
  return "";
}

std::string unused_name(const LoopProgram& program,
                        const std::vector<LoopTree>& beside,
                        std::string_view wish) {
  const std::set<std::string> taken = names_of(program, beside);
  std::string name(wish);
  for (int i = 1; taken.contains(name); ++i)
    name = std::string(wish) + "_" + std::to_string(i);
  return name;
}

LoopTree default_nest(const LoopProgram& program, const LoopNode& node,
                      const std::vector<LoopTree>& beside) {
  // Loops take the variables' names where these are free.
  std::set<std::string> taken = names_of(program, beside);
  std::vector<LoopVariable> loops = node.domain;
  std::vector<Index> renamed;
  for (LoopVariable& loop : loops) {
    std::string name = loop.name;
    for (int i = 1; !taken.insert(name).second; ++i)
      name = loop.name + "_" + std::to_string(i);
    loop.name = name;
    renamed.push_back(Index::variable(name));
  }
  const IndexMap rename = [&](const Index& index) {
    return substitute(index,
                      [&](std::string_view name) -> std::optional<Index> {
                        for (size_t i = 0; i < loops.size(); ++i)
                          if (node.domain[i].name == name) return renamed[i];
                        return {};
                      });
  };
  LoopLeaf update = {.name = node.name,
                     .target = node.target,
                     .reduction = node.reduction,
                     .value = node.value};
  map_indices(update.target, rename);
  map_indices(update.value, rename);
  std::vector<LoopTree> body;
  body.push_back({.is_loop = false, .leaf = update});
  const auto wrap = [&](bool parallel) {
    for (size_t i = loops.size(); i-- > 0;) {
      if (node.is_parallel(node.domain[i].name) != parallel) continue;
      LoopTree loop = {.variable = loops[i].name, .extent = loops[i].extent};
      loop.body = std::move(body);
      body = {};
      body.push_back(std::move(loop));
    }
  };
  wrap(false);
  if (node.reduction != LoopReduction::None) {
    LoopLeaf init = {.name = node.name + "_init",
                     .target = update.target,
                     .value = Scalar::of(identity_of(node.reduction))};
    body.insert(body.begin(), {.is_loop = false, .leaf = init});
    // Without parallel loops both stand alone, below a loop of one turn.
    if (std::ranges::none_of(node.domain, [&](const LoopVariable& v) {
          return node.is_parallel(v.name);
        })) {
      LoopTree once = {.variable = unused_name(program, beside, "once"),
                       .extent = 1};
      once.body = std::move(body);
      return once;
    }
  }
  wrap(true);
  return std::move(body.front());
}

std::vector<LoopTree> default_tree(const LoopProgram& program) {
  std::vector<LoopTree> tree;
  LoopProgram empty = program;
  empty.tree.clear();
  for (const LoopNode& node : program.nodes)
    tree.push_back(default_nest(empty, node, tree));
  return tree;
}

Hash128 program_hash(const LoopProgram& program) {
  return hash_bytes(print_loops(program));
}

void visit_tree(const std::vector<LoopTree>& tree,
                const std::function<void(const LoopTree&)>& visit) {
  for (const LoopTree& node : tree) {
    visit(node);
    visit_tree(node.body, visit);
  }
}

void visit_tree(std::vector<LoopTree>& tree,
                const std::function<void(LoopTree&)>& visit) {
  for (LoopTree& node : tree) {
    visit(node);
    visit_tree(node.body, visit);
  }
}

void map_indices(LoopTree& tree, const IndexMap& map) {
  if (tree.is_loop) {
    tree.extent = map(tree.extent);
    for (LoopTree& child : tree.body) map_indices(child, map);
    return;
  }
  map_indices(tree.leaf.target, map);
  map_indices(tree.leaf.value, map);
  for (Condition& guard : tree.leaf.guards) map_indices(guard, map);
}

}  // namespace hone::tensor
