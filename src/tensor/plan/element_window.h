// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Windows of convolutions and pooling in element kernels, where sizes of the
// data and of the weights may come at run time.
#pragma once

#include <functional>
#include <vector>

#include "tensor/plan/element_kernel.h"

namespace hone::tensor {

struct ElementWindow {
  // Of each spatial axis; `input` is the data's extent.
  Index input, kernel, before, after;
  std::vector<int64_t> strides, dilations;

  // body(whether the tap lies in the data, its place, the tap), for each tap
  // of the window at the spatial indices `out`; the place is always in it.
  void for_each_tap(
      ElementKernel& k, const Index& out,
      const std::function<void(Reg, const Index&, const Index&)>& body) const;
};

// Of data `x` and weights `w`; without those the kernel's extents are an
// attribute. Malformed where attributes do not fit each other.
Result<ElementWindow> element_window(ElementKernel& k, const Operand& x,
                                     const Operand* w);

// Pads of a transposed convolution before each axis.
Index transposed_pads(ElementKernel& k);

}  // namespace hone::tensor
