// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Resize to the nearest element by whole scales: every element is repeated,
// which is one copy, on channel blocks where the input stands so.
#include <cmath>

#include "tensor/plan/lower.h"

namespace hone::tensor {

namespace {

// The scales of all axes; nothing where one is no whole number.
std::optional<std::vector<int64_t>> whole_scales(const Planner& planner,
                                                 const Node& node) {
  if (!node.has_input(2)) return {};
  const auto given = planner.floats(node.inputs[2]);
  const size_t rank = planner.dims(node.inputs[0]).size();
  std::vector<int64_t> axes = node.integers("axes");
  if (!node.has("axes"))
    for (size_t d = 0; d < rank; ++d) axes.push_back(static_cast<int64_t>(d));
  if (!given || given->size() != axes.size()) return {};
  std::vector<int64_t> scales(rank, 1);
  for (size_t i = 0; i < axes.size(); ++i) {
    const float scale = (*given)[i];
    if (!(scale >= 1 && scale <= 64) || scale != std::floor(scale)) return {};
    scales[axes[i] < 0 ? axes[i] + static_cast<int64_t>(rank) : axes[i]] =
        static_cast<int64_t>(scale);
  }
  return scales;
}

// Whether element i comes of element floor(i / scale). Half a pixel's shift
// keeps every coordinate nearer to that one than to another.
bool repeats(const Node& node) {
  const std::string transform = node.text("coordinate_transformation_mode");
  const std::string nearest = node.text("nearest_mode");
  return node.text("mode") == "nearest" &&
         ((transform == "asymmetric" && nearest == "floor") ||
          ((transform == "half_pixel" || transform == "half_pixel_symmetric") &&
           (nearest == "round_prefer_floor" ||
            nearest == "round_prefer_ceil")));
}

}  // namespace

Status lower_upsample(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId input = node.inputs[0], result = node.outputs[0];
  const auto scales = whole_scales(planner, node);
  if (!scales || !repeats(node))
    return planner.unsupported(node, "not a repetition of elements");
  const std::vector<Dim> x = planner.sizes(input);
  std::vector<Dim> y = x;
  for (size_t d = 0; d < y.size(); ++d) y[d] *= (*scales)[d];
  if (planner.sizes(result) != y)
    return planner.unsupported(node, "sizes that contradict its result's");
  planner.mark_done(index);
  const bool on_blocks = planner.is_blocked(input) && x.size() == 4 &&
                         (*scales)[0] == 1 && (*scales)[1] == 1;
  Stored from, to;
  View narrow, wide;
  std::vector<int64_t> each = *scales;
  if (on_blocks) {
    HONE_ASSIGN_OR_RETURN(from, planner.blocked(input, Halo{}));
    to = planner.new_blocked(result);
    narrow = blocked_view(from);
    wide = blocked_view(to);
    each.push_back(1);
  } else {
    HONE_ASSIGN_OR_RETURN(from, planner.plain(input));
    to = planner.new_plain(result);
    narrow = planner.view(from, x);
    wide = planner.view(to, y);
  }
  // Repetitions outside, so that lanes go along the elements.
  View source = {.buffer = narrow.buffer, .start = narrow.start};
  View target = {.buffer = wide.buffer, .start = wide.start};
  const auto add = [&](const Dim& extent, const Dim& read, const Dim& write) {
    source.dims.push_back(extent);
    target.dims.push_back(extent);
    source.strides.push_back(read);
    target.strides.push_back(write);
  };
  for (size_t d = 0; d + 1 < each.size(); ++d) {
    add(narrow.dims[d], narrow.strides[d], wide.strides[d] * each[d]);
    if (each[d] > 1) add(each[d], 0, wide.strides[d]);
  }
  if (each.back() > 1) add(each.back(), 0, wide.strides.back());
  add(narrow.dims.back(), narrow.strides.back(),
      wide.strides.back() * each.back());
  planner.add_elementwise(node.name, identity_expression(), target, {source});
  planner.define(result, to);
  return {};
}

}  // namespace hone::tensor
