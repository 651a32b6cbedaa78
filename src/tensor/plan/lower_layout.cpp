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
  Dim stride = 1;
  for (size_t i = view.dims.size(); i-- > 0;) {
    if (view.dims[i] != 1 && view.strides[i] != stride) return false;
    stride *= view.dims[i];
  }
  return stride != 0;
}

Dim product(const std::vector<Dim>& sizes) {
  Dim product = 1;
  for (const Dim& size : sizes) product *= size;
  return product;
}

// A copy whose source is `from` of the node's input 0; none where the elements
// stand as the result wants them already.
Status copy_view(Planner& planner, const Node& node, ValueId result,
                 const Stored& stored, const View& from) {
  if (is_dense(from) && !planner.is_output(result)) {
    planner.alias(result, planner.part(stored, from.start, product(from.dims)));
    return {};
  }
  const Stored to = planner.new_plain(result);
  planner.add_copy(node.name, stored.element, planner.view(to, from.dims),
                   from);
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
  if (product(planner.sizes(input)) != product(planner.sizes(result)))
    return planner.unsupported(node, "a number of elements that may change");
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
  std::vector<Dim> wanted;
  for (const int64_t axis : order) wanted.push_back(planner.size(dims[axis]));
  if (wanted != planner.sizes(node.outputs[0]))
    return planner.unsupported(node, "sizes that contradict its result's");
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(input));
  const View from = planner.view(stored, dims);
  View turned = {.buffer = from.buffer};
  for (const int64_t axis : order) {
    turned.dims.push_back(from.dims[axis]);
    turned.strides.push_back(from.strides[axis]);
  }
  return copy_view(planner, node, node.outputs[0], stored, turned);
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
  const std::vector<Dim> dims = planner.sizes(result);
  const auto rank = static_cast<int64_t>(dims.size());
  const int64_t axis = (node.integer("axis") + rank) % rank;
  Dim joined = 0;
  for (const ValueId input : node.inputs) {
    std::vector<Dim> part = planner.sizes(input);
    joined += part[axis];
    part[axis] = dims[axis];
    // What is open stands in memory that grows, at offsets that are open.
    if (part != dims ||
        (planner.is_dynamic(input) && !planner.is_dynamic(result)))
      return planner.unsupported(node, "sizes that contradict its result's");
  }
  if (joined != dims[axis])
    return planner.unsupported(node, "sizes that contradict its result's");
  HONE_ASSIGN_OR_RETURN(const bool of_bytes, lower_byte_concat(planner, index));
  if (of_bytes) return {};
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
    window.dims = planner.sizes(node.inputs[i]);
    planner.add_copy(node.name, parts[i].element, window,
                     planner.view(parts[i], window.dims));
    window.start += window.dims[axis] * window.strides[axis];
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
  const std::vector<Dim> dims = planner.sizes(input);
  const std::vector<Dim> result_dims = planner.sizes(node.outputs[0]);
  std::vector<Dim> begins(dims.size(), 0), strides(dims.size(), 1);
  for (size_t i = 0; i < starts->size(); ++i) {
    const auto rank = static_cast<int64_t>(dims.size());
    const int64_t axis =
        axes ? ((*axes)[i] + rank) % rank : static_cast<int64_t>(i);
    const int64_t step = steps ? (*steps)[i] : 1;
    int64_t start = (*starts)[i];
    if (!dims[axis].is_constant() || !result_dims[axis].is_constant()) {
      // Nothing but a head is cut off: as many elements as there are, always.
      if (start < 0 || step != 1 || result_dims[axis] + start != dims[axis])
        return planner.unsupported(node, "bounds that depend on open sizes");
    } else {
      const int64_t extent = dims[axis].value();
      if (start < 0) start += extent;
      start = std::clamp<int64_t>(start, 0, step < 0 ? extent - 1 : extent);
    }
    if (result_dims[axis] != 0) begins[axis] = start;
    strides[axis] = step;
  }
  for (size_t d = 0; d < dims.size(); ++d)
    if (!dims[d].is_constant() && begins[d] + result_dims[d] != dims[d])
      return planner.unsupported(node, "sizes that contradict its result's");
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(input));
  View from = planner.view(stored, dims);
  for (size_t d = 0; d < dims.size(); ++d) {
    from.start += begins[d] * from.strides[d];
    from.strides[d] *= strides[d];
  }
  from.dims = result_dims;
  return copy_view(planner, node, node.outputs[0], stored, from);
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
  if (is_slot(dims[axis]))
    return planner.unsupported(node, "an axis of open size");
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
  return copy_view(planner, node, node.outputs[0], stored, from);
}

Status lower_split(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId input = node.inputs[0];
  if (!has_element(planner, input))
    return planner.unsupported(node, "elements of this type");
  const std::vector<Dim> dims = planner.sizes(input);
  const auto rank = static_cast<int64_t>(dims.size());
  const int64_t axis = (node.integer("axis") + rank) % rank;
  Dim all = 0;
  for (const ValueId output : node.outputs)
    if (output != kNone) all += planner.sizes(output)[axis];
  if (!dims[axis].is_constant() && all != dims[axis])
    return planner.unsupported(node, "parts that depend on open sizes");
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(input));
  View from = planner.view(stored, dims);
  for (const ValueId output : node.outputs) {
    if (output == kNone) continue;
    from.dims = planner.sizes(output);
    HONE_RETURN_IF_ERROR(copy_view(planner, node, output, stored, from));
    from.start += from.dims[axis] * from.strides[axis];
  }
  return {};
}

Status lower_expand(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId input = node.inputs[0];
  if (!has_element(planner, input))
    return planner.unsupported(node, "elements of this type");
  const std::vector<Dim> dims = planner.sizes(node.outputs[0]);
  const std::vector<Dim> own = planner.sizes(input);
  const size_t missing = dims.size() - own.size();
  for (size_t i = 0; i < own.size(); ++i)
    if (own[i] != 1 && own[i] != dims[missing + i])
      return planner.unsupported(node, "sizes that may be repeated or not");
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(input));
  const View narrow = planner.view(stored, own);
  View from = {.buffer = narrow.buffer,
               .dims = dims,
               .strides = std::vector<Dim>(dims.size(), 0)};
  for (size_t i = 0; i < own.size(); ++i)
    if (own[i] != 1) from.strides[missing + i] = narrow.strides[i];
  return copy_view(planner, node, node.outputs[0], stored, from);
}

Status lower_depth_to_space(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId input = node.inputs[0];
  if (!has_element(planner, input) || planner.dims(input).size() != 4)
    return planner.unsupported(node, "expected four dimensions");
  const std::vector<Dim> d = planner.sizes(input);
  const int64_t b = node.integer("blocksize");
  if (!d[1].is_constant())
    return planner.unsupported(node, "an open number of channels");
  const int64_t c = d[1].value() / (b * b);
  if (planner.sizes(node.outputs[0]) !=
      std::vector<Dim>{d[0], c, d[2] * b, d[3] * b})
    return planner.unsupported(node, "sizes that contradict its result's");
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(input));
  const bool rows_first = node.text("mode") == "CRD";
  const std::vector<Dim> parts =
      rows_first ? std::vector<Dim>{d[0], c, b, b, d[2], d[3]}
                 : std::vector<Dim>{d[0], b, b, c, d[2], d[3]};
  const std::vector<int> order = rows_first
                                     ? std::vector<int>{0, 1, 4, 2, 5, 3}
                                     : std::vector<int>{0, 3, 4, 1, 5, 2};
  const View from = planner.view(stored, parts);
  View turned = {.buffer = from.buffer};
  for (const int axis : order) {
    turned.dims.push_back(from.dims[axis]);
    turned.strides.push_back(from.strides[axis]);
  }
  return copy_view(planner, node, node.outputs[0], stored, turned);
}

}  // namespace hone::tensor
