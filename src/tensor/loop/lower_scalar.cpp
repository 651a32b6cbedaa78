// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values and statements of a loop tree as instructions on registers.
#include <fmt/format.h>

#include "tensor/loop/lower_state.h"

namespace hone::tensor {

namespace {

// What adds up lanes, and what combines two numbers.
KernelOp lane_sum(LoopReduction reduction) {
  return reduction == LoopReduction::Sum   ? KernelOp::ReduceSum
         : reduction == LoopReduction::Max ? KernelOp::ReduceMax
                                           : KernelOp::ReduceMin;
}

KernelOp combining(LoopReduction reduction) {
  return reduction == LoopReduction::Sum   ? KernelOp::Add
         : reduction == LoopReduction::Max ? KernelOp::Max
                                           : KernelOp::Min;
}

bool is_product(const Scalar& value) {
  return value.kind == Scalar::Kind::Apply && value.op == KernelOp::Mul;
}

}  // namespace

template <typename Make>
Reg LowerState::remember(const std::string& key, const Make& make) {
  const auto found = known_.find(key);
  if (found != known_.end()) return found->second;
  count();
  const Reg r = make();
  known_.emplace(key, r);
  return r;
}

Reg LowerState::number(double value, const LaneMode& mode) {
  return remember(fmt::format("{} {}", mode.is_vector() ? "v" : "s", value),
                  [&] { return b_.constant(value, mode.is_vector()); });
}

// A vector whose lanes are alike, as the mode wants it.
Reg LowerState::in_mode(Reg vector, const LaneMode& mode) {
  if (mode.is_vector()) return vector;
  return b_.apply(KernelOp::ReduceMax, {vector});
}

Reg LowerState::load(const Place& place, const LaneMode& mode) {
  const Index flat = flatten(place);
  if (is_register(place.tensor)) {
    const bool lanewise = has_lane(flat, mode);
    const Reg r = register_of(place, mode);
    if (failed()) return number(0, mode);
    if (lanewise || !mode.is_vector()) return r;
    return b_.apply(KernelOp::Splat, {r});
  }
  const Pointer from = pointer(place.tensor);
  const auto where = [&](Ix at) {
    return fmt::format("{} {} {}", place.tensor, stores_[place.tensor],
                       b_.id_of(at));
  };
  if (!mode.is_vector()) {
    const Ix at = index(flat);
    return remember("s " + where(at), [&] { return b_.load_scalar(from, at); });
  }
  const auto linear = flat.linear_in(mode.loop);
  if (!linear) {
    fail(ErrorKind::Unsupported,
         fmt::format("'{}' is not linear in the vector loop", to_text(place)));
    return number(0, mode);
  }
  const Ix at = index(linear->rest);
  if (linear->factor.is(0))
    return remember("b " + where(at), [&] { return b_.broadcast(from, at); });
  const int lanes = mode.lanes ? b_.id_of(*mode.lanes) : -1;
  if (linear->factor.is(1))
    return remember(fmt::format("l {} {}", where(at), lanes),
                    [&] { return b_.load(from, at, mode.lanes); });
  const Ix stride = index(linear->factor);
  return remember(fmt::format("g {} {} {}", where(at), lanes, b_.id_of(stride)),
                  [&] { return b_.load(from, at, mode.lanes, stride); });
}

// select(… lane < n …, load, 0): fewer lanes.
Reg LowerState::masked_load(const Scalar& scalar, const LaneMode& mode) {
  LaneMode fewer = mode;
  std::vector<Condition> rest;
  for (const Condition& condition : scalar.when) {
    if (!has_lane(condition.left - condition.right, mode)) {
      rest.push_back(condition);
      continue;
    }
    const Ix lanes = lanes_of(condition, mode);
    fewer.lanes = fewer.lanes ? min(*fewer.lanes, lanes) : lanes;
  }
  if (rest.empty()) return load(scalar.operands[0].place, fewer);
  const Reg result = b_.variable("sel", {});
  b_.set_constant(result, 0);
  const auto chosen = [&](const auto& self, size_t i) -> void {
    if (i < rest.size()) return when(rest[i], [&] { self(self, i + 1); });
    b_.set(result, KernelOp::Move, {load(scalar.operands[0].place, fewer)});
  };
  chosen(chosen, 0);
  return result;
}

Reg LowerState::select(const Scalar& scalar, const LaneMode& mode) {
  for (const Condition& condition : scalar.when)
    if (has_lane(condition.left - condition.right, mode))
      return masked_load(scalar, mode);
  const Reg result = b_.variable("sel", {.vector = mode.is_vector()});
  const auto put = [&](size_t i) {
    b_.set(result, KernelOp::Move, {value(scalar.operands[i], mode)});
  };
  const auto chosen = [&](const auto& self, size_t i) -> void {
    if (failed()) return;
    if (i == scalar.when.size()) return put(0);
    if (scalar.when[i].relation == Condition::Relation::Less)
      return when(scalar.when[i], [&] { self(self, i + 1); }, [&] { put(1); });
    // Both halves of an equation need the other value.
    const Condition& c = scalar.when[i];
    when(
        {c.left, Condition::Relation::Less, c.right + 1},
        [&] {
          when(
              {c.right, Condition::Relation::Less, c.left + 1},
              [&] { self(self, i + 1); }, [&] { put(1); });
        },
        [&] { put(1); });
  };
  chosen(chosen, 0);
  return result;
}

Reg LowerState::value(const Scalar& scalar, const LaneMode& mode) {
  count();
  if (failed()) return number(0, mode);
  switch (scalar.kind) {
    case Scalar::Kind::Number:
      return number(scalar.number, mode);
    case Scalar::Kind::Load:
      return load(scalar.place, mode);
    case Scalar::Kind::Select:
      return select(scalar, mode);
    case Scalar::Kind::Function: {
      const Reg x = value(scalar.operands[0], mode);
      const Reg wide = mode.is_vector() ? x : b_.apply(KernelOp::Splat, {x});
      return in_mode(write_function(b_, scalar.function, wide), mode);
    }
    case Scalar::Kind::Apply:
      break;
  }
  std::vector<Reg> operands;
  for (const Scalar& operand : scalar.operands)
    operands.push_back(value(operand, mode));
  return b_.apply(scalar.op, operands);
}

// The element after the statement, given before it.
Reg LowerState::combined(const LoopLeaf& leaf, Reg old, const LaneMode& mode) {
  if (leaf.reduction == LoopReduction::None) return value(leaf.value, mode);
  if (leaf.reduction == LoopReduction::Sum && is_product(leaf.value)) {
    const Reg a = value(leaf.value.operands[0], mode);
    const Reg b = value(leaf.value.operands[1], mode);
    return b_.apply(KernelOp::Fma, {a, b, old});
  }
  return b_.apply(combining(leaf.reduction), {old, value(leaf.value, mode)});
}

void LowerState::store_register(const LoopLeaf& leaf, const LaneMode& mode) {
  const LaneMode one;
  const bool lanewise = has_lane(flatten(leaf.target), mode);
  const Reg to = register_of(leaf.target, lanewise ? mode : one);
  if (failed()) return;
  if (mode.is_vector() && !lanewise) {
    const Reg lanes =
        b_.apply(lane_sum(leaf.reduction), {value(leaf.value, mode)});
    return b_.set(to, combining(leaf.reduction), {to, lanes});
  }
  if (mode.lanes) {
    // The other lanes keep what they have.
    const Reg result = combined(leaf, to, mode);
    const Reg mask = b_.apply(KernelOp::IntLess,
                              {b_.iota(), b_.index(min(*mode.lanes, 64))});
    return b_.set(to, KernelOp::Select, {mask, result, to});
  }
  if (leaf.reduction == LoopReduction::Sum && is_product(leaf.value)) {
    const Reg a = value(leaf.value.operands[0], mode);
    const Reg b = value(leaf.value.operands[1], mode);
    return b_.set(to, KernelOp::Fma, {a, b, to});
  }
  const Reg x = value(leaf.value, mode);
  if (leaf.reduction == LoopReduction::None)
    return b_.set(to, KernelOp::Move, {x});
  b_.set(to, combining(leaf.reduction), {to, x});
}

void LowerState::store(const LoopLeaf& leaf, const LaneMode& mode) {
  count();
  if (failed()) return;
  const std::string& tensor = leaf.target.tensor;
  if (is_register(tensor)) return store_register(leaf, mode);
  const Pointer to = pointer(tensor);
  const Index flat = flatten(leaf.target);
  if (!mode.is_vector()) {
    const Ix at = index(flat);
    const Reg old =
        leaf.reduction == LoopReduction::None ? Reg{} : b_.load_scalar(to, at);
    const Reg result = combined(leaf, old, mode);
    b_.store(to, at, result);
  } else if (!has_lane(flat, mode)) {
    const Reg lanes =
        b_.apply(lane_sum(leaf.reduction), {value(leaf.value, mode)});
    const Ix at = index(flat);
    b_.store(
        to, at,
        b_.apply(combining(leaf.reduction), {b_.load_scalar(to, at), lanes}));
  } else {
    const auto linear = flat.linear_in(mode.loop);
    const Ix at = index(linear->rest);
    std::optional<Ix> stride;
    if (!linear->factor.is(1)) stride = index(linear->factor);
    const Reg old = leaf.reduction == LoopReduction::None
                        ? Reg{}
                        : b_.load(to, at, mode.lanes, stride);
    b_.store(to, at, combined(leaf, old, mode), mode.lanes, stride);
  }
  ++stores_[tensor];
}

}  // namespace hone::tensor
