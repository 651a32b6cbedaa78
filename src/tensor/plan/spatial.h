// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Windows over any number of spatial axes, from nodes of the plan's graph.
#pragma once

#include <string_view>
#include <vector>

#include "tensor/interpreter/window.h"
#include "tensor/plan/planner.h"

namespace hone::tensor {

// The sizes behind images and channels.
std::vector<int64_t> spatial(const std::vector<int64_t>& dims);

// Attributes and automatic pads in one form, those of the interpreter; `x` is
// the input's shape. Unsupported where it has no spatial axes.
Result<Window> find_window(const Node& node, const std::vector<int64_t>& x,
                           std::vector<int64_t> kernel);

// An attribute with a number for each axis.
std::vector<int64_t> list_or(const Node& node, std::string_view name,
                             int64_t value, size_t count);

// Pads of a transposed convolution before each axis.
std::vector<int64_t> transposed_pads(const Node& node,
                                     const std::vector<int64_t>& x,
                                     const std::vector<int64_t>& w,
                                     const std::vector<int64_t>& y,
                                     const std::vector<int64_t>& strides,
                                     const std::vector<int64_t>& dilations);

}  // namespace hone::tensor
