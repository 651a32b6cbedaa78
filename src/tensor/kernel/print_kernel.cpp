// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "tensor/kernel/kernel_text.h"

namespace hone::tensor {

namespace {

using Kind = KernelStatement::Kind;

class Printer {
 public:
  explicit Printer(const VectorKernel& kernel) : k_(kernel) {}

  std::string print() {
    std::string parameters;
    const auto add = [&](const std::string& text) {
      if (!parameters.empty()) parameters += ", ";
      parameters += text;
    };
    for (const KernelPointer& p : k_.pointers)
      add(fmt::format("{} {}", p.name, element_name(p.element)));
    for (int i = 0; i < k_.sizes; ++i) add(k_.variables[i]);
    out_ = fmt::format("kernel {} lanes {} ({}) {{\n", k_.name, k_.lanes,
                       parameters);
    block(k_.body, 1);
    out_ += "}\n";
    return std::move(out_);
  }

 private:
  // Sums bind weaker (level 0) than products (1); a right operand of the same
  // level is put in parentheses.
  std::string index(IndexId id, int level = 0) const {
    const KernelIndex& node = k_.indices[id];
    const auto infix = [&](std::string_view op, int own) {
      std::string text = fmt::format("{} {} {}", index(node.left, own), op,
                                     index(node.right, own + 1));
      return own < level ? "(" + text + ")" : text;
    };
    const auto call = [&](std::string_view name) {
      return fmt::format("{}({}, {})", name, index(node.left),
                         index(node.right));
    };
    switch (node.kind) {
      case KernelIndex::Kind::Constant:
        return node.constant < 0 && level > 0
                   ? fmt::format("({})", node.constant)
                   : std::to_string(node.constant);
      case KernelIndex::Kind::Variable:
        return k_.variables[node.variable];
      case KernelIndex::Kind::Add:
        return infix("+", 0);
      case KernelIndex::Kind::Sub:
        return infix("-", 0);
      case KernelIndex::Kind::Mul:
        return infix("*", 1);
      case KernelIndex::Kind::Div:
        return infix("/", 1);
      case KernelIndex::Kind::Mod:
        return infix("mod", 1);
      case KernelIndex::Kind::Min:
        return call("min");
      case KernelIndex::Kind::Max:
        return call("max");
    }
    return "";
  }

  std::string reg(RegisterId id) const {
    const VectorKernel::Register& r = k_.registers[id];
    return (r.type.vector ? "%" : "$") + r.name;
  }

  std::string place(const KernelStatement& s) const {
    return fmt::format("{}[{}]", k_.pointers[s.pointer].name, index(s.index));
  }

  std::string access(const KernelStatement& s) const {
    std::string text;
    if (s.stride >= 0) text += " stride " + index(s.stride);
    if (s.lanes >= 0) text += " lanes " + index(s.lanes);
    return text;
  }

  std::string apply(const KernelStatement& s) const {
    std::string text(kernel_op_info(s.op).name);
    for (size_t i = 0; i < s.operands.size(); ++i)
      text += (i == 0 ? " " : ", ") + reg(s.operands[i]);
    return text;
  }

  bool is_wide_result(const KernelStatement& s) const {
    return is_wide(k_.registers[s.result].type.lane);
  }

  std::string_view lane_text(const KernelStatement& s) const {
    switch (k_.registers[s.result].type.lane) {
      case Lane::I32:
        return "i32 ";
      case Lane::F64:
        return "f64 ";
      default:
        return "";
    }
  }

  std::string value(const KernelStatement& s) const {
    switch (s.kind) {
      case Kind::Constant:
        return fmt::format("constant {}{}", lane_text(s), s.number);
      case Kind::Apply:
        return apply(s);
      case Kind::Load:
        return (is_wide_result(s) ? "wide " : "load ") + place(s) + access(s);
      case Kind::Broadcast:
        return "broadcast " + place(s);
      case Kind::Index:
        return (is_wide_result(s) ? "wide_index " : "index ") + index(s.index);
      default:
        return "iota";
    }
  }

  void block(const std::vector<KernelStatement>& body, int depth) {
    for (const KernelStatement& s : body) statement(s, depth);
  }

  void statement(const KernelStatement& s, int depth) {
    out_.append(2 * depth, ' ');
    switch (s.kind) {
      case Kind::Store:
        out_ += fmt::format("store {}, {}{}\n", place(s), reg(s.operands[0]),
                            access(s));
        return;
      case Kind::Let:
        out_ += fmt::format("let {} = {}\n", k_.variables[s.variable],
                            index(s.index));
        return;
      case Kind::Fetch:
        out_ +=
            fmt::format("fetch {} = {}\n", k_.variables[s.variable], place(s));
        return;
      case Kind::Take:
        out_ += fmt::format("take {} = {}\n", k_.variables[s.variable],
                            reg(s.operands[0]));
        return;
      case Kind::For:
        out_ += fmt::format("for {} = {} .. {} step {} {{\n",
                            k_.variables[s.variable], index(s.index),
                            index(s.limit), s.step);
        return nested(s, depth);
      case Kind::If:
        out_ += fmt::format("if {} < {} {{\n", index(s.index), index(s.limit));
        return nested(s, depth);
      default:
        out_ += fmt::format("{} = {}\n", reg(s.result), value(s));
    }
  }

  void nested(const KernelStatement& s, int depth) {
    block(s.body, depth + 1);
    out_.append(2 * depth, ' ');
    if (!s.otherwise.empty()) {
      out_ += "} else {\n";
      block(s.otherwise, depth + 1);
      out_.append(2 * depth, ' ');
    }
    out_ += "}\n";
  }

  const VectorKernel& k_;
  std::string out_;
};

}  // namespace

std::string print_kernel(const VectorKernel& kernel) {
  return Printer(kernel).print();
}

}  // namespace hone::tensor
