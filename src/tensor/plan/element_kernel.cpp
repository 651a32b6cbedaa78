// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/element_kernel.h"

#include <fmt/format.h>

namespace hone::tensor {

int64_t front_axis(int64_t axis, size_t rank) {
  const auto r = static_cast<int64_t>(rank);
  if (axis < 0) axis += r;
  return r == 0 ? 0 : std::clamp<int64_t>(axis, 0, r - 1);
}

ElementKernel::ElementKernel(Planner& planner, const Node& node)
    : planner_(planner), node_(node), b_("element", 1) {
  step_.node = node.name.empty() ? name_of(node.op) : node.name;
}

Status ElementKernel::open() { return open(node_.inputs, node_.outputs); }

Status ElementKernel::open(std::vector<ValueId> inputs,
                           std::vector<ValueId> outputs) {
  for (const ValueId id : outputs) HONE_RETURN_IF_ERROR(add_operand(id, false));
  for (const ValueId id : inputs) HONE_RETURN_IF_ERROR(add_operand(id, true));
  results_ = std::move(outputs);
  name_sizes();
  return {};
}

Status ElementKernel::open_into(std::vector<ValueId> inputs, ValueId output,
                                const Stored& whole) {
  whole_ = whole;
  HONE_RETURN_IF_ERROR(add_operand(output, false));
  for (const ValueId input : inputs)
    HONE_RETURN_IF_ERROR(add_operand(input, true));
  name_sizes();
  return {};
}

void ElementKernel::name_sizes() {
  b_.size("begin");
  b_.size("end");
  for (auto* list : {&out_, &in_})
    for (Operand& operand : *list) {
      operand.count = 1;
      for (const int64_t dim : operand.known) {
        operand.dims.push_back(extra_size(dim));
        operand.count = operand.count * operand.dims.back();
      }
    }
}

Ix ElementKernel::extra_size(int64_t value) {
  step_.sizes.push_back(value);
  keeps_inside_ = keeps_inside_ || is_slot(value);
  return b_.size("n");
}

Operand ElementKernel::size_place(int64_t size) {
  step_.pointers.push_back(planner_.slot(size));
  return {.is_given = true,
          .type = ElementType::I64,
          .pointer = b_.pointer("size", Element::I64),
          .known = {1},
          .dims = {1},
          .count = 1};
}

Status ElementKernel::add_operand(ValueId id, bool is_input) {
  std::vector<Operand>& list = is_input ? in_ : out_;
  if (id == kNone || (!is_input && !whole_ && !planner_.is_used(id))) {
    list.push_back({});
    if (!is_input) stored_.emplace_back();
    return {};
  }
  const Value& value = planner_.graph()[id];
  if (!value.type.is_tensor() || !value.type.element ||
      !memory_element(*value.type.element))
    return planner_.unsupported(
        node_, fmt::format("'{}' is {}", value.name, to_text(value.type)));
  if (planner_.dims(id) == std::vector<int64_t>{-1})
    return planner_.unsupported(
        node_, fmt::format("'{}' has no size that is known before the model "
                           "runs",
                           value.name));
  Stored stored;
  if (is_input) {
    HONE_ASSIGN_OR_RETURN(stored, planner_.plain(id));
  } else {
    stored = whole_ ? *whole_ : planner_.new_plain(id);
    stored_.push_back(stored);
  }
  list.push_back({.is_given = true,
                  .type = *value.type.element,
                  .pointer = b_.pointer(is_input ? "x" : "y",
                                        *memory_element(*value.type.element)),
                  .known = planner_.dims(id)});
  step_.pointers.push_back({stored.buffer, 0});
  step_.bytes += static_cast<double>(planner_.elements(id)) *
                 element_bits(*value.type.element) / 8;
  return {};
}

Operand ElementKernel::scratch(ElementType type, std::vector<int64_t> dims,
                               int* buffer) {
  Operand operand = {.is_given = true,
                     .type = type,
                     .pointer = b_.pointer("s", *memory_element(type)),
                     .known = dims};
  if (has_slot(dims)) {
    operand.count = 1;
    for (const int64_t dim : dims) {
      operand.dims.push_back(is_slot(dim) ? extra_size(dim) : Ix(dim));
      operand.count = operand.count * operand.dims.back();
    }
    step_.pointers.push_back({planner_.new_region(64, dims), 0});
    if (buffer != nullptr) *buffer = step_.pointers.back().buffer;
    return operand;
  }
  int64_t count = 1;
  for (const int64_t dim : dims) {
    count *= dim;
    operand.dims.emplace_back(dim);
  }
  operand.count = Ix(count);
  step_.pointers.push_back({planner_.new_buffer(count * 8 + 8), 0});
  if (buffer != nullptr) *buffer = step_.pointers.back().buffer;
  return operand;
}

Status ElementKernel::emit_only() {
  planner_.add_step(planner_.add_kernel(std::move(b_).finish()),
                    std::move(step_));
  return {};
}

Status ElementKernel::emit() {
  HONE_RETURN_IF_ERROR(emit_only());
  for (size_t i = 0; i < results_.size(); ++i)
    if (out_[i].is_given) planner_.define(results_[i], stored_[i]);
  return {};
}

// --- Registers ---------------------------------------------------------------

Reg ElementKernel::zero(const Operand& like) {
  return hone::tensor::is_float(like.type) ? number(0) : integer(0);
}

Reg ElementKernel::to_float(Reg r) {
  return is_float(r) ? r : op(KernelOp::ToFloat, {r});
}

Reg ElementKernel::to_integer(Reg r) {
  return is_float(r) ? op(KernelOp::ToInt, {r}) : r;
}

Reg ElementKernel::abs(Reg a) {
  if (is_float(a)) return op(KernelOp::Abs, {a});
  return select(less(a, integer(0)), neg(a), a);
}

Reg ElementKernel::larger(Reg a, Reg b) {
  const Reg mask = is_float(a) ? either(is_nan(a), less(b, a)) : less(b, a);
  return select(mask, a, b);
}

Reg ElementKernel::smaller(Reg a, Reg b) {
  const Reg mask = is_float(a) ? either(is_nan(a), less(a, b)) : less(a, b);
  return select(mask, a, b);
}

Reg ElementKernel::variable(Reg value) {
  const Reg r = b_.variable(
      "m", {.lane = is_float(value) ? Lane::F64 : Lane::I64, .vector = false});
  set(r, value);
  return r;
}

void ElementKernel::set(Reg target, Reg value) {
  b_.set(target, is_float(target) ? KernelOp::Move : KernelOp::IntMove,
         {value});
}

Reg ElementKernel::rounded(ElementType type, Reg value) {
  if (type == ElementType::F64 || !is_float(value)) return value;
  if (type == ElementType::F32) return op(KernelOp::Narrow, {value});
  return decode_element(*this, type, encode_element(*this, type, value));
}

// --- Memory ------------------------------------------------------------------

Ix ElementKernel::flat(const Operand& x, const Index& index) const {
  Ix at = 0;
  for (size_t d = 0; d < x.rank(); ++d) at = at * x.dims[d] + index[d];
  return at;
}

Ix ElementKernel::broadcast(const Operand& x, const Index& index) const {
  const size_t missing = index.size() - x.rank();
  Ix at = 0;
  for (size_t d = 0; d < x.rank(); ++d)
    if (is_slot(x.known[d]))
      at = at * x.dims[d] + max(min(index[missing + d], x.dims[d] - 1), 0);
    else if (x.known[d] != 1)
      at = at * x.dims[d] + index[missing + d];
  return at;
}

Ix ElementKernel::kept_inside(const Operand& x, Ix at) const {
  return keeps_inside_ ? max(min(at, x.count - 1), 0) : at;
}

Reg ElementKernel::load_bits(const Operand& x, Ix at) {
  const int64_t bits = stored_bits(x.type);
  at = kept_inside(x, at);
  if (bits >= 8) return b_.load_wide(x.pointer, at);
  const int64_t each = 8 / bits;
  const Reg byte = b_.load_wide(x.pointer, at / each);
  return op(KernelOp::IntAnd,
            {op(KernelOp::ShiftRight, {byte, of(at % each * bits)}),
             integer((1 << bits) - 1)});
}

Reg ElementKernel::load(const Operand& x, Ix at) {
  const int64_t bits = stored_bits(x.type);
  const Reg value = load_bits(x, at);
  if (hone::tensor::is_float(x.type))
    return bits <= 16 ? decode_element(*this, x.type, value) : value;
  if (bits >= 8 || element_class(x.type) != ElementClass::Int) return value;
  const Reg sign = integer(1 << (bits - 1));
  return sub(op(KernelOp::IntXor, {value, sign}), sign);
}

void ElementKernel::store(const Operand& x, Ix at, Reg value) {
  if (b_.is_mask(value)) value = to_bit(value);
  if (hone::tensor::is_float(x.type)) {
    value = to_float(value);
    if (stored_bits(x.type) <= 16) value = encode_element(*this, x.type, value);
  }
  store_bits(x, at, value);
}

void ElementKernel::store_bits(const Operand& x, Ix at, Reg code) {
  const int64_t bits = stored_bits(x.type);
  at = kept_inside(x, at);
  if (bits >= 8) return b_.store(x.pointer, at, code);
  const int64_t each = 8 / bits;
  const Reg shift = of(at % each * bits);
  const Reg low = integer((1 << bits) - 1);
  const Reg keep = op(KernelOp::IntXor,
                      {op(KernelOp::ShiftLeft, {low, shift}), integer(255)});
  const Reg old = b_.load_wide(x.pointer, at / each);
  const Reg part =
      op(KernelOp::ShiftLeft, {op(KernelOp::IntAnd, {code, low}), shift});
  b_.store(x.pointer, at / each,
           op(KernelOp::IntOr, {op(KernelOp::IntAnd, {old, keep}), part}));
}

Ix ElementKernel::floor_div(Ix a, Ix b) {
  const Reg x = of(a), y = of(b);
  const Reg q = div(x, y);
  const Reg rest = sub(x, mul(q, y));
  return index(select(less(rest, integer(0)), sub(q, integer(1)), q));
}

Ix ElementKernel::floor_mod(Ix a, Ix b) { return let(a - floor_div(a, b) * b); }

// --- Control -----------------------------------------------------------------

void ElementKernel::for_each(const Index& dims,
                             const std::function<void(const Index&)>& body) {
  Index index;
  const std::function<void()> nest = [&] {
    if (index.size() == dims.size()) return body(index);
    loop(0, dims[index.size()], [&](Ix i) {
      index.push_back(i);
      nest();
      index.pop_back();
    });
  };
  nest();
}

void ElementKernel::when(Reg mask, const std::function<void()>& body,
                         const std::function<void()>& otherwise) {
  b_.when_less(0, index(to_bit(mask)), body, otherwise);
}

}  // namespace hone::tensor
