// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators that only move elements: as another name for the same bytes, or as
// one copy between strided views.
#include <algorithm>

#include "tensor/plan/lower.h"
#include "tensor/plan/lower_quantized.h"

namespace hone::tensor {

namespace {

// Whether the elements of a view stand side by side, in their order.
bool is_dense(const View& view) {
  int64_t stride = 1;
  for (size_t i = view.dims.size(); i-- > 0;) {
    if (view.dims[i] != 1 && view.strides[i] != stride) return false;
    stride *= view.dims[i];
  }
  return stride > 0;
}

// A copy whose source is `from` of the node's input 0; none where the elements
// stand as the result wants them already.
Status copy_view(Planner& planner, const Node& node, ValueId result,
                 const Stored& stored, const View& from,
                 const std::vector<int64_t>& to_dims) {
  if (is_dense(from) && !planner.is_output(result)) {
    planner.alias(result,
                  planner.part(stored, from.start, planner.elements(result)));
    return {};
  }
  const Stored to = planner.new_plain(result);
  planner.add_copy(node.name, stored.element, planner.view(to, to_dims), from);
  planner.define(result, to);
  return {};
}

bool has_element(const Planner& planner, ValueId id) {
  const auto& type = planner.graph()[id].type.element;
  return type && element_of(*type);
}

}  // namespace

Status lower_reshape(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  if (node.has_output(1) && planner.is_used(node.outputs[1]))
    return planner.unsupported(node, "a mask as second result");
  const ValueId input = node.inputs[0], result = node.outputs[0];
  if (!has_element(planner, input))
    return planner.unsupported(node, "elements of this type");
  planner.mark_done(index);
  if (const Literal* const literal = planner.constant(input)) {
    const auto bytes = literal->bytes();
    HONE_ASSIGN_OR_RETURN(Literal same,
                          Literal::own(literal->type(), planner.dims(result),
                                       {bytes.begin(), bytes.end()}));
    planner.set_constant(result, std::move(same));
    return {};
  }
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(input));
  planner.alias(result, stored);
  return {};
}

Status lower_transpose(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId input = node.inputs[0];
  if (!has_element(planner, input))
    return planner.unsupported(node, "elements of this type");
  const std::vector<int64_t>& dims = planner.dims(input);
  std::vector<int64_t> order = node.integers("perm");
  if (order.empty())
    for (size_t i = dims.size(); i-- > 0;)
      order.push_back(static_cast<int64_t>(i));
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(input));
  const View from = planner.view(stored, dims);
  View turned = {.buffer = from.buffer};
  for (const int64_t axis : order) {
    turned.dims.push_back(from.dims[axis]);
    turned.strides.push_back(from.strides[axis]);
  }
  return copy_view(planner, node, node.outputs[0], stored, turned, turned.dims);
}

namespace {

// On blocks: parts that were not made in their places are copied there.
Result<bool> concat_blocks(Planner& planner, const Node& node) {
  const ValueId result = node.outputs[0];
  if (!planner.part_of(result, 0, result)) return false;
  int64_t channel = 0;
  for (const ValueId input : node.inputs) {
    HONE_ASSIGN_OR_RETURN(const Stored from, planner.blocked(input, Halo{}));
    const Stored to = *planner.part_of(result, channel, input);
    if (to.buffer != from.buffer)
      planner.add_copy(node.name, Element::F32, blocked_view(to),
                       blocked_view(from));
    channel += planner.dims(input)[1];
  }
  planner.define(result, *planner.part_of(result, 0, result));
  return true;
}

}  // namespace

Status lower_concat(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId result = node.outputs[0];
  if (!has_element(planner, result))
    return planner.unsupported(node, "elements of this type");
  HONE_ASSIGN_OR_RETURN(const bool of_bytes, lower_byte_concat(planner, index));
  if (of_bytes) return {};
  const std::vector<int64_t>& dims = planner.dims(result);
  const auto rank = static_cast<int64_t>(dims.size());
  const int64_t axis = (node.integer("axis") + rank) % rank;
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const bool on_blocks, concat_blocks(planner, node));
  if (on_blocks) return {};
  std::vector<Stored> parts;
  for (const ValueId input : node.inputs) {
    HONE_ASSIGN_OR_RETURN(const Stored part, planner.plain(input));
    parts.push_back(part);
  }
  const Stored to = planner.new_plain(result);
  View window = planner.view(to, dims);
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::vector<int64_t>& part = planner.dims(node.inputs[i]);
    window.dims = part;
    planner.add_copy(node.name, parts[i].element, window,
                     planner.view(parts[i], part));
    window.start += part[axis] * window.strides[axis];
  }
  planner.define(result, to);
  return {};
}

Status lower_slice(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId input = node.inputs[0];
  if (!has_element(planner, input))
    return planner.unsupported(node, "elements of this type");
  const auto starts = planner.integers(node.inputs[1]);
  std::optional<std::vector<int64_t>> axes, steps;
  if (node.has_input(3)) axes = planner.integers(node.inputs[3]);
  if (node.has_input(4)) steps = planner.integers(node.inputs[4]);
  if (!starts || (node.has_input(3) && !axes) || (node.has_input(4) && !steps))
    return planner.unsupported(node, "bounds that are computed");
  const std::vector<int64_t>& dims = planner.dims(input);
  const std::vector<int64_t>& result_dims = planner.dims(node.outputs[0]);
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(input));
  View from = planner.view(stored, dims);
  for (size_t i = 0; i < starts->size(); ++i) {
    const auto rank = static_cast<int64_t>(dims.size());
    const int64_t axis =
        axes ? ((*axes)[i] + rank) % rank : static_cast<int64_t>(i);
    const int64_t step = steps ? (*steps)[i] : 1;
    int64_t start = (*starts)[i];
    if (start < 0) start += dims[axis];
    start =
        std::clamp<int64_t>(start, 0, step < 0 ? dims[axis] - 1 : dims[axis]);
    if (result_dims[axis] > 0) from.start += start * from.strides[axis];
    from.strides[axis] *= step;
  }
  from.dims = result_dims;
  return copy_view(planner, node, node.outputs[0], stored, from, result_dims);
}

// By one constant index, which is a slice.
Status lower_pick(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId input = node.inputs[0];
  const auto indices = planner.integers(node.inputs[1]);
  if (!has_element(planner, input) || !indices || indices->size() != 1)
    return planner.unsupported(node, "indices that are not one constant");
  const std::vector<int64_t>& dims = planner.dims(input);
  const auto rank = static_cast<int64_t>(dims.size());
  const int64_t axis = (node.integer("axis") + rank) % rank;
  int64_t at = (*indices)[0];
  if (at < 0) at += dims[axis];
  if (at < 0 || at >= dims[axis])
    return planner.unsupported(node, "an index that names no element");
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(input));
  View from = planner.view(stored, dims);
  from.start = at * from.strides[axis];
  from.dims[axis] = 1;
  const auto at_axis = static_cast<ptrdiff_t>(axis);
  from.dims.erase(from.dims.begin() + at_axis);
  from.strides.erase(from.strides.begin() + at_axis);
  const size_t more = planner.dims(node.inputs[1]).size();
  from.dims.insert(from.dims.begin() + at_axis, more, 1);
  from.strides.insert(from.strides.begin() + at_axis, more, 1);
  return copy_view(planner, node, node.outputs[0], stored, from, from.dims);
}

Status lower_split(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId input = node.inputs[0];
  if (!has_element(planner, input))
    return planner.unsupported(node, "elements of this type");
  const std::vector<int64_t>& dims = planner.dims(input);
  const auto rank = static_cast<int64_t>(dims.size());
  const int64_t axis = (node.integer("axis") + rank) % rank;
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(input));
  View from = planner.view(stored, dims);
  for (const ValueId output : node.outputs) {
    if (output == kNone) continue;
    from.dims = planner.dims(output);
    HONE_RETURN_IF_ERROR(
        copy_view(planner, node, output, stored, from, from.dims));
    from.start += from.dims[axis] * from.strides[axis];
  }
  return {};
}

Status lower_expand(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId input = node.inputs[0];
  if (!has_element(planner, input))
    return planner.unsupported(node, "elements of this type");
  const std::vector<int64_t>& dims = planner.dims(node.outputs[0]);
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(input));
  const View narrow = planner.view(stored, planner.dims(input));
  View from = {.buffer = narrow.buffer,
               .dims = dims,
               .strides = std::vector<int64_t>(dims.size(), 0)};
  const size_t missing = dims.size() - narrow.dims.size();
  for (size_t i = 0; i < narrow.dims.size(); ++i)
    if (narrow.dims[i] != 1) from.strides[missing + i] = narrow.strides[i];
  return copy_view(planner, node, node.outputs[0], stored, from, dims);
}

Status lower_depth_to_space(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId input = node.inputs[0];
  if (!has_element(planner, input) || planner.dims(input).size() != 4)
    return planner.unsupported(node, "expected four dimensions");
  const std::vector<int64_t>& d = planner.dims(input);
  const int64_t b = node.integer("blocksize");
  const int64_t c = d[1] / (b * b);
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(input));
  const bool rows_first = node.text("mode") == "CRD";
  const std::vector<int64_t> parts =
      rows_first ? std::vector<int64_t>{d[0], c, b, b, d[2], d[3]}
                 : std::vector<int64_t>{d[0], b, b, c, d[2], d[3]};
  const std::vector<int> order = rows_first
                                     ? std::vector<int>{0, 1, 4, 2, 5, 3}
                                     : std::vector<int>{0, 3, 4, 1, 5, 2};
  const View from = planner.view(stored, parts);
  View turned = {.buffer = from.buffer};
  for (const int axis : order) {
    turned.dims.push_back(from.dims[axis]);
    turned.strides.push_back(from.strides[axis]);
  }
  return copy_view(planner, node, node.outputs[0], stored, turned, turned.dims);
}

}  // namespace hone::tensor
