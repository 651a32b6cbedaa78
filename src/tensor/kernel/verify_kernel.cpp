// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/verify_kernel.h"

#include <fmt/format.h>

namespace hone::tensor {

namespace {

using Kind = KernelStatement::Kind;

constexpr int kDeepest = 64;

Lane lane_letter(char letter, bool wide) {
  switch (letter) {
    case 'd':
      return Lane::F64;
    case 'i':
      return wide ? Lane::I64 : Lane::I32;
    case 'l':
      return Lane::I64;
    case 'm':
      return Lane::Mask;
    default:
      return wide ? Lane::F64 : Lane::F32;
  }
}

std::string_view type_name(RegisterType type) {
  switch (type.lane) {
    case Lane::F32:
      return type.vector ? "a vector of f32" : "a scalar f32";
    case Lane::I32:
      return type.vector ? "a vector of i32" : "a scalar i32";
    case Lane::Mask:
      return type.vector ? "a vector mask" : "a scalar mask";
    case Lane::F64:
      return "a wide f64";
    case Lane::I64:
      return "a wide i64";
  }
  return "";
}

// The type that a letter of a signature asks for beside a last operand of the
// type `last`, which decides what the letters leave open.
RegisterType letter_type(char letter, RegisterType last) {
  if (letter == 'S') return {.vector = false};
  if (letter == 'V') return {.vector = true};
  if (letter == 'I') return {.lane = Lane::I32, .vector = true};
  return {.lane = lane_letter(letter, is_wide(last.lane)),
          .vector = last.vector};
}

class Verifier {
 public:
  explicit Verifier(const VectorKernel& kernel)
      : k_(kernel),
        written_(kernel.registers.size(), false),
        known_(kernel.variables.size(), false),
        defined_(kernel.variables.size(), false) {}

  Status verify() {
    if (k_.lanes < 1 || k_.lanes > 64 || (k_.lanes & (k_.lanes - 1)) != 0)
      return wrong(fmt::format(
          "expected a power of two from 1 to 64 lanes, found {}", k_.lanes));
    if (k_.sizes < 0 || k_.sizes > static_cast<int>(k_.variables.size()))
      return wrong("more sizes than variables");
    for (const VectorKernel::Register& r : k_.registers)
      if (r.type.vector && is_wide(r.type.lane))
        return wrong(fmt::format("register %{} is wide, and a vector", r.name));
    for (int i = 0; i < k_.sizes; ++i) known_[i] = defined_[i] = true;
    for (size_t i = 0; i < k_.indices.size(); ++i)
      HONE_RETURN_IF_ERROR(check_node(static_cast<IndexId>(i)));
    return block(k_.body, 0);
  }

 private:
  Error wrong(const std::string& what) const {
    return Error(ErrorKind::Malformed,
                 fmt::format("kernel '{}': {}", k_.name, what));
  }

  std::string name(RegisterId id) const {
    return (k_.registers[id].type.vector ? "%" : "$") + k_.registers[id].name;
  }

  Status check_node(IndexId id) const {
    const KernelIndex& node = k_.indices[id];
    if (node.kind == KernelIndex::Kind::Constant) return {};
    if (node.kind == KernelIndex::Kind::Variable) {
      if (node.variable < 0 ||
          node.variable >= static_cast<int>(k_.variables.size()))
        return wrong("an index names no variable");
      return {};
    }
    if (node.left < 0 || node.left >= id || node.right < 0 || node.right >= id)
      return wrong("an index refers to one that stands behind it");
    if (node.kind != KernelIndex::Kind::Div &&
        node.kind != KernelIndex::Kind::Mod)
      return {};
    const KernelIndex& divisor = k_.indices[node.right];
    const bool good =
        (divisor.kind == KernelIndex::Kind::Constant && divisor.constant > 0) ||
        (divisor.kind == KernelIndex::Kind::Variable &&
         divisor.variable < k_.sizes);
    if (!good)
      return wrong("expected a positive constant or a parameter as divisor");
    return {};
  }

  Status index(IndexId id) const {
    if (id < 0 || id >= static_cast<int>(k_.indices.size()))
      return wrong("a statement without its index");
    std::vector<IndexId> open = {id};
    while (!open.empty()) {
      const KernelIndex& node = k_.indices[open.back()];
      open.pop_back();
      if (node.kind == KernelIndex::Kind::Constant) continue;
      if (node.kind != KernelIndex::Kind::Variable) {
        open.push_back(node.left);
        open.push_back(node.right);
      } else if (!known_[node.variable]) {
        return wrong(fmt::format("variable '{}' is read where it has no value",
                                 k_.variables[node.variable]));
      }
    }
    return {};
  }

  Status optional_index(IndexId id) const {
    return id < 0 ? Status() : index(id);
  }

  Status read(RegisterId id) const {
    if (id < 0 || id >= static_cast<int>(k_.registers.size()))
      return wrong("a statement names no register");
    if (!written_[id])
      return wrong(
          fmt::format("register {} is read before it is written", name(id)));
    return {};
  }

  Status write(RegisterId id, RegisterType type) {
    if (id < 0 || id >= static_cast<int>(k_.registers.size()))
      return wrong("a statement names no register");
    if (k_.registers[id].type != type)
      return wrong(fmt::format("register {} is {}, the value is {}", name(id),
                               type_name(k_.registers[id].type),
                               type_name(type)));
    written_[id] = true;
    return {};
  }

  Status define(VariableId id) {
    if (id < k_.sizes || id >= static_cast<int>(k_.variables.size()))
      return wrong("a statement defines no variable");
    if (defined_[id])
      return wrong(
          fmt::format("variable '{}' is defined twice", k_.variables[id]));
    known_[id] = defined_[id] = true;
    return {};
  }

  Status memory(const KernelStatement& s, bool vector) const {
    if (s.pointer < 0 || s.pointer >= static_cast<int>(k_.pointers.size()))
      return wrong("a statement names no pointer");
    if (!vector && (s.lanes >= 0 || s.stride >= 0))
      return wrong("'lanes' and 'stride' belong to vectors");
    HONE_RETURN_IF_ERROR(index(s.index));
    HONE_RETURN_IF_ERROR(optional_index(s.stride));
    return optional_index(s.lanes);
  }

  Status apply(const KernelStatement& s) {
    const KernelOpInfo& info = kernel_op_info(s.op);
    if (s.operands.size() != info.arity())
      return wrong(fmt::format("'{}' takes {} operands, found {}", info.name,
                               info.arity(), s.operands.size()));
    for (const RegisterId operand : s.operands)
      HONE_RETURN_IF_ERROR(read(operand));
    const RegisterType last = k_.registers[s.operands.back()].type;
    for (size_t i = 0; i < s.operands.size(); ++i) {
      const RegisterType wanted = letter_type(info.signature[i], last);
      const RegisterType found = k_.registers[s.operands[i]].type;
      if (wanted != found)
        return wrong(fmt::format("'{}' takes {} as operand {}, {} is {}",
                                 info.name, type_name(wanted), i + 1,
                                 name(s.operands[i]), type_name(found)));
    }
    return write(s.result, result_type(s.op, last));
  }

  Status nested(const KernelStatement& s, int depth) {
    const std::vector<bool> written = written_;
    const std::vector<bool> known = known_;
    if (s.kind == Kind::For) HONE_RETURN_IF_ERROR(define(s.variable));
    HONE_RETURN_IF_ERROR(block(s.body, depth + 1));
    std::vector<bool> after = written_;
    written_ = written;
    known_ = known;
    HONE_RETURN_IF_ERROR(block(s.otherwise, depth + 1));
    for (size_t i = 0; i < after.size(); ++i)
      written_[i] =
          written[i] || (s.kind == Kind::If && after[i] && written_[i]);
    known_ = known;
    return {};
  }

  Status block(const std::vector<KernelStatement>& body, int depth) {
    if (depth > kDeepest)
      return wrong(fmt::format("nested more than {} deep", kDeepest));
    for (const KernelStatement& s : body)
      HONE_RETURN_IF_ERROR(statement(s, depth));
    return {};
  }

  bool is_vector(const KernelStatement& s) const {
    return s.result < 0 || s.result >= static_cast<int>(k_.registers.size()) ||
           k_.registers[s.result].type.vector;
  }

  bool is_wide_result(const KernelStatement& s) const {
    return s.result >= 0 && s.result < static_cast<int>(k_.registers.size()) &&
           is_wide(k_.registers[s.result].type.lane);
  }

  Status load(const KernelStatement& s) {
    const bool vector = is_vector(s);
    HONE_RETURN_IF_ERROR(memory(s, vector));
    const Element element = k_.pointers[s.pointer].element;
    return write(s.result, {.lane = is_wide_result(s) ? wide_lane_of(element)
                                                      : lane_of(element),
                            .vector = vector});
  }

  Status store(const KernelStatement& s) {
    if (s.operands.size() != 1) return wrong("'store' takes one register");
    HONE_RETURN_IF_ERROR(read(s.operands[0]));
    const RegisterType type = k_.registers[s.operands[0]].type;
    HONE_RETURN_IF_ERROR(memory(s, type.vector));
    const Element element = k_.pointers[s.pointer].element;
    const Lane lane =
        is_wide(type.lane) ? wide_lane_of(element) : lane_of(element);
    if (type.lane != lane)
      return wrong(fmt::format("'{}' holds {}, {} is {}",
                               k_.pointers[s.pointer].name,
                               element_name(k_.pointers[s.pointer].element),
                               name(s.operands[0]), type_name(type)));
    return {};
  }

  Status constant(const KernelStatement& s) {
    if (s.result < 0 || s.result >= static_cast<int>(k_.registers.size()))
      return wrong("a statement names no register");
    if (k_.registers[s.result].type.lane == Lane::Mask)
      return wrong("a mask has no constants");
    return write(s.result, k_.registers[s.result].type);
  }

  Status statement(const KernelStatement& s, int depth) {
    switch (s.kind) {
      case Kind::Constant:
        return constant(s);
      case Kind::Apply:
        return apply(s);
      case Kind::Load:
      case Kind::Broadcast:
        return load(s);
      case Kind::Index:
        HONE_RETURN_IF_ERROR(index(s.index));
        return write(s.result,
                     {.lane = is_wide_result(s) ? Lane::I64 : Lane::I32,
                      .vector = is_vector(s)});
      case Kind::Iota:
        return write(s.result, {.lane = Lane::I32});
      case Kind::Store:
        return store(s);
      case Kind::Let:
        HONE_RETURN_IF_ERROR(index(s.index));
        return define(s.variable);
      case Kind::Fetch:
        HONE_RETURN_IF_ERROR(memory(s, false));
        if (lane_of(k_.pointers[s.pointer].element) != Lane::I32)
          return wrong(
              fmt::format("'fetch' reads integers, '{}' holds {}",
                          k_.pointers[s.pointer].name,
                          element_name(k_.pointers[s.pointer].element)));
        return define(s.variable);
      case Kind::Take:
        if (s.operands.size() != 1) return wrong("'take' takes one register");
        HONE_RETURN_IF_ERROR(read(s.operands[0]));
        if (k_.registers[s.operands[0]].type.lane != Lane::I64)
          return wrong(fmt::format(
              "'take' reads a wide i64, {} is {}", name(s.operands[0]),
              type_name(k_.registers[s.operands[0]].type)));
        return define(s.variable);
      case Kind::For:
        if (s.step <= 0) return wrong("expected a positive step");
        HONE_RETURN_IF_ERROR(index(s.index));
        HONE_RETURN_IF_ERROR(index(s.limit));
        return nested(s, depth);
      case Kind::If:
        HONE_RETURN_IF_ERROR(index(s.index));
        HONE_RETURN_IF_ERROR(index(s.limit));
        return nested(s, depth);
    }
    return {};
  }

  const VectorKernel& k_;
  std::vector<bool> written_;
  std::vector<bool> known_;
  std::vector<bool> defined_;
};

}  // namespace

RegisterType result_type(KernelOp op, RegisterType last) {
  return letter_type(kernel_op_info(op).signature.back(), last);
}

Status verify_kernel(const VectorKernel& kernel) {
  return Verifier(kernel).verify();
}

}  // namespace hone::tensor
