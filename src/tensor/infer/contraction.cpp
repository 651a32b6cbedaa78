// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products, convolutions, pooling, reductions, recurrent layers.
#include <algorithm>

#include "tensor/infer/inference.h"

namespace hone::tensor {

namespace {

std::optional<Shape> product_shape(Inference& c, size_t a, size_t b) {
  const Shape* x = c.shape(a);
  const Shape* y = c.shape(b);
  if (!x || !y || x->empty() || y->empty()) return std::nullopt;
  const Shape x_batch(x->begin(), x->end() - std::min<size_t>(2, x->size()));
  const Shape y_batch(y->begin(), y->end() - std::min<size_t>(2, y->size()));
  Shape shape = broadcast_shapes(c, x_batch, y_batch);
  if (x->size() > 1) shape.push_back((*x)[x->size() - 2]);
  if (y->size() > 1) shape.push_back(y->back());
  return shape;
}

void mat_mul(Inference& c) { c.set(0, c.element(0), product_shape(c, 0, 1)); }
void mat_mul_integer(Inference& c) {
  c.set(0, ElementType::I32, product_shape(c, 0, 1));
}
void qlinear_mat_mul(Inference& c) {
  c.set(0, c.element(7), product_shape(c, 0, 3));
}

void gemm(Inference& c) {
  const Shape* a = c.shape(0);
  const Shape* b = c.shape(1);
  std::optional<Shape> shape;
  if (a && b && a->size() == 2 && b->size() == 2)
    shape = Shape{(*a)[c.node.integer("transA") != 0],
                  (*b)[c.node.integer("transB") == 0]};
  c.set(0, c.element(0), shape);
}

Dim attribute_dim(const Node& node, std::string_view name, size_t i,
                  int64_t fallback) {
  const std::vector<int64_t> list = node.integers(name);
  return i < list.size() ? list[i] : fallback;
}

// The size of output axis i of a sliding window.
Dim window_size(const Node& node, const Dim& size, size_t axes, size_t i,
                const Dim& kernel) {
  const Dim stride = attribute_dim(node, "strides", i, 1);
  const std::string mode = node.text("auto_pad");
  if (mode == "SAME_UPPER" || mode == "SAME_LOWER")
    return ceil_div(size, stride);
  const Dim extent = (kernel - 1) * attribute_dim(node, "dilations", i, 1) + 1;
  Dim pads = 0;
  const Dim before = attribute_dim(node, "pads", i, 0);
  if (mode != "VALID") pads = before + attribute_dim(node, "pads", i + axes, 0);
  const Dim room = size + pads - extent;
  if (node.integer("ceil_mode") == 0) return floor_div(room, stride) + 1;
  // A window may not begin in the pads behind.
  return min_dim(ceil_div(room, stride) + 1,
                 floor_div(size + before - 1, stride) + 1);
}

std::optional<Shape> windowed(Inference& c, const Shape& x, const Dim& channels,
                              const Shape& kernel) {
  const size_t axes = x.size() - 2;
  if (kernel.size() != axes) return std::nullopt;
  Shape shape = {x[0], channels};
  for (size_t i = 0; i < axes; ++i)
    shape.push_back(window_size(c.node, x[i + 2], axes, i, kernel[i]));
  return shape;
}

std::optional<Shape> conv_shape(Inference& c, size_t data, size_t weights) {
  const Shape* x = c.shape(data);
  const Shape* w = c.shape(weights);
  if (!x || x->size() < 3) return std::nullopt;
  const std::vector<int64_t> given = c.node.integers("kernel_shape");
  if (w && w->size() == x->size())
    return windowed(c, *x, (*w)[0], Shape(w->begin() + 2, w->end()));
  if (!given.empty()) return windowed(c, *x, c.unknown(), to_shape(given));
  return c.unknown_shape(x->size());
}

void conv(Inference& c) { c.set(0, c.element(0), conv_shape(c, 0, 1)); }
void conv_integer(Inference& c) {
  c.set(0, ElementType::I32, conv_shape(c, 0, 1));
}
void qlinear_conv(Inference& c) { c.set(0, c.element(7), conv_shape(c, 0, 3)); }

void causal_conv(Inference& c) {
  const Shape* x = c.shape(0);
  const Shape* w = c.shape(1);
  c.set(0, c.element(0), x ? std::optional(*x) : std::nullopt);
  std::optional<Shape> state;
  if (x && w && x->size() == 3 && w->size() == 3)
    state = Shape{(*x)[0], (*x)[1], (*w)[2] - 1};
  c.set(1, c.element(0), state);
}

void conv_transpose(Inference& c) {
  const Shape* x = c.shape(0);
  const Shape* w = c.shape(1);
  std::optional<Shape> shape;
  if (x && w && x->size() == w->size() && x->size() > 2) {
    const size_t axes = x->size() - 2;
    shape = Shape{(*x)[0], (*w)[1] * c.node.integer("group")};
    const std::vector<int64_t> wanted = c.node.integers("output_shape");
    const std::string mode = c.node.text("auto_pad");
    for (size_t i = 0; i < axes; ++i) {
      const Dim stride = attribute_dim(c.node, "strides", i, 1);
      const Dim extent =
          ((*w)[i + 2] - 1) * attribute_dim(c.node, "dilations", i, 1) + 1;
      const Dim pads = mode == "VALID"
                           ? Dim(0)
                           : attribute_dim(c.node, "pads", i, 0) +
                                 attribute_dim(c.node, "pads", i + axes, 0);
      if (i < wanted.size())
        shape->push_back(wanted[i]);
      else if (mode == "SAME_UPPER" || mode == "SAME_LOWER")
        shape->push_back((*x)[i + 2] * stride);
      else
        shape->push_back(((*x)[i + 2] - 1) * stride +
                         attribute_dim(c.node, "output_padding", i, 0) +
                         extent - pads);
    }
  }
  c.set(0, c.element(0), shape);
}

void pool(Inference& c) {
  const Shape* x = c.shape(0);
  std::optional<Shape> shape;
  if (x && x->size() > 2)
    shape = windowed(c, *x, (*x)[1], to_shape(c.node.integers("kernel_shape")));
  c.set(0, c.element(0), shape);
  c.set(1, ElementType::I64, shape);
}

void global_pool(Inference& c) {
  const Shape* x = c.shape(0);
  std::optional<Shape> shape;
  if (x && x->size() >= 2) {
    shape = Shape(x->size(), Dim(1));
    (*shape)[0] = (*x)[0];
    (*shape)[1] = (*x)[1];
  }
  c.set(0, c.element(0), shape);
}

void reduce(Inference& c) {
  const Shape* x = c.shape(0);
  std::optional<Shape> shape;
  std::optional<std::vector<int64_t>> axes = std::vector<int64_t>();
  if (c.has(1)) axes = c.numbers(1);
  const bool keep = c.node.integer("keepdims") != 0;
  if (x && axes) {
    std::vector<bool> goes(
        x->size(),
        axes->empty() && c.node.integer("noop_with_empty_axes") == 0);
    for (const int64_t given : *axes)
      if (const auto axis = c.axis(given, x->size())) goes[*axis] = true;
    shape.emplace();
    for (size_t i = 0; i < x->size(); ++i)
      if (!goes[i])
        shape->push_back((*x)[i]);
      else if (keep)
        shape->push_back(1);
  } else if (x && keep) {
    shape = c.unknown_shape(x->size());
  } else if (const auto count = c.length(1); x && count) {
    // Axes that come at run time differ from each other; none may mean all.
    const bool all = *count == 0 && c.node.integer("noop_with_empty_axes") == 0;
    if (all || *count <= x->size())
      shape = c.unknown_shape(all ? 0 : x->size() - *count);
  }
  c.set(0, c.element(0), shape);
}

void arg_extreme(Inference& c) {
  const Shape* x = c.shape(0);
  std::optional<Shape> shape;
  if (x)
    if (const auto axis = c.axis(c.node.integer("axis"), x->size())) {
      shape = *x;
      if (c.node.integer("keepdims") != 0)
        (*shape)[*axis] = 1;
      else
        shape->erase(shape->begin() + static_cast<int64_t>(*axis));
    }
  c.set(0, ElementType::I64, shape);
}

// X: steps x batch x inputs; R: directions x … x hidden.
void recurrent(Inference& c) {
  const Shape* x = c.shape(0);
  const Shape* r = c.shape(2);
  std::optional<Shape> all, last;
  if (x && x->size() == 3 && r && r->size() == 3) {
    const bool batch_first = c.node.integer("layout") != 0;
    const Dim steps = (*x)[batch_first ? 1 : 0];
    const Dim batch = (*x)[batch_first ? 0 : 1];
    const Dim directions = c.node.text("direction") == "bidirectional" ? 2 : 1;
    const Dim hidden = (*r)[2];
    all = batch_first ? Shape{batch, steps, directions, hidden}
                      : Shape{steps, directions, batch, hidden};
    last = batch_first ? Shape{batch, directions, hidden}
                       : Shape{directions, batch, hidden};
  }
  c.set(0, c.element(0), all);
  c.set(1, c.element(0), last);
  c.set(2, c.element(0), last);
}

void attention(Inference& c) {
  const Shape* q = c.shape(0);
  const Shape* k = c.shape(1);
  const Shape* v = c.shape(2);
  std::optional<Shape> y, keys, values, scores;
  if (q && k && v && q->size() == k->size() && v->size() == q->size() &&
      (q->size() == 4 || q->size() == 3)) {
    const bool packed = q->size() == 3;
    const Dim heads = packed ? Dim(c.node.integer("q_num_heads")) : (*q)[1];
    const Dim kv_heads = packed ? Dim(c.node.integer("kv_num_heads")) : (*k)[1];
    const Dim length = (*q)[packed ? 1 : 2];
    const Dim size = packed ? floor_div((*v)[2], kv_heads) : (*v)[3];
    const Dim k_size = packed ? floor_div((*k)[2], kv_heads) : (*k)[3];
    Dim total = (*k)[packed ? 1 : 2];
    if (c.has(4))
      total = total + (c.shape(4) && c.shape(4)->size() == 4 ? (*c.shape(4))[2]
                                                             : c.unknown());
    y = packed ? Shape{(*q)[0], length, heads * size}
               : Shape{(*q)[0], heads, length, size};
    keys = Shape{(*q)[0], kv_heads, total, k_size};
    values = Shape{(*q)[0], kv_heads, total, size};
    scores = Shape{(*q)[0], heads, length, total};
  }
  c.set(0, c.element(0), y);
  c.set(1, c.element(1), keys);
  c.set(2, c.element(2), values);
  c.set(3, c.element(0), scores);
}

void flex_attention(Inference& c) {
  const Shape* q = c.shape(0);
  const Shape* v = c.shape(2);
  std::optional<Shape> y;
  if (q && v && q->size() == 4 && v->size() == 4)
    y = Shape{(*q)[0], (*q)[1], (*q)[2], (*v)[3]};
  c.set(0, c.element(0), y);
}

void det(Inference& c) {
  const Shape* x = c.shape(0);
  c.set(0, c.element(0),
        x && x->size() >= 2 ? std::optional(Shape(x->begin(), x->end() - 2))
                            : std::nullopt);
}

constexpr InferRow kRows[] = {
    {Op::ArgMax, arg_extreme},
    {Op::ArgMin, arg_extreme},
    {Op::Attention, attention},
    {Op::AveragePool, pool},
    {Op::CausalConvWithState, causal_conv},
    {Op::Conv, conv},
    {Op::ConvInteger, conv_integer},
    {Op::ConvTranspose, conv_transpose},
    {Op::DeformConv, conv},
    {Op::Det, det},
    {Op::FlexAttention, flex_attention},
    {Op::GRU, recurrent},
    {Op::Gemm, gemm},
    {Op::GlobalAveragePool, global_pool},
    {Op::GlobalLpPool, global_pool},
    {Op::GlobalMaxPool, global_pool},
    {Op::LSTM, recurrent},
    {Op::LpPool, pool},
    {Op::MatMul, mat_mul},
    {Op::MatMulInteger, mat_mul_integer},
    {Op::MaxPool, pool},
    {Op::QLinearConv, qlinear_conv},
    {Op::QLinearMatMul, qlinear_mat_mul},
    {Op::RNN, recurrent},
    {Op::ReduceL1, reduce},
    {Op::ReduceL2, reduce},
    {Op::ReduceLogSum, reduce},
    {Op::ReduceLogSumExp, reduce},
    {Op::ReduceMax, reduce},
    {Op::ReduceMean, reduce},
    {Op::ReduceMin, reduce},
    {Op::ReduceProd, reduce},
    {Op::ReduceSum, reduce},
    {Op::ReduceSumSquare, reduce},
};

}  // namespace

std::span<const InferRow> contraction_rules() { return kRows; }

}  // namespace hone::tensor
