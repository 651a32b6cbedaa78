// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/c/print_c.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace hone::codegen {

using tensor::Element;
using tensor::IndexId;
using tensor::KernelIndex;
using tensor::KernelOp;
using tensor::KernelStatement;
using tensor::Lane;
using tensor::RegisterId;
using tensor::VectorKernel;
using Kind = KernelStatement::Kind;

namespace {

std::string_view c_type(Element element) {
  // In the order of Element.
  constexpr std::string_view kTypes[] = {
      "float",  "int32_t", "int64_t",  "uint8_t",  "double",
      "int8_t", "int16_t", "uint16_t", "uint32_t", "uint64_t"};
  return kTypes[static_cast<size_t>(element)];
}

// Exact: hexadecimal, or a macro of math.h.
std::string number_text(double number, bool wide) {
  const double value = wide ? number : static_cast<float>(number);
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value > 0 ? "INFINITY" : "-INFINITY";
  return fmt::format("{:a}{}", value, wide ? "" : "f");
}

// What a kernel computes for somebody: compilers warn of the rest.
class Usage {
 public:
  explicit Usage(const VectorKernel& kernel)
      : k_(kernel),
        registers_(kernel.registers.size()),
        variables_(kernel.variables.size()),
        pointers_(kernel.pointers.size()) {
    do {
      changed_ = false;
      block(kernel.body);
    } while (changed_);
  }

  bool reads_register(RegisterId id) const { return registers_[id]; }
  bool reads_variable(int id) const { return variables_[id]; }
  bool reads_pointer(int id) const { return pointers_[id]; }

  bool is_live(const KernelStatement& s) const {
    switch (s.kind) {
      case Kind::Store:
      case Kind::For:
      case Kind::If:
        return true;
      case Kind::Let:
      case Kind::Fetch:
      case Kind::Take:
        return variables_[s.variable];
      default:
        return registers_[s.result];
    }
  }

 private:
  void read(std::vector<bool>& set, int id) {
    if (id < 0 || set[id]) return;
    set[id] = true;
    changed_ = true;
  }

  void read_index(IndexId id) {
    if (id < 0) return;
    const KernelIndex& node = k_.indices[id];
    if (node.kind == KernelIndex::Kind::Constant) return;
    if (node.kind == KernelIndex::Kind::Variable)
      return read(variables_, node.variable);
    read_index(node.left);
    read_index(node.right);
  }

  void block(const std::vector<KernelStatement>& body) {
    for (const KernelStatement& s : body) {
      if (!is_live(s)) continue;
      for (const RegisterId operand : s.operands) read(registers_, operand);
      for (const IndexId i : {s.index, s.limit, s.stride, s.lanes})
        read_index(i);
      read(pointers_, s.pointer);
      block(s.body);
      block(s.otherwise);
    }
  }

  const VectorKernel& k_;
  std::vector<bool> registers_, variables_, pointers_;
  bool changed_ = false;
};

class Printer {
 public:
  Printer(const VectorKernel& kernel, std::string_view symbol,
          std::string_view prefix)
      : k_(kernel), symbol_(symbol), prefix_(prefix), usage_(kernel) {}

  std::string print() && {
    out_ = fmt::format(
        "\n/* {} */\nvoid {}(void* const* pointers, const int64_t* sizes) {{\n",
        k_.name, symbol_);
    for (int i = 0; i < static_cast<int>(k_.pointers.size()); ++i)
      if (usage_.reads_pointer(i))
        line(1, "{0}* const p{1} = ({0}*)pointers[{1}];",
             c_type(k_.pointers[i].element), i);
    for (int i = 0; i < k_.sizes; ++i)
      if (usage_.reads_variable(i))
        line(1, "const int64_t n{0} = sizes[{0}];", i);
    for (int i = 0; i < static_cast<int>(k_.registers.size()); ++i)
      if (usage_.reads_register(i))
        line(1, "{} r{};", register_type(k_.registers[i].type), i);
    line(1, "(void)pointers;");
    line(1, "(void)sizes;");
    block(k_.body, 1);
    return std::move(out_) + "}\n";
  }

 private:
  template <typename... Args>
  void line(int depth, fmt::format_string<Args...> format, Args&&... args) {
    out_.append(2 * depth, ' ');
    out_ += fmt::format(format, std::forward<Args>(args)...);
    out_ += '\n';
  }

  // A name of the preamble.
  std::string own(std::string_view name) const {
    return fmt::format("{}{}", prefix_, name);
  }

  std::string register_type(tensor::RegisterType type) const {
    if (type.lane == Lane::F64) return "double";
    if (type.lane == Lane::I64) return "int64_t";
    if (type.lane == Lane::F32) return type.vector ? own("f") : "float";
    return type.vector ? own("i") : "int32_t";
  }

  std::string index(IndexId id) const {
    const KernelIndex& node = k_.indices[id];
    const auto infix = [&](char op) {
      return fmt::format("({} {} {})", index(node.left), op, index(node.right));
    };
    const auto call = [&](std::string_view name) {
      return fmt::format("{}({}, {})", own(name), index(node.left),
                         index(node.right));
    };
    switch (node.kind) {
      case KernelIndex::Kind::Constant:
        return fmt::format("INT64_C({})", node.constant);
      case KernelIndex::Kind::Variable:
        return fmt::format("n{}", node.variable);
      case KernelIndex::Kind::Add:
        return infix('+');
      case KernelIndex::Kind::Sub:
        return infix('-');
      case KernelIndex::Kind::Mul:
        return infix('*');
      case KernelIndex::Kind::Div:
        return call("floor_div");
      case KernelIndex::Kind::Mod:
        return call("floor_mod");
      case KernelIndex::Kind::Min:
        return call("least");
      case KernelIndex::Kind::Max:
        return call("most");
    }
    return "";
  }

  bool is_vector(RegisterId id) const { return k_.registers[id].type.vector; }
  Element element(const KernelStatement& s) const {
    return k_.pointers[s.pointer].element;
  }

  std::string place(const KernelStatement& s) const {
    return fmt::format("p{} + {}", s.pointer, index(s.index));
  }

  // ", stride, lanes" of the partial forms; empty for whole vectors.
  std::string part(const KernelStatement& s) const {
    if (s.stride < 0 && s.lanes < 0) return "";
    return fmt::format(", {}, {}", s.stride < 0 ? "1" : index(s.stride),
                       s.lanes < 0 ? std::to_string(k_.lanes) : index(s.lanes));
  }

  std::string splat(const KernelStatement& s, const std::string& value) const {
    if (!is_vector(s.result)) return value;
    return fmt::format(
        "{}({})",
        own(k_.registers[s.result].type.lane == Lane::F32 ? "splat"
                                                          : "splat_int"),
        value);
  }

  std::string value(const KernelStatement& s) const {
    switch (s.kind) {
      case Kind::Constant:
        if (const Lane lane = k_.registers[s.result].type.lane;
            lane == Lane::F32 || lane == Lane::F64)
          return splat(s, number_text(s.number, lane == Lane::F64));
        return splat(
            s, fmt::format("INT64_C({})", static_cast<int64_t>(s.number)));
      case Kind::Apply:
        return apply(s);
      case Kind::Load:
        return load(s);
      case Kind::Broadcast:
        return splat(s, fmt::format("*({})", place(s)));
      case Kind::Index:
        return is_vector(s.result) ? splat(s, index(s.index))
               : k_.registers[s.result].type.lane == Lane::I64
                   ? index(s.index)
                   : "(int32_t)" + index(s.index);
      default:
        return own("iota()");
    }
  }

  std::string apply(const KernelStatement& s) const {
    std::string text = own(kernel_op_info(s.op).name);
    const bool changes_width =
        s.op == KernelOp::Splat || s.op == KernelOp::ReduceMax ||
        s.op == KernelOp::ReduceMin || s.op == KernelOp::ReduceSum;
    if (!changes_width && is_wide(k_.registers[s.operands.back()].type.lane))
      text += "_w";
    else if (!is_vector(s.result) && !changes_width)
      text += "_s";
    for (size_t i = 0; i < s.operands.size(); ++i)
      text += fmt::format("{}r{}", i == 0 ? "(" : ", ", s.operands[i]);
    return text + ")";
  }

  std::string load(const KernelStatement& s) const {
    if (!is_vector(s.result)) return fmt::format("*({})", place(s));
    const std::string rest = part(s);
    if (!rest.empty())
      return fmt::format("{}load_part_{}({}{})", prefix_,
                         element_name(element(s)), place(s), rest);
    if (element(s) == Element::F32)
      return fmt::format("{}load_whole({})", prefix_, place(s));
    return fmt::format("{}load_{}({})", prefix_, element_name(element(s)),
                       place(s));
  }

  void store(const KernelStatement& s, int depth) {
    const RegisterId from = s.operands[0];
    const std::string rest = part(s);
    if (!is_vector(from))
      line(depth, "*({}) = ({})r{};", place(s), c_type(element(s)), from);
    else if (!rest.empty())
      line(depth, "{}store_part_{}({}{}, r{});", prefix_,
           element_name(element(s)), place(s), rest, from);
    else if (element(s) == Element::F32)
      line(depth, "{}store_whole({}, r{});", prefix_, place(s), from);
    else
      line(depth, "{}store_{}({}, r{});", prefix_, element_name(element(s)),
           place(s), from);
  }

  void block(const std::vector<KernelStatement>& body, int depth) {
    for (const KernelStatement& s : body)
      if (usage_.is_live(s)) statement(s, depth);
  }

  void statement(const KernelStatement& s, int depth) {
    switch (s.kind) {
      case Kind::Store:
        return store(s, depth);
      case Kind::Let:
        return line(depth, "const int64_t n{} = {};", s.variable,
                    index(s.index));
      case Kind::Fetch:
        return line(depth, "const int64_t n{} = *({});", s.variable, place(s));
      case Kind::Take:
        return line(depth, "const int64_t n{} = r{};", s.variable,
                    s.operands[0]);
      case Kind::For:
        line(depth,
             "for (int64_t n{0} = {1}, to = {2}; n{0} < to; n{0} += {3}) {{",
             s.variable, index(s.index), index(s.limit), s.step);
        block(s.body, depth + 1);
        return line(depth, "}}");
      case Kind::If:
        line(depth, "if ({} < {}) {{", index(s.index), index(s.limit));
        block(s.body, depth + 1);
        if (!s.otherwise.empty()) {
          line(depth, "}} else {{");
          block(s.otherwise, depth + 1);
        }
        return line(depth, "}}");
      default:
        return line(depth, "r{} = {};", s.result, value(s));
    }
  }

  const VectorKernel& k_;
  std::string_view symbol_, prefix_;
  Usage usage_;
  std::string out_;
};

}  // namespace

std::string print_c(const VectorKernel& kernel, std::string_view symbol,
                    std::string_view prefix) {
  return Printer(kernel, symbol, prefix).print();
}

std::string print_c_file(std::span<const NamedKernel> kernels) {
  // Scalar kernels go with any width.
  const auto uses_vectors = [](const VectorKernel& kernel) {
    return std::ranges::any_of(kernel.registers,
                               [](const auto& r) { return r.type.vector; });
  };
  std::map<int, std::string> prefixes;  // by width
  for (const NamedKernel& named : kernels)
    if (uses_vectors(named.kernel))
      prefixes.emplace(named.kernel.lanes,
                       fmt::format("hone{}_", named.kernel.lanes));
  if (prefixes.empty()) prefixes.emplace(16, "");
  prefixes.begin()->second = "hone_";
  std::string file;
  for (const auto& [lanes, prefix] : prefixes)
    file += c_preamble(lanes, prefix);
  for (const NamedKernel& named : kernels)
    file += print_c(named.kernel, named.symbol,
                    uses_vectors(named.kernel) ? prefixes.at(named.kernel.lanes)
                                               : prefixes.begin()->second);
  return file;
}

}  // namespace hone::codegen
