// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/kernel.h"

#include <iterator>

#include "base/result.h"
#include "tensor/kernel/kernel_text.h"

namespace hone::tensor {

namespace {

constexpr KernelOpInfo kOps[] = {
#define HONE_KERNEL_OP(identifier, name, signature, sentence) \
  {KernelOp::identifier, name, signature},
#include "tensor/kernel/kernel_ops.def"
#undef HONE_KERNEL_OP
};

// Numbers registers and variables in the order in which they are written.
void rename(const std::vector<KernelStatement>& body, VectorKernel& kernel,
            int& count) {
  for (const KernelStatement& s : body) {
    if (s.variable >= 0)
      kernel.variables[s.variable] = "v" + std::to_string(count++);
    if (s.result >= 0)
      kernel.registers[s.result].name = std::to_string(count++);
    rename(s.body, kernel, count);
    rename(s.otherwise, kernel, count);
  }
}

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

Hash128 kernel_hash(const VectorKernel& kernel) {
  VectorKernel plain = kernel;
  plain.name = "k";
  for (size_t i = 0; i < plain.pointers.size(); ++i)
    plain.pointers[i].name = "p" + std::to_string(i);
  for (int i = 0; i < plain.sizes; ++i)
    plain.variables[i] = "n" + std::to_string(i);
  int count = 0;
  rename(plain.body, plain, count);
  return hash_bytes(print_kernel(plain));
}

}  // namespace hone::tensor
