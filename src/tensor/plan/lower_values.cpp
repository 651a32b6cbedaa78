// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sequences and optionals of the run: which of the runtime's functions
// (runtime/model/sequences.c, values.c) does what a node says. Those that are
// known when the model is compiled are gone by now (flatten_sequences).
#include "tensor/plan/value_steps.h"

namespace hone::tensor {

namespace {

// Number `buffer` becomes the node's output.
Status define_result(Planner& planner, ValueId id, int buffer) {
  if (!planner.is_boxed(id)) return define_from_value(planner, id, buffer);
  planner.define(id, {.buffer = buffer});
  return {};
}

// Behind the other places: a position, if the node gives one.
struct Position {
  std::vector<int> buffers;
  std::vector<int64_t> sizes;
};

Result<Position> position_of(Planner& planner, const Node& node, size_t input) {
  if (!node.has_input(input)) return Position{.sizes = {0, 0}};
  const ValueId id = node.inputs[input];
  if (planner.is_boxed(id))
    return planner.unsupported(node, "a position that is no number");
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(id));
  return Position{{stored.buffer},
                  {1, runtime_type(planner.graph()[id].type.element.value_or(
                          ElementType::I64))}};
}

// Elements of less than a byte cannot be cut.
Status need_bytes(Planner& planner, const Node& node, ValueId id) {
  const auto element = planner.graph()[id].type.element;
  if (element && stored_bits(*element) < 8)
    return planner.unsupported(node, "elements of less than a byte");
  return {};
}

// `symbol`(result, inputs…).
Status make_value(Planner& planner, const Node& node, std::string_view symbol,
                  std::vector<int> buffers, std::vector<int64_t> sizes) {
  const Stored result = planner.new_value();
  buffers.insert(buffers.begin(), result.buffer);
  planner.add_value_step(std::string(symbol), std::move(buffers),
                         std::move(sizes));
  return define_result(planner, node.outputs[0], result.buffer);
}

Status construct(Planner& planner, const Node& node) {
  std::vector<int> items;
  for (const ValueId id : node.inputs) {
    HONE_ASSIGN_OR_RETURN(items.emplace_back(), boxed(planner, id));
  }
  const auto count = static_cast<int64_t>(items.size());
  return make_value(planner, node, "hone_sequence_construct", std::move(items),
                    {count});
}

// With a position as input `position`, of the boxed inputs before it.
Status at_position(Planner& planner, const Node& node, std::string_view symbol,
                   size_t position) {
  std::vector<int> buffers;
  for (size_t i = 0; i < position; ++i) {
    HONE_ASSIGN_OR_RETURN(buffers.emplace_back(),
                          boxed(planner, node.inputs[i]));
  }
  HONE_ASSIGN_OR_RETURN(const Position at,
                        position_of(planner, node, position));
  buffers.insert(buffers.end(), at.buffers.begin(), at.buffers.end());
  return make_value(planner, node, symbol, std::move(buffers), at.sizes);
}

Status length(Planner& planner, const Node& node) {
  HONE_ASSIGN_OR_RETURN(const int sequence, boxed(planner, node.inputs[0]));
  const Stored to = planner.new_plain(node.outputs[0]);
  planner.add_value_step("hone_sequence_length", {to.buffer, sequence}, {});
  planner.define(node.outputs[0], to);
  return {};
}

Status concat(Planner& planner, const Node& node) {
  HONE_RETURN_IF_ERROR(need_bytes(planner, node, node.inputs[0]));
  HONE_ASSIGN_OR_RETURN(const int sequence, boxed(planner, node.inputs[0]));
  return make_value(planner, node, "hone_sequence_concat", {sequence},
                    {node.integer("axis"), node.integer("new_axis")});
}

Status split(Planner& planner, const Node& node) {
  HONE_RETURN_IF_ERROR(need_bytes(planner, node, node.inputs[0]));
  std::vector<int> buffers;
  for (const ValueId id : node.inputs) {
    HONE_ASSIGN_OR_RETURN(buffers.emplace_back(), boxed(planner, id));
  }
  return make_value(planner, node, "hone_sequence_split", std::move(buffers),
                    {node.integer("axis"), node.integer("keepdims"),
                     node.has_input(1) ? 1 : 0});
}

Status make_optional(Planner& planner, const Node& node) {
  if (!node.has_input(0)) {
    const Stored nothing = planner.new_value();
    planner.add_value_step("hone_values_nothing", {nothing.buffer}, {});
    return define_result(planner, node.outputs[0], nothing.buffer);
  }
  HONE_ASSIGN_OR_RETURN(const int value, boxed(planner, node.inputs[0]));
  return define_result(planner, node.outputs[0], value);
}

Status has_element(Planner& planner, const Node& node) {
  const ValueId result = node.outputs[0];
  if (!node.has_input(0) || !planner.is_boxed(node.inputs[0])) {
    HONE_ASSIGN_OR_RETURN(
        Literal literal,
        Literal::own(ElementType::Bool, {},
                     {static_cast<std::byte>(node.has_input(0) ? 1 : 0)}));
    planner.set_constant(result, std::move(literal));
    return {};
  }
  HONE_ASSIGN_OR_RETURN(const int value, boxed(planner, node.inputs[0]));
  const Stored to = planner.new_plain(result);
  planner.add_value_step("hone_values_has", {value, to.buffer}, {});
  planner.define(result, to);
  return {};
}

// Identity as well: a value keeps its number, whatever it is called.
Status get_element(Planner& planner, const Node& node) {
  HONE_ASSIGN_OR_RETURN(const int value, boxed(planner, node.inputs[0]));
  if (node.op == Op::Identity)
    return define_result(planner, node.outputs[0], value);
  const Stored to = planner.new_value();
  planner.add_value_step("hone_values_get_element", {value, to.buffer}, {});
  return define_result(planner, node.outputs[0], to.buffer);
}

}  // namespace

bool works_on_values(const Planner& planner, const Node& node) {
  const auto is_boxed = [&](ValueId id) {
    return id != kNone && planner.is_boxed(id);
  };
  return info(node.op).family == "sequence" ||
         (node.op == Op::Identity &&
          (is_boxed(node.inputs[0]) || is_boxed(node.outputs[0])));
}

Status lower_values(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  planner.mark_done(index);
  switch (node.op) {
    case Op::ConcatFromSequence:
      return concat(planner, node);
    case Op::Identity:
    case Op::OptionalGetElement:
      return get_element(planner, node);
    case Op::Optional:
      return make_optional(planner, node);
    case Op::OptionalHasElement:
      return has_element(planner, node);
    case Op::SequenceAt:
      return at_position(planner, node, "hone_sequence_at", 1);
    case Op::SequenceConstruct:
    case Op::SequenceEmpty:
      return construct(planner, node);
    case Op::SequenceErase:
      return at_position(planner, node, "hone_sequence_erase", 1);
    case Op::SequenceInsert:
      return at_position(planner, node, "hone_sequence_insert", 2);
    case Op::SequenceLength:
      return length(planner, node);
    case Op::SplitToSequence:
      return split(planner, node);
    default:
      return planner.unsupported(node, "this operator is not compiled");
  }
}

}  // namespace hone::tensor
