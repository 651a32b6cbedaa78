// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The window of a convolution or pooling node: attributes, automatic padding
// and extents brought into one form.
#pragma once

#include "tensor/kernel/convolution.h"
#include "tensor/plan/planner.h"

namespace hone::tensor {

struct WindowShape {
  Window window;
  Halo halo;  // the padding; negative padding is refused
  Dim out_height = 0, out_width = 0;
};

// Of a node whose input 0 has four dimensions, or three: a row of pixels is an
// image of one row. Others are Unsupported.
Result<WindowShape> window_of(const Planner& planner, const Node& node);

// Whether the result has as many images, rows and columns as the window gives
// of input 0, whatever open sizes turn out to be, and the channels are known.
bool has_window_sizes(const Planner& planner, const Node& node,
                      const WindowShape& shape);

}  // namespace hone::tensor
