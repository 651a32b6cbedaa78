// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/spatial.h"

#include <algorithm>

namespace hone::tensor {

std::vector<int64_t> spatial(const std::vector<int64_t>& dims) {
  return {dims.begin() + 2, dims.end()};
}

Result<Window> find_window(const Node& node, const std::vector<int64_t>& x,
                           std::vector<int64_t> kernel) {
  if (x.size() < 3)
    return Error(ErrorKind::Unsupported,
                 describe(node) + ": data without spatial axes");
  const RunLimits limits;
  const Call call(node, {}, limits);
  return plan_window(call, spatial(x), std::move(kernel));
}

std::vector<int64_t> list_or(const Node& node, std::string_view name,
                             int64_t value, size_t count) {
  std::vector<int64_t> list = node.integers(name);
  if (list.empty()) list.assign(count, value);
  return list;
}

std::vector<int64_t> transposed_pads(const Node& node,
                                     const std::vector<int64_t>& x,
                                     const std::vector<int64_t>& w,
                                     const std::vector<int64_t>& y,
                                     const std::vector<int64_t>& strides,
                                     const std::vector<int64_t>& dilations) {
  const size_t axes = x.size() - 2;
  std::vector<int64_t> pads = node.integers("pads");
  pads.resize(2 * axes);
  std::vector<int64_t> extra = node.integers("output_padding");
  extra.resize(axes);
  const std::string mode = node.text("auto_pad");
  const bool same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  std::vector<int64_t> before;
  for (size_t d = 0; d < axes; ++d) {
    const int64_t full = (x[d + 2] - 1) * strides[d] + extra[d] +
                         (w[d + 2] - 1) * dilations[d] + 1;
    const int64_t total = std::max<int64_t>(full - y[d + 2], 0);
    if (node.integers("output_shape").empty() && !same)
      before.push_back(mode == "VALID" ? 0 : pads[d]);
    else
      before.push_back(mode == "SAME_UPPER" ? total / 2 : total - total / 2);
  }
  return before;
}

}  // namespace hone::tensor
