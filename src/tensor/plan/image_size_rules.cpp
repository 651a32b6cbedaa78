// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes of images and signals that only the data say.
#include "tensor/plan/size_rules.h"

namespace hone::tensor {

using K = ElementKernel;

namespace {

// Of a result with as many numbers in list `input`, from place `first` on.
std::vector<Reg> listed(K& k, size_t input, int64_t first, size_t count) {
  std::vector<Reg> sizes;
  for (size_t i = 0; i < count; ++i)
    sizes.push_back(count_at(k, input, first + static_cast<int64_t>(i)));
  return sizes;
}

size_t rank_of(K& k, size_t output) {
  return k.planner().dims(k.node().outputs[output]).size();
}

// 1 where it is less.
Reg at_least_one(K& k, Reg value) { return k.larger(value, k.integer(1)); }

Reg bins(K& k, Reg length) {
  return k.add(k.div(length, k.integer(2)), k.integer(1));
}

}  // namespace

Sizes affine_grid_sizes(K& k, size_t output) {
  const size_t rank = rank_of(k, output);
  if (rank < 3) return {};
  std::vector<Reg> sizes = {count_at(k, 1, 0)};
  for (const Reg size : listed(k, 1, 2, rank - 2)) sizes.push_back(size);
  sizes.push_back(k.integer(static_cast<int64_t>(rank) - 2));
  return sizes;
}

Sizes col2im_sizes(K& k, size_t output) {
  const size_t axes = rank_of(k, output) - 2;
  const Operand& x = k.in(0);
  Reg taps = k.integer(1);
  for (const Reg size : listed(k, 2, 0, axes)) taps = k.mul(taps, size);
  std::vector<Reg> sizes = {k.of(x.dims[0]),
                            k.div(k.of(x.dims[1]), at_least_one(k, taps))};
  for (const Reg size : listed(k, 1, 0, axes)) sizes.push_back(size);
  return sizes;
}

// Axes that come at run time have the length where they are equal to it.
Sizes dft_sizes(K& k, size_t output) {
  const Operand& x = k.in(0);
  if (x.rank() < 2 || rank_of(k, output) != x.rank()) return {};
  const bool inverse = k.node().integer("inverse") != 0;
  const bool one_sided = k.node().integer("onesided") != 0;
  const auto rank = static_cast<int64_t>(x.rank());
  const Reg axis = k.has(2) ? k.of(inside(k, k.fetch(k.in(2), 0), rank))
                            : k.integer(rank - 2);
  std::vector<Reg> sizes = sizes_of(k, x);
  for (int64_t d = 0; d + 1 < rank; ++d) {
    Reg length = sizes[d];
    if (inverse && one_sided)
      length = k.mul(k.sub(length, k.integer(1)), k.integer(2));
    if (k.has(1)) length = count_at(k, 1, 0);
    if (one_sided && !inverse) length = bins(k, length);
    sizes[d] = k.select(k.equal(axis, k.integer(d)), length, sizes[d]);
  }
  sizes.back() = k.integer(inverse && one_sided ? 1 : 2);
  return sizes;
}

Sizes max_unpool_sizes(K& k, size_t output) {
  if (!k.has(2)) return {};
  return listed(k, 2, 0, rank_of(k, output));
}

Sizes mel_weights_sizes(K& k, size_t) {
  return std::vector{bins(k, count_at(k, 1, 0)), count_at(k, 0, 0)};
}

Sizes non_max_suppression_sizes(K& k, size_t) {
  return std::vector{for_each_kept_box(k, [](Ix, Ix, Ix, Ix) {}), k.integer(3)};
}

// As lower_resize() takes scales and sizes.
Sizes resize_sizes(K& k, size_t) {
  const Operand& x = k.in(0);
  std::vector<int64_t> named = k.node().integers("axes");
  if (!k.node().has("axes"))
    for (size_t d = 0; d < x.rank(); ++d)
      named.push_back(static_cast<int64_t>(d));
  const auto has_numbers = [&](size_t input) {
    return k.has(input) && k.in(input).known != std::vector<int64_t>{0};
  };
  const bool by_scales = has_numbers(2);
  if (!by_scales && !has_numbers(3)) return {};
  std::vector<Reg> sizes = sizes_of(k, x);
  const auto floored = [&](Reg v) {
    return at_least_zero(k, k.to_integer(k.op(KernelOp::Floor, {v})));
  };
  const std::string policy = k.node().text("keep_aspect_ratio_policy");
  std::optional<Reg> common;
  for (size_t i = 0; i < named.size(); ++i) {
    Reg& size = sizes[front_axis(named[i], x.rank())];
    const Reg given = k.load(k.in(by_scales ? 2 : 3), static_cast<int64_t>(i));
    if (by_scales) {
      size = floored(k.mul(given, k.to_float(size)));
      continue;
    }
    const Reg scale = k.div(k.to_float(given), k.to_float(size));
    common = !common                  ? scale
             : policy == "not_larger" ? k.smaller(*common, scale)
                                      : k.larger(*common, scale);
    size = at_least_zero(k, given);
  }
  if (by_scales || (policy != "not_larger" && policy != "not_smaller"))
    return sizes;
  for (const int64_t axis : named) {
    const size_t d = front_axis(axis, x.rank());
    sizes[d] = floored(
        k.add(k.mul(*common, k.to_float(k.of(x.dims[d]))), k.number(0.5)));
  }
  return sizes;
}

Sizes stft_sizes(K& k, size_t) {
  const Operand& x = k.in(0);
  Reg length = k.has(2) ? k.of(k.in(2).dims[0]) : k.of(x.dims[1]);
  if (k.has(3)) length = count_at(k, 3, 0);
  const Reg step = at_least_one(k, count_at(k, 1, 0));
  const Reg frames = k.div(k.sub(k.of(x.dims[1]), length), step);
  return std::vector{
      k.of(x.dims[0]), at_least_zero(k, k.add(frames, k.integer(1))),
      k.node().integer("onesided") != 0 ? bins(k, length) : length,
      k.integer(2)};
}

}  // namespace hone::tensor
