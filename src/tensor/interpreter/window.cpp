// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/interpreter/window.h"

#include <algorithm>

namespace hone::tensor {

namespace {

// Larger numbers in attributes are nonsense, and would overflow.
constexpr int64_t kMost = int64_t{1} << 31;

Status check_list(const Call& call, std::string_view name, const Dims& list,
                  size_t count, int64_t least) {
  if (list.size() != count)
    return call.error("{} has {} numbers; expected {}", name, list.size(),
                      count);
  for (const int64_t value : list)
    if (value < least || value > kMost)
      return call.error("{} of {}", name, value);
  return {};
}

}  // namespace

Result<Window> plan_window(const Call& call, Dims input, Dims kernel) {
  Window w;
  const size_t axes = input.size();
  w.input = std::move(input);
  w.kernel = kernel.empty() ? call.integers("kernel_shape") : kernel;
  if (!kernel.empty() && call.has_attribute("kernel_shape") &&
      call.integers("kernel_shape") != kernel)
    return call.error("kernel_shape is not that of the weights");
  w.strides = call.integers("strides");
  w.dilations = call.integers("dilations");
  Dims pads = call.integers("pads");
  if (w.strides.empty()) w.strides.assign(axes, 1);
  if (w.dilations.empty()) w.dilations.assign(axes, 1);
  if (pads.empty()) pads.assign(2 * axes, 0);
  HONE_RETURN_IF_ERROR(check_list(call, "kernel_shape", w.kernel, axes, 1));
  HONE_RETURN_IF_ERROR(check_list(call, "strides", w.strides, axes, 1));
  HONE_RETURN_IF_ERROR(check_list(call, "dilations", w.dilations, axes, 1));
  HONE_RETURN_IF_ERROR(check_list(call, "pads", pads, 2 * axes, -kMost));
  w.before.assign(pads.begin(), pads.begin() + axes);
  w.after.assign(pads.begin() + axes, pads.end());
  const std::string mode = call.text("auto_pad");
  const bool same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  if (!same && mode != "NOTSET" && mode != "VALID" && !mode.empty())
    return call.error("auto_pad '{}'", mode);
  const bool ceil = call.integer("ceil_mode") != 0;
  for (size_t i = 0; i < axes; ++i) {
    const int64_t size = w.input[i], stride = w.strides[i];
    const int64_t extent = w.extent(static_cast<int64_t>(i));
    if (mode == "VALID") w.before[i] = w.after[i] = 0;
    if (same) {
      const int64_t out = (size + stride - 1) / stride;
      const int64_t total =
          std::max<int64_t>((out - 1) * stride + extent - size, 0);
      w.before[i] = mode == "SAME_UPPER" ? total / 2 : total - total / 2;
      w.after[i] = total - w.before[i];
      w.output.push_back(out);
      continue;
    }
    const int64_t room = size + w.before[i] + w.after[i] - extent;
    int64_t out = room < 0 ? 0 : room / stride + 1;
    if (ceil && room >= 0) {
      out = (room + stride - 1) / stride + 1;
      // No window may begin in the pads behind.
      if ((out - 1) * stride >= size + w.before[i]) --out;
    }
    w.output.push_back(out);
  }
  return w;
}

}  // namespace hone::tensor
