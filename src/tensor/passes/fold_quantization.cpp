// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Between quantised nodes exporters leave what their integers do not need:
//
//   Quantize(DequantizeLinear(q, s, z), s, z)                      →  q
//   Quantize(Transpose(DequantizeLinear(q, s, z)), s, z)           →
//   Transpose(q) Quantize(Relu(x), s, z), where z is the least integer →
//   Quantize(x, s, z) Quantize(Clip(x, a, b), s, z), where a and b are at the
//   ends   →  Quantize(x, s, z)
//
// (`Quantize` is QuantizeLinear.) The first is exact for integers of at most 16
// bits: (q - z) * s / s is wrong by far less than a half. The second holds for
// all that only moves elements. The others hold because quantising saturates.
// One scale and zero point for all elements, of f32. The pair the other way
// around, DequantizeLinear of Quantize, rounds, and stays.
#include <algorithm>
#include <cmath>

#include "tensor/infer/infer.h"
#include "tensor/interpreter/tensor.h"
#include "tensor/passes/pass.h"
#include "tensor/passes/rewrite.h"

namespace hone::tensor {

namespace {

struct Scale {
  double scale;
  int64_t zero;
  ElementType type;  // of the integers
  bool operator==(const Scale&) const = default;
};

bool is_small_integer(ElementType type) {
  switch (type) {
    case ElementType::I8:
    case ElementType::U8:
    case ElementType::I16:
    case ElementType::U16:
      return true;
    default:
      return false;
  }
}

// Of QuantizeLinear and DequantizeLinear; `integers` is their integer side.
std::optional<Scale> scale_of(const Graph& graph, const Node& node,
                              ValueId integers) {
  const auto type = graph[integers].type.element;
  const Literal* const scale = graph.literal_of(node.inputs[1]);
  if (!type || !is_small_integer(*type) || scale == nullptr ||
      scale->type() != ElementType::F32 || scale->size() != 1)
    return {};
  Scale found = {
      .scale = *scalar_of(graph, node.inputs[1]), .zero = 0, .type = *type};
  // Products and quotients are numbers, and not subnormal.
  if (!(found.scale > 1e-30 && found.scale < 1e30)) return {};
  if (node.has_input(2)) {
    const Literal* const zero = graph.literal_of(node.inputs[2]);
    const auto numbers = zero ? zero->to_integers() : std::nullopt;
    if (!numbers || numbers->size() != 1) return {};
    found.zero = (*numbers)[0];
  }
  return found;
}

std::optional<Scale> quantizing(const Graph& graph, const Node& node) {
  if (node.op != Op::QuantizeLinear || node.has("precision") ||
      graph[node.inputs[0]].type.element != ElementType::F32)
    return {};
  return scale_of(graph, node, node.outputs[0]);
}

// Elements keep their values and change their places; the first input has them.
bool only_moves(Op op) {
  switch (op) {
    case Op::Expand:
    case Op::Flatten:
    case Op::Identity:
    case Op::Reshape:
    case Op::Slice:
    case Op::Squeeze:
    case Op::Transpose:
    case Op::Unsqueeze:
      return true;
    default:
      return false;
  }
}

class Folder {
 public:
  explicit Folder(Graph& graph)
      : g_(graph), makers_(find_makers(graph)), uses_(count_uses(graph)) {}

  // Whether node `at` was QuantizeLinear of something that needs none.
  bool fold(size_t at) {
    const auto scale = quantizing(g_, g_.nodes[at]);
    if (!scale) return false;
    return fold_activation(at, *scale) || fold_pair(at, *scale);
  }

 private:
  // Node that makes it, or -1.
  int maker(ValueId id) const { return id == kNone ? -1 : makers_[index(id)]; }
  bool is_read_once(ValueId id) const { return uses_[index(id)] == 1; }

  bool fold_activation(size_t at, const Scale& s) {
    Node& node = g_.nodes[at];
    const int before = maker(node.inputs[0]);
    if (before < 0) return false;
    const Node& activation = g_.nodes[before];
    const int bits = element_bits(s.type);
    const bool is_signed = element_class(s.type) == ElementClass::Int;
    const double least = is_signed ? -std::ldexp(1, bits - 1) : 0;
    const double most = std::ldexp(1, is_signed ? bits - 1 : bits) - 1;
    const auto quantized = [&](double x) {
      return std::nearbyint(static_cast<double>(static_cast<float>(x) /
                                                static_cast<float>(s.scale))) +
             static_cast<double>(s.zero);
    };
    if (activation.op == Op::Relu) {
      if (quantized(0) > least) return false;
    } else if (activation.op == Op::Clip) {
      for (const auto& [input, end] : {std::pair(1, least), {2, most}}) {
        if (!activation.has_input(input)) continue;
        const auto bound = scalar_of(g_, activation.inputs[input]);
        if (!bound ||
            (input == 1 ? quantized(*bound) > end : quantized(*bound) < end))
          return false;
      }
    } else {
      return false;
    }
    node.inputs[0] = activation.inputs[0];
    return true;
  }

  // What lies between the pair moves the integers.
  bool fold_pair(size_t at, const Scale& s) {
    std::vector<int> moves;
    ValueId id = g_.nodes[at].inputs[0];
    int before = maker(id);
    while (before >= 0 && only_moves(g_.nodes[before].op) && is_read_once(id)) {
      moves.push_back(before);
      id = g_.nodes[before].inputs[0];
      before = maker(id);
    }
    if (before < 0 || g_.nodes[before].op != Op::DequantizeLinear ||
        g_[id].type.element != ElementType::F32)
      return false;
    const Node& first = g_.nodes[before];
    if (scale_of(g_, first, first.inputs[0]) != s) return false;
    const ValueId result = g_.nodes[at].outputs[0];
    if (moves.empty()) {
      g_.nodes[at] = {.op = Op::Identity,
                      .name = g_.nodes[at].name,
                      .inputs = {first.inputs[0]},
                      .outputs = {result}};
      return true;
    }
    // The moves' own results are read by nobody else.
    g_.nodes[moves.back()].inputs[0] = first.inputs[0];
    g_.nodes[at] = {.op = Op::Identity,
                    .name = g_.nodes[at].name,
                    .inputs = {g_.nodes[at].inputs[0]},
                    .outputs = {result}};
    for (const int move : moves)
      g_[g_.nodes[move].outputs[0]].type.element = s.type;
    return true;
  }

  Graph& g_;
  std::vector<int32_t> makers_, uses_;
};

}  // namespace

Result<Graph> fold_quantization(Graph graph) {
  HONE_RETURN_IF_ERROR(infer_types(graph));
  for (size_t at = 0; at < graph.nodes.size(); ++at) {
    if (!Folder(graph).fold(at)) continue;
    HONE_RETURN_IF_ERROR(infer_types(graph));
    --at;  // there may be more before it
  }
  HONE_RETURN_IF_ERROR(pass_over_bodies(graph, fold_quantization));
  return remove_dead(std::move(graph));
}

}  // namespace hone::tensor
