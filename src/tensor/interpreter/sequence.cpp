// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sequences and optionals.
#include "tensor/interpreter/kernels.h"
#include "tensor/interpreter/stack.h"

namespace hone::tensor {

namespace {

using Kind = RunValue::Kind;

Status need(const Call& call, size_t input, Kind kind) {
  if (call.value(input).kind == kind) return {};
  return call.error("input {} is no {}", input,
                    kind == Kind::Sequence   ? "sequence"
                    : kind == Kind::Optional ? "optional"
                                             : "tensor");
}

// A position counted from the back where negative; `limit` is one too many.
Result<int64_t> position(const Call& call, size_t input, int64_t size,
                         int64_t limit) {
  HONE_RETURN_IF_ERROR(need(call, input, Kind::Tensor));
  HONE_ASSIGN_OR_RETURN(int64_t at, call.integer_of(input));
  if (at < 0) at += size;
  if (at < 0 || at >= limit)
    return call.error("position {} of {} items", at, size);
  return at;
}

Status construct(Call& call) {
  std::vector<RunValue> items;
  for (size_t i = 0; i < call.inputs(); ++i) {
    HONE_RETURN_IF_ERROR(need(call, i, Kind::Tensor));
    if (call.in(i).type() != call.in(0).type())
      return call.error("items of two types");
    items.push_back(call.value(i));
  }
  call.set(0, RunValue::sequence(std::move(items)));
  return {};
}

Status empty(Call& call) {
  const int64_t number =
      call.has_attribute("dtype") ? call.integer("dtype") : 1;
  const std::optional<ElementType> type = element_from_onnx(number);
  if (!type) return call.error("element type {}", number);
  call.set(0, RunValue::sequence({}, Type::of(*type)));
  return {};
}

Status at(Call& call) {
  HONE_RETURN_IF_ERROR(need(call, 0, Kind::Sequence));
  const auto& items = call.value(0).items;
  const auto size = static_cast<int64_t>(items.size());
  HONE_ASSIGN_OR_RETURN(const int64_t i, position(call, 1, size, size));
  call.set(0, items[i]);
  return {};
}

Status erase(Call& call) {
  HONE_RETURN_IF_ERROR(need(call, 0, Kind::Sequence));
  RunValue result = call.value(0);
  const auto size = static_cast<int64_t>(result.items.size());
  int64_t i = size - 1;
  if (call.has(1)) {
    HONE_ASSIGN_OR_RETURN(i, position(call, 1, size, size));
  }
  if (i < 0) return call.error("the sequence is empty");
  result.items.erase(result.items.begin() + i);
  call.set(0, std::move(result));
  return {};
}

Status insert(Call& call) {
  HONE_RETURN_IF_ERROR(need(call, 0, Kind::Sequence));
  HONE_RETURN_IF_ERROR(need(call, 1, Kind::Tensor));
  RunValue result = call.value(0);
  const auto size = static_cast<int64_t>(result.items.size());
  int64_t i = size;
  if (call.has(2)) {
    HONE_ASSIGN_OR_RETURN(i, position(call, 2, size, size + 1));
  }
  result.items.insert(result.items.begin() + i, call.value(1));
  call.set(0, std::move(result));
  return {};
}

Status length(Call& call) {
  HONE_RETURN_IF_ERROR(need(call, 0, Kind::Sequence));
  call.set(0,
           Tensor::integer(static_cast<int64_t>(call.value(0).items.size())));
  return {};
}

Status concat_from(Call& call) {
  HONE_RETURN_IF_ERROR(need(call, 0, Kind::Sequence));
  const auto& items = call.value(0).items;
  if (items.empty()) return call.error("the sequence is empty");
  if (call.integer("new_axis") != 0) {
    Stack stack;
    for (const RunValue& item : items)
      HONE_RETURN_IF_ERROR(stack.push(call, item));
    HONE_ASSIGN_OR_RETURN(Tensor y, stack.join(call, call.integer("axis"), {}));
    call.set(0, std::move(y));
    return {};
  }
  std::vector<const Tensor*> parts;
  for (const RunValue& item : items) {
    if (!item.tensor) return call.error("an item is no tensor");
    parts.push_back(item.tensor.get());
  }
  HONE_ASSIGN_OR_RETURN(const int64_t axis,
                        call.axis(call.integer("axis"), parts[0]->rank()));
  HONE_ASSIGN_OR_RETURN(Tensor y, concatenate(call, parts, axis));
  call.set(0, std::move(y));
  return {};
}

// A number of pieces of one size, or a size for each.
Status split_to(Call& call) {
  HONE_RETURN_IF_ERROR(need(call, 0, Kind::Tensor));
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const int64_t axis,
                        call.axis(call.integer("axis"), x.rank()));
  const int64_t size = x.dim(axis);
  Dims lengths(size, 1);
  if (call.has(1)) {
    HONE_RETURN_IF_ERROR(need(call, 1, Kind::Tensor));
    HONE_ASSIGN_OR_RETURN(lengths, call.integers_of(1));
    if (call.in(1).rank() == 0) {
      const int64_t each = lengths[0];
      if (each < 1) return call.error("pieces of size {}", each);
      lengths.clear();
      for (int64_t at = 0; at < size; at += each)
        lengths.push_back(std::min(each, size - at));
    }
  }
  std::vector<RunValue> items;
  int64_t start = 0;
  for (const int64_t length : lengths) {
    if (length < 0 || length > size - start)
      return call.error("pieces do not add up to {}", size);
    std::vector<Tensor> slices;
    std::vector<const Tensor*> parts;
    Dims one = x.dims();
    one[axis] = 1;
    for (int64_t i = 0; i < length; ++i) {
      HONE_ASSIGN_OR_RETURN(const Tensor slice,
                            slice_at(call, x, axis, start + i));
      slices.push_back(slice.reshaped(one));
    }
    for (const Tensor& slice : slices) parts.push_back(&slice);
    start += length;
    if (parts.empty()) {
      one[axis] = 0;
      items.emplace_back(Tensor(x.type(), one));
      continue;
    }
    HONE_ASSIGN_OR_RETURN(Tensor piece, concatenate(call, parts, axis));
    if (!call.has(1) && call.integer("keepdims") == 0) {
      one.erase(one.begin() + axis);
      piece = piece.reshaped(one);
    }
    items.emplace_back(std::move(piece));
  }
  if (start != size) return call.error("pieces do not add up to {}", size);
  call.set(0, RunValue::sequence(std::move(items), Type::of(x.type())));
  return {};
}

Status make_optional(Call& call) {
  if (call.has(0)) {
    call.set(0, RunValue::optional({call.value(0)}));
    return {};
  }
  const auto place = call.node().attributes.find("type");
  Type type;
  if (place != call.node().attributes.end())
    type = std::get<Type>(place->second);
  call.set(0, RunValue::optional({}, type));
  return {};
}

Status get_element(Call& call) {
  const RunValue& value = call.value(0);
  if (value.kind != Kind::Optional) {
    call.set(0, value);
    return {};
  }
  if (value.items.empty()) return call.error("the optional is empty");
  call.set(0, value.items[0]);
  return {};
}

Status has_element(Call& call) {
  const bool has = call.has(0) && (call.value(0).kind != Kind::Optional ||
                                   !call.value(0).items.empty());
  call.set(0, Tensor::boolean(has));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::ConcatFromSequence, concat_from},
    {Op::Optional, make_optional},
    {Op::OptionalGetElement, get_element},
    {Op::OptionalHasElement, has_element},
    {Op::SequenceAt, at},
    {Op::SequenceConstruct, construct},
    {Op::SequenceEmpty, empty},
    {Op::SequenceErase, erase},
    {Op::SequenceInsert, insert},
    {Op::SequenceLength, length},
    {Op::SplitToSequence, split_to},
};

}  // namespace

std::span<const KernelRow> sequence_kernels() { return kRows; }

}  // namespace hone::tensor
