// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "tensor/loop/loop_text.h"

namespace hone::tensor {

namespace {

std::string_view role_name(LoopTensor::Role role) {
  switch (role) {
    case LoopTensor::Role::Input:
      return "input";
    case LoopTensor::Role::Output:
      return "output";
    case LoopTensor::Role::Local:
      return "local";
    case LoopTensor::Role::Register:
      return "register";
  }
  return "";
}

std::string_view mark_name(LoopTree::Mark mark) {
  switch (mark) {
    case LoopTree::Mark::None:
      return "";
    case LoopTree::Mark::Unroll:
      return " unroll";
    case LoopTree::Mark::Vector:
      return " vector";
    case LoopTree::Mark::Parallel:
      return " parallel";
  }
  return "";
}

std::string statement(const Place& target, LoopReduction reduction,
                      const Scalar& value) {
  return fmt::format("{} {} {}", to_text(target), reduction_sign(reduction),
                     to_text(value));
}

void write_tree(const std::vector<LoopTree>& tree, int depth,
                std::string& out) {
  for (const LoopTree& node : tree) {
    out.append(2 * depth, ' ');
    if (!node.is_loop) {
      const LoopLeaf& leaf = node.leaf;
      out += fmt::format("{}: {}", leaf.name,
                         statement(leaf.target, leaf.reduction, leaf.value));
      if (!leaf.guards.empty()) out += " if " + to_text(leaf.guards, " && ");
      out += '\n';
      continue;
    }
    out +=
        fmt::format("for {} < {}{}{} {{\n", node.variable, to_text(node.extent),
                    mark_name(node.mark), node.overlaps ? " overlaps" : "");
    write_tree(node.body, depth + 1, out);
    out.append(2 * depth, ' ');
    out += "}\n";
  }
}

}  // namespace

std::string print_tree(const std::vector<LoopTree>& tree, int depth) {
  std::string out;
  write_tree(tree, depth, out);
  return out;
}

std::string print_loops(const LoopProgram& program) {
  std::string out = fmt::format("loops {} {{\n", program.name);
  for (const LoopSize& size : program.sizes)
    out += fmt::format("  size {} = {}\n", size.name, size.value);
  for (const Condition& fact : program.facts)
    out += fmt::format("  fact {}\n", to_text(fact));
  for (const LoopTensor& tensor : program.tensors) {
    out += fmt::format("  {} {}", role_name(tensor.role),
                       to_text(Place{tensor.name, tensor.extents}));
    if (tensor.element != Element::F32)
      out += fmt::format(" {}", element_name(tensor.element));
    if (!tensor.home.empty()) out += " in " + tensor.home;
    out += '\n';
  }
  for (const LoopNode& node : program.nodes) {
    out += fmt::format("  node {}: {} over", node.name,
                       statement(node.target, node.reduction, node.value));
    for (size_t i = 0; i < node.domain.size(); ++i)
      out += fmt::format("{} {} < {}", i == 0 ? "" : ",", node.domain[i].name,
                         to_text(node.domain[i].extent));
    out += '\n';
  }
  return out + "  tree {\n" + print_tree(program.tree, 2) + "  }\n}\n";
}

}  // namespace hone::tensor
