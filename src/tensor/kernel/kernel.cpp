// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/kernel.h"

#include <iterator>

#include "base/result.h"

namespace hone::tensor {

namespace {

constexpr KernelOpInfo kOps[] = {
#define HONE_KERNEL_OP(identifier, name, signature, sentence) \
  {KernelOp::identifier, name, signature},
#include "tensor/kernel/kernel_ops.def"
#undef HONE_KERNEL_OP
};

}  // namespace

const KernelOpInfo& kernel_op_info(KernelOp op) {
  return kOps[static_cast<size_t>(op)];
}

const KernelOpInfo* find_kernel_op(std::string_view name) {
  for (const KernelOpInfo& info : kOps)
    if (info.name == name) return &info;
  return nullptr;
}

namespace {

struct ElementInfo {
  std::string_view name;
  int64_t bytes;
};

// In the order of Element.
constexpr ElementInfo kElements[] = {
    {"f32", 4}, {"i32", 4}, {"i64", 8}, {"u8", 1},  {"f64", 8},
    {"i8", 1},  {"i16", 2}, {"u16", 2}, {"u32", 4}, {"u64", 8}};

}  // namespace

int64_t element_bytes(Element element) {
  return kElements[static_cast<size_t>(element)].bytes;
}

std::string_view element_name(Element element) {
  return kElements[static_cast<size_t>(element)].name;
}

std::optional<Element> find_element(std::string_view name) {
  for (size_t i = 0; i < std::size(kElements); ++i)
    if (kElements[i].name == name) return static_cast<Element>(i);
  return {};
}

bool is_wide(Lane lane) { return lane == Lane::F64 || lane == Lane::I64; }

Lane lane_of(Element element) {
  return element == Element::F32   ? Lane::F32
         : element == Element::F64 ? Lane::F64
                                   : Lane::I32;
}

Lane wide_lane_of(Element element) {
  return element == Element::F32 || element == Element::F64 ? Lane::F64
                                                            : Lane::I64;
}

namespace {

// A kernel as bytes without names: registers and variables are numbered in the
// order in which they are written, indices stand in full where they are used.
// Planning looks at some hundred kernels a model, so this is not their text.
class Encoder {
 public:
  explicit Encoder(const VectorKernel& kernel)
      : k_(kernel),
        registers_(kernel.registers.size(), -1),
        variables_(kernel.variables.size(), -1) {}

  std::string encode() && {
    add(k_.lanes);
    add(static_cast<int64_t>(k_.pointers.size()));
    for (const KernelPointer& pointer : k_.pointers)
      add(static_cast<int64_t>(pointer.element));
    add(k_.sizes);
    for (int i = 0; i < k_.sizes; ++i) variables_[i] = i;
    block(k_.body);
    return std::move(bytes_);
  }

 private:
  void add(int64_t number) {
    // Nearly all are small.
    if (number >= 0 && number < 0xff) {
      bytes_ += static_cast<char>(number);
      return;
    }
    bytes_ += '\xff';
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }

  void index(IndexId id) {
    add(id < 0);
    if (id < 0) return;
    const KernelIndex& node = k_.indices[id];
    add(static_cast<int64_t>(node.kind));
    if (node.kind == KernelIndex::Kind::Constant) return add(node.constant);
    if (node.kind == KernelIndex::Kind::Variable)
      return add(variables_[node.variable]);
    index(node.left);
    index(node.right);
  }

  void reg(RegisterId id) {
    if (registers_[id] < 0) registers_[id] = next_register_++;
    add(registers_[id]);
  }

  void block(const std::vector<KernelStatement>& body) {
    add(static_cast<int64_t>(body.size()));
    for (const KernelStatement& s : body) statement(s);
  }

  void statement(const KernelStatement& s) {
    add(static_cast<int64_t>(s.kind));
    add(static_cast<int64_t>(s.op));
    bytes_.append(reinterpret_cast<const char*>(&s.number), sizeof s.number);
    add(s.step);
    add(s.pointer);
    add(static_cast<int64_t>(s.operands.size()));
    for (const RegisterId operand : s.operands) reg(operand);
    for (const IndexId id : {s.index, s.limit, s.stride, s.lanes}) index(id);
    add(s.result >= 0);
    if (s.result >= 0) {
      reg(s.result);
      const RegisterType type = k_.registers[s.result].type;
      add(2 * static_cast<int64_t>(type.lane) + type.vector);
    }
    add(s.variable >= 0);
    if (s.variable >= 0) {
      // Each is written once.
      variables_[s.variable] = k_.sizes + next_variable_++;
    }
    block(s.body);
    block(s.otherwise);
  }

  const VectorKernel& k_;
  std::vector<int> registers_, variables_;
  int next_register_ = 0, next_variable_ = 0;
  std::string bytes_;
};

}  // namespace

Hash128 kernel_hash(const VectorKernel& kernel) {
  return hash_bytes(Encoder(kernel).encode());
}

}  // namespace hone::tensor
