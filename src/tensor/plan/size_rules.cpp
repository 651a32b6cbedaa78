// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The sizes of results that only the data say, one rule an operator: a small
// kernel that reads the inputs and writes slots, before the result's memory is
// reserved and the operator itself runs. Rules agree with what the operator's
// lowering finds again.
#include <algorithm>
#include <set>

#include "tensor/plan/size_rules.h"

namespace hone::tensor {

using K = ElementKernel;

std::vector<Reg> sizes_of(K& k, const Operand& x) {
  std::vector<Reg> sizes;
  for (const Ix& dim : x.dims) sizes.push_back(k.of(dim));
  return sizes;
}

Reg at_least_zero(K& k, Reg value) { return k.larger(value, k.integer(0)); }

Reg count_at(K& k, size_t input, Ix at) {
  return at_least_zero(k, k.to_integer(k.load(k.in(input), at)));
}

namespace {

Reg zero(K& k) { return k.integer(0); }
Reg one(K& k) { return k.integer(1); }

// Size 1 gives way to the other one.
Sizes broadcast(K& k, size_t) {
  size_t rank = 0;
  for (size_t n = 0; n < k.inputs(); ++n)
    if (k.has(n)) rank = std::max(rank, k.in(n).rank());
  std::vector<Reg> sizes(rank);
  for (Reg& size : sizes) size = one(k);
  for (size_t n = 0; n < k.inputs(); ++n) {
    if (!k.has(n)) continue;
    const Operand& x = k.in(n);
    for (size_t d = 0; d < x.rank(); ++d) {
      const Reg own = k.of(x.dims[d]);
      Reg& size = sizes[rank - x.rank() + d];
      size = k.select(k.equal(own, one(k)), size, own);
    }
  }
  return sizes;
}

Sizes matmul(K& k, size_t) {
  const Operand &a = k.in(0), &b = k.in(1);
  if (a.rank() < 2 || b.rank() < 2) return {};
  const size_t rank = std::max(a.rank(), b.rank());
  std::vector<Reg> sizes(rank);
  for (Reg& size : sizes) size = one(k);
  for (const Operand* x : {&a, &b})
    for (size_t d = 0; d + 2 < x->rank(); ++d) {
      const Reg own = k.of(x->dims[d]);
      Reg& size = sizes[rank - x->rank() + d];
      size = k.select(k.equal(own, one(k)), size, own);
    }
  sizes[rank - 2] = k.of(a.dims[a.rank() - 2]);
  sizes[rank - 1] = k.of(b.dims[b.rank() - 1]);
  return sizes;
}

Sizes range(K& k, size_t) {
  const Reg start = k.load(k.in(0), 0), limit = k.load(k.in(1), 0);
  const Reg step = k.load(k.in(2), 0);
  const Reg span = k.sub(limit, start);
  if (k.is_float(step)) {
    const Reg turns = k.op(KernelOp::Ceil, {k.div(span, step)});
    return std::vector{at_least_zero(k, k.to_integer(turns))};
  }
  const Reg whole = k.div(span, step);
  const Reg rest = k.sub(span, k.mul(whole, step));
  // Rounded up: one more where the rest goes the step's way.
  const Reg forward = k.both(k.less(zero(k), rest), k.less(zero(k), step));
  const Reg backward = k.both(k.less(rest, zero(k)), k.less(step, zero(k)));
  const Reg more = k.to_bit(k.either(forward, backward));
  return std::vector{at_least_zero(k, k.add(whole, more))};
}

Sizes reshape(K& k, size_t output) {
  const Operand &x = k.in(0), &wanted = k.in(1);
  const size_t rank = k.planner().dims(k.node().outputs[output]).size();
  const bool copies = k.node().integer("allowzero") == 0;
  std::vector<Reg> sizes;
  Reg product = one(k);
  for (size_t d = 0; d < rank; ++d) {
    Reg size = k.load(wanted, static_cast<int64_t>(d));
    if (copies && d < x.rank())
      size = k.select(k.equal(size, zero(k)), k.of(x.dims[d]), size);
    product =
        k.mul(product, k.select(k.equal(size, k.integer(-1)), one(k), size));
    sizes.push_back(size);
  }
  const Reg rest = k.div(k.of(x.count), product);
  for (Reg& size : sizes)
    size = k.select(k.equal(size, k.integer(-1)), rest, size);
  return sizes;
}

Sizes expand(K& k, size_t output) {
  const Operand &x = k.in(0), &wanted = k.in(1);
  const size_t rank = k.planner().dims(k.node().outputs[output]).size();
  if (rank < x.rank() || wanted.rank() != 1 || is_slot(wanted.known[0]))
    return {};
  const auto given = static_cast<size_t>(wanted.known[0]);
  std::vector<Reg> sizes;
  for (size_t d = 0; d < rank; ++d) {
    Reg size = one(k);
    if (d + given >= rank)
      size = count_at(k, 1, static_cast<int64_t>(d + given - rank));
    if (d + x.rank() >= rank) {
      const Reg own = k.of(x.dims[d + x.rank() - rank]);
      size = k.select(k.equal(own, one(k)), size, own);
    }
    sizes.push_back(size);
  }
  return sizes;
}

Sizes tile(K& k, size_t) {
  std::vector<Reg> sizes = sizes_of(k, k.in(0));
  for (size_t d = 0; d < sizes.size(); ++d)
    sizes[d] = k.mul(sizes[d], count_at(k, 1, static_cast<int64_t>(d)));
  return sizes;
}

Sizes from_contents(K& k, size_t output) {
  const size_t rank = k.planner().dims(k.node().outputs[output]).size();
  std::vector<Reg> sizes;
  for (size_t d = 0; d < rank; ++d)
    sizes.push_back(count_at(k, 0, static_cast<int64_t>(d)));
  return sizes;
}

Sizes slice(K& k, size_t) {
  const Operand& x = k.in(0);
  const SliceBounds bounds = slice_bounds(k);
  std::vector<Reg> sizes;
  for (size_t d = 0; d < x.rank(); ++d) {
    const Reg step = k.of(bounds.steps[d]);
    const Reg forward = k.less(zero(k), step);
    const Reg span = k.select(forward, k.of(bounds.ends[d] - bounds.starts[d]),
                              k.of(bounds.starts[d] - bounds.ends[d]));
    const Reg each = k.abs(step);
    const Reg count = k.div(k.sub(k.add(span, each), one(k)), each);
    sizes.push_back(at_least_zero(k, count));
  }
  return sizes;
}

Sizes pad(K& k, size_t) {
  const Operand& x = k.in(0);
  const auto rank = static_cast<int64_t>(x.rank());
  const Ix count = k.has(3) ? k.in(3).count : Ix(rank);
  const auto before = by_axis(k, 1, 3, x.rank(), 0, 0, count);
  const auto behind = by_axis(k, 1, 3, x.rank(), 0, count, count);
  std::vector<Reg> sizes;
  for (size_t d = 0; d < x.rank(); ++d)
    sizes.push_back(at_least_zero(k, k.of(x.dims[d] + before[d] + behind[d])));
  return sizes;
}

Sizes center_crop_pad(K& k, size_t) {
  const Operand& x = k.in(0);
  std::vector<Reg> sizes = sizes_of(k, x);
  std::vector<int64_t> axes = k.node().integers("axes");
  if (axes.empty())
    for (size_t d = 0; d < x.rank(); ++d)
      axes.push_back(static_cast<int64_t>(d));
  for (size_t i = 0; i < axes.size(); ++i)
    sizes[front_axis(axes[i], x.rank())] =
        count_at(k, 1, static_cast<int64_t>(i));
  return sizes;
}

// Axes that are named at run time become 1, or vanish.
Sizes reduce(K& k, size_t output) {
  const Operand& x = k.in(0);
  const std::vector<Ix> goes = axis_flags(
      k, 1, {}, x.rank(), k.node().integer("noop_with_empty_axes") == 0);
  const bool keeps = k.node().integer("keepdims") != 0;
  const size_t rank = k.planner().dims(k.node().outputs[output]).size();
  std::vector<Reg> sizes(rank);
  for (Reg& size : sizes) size = one(k);
  Reg place = zero(k);  // of the next axis that stays
  for (size_t d = 0; d < x.rank(); ++d) {
    const Reg stays = k.equal(k.of(goes[d]), zero(k));
    const Reg own = k.of(x.dims[d]);
    if (keeps) {
      sizes[d] = k.select(stays, own, one(k));
      continue;
    }
    for (size_t j = 0; j < rank; ++j) {
      const Reg here = k.equal(place, k.integer(static_cast<int64_t>(j)));
      sizes[j] = k.select(k.both(stays, here), own, sizes[j]);
    }
    place = k.add(place, k.to_bit(stays));
  }
  return sizes;
}

// Axes that are named at run time, and are 1, vanish.
Sizes squeeze(K& k, size_t output) {
  if (!k.has(1)) return {};
  const Operand& x = k.in(0);
  const std::vector<Ix> goes = axis_flags(k, 1, {}, x.rank(), false);
  std::vector<Reg> sizes(k.planner().dims(k.node().outputs[output]).size());
  for (Reg& size : sizes) size = one(k);
  Reg place = zero(k);  // of the next axis that stays
  for (size_t d = 0; d < x.rank(); ++d) {
    const Reg stays = k.equal(k.of(goes[d]), zero(k));
    for (size_t j = 0; j < sizes.size(); ++j) {
      const Reg here = k.equal(place, k.integer(static_cast<int64_t>(j)));
      sizes[j] = k.select(k.both(stays, here), k.of(x.dims[d]), sizes[j]);
    }
    place = k.add(place, k.to_bit(stays));
  }
  return sizes;
}

// Axes of the result that are named at run time are 1, the input's go between.
Sizes unsqueeze(K& k, size_t output) {
  const Operand& x = k.in(0);
  const size_t rank = k.planner().dims(k.node().outputs[output]).size();
  const std::vector<Ix> is_new = axis_flags(k, 1, {}, rank, false);
  std::vector<Reg> sizes;
  Reg place = zero(k);  // of the input's next axis
  for (size_t d = 0; d < rank; ++d) {
    const Reg stays = k.equal(k.of(is_new[d]), zero(k));
    Reg size = one(k);
    for (size_t j = 0; j < x.rank(); ++j) {
      const Reg here = k.equal(place, k.integer(static_cast<int64_t>(j)));
      size = k.select(k.both(stays, here), k.of(x.dims[j]), size);
    }
    sizes.push_back(size);
    place = k.add(place, k.to_bit(stays));
  }
  return sizes;
}

Sizes split(K& k, size_t output) {
  if (!k.has(1)) return {};
  std::vector<Reg> sizes = sizes_of(k, k.in(0));
  sizes[front_axis(k.node().integer("axis"), sizes.size())] =
      count_at(k, 1, static_cast<int64_t>(output));
  return sizes;
}

Sizes one_hot(K& k, size_t output) {
  const size_t rank = k.planner().dims(k.node().outputs[output]).size();
  std::vector<Reg> sizes = sizes_of(k, k.in(0));
  sizes.insert(sizes.begin() + front_axis(k.node().integer("axis"), rank),
               count_at(k, 1, 0));
  return sizes;
}

Sizes top_k(K& k, size_t) {
  std::vector<Reg> sizes = sizes_of(k, k.in(0));
  sizes[front_axis(k.node().integer("axis"), sizes.size())] = count_at(k, 1, 0);
  return sizes;
}

Sizes non_zero(K& k, size_t) {
  const Operand& x = k.in(0);
  const Reg found = k.variable(zero(k));
  k.loop(0, x.count, [&](Ix i) {
    const Reg value = k.load(x, i);
    const Reg hit = k.negated(k.equal(value, zero_of(k, value)));
    k.set(found, k.add(found, k.to_bit(hit)));
  });
  return std::vector{k.integer(static_cast<int64_t>(x.rank())), found};
}

Sizes compress(K& k, size_t) {
  const Operand &x = k.in(0), &condition = k.in(1);
  const bool flat = !k.node().has("axis");
  const auto axis = static_cast<size_t>(
      flat ? 0 : front_axis(k.node().integer("axis"), x.rank()));
  const Reg found = k.variable(zero(k));
  k.loop(0, min(condition.count, flat ? x.count : x.dims[axis]), [&](Ix row) {
    k.set(found,
          k.add(found, k.to_bit(k.less(zero(k), k.load(condition, row)))));
  });
  if (flat) return std::vector{found};
  std::vector<Reg> sizes = sizes_of(k, x);
  sizes[axis] = found;
  return sizes;
}

Sizes unique(K& k, size_t output) {
  const Operand& x = k.in(0);
  const bool flat = !k.node().has("axis");
  const auto axis = static_cast<size_t>(
      flat ? 0 : front_axis(k.node().integer("axis"), x.rank()));
  if (output == 2) return std::vector{k.of(flat ? x.count : x.dims[axis])};
  const Reg found = count_unique(k);
  if (flat || output != 0) return std::vector{found};
  std::vector<Reg> sizes = sizes_of(k, x);
  sizes[axis] = found;
  return sizes;
}

struct Row {
  Op op;
  SizeRule rule;
};

constexpr Row kRules[] = {
    {Op::AffineGrid, affine_grid_sizes},
    {Op::BlackmanWindow, from_contents},
    {Op::CenterCropPad, center_crop_pad},
    {Op::Col2Im, col2im_sizes},
    {Op::Compress, compress},
    {Op::ConstantOfShape, from_contents},
    {Op::DFT, dft_sizes},
    {Op::Expand, expand},
    {Op::HammingWindow, from_contents},
    {Op::HannWindow, from_contents},
    {Op::MatMul, matmul},
    {Op::MatMulInteger, matmul},
    {Op::MaxUnpool, max_unpool_sizes},
    {Op::MelWeightMatrix, mel_weights_sizes},
    {Op::NonMaxSuppression, non_max_suppression_sizes},
    {Op::NonZero, non_zero},
    {Op::OneHot, one_hot},
    {Op::Pad, pad},
    {Op::Range, range},
    {Op::ReduceL1, reduce},
    {Op::ReduceL2, reduce},
    {Op::ReduceLogSum, reduce},
    {Op::ReduceLogSumExp, reduce},
    {Op::ReduceMax, reduce},
    {Op::ReduceMean, reduce},
    {Op::ReduceMin, reduce},
    {Op::ReduceProd, reduce},
    {Op::ReduceSum, reduce},
    {Op::ReduceSumSquare, reduce},
    {Op::Reshape, reshape},
    {Op::Resize, resize_sizes},
    {Op::STFT, stft_sizes},
    {Op::Slice, slice},
    {Op::Split, split},
    {Op::Squeeze, squeeze},
    {Op::Tile, tile},
    {Op::TopK, top_k},
    {Op::Unique, unique},
    {Op::Unsqueeze, unsqueeze},
};

SizeRule find_rule(Op op) {
  for (const Row& row : kRules)
    if (row.op == op) return row.rule;
  return is_broadcasting(op) ? broadcast : nullptr;
}

}  // namespace

Status define_sizes(Planner& planner, const Node& node) {
  const auto unknown = [&](ValueId id) {
    return id != kNone &&
           std::ranges::any_of(planner.dims(id), [&](int64_t size) {
             return is_slot(size) && !planner.is_slot_known(size);
           });
  };
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    const ValueId id = node.outputs[i];
    if (!unknown(id)) continue;
    const Error error = planner.unsupported(
        node, "its result has no size that is known before the model runs");
    const SizeRule rule = find_rule(node.op);
    if (rule == nullptr) return error;
    K k(planner, node);
    HONE_RETURN_IF_ERROR(k.open(node.inputs, {}));
    const std::vector<int64_t>& dims = planner.dims(id);
    // A symbol that stands twice is written once.
    std::set<int64_t> written;
    std::vector<std::pair<size_t, Operand>> places;
    for (size_t d = 0; d < dims.size(); ++d)
      if (is_slot(dims[d]) && !planner.is_slot_known(dims[d]) &&
          written.insert(dims[d]).second)
        places.emplace_back(d, k.size_place(dims[d]));
    const Sizes sizes = rule(k, i);
    if (!sizes || sizes->size() != dims.size()) return error;
    for (const auto& [d, place] : places) k.store(place, 0, (*sizes)[d]);
    HONE_RETURN_IF_ERROR(k.emit_only());
    for (const int64_t size : written) planner.set_slot_known(size);
  }
  HONE_RETURN_IF_ERROR(planner.compute_sizes());
  for (const ValueId id : node.outputs)
    if (unknown(id))
      return planner.unsupported(
          node, "its result has no size that is known before the model runs");
  return {};
}

}  // namespace hone::tensor
