// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sliding windows of convolutions and pooling: kernel sizes, strides,
// dilations and pads for each spatial axis, from a node's attributes.
#pragma once

#include "tensor/interpreter/kernel.h"

namespace hone::tensor {

struct Window {
  Dims kernel, strides, dilations, before, after;  // before, after: pads
  Dims input;                                      // spatial sizes
  Dims output;

  int64_t axes() const { return static_cast<int64_t>(kernel.size()); }
  // What the kernel spans with its gaps.
  int64_t extent(int64_t axis) const {
    return (kernel[axis] - 1) * dilations[axis] + 1;
  }
};

// `input` are the sizes from axis 2 on; `kernel` those of the weights, or empty
// to take the attribute. Malformed where attributes do not fit each other.
Result<Window> plan_window(const Call& call, Dims input, Dims kernel);

// Calls f(place, tap) for each element under the window at `out` that lies in
// the input: numbers of the element within the spatial axes of the input, and
// of the kernel's element.
template <typename F>
void for_each_tap(const Window& w, std::span<const int64_t> out, F f) {
  Dims k(w.kernel.size(), 0);
  const std::optional<int64_t> taps = count_elements(w.kernel);
  for (int64_t tap = 0; tap < taps; ++tap) {
    int64_t place = 0;
    bool inside = true;
    for (size_t i = 0; i < k.size() && inside; ++i) {
      const int64_t at =
          out[i] * w.strides[i] + k[i] * w.dilations[i] - w.before[i];
      inside = at >= 0 && at < w.input[i];
      place = place * w.input[i] + at;
    }
    if (inside) f(place, tap);
    next_index(w.kernel, k);
  }
}

}  // namespace hone::tensor
