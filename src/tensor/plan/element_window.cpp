// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/element_window.h"

#include "tensor/plan/lower_general.h"
#include "tensor/plan/spatial.h"

namespace hone::tensor {

namespace {

using Dims = std::vector<int64_t>;

// With `other` in place of what comes at run time.
Dims numbers_or(Dims sizes, int64_t other) {
  for (int64_t& size : sizes)
    if (is_slot(size)) size = other;
  return sizes;
}

bool is_same(const Node& node) {
  const std::string mode = node.text("auto_pad");
  return mode == "SAME_UPPER" || mode == "SAME_LOWER";
}

// Of all that is padded, what comes before.
Ix share_before(const Node& node, Ix total) {
  const Ix half = total / 2;
  return node.text("auto_pad") == "SAME_UPPER" ? half : total - half;
}

}  // namespace

Result<ElementWindow> element_window(ElementKernel& k, const Operand& x,
                                     const Operand* w) {
  const Node& node = k.node();
  Dims kernel = node.integers("kernel_shape");
  if (w != nullptr && w->rank() > 2) {
    const Dims given = spatial(w->known);
    kernel.resize(given.size(), 1);
    for (size_t d = 0; d < given.size(); ++d)
      if (!is_slot(given[d])) kernel[d] = given[d];
  }
  HONE_ASSIGN_OR_RETURN(const Window known,
                        find_window(node, numbers_or(x.known, 1), kernel));
  ElementWindow window = {.strides = known.strides,
                          .dilations = known.dilations};
  for (size_t d = 0; d < known.kernel.size(); ++d) {
    const Ix extent = x.dims[d + 2];
    const bool is_open = w != nullptr && is_slot(w->known[d + 2]);
    window.input.push_back(extent);
    window.kernel.push_back(is_open ? w->dims[d + 2] : Ix(known.kernel[d]));
    Ix before = known.before[d], after = known.after[d];
    if (is_same(node) && (is_open || is_slot(x.known[d + 2]))) {
      const int64_t stride = known.strides[d];
      const Ix span = (window.kernel[d] - 1) * known.dilations[d] + 1;
      const Ix turns = (extent + (stride - 1)) / stride;
      const Ix total = k.let(max((turns - 1) * stride + span - extent, 0));
      before = k.let(share_before(node, total));
      after = total - before;
    }
    window.before.push_back(before);
    window.after.push_back(after);
  }
  return window;
}

void ElementWindow::for_each_tap(
    ElementKernel& k, const Index& out,
    const std::function<void(Reg, const Index&, const Index&)>& body) const {
  k.for_each(kernel, [&](const Index& tap) {
    Reg good = k.less(k.integer(0), k.integer(1));
    Index place;
    for (size_t d = 0; d < tap.size(); ++d) {
      const Ix at =
          k.let(out[d] * strides[d] + tap[d] * dilations[d] - before[d]);
      place.push_back(k.let(clamp(at, 0, input[d] - 1)));
      good = k.both(good, k.equal(k.of(at), k.of(place.back())));
    }
    body(good, place, tap);
  });
}

Index transposed_pads(ElementKernel& k) {
  const Node& node = k.node();
  const Operand &x = k.in(0), &w = k.in(1), &y = k.out(0);
  const size_t axes = x.rank() - 2;
  const auto strides = list_or(node, "strides", 1, axes);
  const auto dilations = list_or(node, "dilations", 1, axes);
  if (!has_slot(x.known) && !has_slot(w.known) && !has_slot(y.known)) {
    const auto pads =
        transposed_pads(node, x.known, w.known, y.known, strides, dilations);
    return {pads.begin(), pads.end()};
  }
  const auto pads = list_or(node, "pads", 0, 2 * axes);
  const auto extra = list_or(node, "output_padding", 0, axes);
  Index before;
  for (size_t d = 0; d < axes; ++d) {
    if (node.integers("output_shape").empty() && !is_same(node)) {
      before.emplace_back(node.text("auto_pad") == "VALID" ? 0 : pads[d]);
      continue;
    }
    const Ix full = (x.dims[d + 2] - 1) * strides[d] + extra[d] +
                    (w.dims[d + 2] - 1) * dilations[d] + 1;
    before.push_back(
        k.let(share_before(node, k.let(max(full - y.dims[d + 2], 0)))));
  }
  return before;
}

}  // namespace hone::tensor
