// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A convolution followed by something that scales and shifts each channel is a
// convolution with other weights:
//
//   s * (W x + b) + t   =   (s W) x + (s b + t)
//
// What scales and shifts: BatchNormalization, and Add, Sub, Mul, Div with a
// constant of one number a channel, or one for all. The new weights are
// computed in double and rounded once.
#include <cmath>

#include "tensor/infer/infer.h"
#include "tensor/interpreter/tensor.h"
#include "tensor/passes/pass.h"
#include "tensor/passes/rewrite.h"

namespace hone::tensor {

namespace {

// y[c] = scale[c] * x[c] + shift[c]
struct Affine {
  std::vector<double> scale, shift;
};

// The constant as one number a channel: [], [C, 1, 1] or [1, C, 1, 1] for data
// of rank 4.
std::optional<std::vector<double>> per_channel(const Graph& graph, ValueId id,
                                               int64_t channels, size_t rank) {
  const Literal* literal = graph.literal_of(id);
  if (!literal || !is_float(literal->type())) return std::nullopt;
  const auto& dims = literal->dims();
  if (literal->size() == 1 && dims.size() <= rank)
    return std::vector<double>(channels, *scalar_of(graph, id));
  if (literal->size() != channels || dims.size() > rank) return std::nullopt;
  for (size_t i = 0; i < dims.size(); ++i) {
    const bool is_channel = i + rank - dims.size() == 1;
    if (dims[i] != (is_channel ? channels : 1)) return std::nullopt;
  }
  const Tensor values = Tensor::from(*literal);
  const auto data = values.data<double>();
  return std::vector<double>(data.begin(), data.end());
}

std::optional<Affine> affine_of(const Graph& graph, const Node& node,
                                size_t data_input, int64_t channels,
                                size_t rank) {
  Affine a = {std::vector<double>(channels, 1),
              std::vector<double>(channels, 0)};
  if (node.op == Op::BatchNormalization) {
    if (data_input != 0 || node.integer("training_mode") != 0 ||
        node.has_output(1))
      return std::nullopt;
    std::vector<Tensor> inputs;
    for (size_t i = 1; i < 5; ++i) {
      const Literal* literal = graph.literal_of(node.inputs[i]);
      if (!literal || !is_float(literal->type()) || literal->size() != channels)
        return std::nullopt;
      inputs.push_back(Tensor::from(*literal));
    }
    for (int64_t c = 0; c < channels; ++c) {
      const double factor =
          inputs[0].number(c) /
          std::sqrt(inputs[3].number(c) + node.number("epsilon"));
      a.scale[c] = factor;
      a.shift[c] = inputs[1].number(c) - inputs[2].number(c) * factor;
    }
    return a;
  }
  if (node.inputs.size() != 2) return std::nullopt;
  const auto other =
      per_channel(graph, node.inputs[1 - data_input], channels, rank);
  if (!other) return std::nullopt;
  for (int64_t c = 0; c < channels; ++c) {
    const double v = (*other)[c];
    switch (node.op) {
      case Op::Add:
        a.shift[c] = v;
        break;
      case Op::Mul:
        a.scale[c] = v;
        break;
      case Op::Sub:
        a.shift[c] = data_input == 0 ? -v : v;
        a.scale[c] = data_input == 0 ? 1 : -1;
        break;
      case Op::Div:
        if (data_input != 0) return std::nullopt;
        a.scale[c] = 1 / v;
        break;
      default:
        return std::nullopt;
    }
  }
  return a;
}

// Puts the scale and shift into the convolution's weights and bias.
void absorb(Graph& graph, Node& conv, const Affine& a) {
  Tensor w = Tensor::from(*graph.literal_of(conv.inputs[1]));
  const int64_t channels = w.dim(0);
  Tensor b(w.type(), {channels});
  if (conv.has_input(2)) b = Tensor::from(*graph.literal_of(conv.inputs[2]));
  const int64_t each = w.size() / channels;
  for (int64_t i = 0; i < w.size(); ++i)
    w.data<double>()[i] =
        narrow(w.type(), w.data<double>()[i] * a.scale[i / each]);
  for (int64_t c = 0; c < channels; ++c)
    b.data<double>()[c] =
        narrow(b.type(), b.data<double>()[c] * a.scale[c] + a.shift[c]);
  graph.literal_of(conv.inputs[1])->release_pages();
  conv.inputs.resize(3, kNone);
  conv.inputs[1] = graph.add_constant(graph[conv.inputs[1]].name + "/folded",
                                      w.to_literal());
  conv.inputs[2] =
      graph.add_constant(graph[conv.inputs[1]].name + "/bias", b.to_literal());
}

// Whether the node folds into the convolution behind one of its inputs.
bool fold_into_conv(Graph& graph, size_t at) {
  const std::vector<int32_t> uses = count_uses(graph);
  const std::vector<int32_t> makers = find_makers(graph);
  const Node& node = graph.nodes[at];
  for (size_t i = 0; i < node.inputs.size() && i < 2; ++i) {
    const ValueId x = node.inputs[i];
    if (x == kNone || uses[index(x)] != 1 || makers[index(x)] < 0) continue;
    Node& conv = graph.nodes[makers[index(x)]];
    const Type& type = graph[x].type;
    if (conv.op != Op::Conv || !type.shape) continue;
    const Literal* w = graph.literal_of(conv.inputs[1]);
    if (!w || w->dims().empty() || w->dims()[0] < 1 || !is_float(w->type()) ||
        (conv.has_input(2) && !graph.literal_of(conv.inputs[2])))
      continue;
    const auto affine =
        affine_of(graph, node, i, w->dims()[0], type.shape->size());
    if (!affine) continue;
    absorb(graph, conv, *affine);
    conv.outputs[0] = node.outputs[0];
    graph.nodes.erase(graph.nodes.begin() + static_cast<int64_t>(at));
    return true;
  }
  return false;
}

}  // namespace

Result<Graph> fold_normalizations(Graph graph) {
  HONE_RETURN_IF_ERROR(infer_types(graph));
  for (size_t at = 0; at < graph.nodes.size();) {
    const Op op = graph.nodes[at].op;
    const bool candidate = op == Op::BatchNormalization || op == Op::Add ||
                           op == Op::Mul || op == Op::Sub || op == Op::Div;
    if (!candidate || !fold_into_conv(graph, at)) ++at;
  }
  HONE_RETURN_IF_ERROR(pass_over_bodies(graph, fold_normalizations));
  return remove_dead(std::move(graph));
}

}  // namespace hone::tensor
