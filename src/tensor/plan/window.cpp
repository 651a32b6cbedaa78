// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/window.h"

#include <algorithm>

namespace hone::tensor {

namespace {

// Padding before and behind so that the output has ceil(n / stride) elements.
// `size` is at least 1. Nothing where it depends on a size that is open.
std::optional<std::pair<int64_t, int64_t>> same_padding(const Dim& n,
                                                        int64_t size,
                                                        int64_t stride,
                                                        bool upper) {
  if (!n.is_constant() && stride != 1) return {};
  const Dim all = (ceil_div(n, stride) - 1) * stride + size - n;
  const int64_t pad = std::max<int64_t>(all.value(), 0);
  const int64_t less = pad / 2, more = pad - less;
  return upper ? std::pair(less, more) : std::pair(more, less);
}

}  // namespace

Result<WindowShape> window_of(const Planner& planner, const Node& node) {
  const size_t rank = planner.dims(node.inputs[0]).size();
  if ((rank != 3 && rank != 4) || planner.dims(node.outputs[0]).size() != rank)
    return planner.unsupported(node,
                               "expected an image, or a row, of known size");
  const std::vector<Dim> x = planner.image_dims(node.inputs[0]);
  std::vector<int64_t> size = node.integers("kernel_shape");
  if (size.empty() && node.op == Op::Conv) {
    const std::vector<int64_t>& w = planner.dims(node.inputs[1]);
    size.assign(w.begin() + std::min<size_t>(2, w.size()), w.end());
  }
  std::vector<int64_t> stride = node.integers("strides");
  std::vector<int64_t> dilation = node.integers("dilations");
  std::vector<int64_t> pads = node.integers("pads");
  if (rank == 3) {
    for (auto* const list : {&size, &stride, &dilation})
      if (list->size() == 1) list->insert(list->begin(), 1);
    if (pads.size() == 2) pads = {0, pads[0], 0, pads[1]};
  }
  if (stride.empty()) stride = {1, 1};
  if (dilation.empty()) dilation = {1, 1};
  if (pads.empty()) pads = {0, 0, 0, 0};
  if (size.size() != 2 || stride.size() != 2 || dilation.size() != 2 ||
      pads.size() != 4)
    return planner.unsupported(node, "expected a window of two dimensions");
  const std::string automatic = node.text("auto_pad");
  if (automatic == "VALID") pads = {0, 0, 0, 0};
  if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER")
    for (int d = 0; d < 2; ++d) {
      const auto pad = same_padding(x[2 + d], (size[d] - 1) * dilation[d] + 1,
                                    stride[d], automatic == "SAME_UPPER");
      if (!pad) return planner.unsupported(node, "padding of an open size");
      std::tie(pads[d], pads[d + 2]) = *pad;
    }
  if (std::ranges::any_of(pads, [](int64_t pad) { return pad < 0; }))
    return planner.unsupported(node, "negative padding");
  WindowShape shape;
  shape.window = {.height = static_cast<int>(size[0]),
                  .width = static_cast<int>(size[1]),
                  .stride_y = static_cast<int>(stride[0]),
                  .stride_x = static_cast<int>(stride[1]),
                  .dilation_y = static_cast<int>(dilation[0]),
                  .dilation_x = static_cast<int>(dilation[1])};
  shape.halo = {pads[0], pads[1], pads[2], pads[3]};
  const std::vector<Dim> y = planner.image_dims(node.outputs[0]);
  shape.out_height = y[2];
  shape.out_width = y[3];
  return shape;
}

bool has_window_sizes(const Planner& planner, const Node& node,
                      const WindowShape& shape) {
  const std::vector<Dim> x = planner.image_dims(node.inputs[0]);
  const std::vector<Dim> y = planner.image_dims(node.outputs[0]);
  const Window& w = shape.window;
  // The last window ends within the padding.
  const auto fits = [](const Dim& n, const Dim& out, int64_t pads, int size,
                       int stride, int dilation) {
    if (n.is_constant() && out.is_constant()) return true;
    const Dim windows =
        floor_div(n + pads - (int64_t{size} - 1) * dilation - 1, stride) + 1;
    return out == windows;
  };
  return x[1].is_constant() && y[1].is_constant() && x[0] == y[0] &&
         fits(x[2], y[2], shape.halo.top + shape.halo.bottom, w.height,
              w.stride_y, w.dilation_y) &&
         fits(x[3], y[3], shape.halo.left + shape.halo.right, w.width,
              w.stride_x, w.dilation_x);
}

}  // namespace hone::tensor
