// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels for any operator on any type of elements: scalar loops that compute
// in f64 and i64 whatever stands in memory, and round once when they store, as
// the reference interpreter does. What has no faster kernel is written with it.
//
//   ElementKernel k(planner, node);
//   HONE_RETURN_IF_ERROR(k.open());
//   k.for_each(k.out(0).dims, [&](const Index& i) {
//     k.store(k.out(0), i, k.mul(k.load(k.in(0), i), k.number(2)));
//   });
//   return k.emit();
//
// Extents are sizes of the kernel: shapes of one rank share it. Elements of
// less than 32 bits are decoded and encoded by instructions of the kernel
// (small_element.cpp), those of less than a byte stand packed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tensor/kernel/kernel_builder.h"
#include "tensor/plan/planner.h"

namespace hone::tensor {

using Index = std::vector<Ix>;

// A tensor as the kernel sees it.
struct Operand {
  bool is_given = false;
  ElementType type = ElementType::F32;
  Pointer pointer;
  std::vector<int64_t> known;  // the extents in numbers, or slots
  Index dims;                  // the extents in the kernel
  Ix count = 0;                // their product
  size_t rank() const { return known.size(); }
};

class ElementKernel {
 public:
  ElementKernel(Planner& planner, const Node& node);

  // Adds the node's inputs and outputs. Unsupported names what kernels cannot
  // hold: text, complex numbers, containers, sizes that are not known.
  Status open();
  // Only these, of any node; in(i) and out(i) follow the order.
  Status open(std::vector<ValueId> inputs, std::vector<ValueId> outputs);

  const Node& node() const { return node_; }
  Planner& planner() { return planner_; }
  KernelBuilder& builder() { return b_; }
  const Operand& in(size_t i) const { return in_[i]; }
  const Operand& out(size_t i) const { return out_[i]; }
  bool has(size_t i) const { return i < in_.size() && in_[i].is_given; }
  bool wants(size_t i) const { return i < out_.size() && out_[i].is_given; }
  size_t inputs() const { return in_.size(); }

  // One part of a result that stands at `whole` already.
  Status open_into(std::vector<ValueId> inputs, ValueId output,
                   const Stored& whole);
  // One more size of the kernel; before any statement but open().
  Ix extra_size(int64_t value);

  // Where the kernel writes a size that is a slot (element 0); before any
  // statement.
  Operand size_place(int64_t size);

  // Memory of the kernel's own, before anything else; `buffer` gets its number
  // where other steps read it.
  Operand scratch(ElementType type, std::vector<int64_t> dims,
                  int* buffer = nullptr);

  // Adds the step and announces the outputs.
  Status emit();
  // Without announcing them.
  Status emit_only();

  // --- Registers: f64 for floats, i64 for integers and Booleans, masks
  // --------
  Reg number(double value) { return b_.wide(value); }
  Reg integer(int64_t value) { return b_.wide_index(value); }
  Reg of(Ix value) { return b_.wide_index(value); }
  // A zero of the operand's class.
  Reg zero(const Operand& like);
  Ix index(Reg value) { return b_.take("i", value); }
  bool is_float(Reg r) const { return b_.is_float(r); }
  Reg to_float(Reg r);
  Reg to_integer(Reg r);  // towards zero
  Reg to_bit(Reg mask) { return select(mask, integer(1), integer(0)); }

  Reg add(Reg a, Reg b) {
    return pick(a, KernelOp::Add, KernelOp::IntAdd, {a, b});
  }
  Reg sub(Reg a, Reg b) {
    return pick(a, KernelOp::Sub, KernelOp::IntSub, {a, b});
  }
  Reg mul(Reg a, Reg b) {
    return pick(a, KernelOp::Mul, KernelOp::IntMul, {a, b});
  }
  Reg div(Reg a, Reg b) {
    return pick(a, KernelOp::Div, KernelOp::IntDiv, {a, b});
  }
  Reg less(Reg a, Reg b) {
    return pick(a, KernelOp::Less, KernelOp::IntLess, {a, b});
  }
  Reg equal(Reg a, Reg b) {
    return pick(a, KernelOp::Equal, KernelOp::IntEqual, {a, b});
  }
  Reg select(Reg mask, Reg a, Reg b) {
    return pick(a, KernelOp::Select, KernelOp::IntSelect, {mask, a, b});
  }
  Reg neg(Reg a) {
    return is_float(a) ? op(KernelOp::Neg, {a}) : sub(integer(0), a);
  }
  Reg abs(Reg a);
  Reg both(Reg a, Reg b) { return op(KernelOp::MaskAnd, {a, b}); }
  Reg either(Reg a, Reg b) { return op(KernelOp::MaskOr, {a, b}); }
  Reg negated(Reg mask) { return op(KernelOp::MaskNot, {mask}); }
  // NaN of either goes on.
  Reg larger(Reg a, Reg b);
  Reg smaller(Reg a, Reg b);
  Reg is_nan(Reg a) { return negated(equal(a, a)); }
  Reg op(KernelOp op, std::initializer_list<Reg> operands) {
    return b_.apply(op, operands);
  }
  // Registers that loops change.
  Reg variable(Reg value);
  void set(Reg target, Reg value);
  // As the element type would hold it.
  Reg rounded(ElementType type, Reg value);

  // --- Memory
  // -----------------------------------------------------------------
  Ix flat(const Operand& x, const Index& index) const;
  // The index of a result, where extents of 1 are repeated.
  Ix broadcast(const Operand& x, const Index& index) const;
  Reg load(const Operand& x, Ix at);
  // The element's bits; those of f32 and f64 as a number.
  Reg load_bits(const Operand& x, Ix at);
  Reg load(const Operand& x, const Index& i) { return load(x, flat(x, i)); }
  // An integer element as an index.
  Ix fetch(const Operand& x, Ix at) { return index(load(x, at)); }
  // Masks become 0 and 1, integers in a float operand numbers.
  void store(const Operand& x, Ix at, Reg value);
  // The element's bits as they stand in memory.
  void store_bits(const Operand& x, Ix at, Reg code);
  void store(const Operand& x, const Index& i, Reg value) {
    store(x, flat(x, i), value);
  }

  // --- Control
  // ---------------------------------------------------------------- a - b *
  // floor(a / b); 0 < b.
  Ix floor_mod(Ix a, Ix b);
  Ix floor_div(Ix a, Ix b);
  Ix let(Ix value) { return b_.let("v", value); }
  void loop(Ix from, Ix limit, const std::function<void(Ix)>& body) {
    b_.loop("i", from, limit, 1, body);
  }
  void for_each(const Index& dims,
                const std::function<void(const Index&)>& body);
  void when(Reg mask, const std::function<void()>& body,
            const std::function<void()>& otherwise = {});

 private:
  Status add_operand(ValueId id, bool is_input);
  Ix kept_inside(const Operand& x, Ix at) const;
  void name_sizes();
  Reg pick(Reg like, KernelOp number, KernelOp integer,
           std::initializer_list<Reg> operands) {
    return b_.apply(is_float(like) ? number : integer, operands);
  }

  Planner& planner_;
  const Node& node_;
  KernelBuilder b_;
  std::vector<Operand> in_, out_;
  std::vector<ValueId> results_;
  std::vector<Stored> stored_;
  std::optional<Stored> whole_;  // where the output stands already
  Step step_;
  // Sizes come at run time, and the model may have declared others: places are
  // kept inside of their operand, so that no kernel leaves its memory.
  bool keeps_inside_ = false;
};

// The number that bits of a float type of at most 16 bits mean, and back:
// nearest, ties to even. `saturate` as Cast has it.
Reg decode_element(ElementKernel& k, ElementType type, Reg bits);
enum class PowerMode { Up, Down, Nearest };  // of f8e8m0
Reg encode_element(ElementKernel& k, ElementType type, Reg value,
                   bool saturate = false, PowerMode mode = PowerMode::Up);

// An axis counted from the front.
int64_t front_axis(int64_t axis, size_t rank);

}  // namespace hone::tensor
