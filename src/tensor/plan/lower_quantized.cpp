// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Quantised values whose scale and zero point are one constant each: as bytes,
// on channel blocks where convolutions read them.
#include "tensor/plan/lower_quantized.h"

#include <algorithm>

#include "tensor/kernel/pooling.h"
#include "tensor/plan/lower.h"
#include "tensor/plan/window.h"

namespace hone::tensor {

std::optional<QuantizedResult> quantized_result(const Planner& planner,
                                                ValueId id) {
  const int reader = planner.only_reader(id);
  if (reader < 0 || planner.is_done(reader)) return {};
  const Node& node = planner.graph().nodes[reader];
  if (node.op != Op::QuantizeLinear || node.inputs[0] != id) return {};
  const auto q = quantization_of(planner, node);
  if (!q || planner.is_dynamic(id)) return {};
  return QuantizedResult{node.outputs[0], reader, *q};
}

bool wants_byte_words(const Planner& planner, ValueId id) {
  const Graph& graph = planner.graph();
  const size_t rank = planner.dims(id).size();
  if ((rank != 3 && rank != 4) || planner.dims(id)[1] > 4) return false;
  return std::ranges::any_of(graph.nodes, [&](const Node& node) {
    const int reader = node.op == Op::DequantizeLinear && node.inputs[0] == id
                           ? planner.only_reader(node.outputs[0])
                           : -1;
    return reader >= 0 && graph.nodes[reader].op == Op::Conv &&
           graph.nodes[reader].integer("group") == 1;
  });
}

bool wants_byte_blocks(const Planner& planner, ValueId id) {
  const Graph& graph = planner.graph();
  const size_t rank = planner.dims(id).size();
  if (rank != 3 && rank != 4) return false;
  return std::ranges::any_of(graph.nodes, [&](const Node& node) {
    if (node.op != Op::DequantizeLinear || node.inputs[0] != id) return false;
    return std::ranges::any_of(graph.nodes, [&](const Node& reader) {
      return (reader.op == Op::Conv || reader.op == Op::MaxPool) &&
             reader.inputs[0] == node.outputs[0];
    });
  });
}

Status lower_quantize_bytes(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const auto q = quantization_of(planner, node);
  if (!q || planner.is_dynamic(node))
    return planner.unsupported(node, "not one scale of natural bytes");
  const ValueId from = node.inputs[0], result = node.outputs[0];
  planner.mark_done(index);
  const size_t rank = planner.dims(from).size();
  if (wants_byte_words(planner, result)) {
    HONE_ASSIGN_OR_RETURN(const Stored x, planner.plain(from));
    const Stored y = planner.new_byte_words(result, q->zero);
    const Layout& l = y.layout;
    const std::vector<Dim> d = planner.image_dims(from);
    const View bytes = {.buffer = y.buffer,
                        .start = l.inside() * 4,
                        .dims = d,
                        .strides = {l.image() * 4, 1, l.row() * 4, 4}};
    planner.add_elementwise(node.name, identity_expression(),
                            planner.quantized_view(bytes, *q),
                            {planner.view(x, d)});
    planner.alias(result, y);
    return {};
  }
  if ((rank == 3 || rank == 4) &&
      (planner.is_blocked(from) || wants_byte_blocks(planner, result))) {
    HONE_ASSIGN_OR_RETURN(const Stored x, planner.blocked(from, Halo{}));
    const Stored y = planner.new_byte_blocks(result, q->zero);
    planner.add_elementwise(node.name, identity_expression(),
                            planner.quantized_view(blocked_view(y), *q),
                            {blocked_view(x)});
    planner.define(result, y);
    return {};
  }
  HONE_ASSIGN_OR_RETURN(const Stored x, planner.plain(from));
  const Stored y = planner.new_plain(result);
  const std::vector<int64_t>& d = planner.dims(from);
  planner.add_elementwise(node.name, identity_expression(),
                          planner.quantized_view(planner.view(y, d), *q),
                          {planner.view(x, d)});
  planner.define(result, y);
  return {};
}

Status lower_dequantize_bytes(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  if (planner.constant(node.inputs[0]) != nullptr) {
    // Weights of a convolution; only that reads the integers.
    HONE_ASSIGN_OR_RETURN(Literal numbers, dequantized_literal(planner, node));
    planner.mark_done(index);
    planner.set_constant(node.outputs[0], std::move(numbers));
    return {};
  }
  const auto q = quantization_of(planner, node);
  if (!q || planner.is_dynamic(node))
    return planner.unsupported(node, "not one scale of natural bytes");
  planner.mark_done(index);
  planner.define_dequantized(node.outputs[0], node.inputs[0], *q);
  return {};
}

Result<Literal> dequantized_literal(const Planner& planner, const Node& node) {
  const Graph& graph = planner.graph();
  const auto bytes = planner.integers(node.inputs[0]);
  const auto scale = planner.floats(node.inputs[1]);
  std::optional<std::vector<int64_t>> zero = std::vector<int64_t>{0};
  if (node.has_input(2)) zero = planner.integers(node.inputs[2]);
  if (!bytes || !scale || !zero || node.integer("block_size") != 0 ||
      graph[node.outputs[0]].type.element != ElementType::F32)
    return planner.unsupported(node, "not constants that kernels know");
  const std::vector<int64_t>& d = planner.dims(node.inputs[0]);
  const auto rank = static_cast<int64_t>(d.size());
  const int64_t axis =
      rank == 0 ? 0 : (node.integer("axis") % rank + rank) % rank;
  int64_t inner = 1;
  for (int64_t i = axis + 1; i < rank; ++i) inner *= d[i];
  std::vector<float> numbers(bytes->size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    const size_t at = rank == 0 ? 0
                                : i / static_cast<size_t>(inner) %
                                      static_cast<size_t>(d[axis]);
    const size_t s = scale->size() == 1 ? 0 : at;
    const size_t z = zero->size() == 1 ? 0 : at;
    if (s >= scale->size() || z >= zero->size())
      return planner.unsupported(node, "scales of another size");
    numbers[i] = static_cast<float>((*bytes)[i] - (*zero)[z]) * (*scale)[s];
  }
  const auto* const from = reinterpret_cast<const std::byte*>(numbers.data());
  return Literal::own(ElementType::F32, d,
                      {from, from + numbers.size() * sizeof(float)});
}

// The largest byte is the largest number's where both sides have one scale.
bool lower_byte_pooling(Planner& planner, int index, const WindowShape& shape) {
  const Node& node = planner.graph().nodes[index];
  const auto* const from = planner.dequantized(node.inputs[0]);
  const auto to = quantized_result(planner, node.outputs[0]);
  if (from == nullptr || !to || !(from->second == to->quantization))
    return false;
  const auto x =
      planner.byte_blocks(from->first, Halo{}, to->quantization.zero);
  if (!x.ok()) return false;
  planner.mark_done(index);
  planner.mark_done(to->node);
  const Stored y = planner.new_byte_blocks(to->value, to->quantization.zero);
  add_pooling(planner, node,
              {.window = shape.window, .lanes = kBlock, .bytes = true}, shape,
              *x, y);
  planner.define(to->value, y);
  return true;
}

// Parts that are whole blocks of bytes, each brought to the scale of the whole.
Result<bool> lower_byte_concat(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId result = node.outputs[0];
  const size_t rank = planner.dims(result).size();
  const int64_t axis = node.integer("axis");
  const auto to = quantized_result(planner, result);
  if (!to || (rank != 3 && rank != 4) ||
      (axis != 1 && axis != 1 - static_cast<int64_t>(rank)))
    return false;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const auto* const from = planner.dequantized(node.inputs[i]);
    if (from == nullptr || !planner.is_blocked(from->first) ||
        (i + 1 < node.inputs.size() &&
         planner.dims(node.inputs[i])[1] % kBlock != 0))
      return false;
  }
  planner.mark_done(index);
  planner.mark_done(to->node);
  const Quantization& q = to->quantization;
  const Stored y = planner.new_byte_blocks(to->value, q.zero);
  int64_t channel = 0;
  for (const ValueId input : node.inputs) {
    const auto [bytes, own] = *planner.dequantized(input);
    HONE_ASSIGN_OR_RETURN(const Stored x,
                          planner.byte_blocks(bytes, Halo{}, own.zero));
    const View from = blocked_view(x);
    View part = blocked_view(y);
    part.start += channel / kBlock * y.layout.plane();
    part.dims = from.dims;
    if (own == q)
      planner.add_copy(node.name, Element::U8, part, from);
    else
      planner.add_elementwise(node.name, identity_expression(),
                              planner.quantized_view(part, q),
                              {planner.quantized_view(from, own)});
    channel += x.layout.channels;
  }
  planner.define(to->value, y);
  return true;
}

}  // namespace hone::tensor
