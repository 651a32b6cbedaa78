// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Outputs with the sizes of an input, or of inputs broadcast together.
#include "tensor/infer/inference.h"

namespace hone::tensor {

namespace {

std::optional<Shape> copied(const Inference& c, size_t i) {
  const Shape* shape = c.shape(i);
  return shape ? std::optional(*shape) : std::nullopt;
}

void same(Inference& c) { c.set(0, c.fact(0)); }

// The same sizes with other elements, and no contents.
void like(Inference& c) { c.set(0, c.element(0), copied(c, 0)); }

template <ElementType kType>
void like_with(Inference& c) {
  c.set(0, kType, copied(c, 0));
}

std::optional<ElementType> attribute_type(const Inference& c,
                                          std::string_view name) {
  return element_from_onnx(c.node.integer(name));
}

void cast(Inference& c) {
  const auto type = attribute_type(c, "to");
  const bool keeps = type && is_integer(*type) && c.contents(0);
  c.set(0, type, copied(c, 0),
        keeps ? std::optional(*c.contents(0)) : std::nullopt);
}

void cast_like(Inference& c) { c.set(0, c.element(1), copied(c, 0)); }

std::optional<Shape> broadcast_all(Inference& c, size_t first = 0) {
  std::optional<Shape> shape = copied(c, first);
  for (size_t i = first + 1; i < c.inputs(); ++i) {
    const Shape* next = c.shape(i);
    if (!next || !shape) return std::nullopt;
    shape = broadcast_shapes(c, *shape, *next);
  }
  return shape;
}

// Contents of element-by-element arithmetic on small shapes.
std::optional<std::vector<Dim>> combine(const Inference& c) {
  if (c.inputs() != 2 || !c.contents(0) || !c.contents(1)) return std::nullopt;
  const std::vector<Dim>& a = *c.contents(0);
  const std::vector<Dim>& b = *c.contents(1);
  const size_t count = std::max(a.size(), b.size());
  if ((a.size() != count && a.size() != 1) ||
      (b.size() != count && b.size() != 1))
    return std::nullopt;
  std::vector<Dim> result;
  for (size_t i = 0; i < count; ++i) {
    const Dim& x = a[a.size() == 1 ? 0 : i];
    const Dim& y = b[b.size() == 1 ? 0 : i];
    switch (c.node.op) {
      case Op::Add:
        result.push_back(x + y);
        break;
      case Op::Sub:
        result.push_back(x - y);
        break;
      case Op::Mul:
        result.push_back(x * y);
        break;
      case Op::Max:
        result.push_back(max_dim(x, y));
        break;
      case Op::Min:
        result.push_back(min_dim(x, y));
        break;
      case Op::Div:
        // Sizes are natural numbers, for which both divisions agree.
        if (!y.is_constant() || y.value() <= 0 ||
            (x.is_constant() && x.value() < 0))
          return std::nullopt;
        result.push_back(floor_div(x, y));
        break;
      default:
        return std::nullopt;
    }
  }
  return result;
}

void arithmetic(Inference& c) {
  c.set(0, c.element(0), broadcast_all(c), combine(c));
}

void comparison(Inference& c) { c.set(0, ElementType::Bool, broadcast_all(c)); }

void where(Inference& c) {
  c.set(0, c.element(1) ? c.element(1) : c.element(2), broadcast_all(c));
}

void dropout(Inference& c) {
  c.set(0, c.element(0), copied(c, 0));
  c.set(1, ElementType::Bool, copied(c, 0));
}

void batch_normalization(Inference& c) {
  like(c);
  for (size_t i = 1; i < 3; ++i) c.set(i, c.element(i + 2), copied(c, i + 2));
}

void layer_normalization(Inference& c) {
  like(c);
  std::optional<Shape> stats = copied(c, 0);
  if (stats) {
    const auto axis = c.axis(c.node.integer("axis"), stats->size());
    for (size_t i = axis.value_or(0); i < stats->size(); ++i) (*stats)[i] = 1;
  }
  const auto type = c.node.integer("stash_type") == 1
                        ? std::optional(ElementType::F32)
                        : c.element(0);
  c.set(1, type, stats);
  c.set(2, type, stats);
}

void quantize(Inference& c) {
  std::optional<ElementType> type =
      c.has(2) ? c.element(2) : std::optional(ElementType::U8);
  if (c.node.integer("output_dtype") != 0)
    type = attribute_type(c, "output_dtype");
  c.set(0, type, copied(c, 0));
}

void dequantize(Inference& c) {
  c.set(0,
        c.node.integer("output_dtype") != 0 ? attribute_type(c, "output_dtype")
                                            : c.element(1),
        copied(c, 0));
}

void dynamic_quantize(Inference& c) {
  c.set(0, ElementType::U8, copied(c, 0));
  c.set(1, ElementType::F32, Shape());
  c.set(2, ElementType::U8, Shape());
}

void typed_like(Inference& c) {
  c.set(0, c.node.has("dtype") ? attribute_type(c, "dtype") : c.element(0),
        copied(c, 0));
}

void loss(Inference& c) {
  std::optional<Shape> shape = Shape();
  if (c.node.text("reduction") == "none") shape = copied(c, 1);
  c.set(0, c.element(0), shape);
  c.set(1, c.element(0), copied(c, 0));
}

constexpr InferRow kRows[] = {
    {Op::Abs, like},
    {Op::Acos, like},
    {Op::Acosh, like},
    {Op::Add, arithmetic},
    {Op::And, comparison},
    {Op::Asin, like},
    {Op::Asinh, like},
    {Op::Atan, like},
    {Op::Atanh, like},
    {Op::BatchNormalization, batch_normalization},
    {Op::Bernoulli, typed_like},
    {Op::BitCast, cast},
    {Op::BitShift, arithmetic},
    {Op::BitwiseAnd, arithmetic},
    {Op::BitwiseNot, like},
    {Op::BitwiseOr, arithmetic},
    {Op::BitwiseXor, arithmetic},
    {Op::Cast, cast},
    {Op::CastLike, cast_like},
    {Op::Ceil, like},
    {Op::Celu, like},
    {Op::Clip, like},
    {Op::Cos, like},
    {Op::Cosh, like},
    {Op::CumProd, like},
    {Op::CumSum, like},
    {Op::DequantizeLinear, dequantize},
    {Op::Div, arithmetic},
    {Op::Dropout, dropout},
    {Op::DynamicQuantizeLinear, dynamic_quantize},
    {Op::Elu, like},
    {Op::Equal, comparison},
    {Op::Erf, like},
    {Op::Exp, like},
    {Op::EyeLike, typed_like},
    {Op::Floor, like},
    {Op::Gelu, like},
    {Op::Greater, comparison},
    {Op::GreaterOrEqual, comparison},
    {Op::GroupNormalization, like},
    {Op::HardSigmoid, like},
    {Op::HardSwish, like},
    {Op::Hardmax, like},
    {Op::Identity, same},
    {Op::InstanceNormalization, like},
    {Op::IsInf, like_with<ElementType::Bool>},
    {Op::IsNaN, like_with<ElementType::Bool>},
    {Op::LRN, like},
    {Op::LayerNormalization, layer_normalization},
    {Op::LeakyRelu, like},
    {Op::Less, comparison},
    {Op::LessOrEqual, comparison},
    {Op::Log, like},
    {Op::LogSoftmax, like},
    {Op::LpNormalization, like},
    {Op::Max, arithmetic},
    {Op::Mean, arithmetic},
    {Op::MeanVarianceNormalization, like},
    {Op::Min, arithmetic},
    {Op::Mish, like},
    {Op::Mod, arithmetic},
    {Op::Mul, arithmetic},
    {Op::Neg, like},
    {Op::NegativeLogLikelihoodLoss, loss},
    {Op::Not, like},
    {Op::Or, comparison},
    {Op::PRelu, like},
    {Op::Pow, arithmetic},
    {Op::QuantizeLinear, quantize},
    {Op::RMSNormalization, like},
    {Op::RandomNormalLike, typed_like},
    {Op::RandomUniformLike, typed_like},
    {Op::Reciprocal, like},
    {Op::RegexFullMatch, like_with<ElementType::Bool>},
    {Op::Relu, like},
    {Op::ReverseSequence, like},
    {Op::RotaryEmbedding, like},
    {Op::Round, like},
    {Op::ScatterElements, like},
    {Op::ScatterND, like},
    {Op::Selu, like},
    {Op::Shrink, like},
    {Op::Sigmoid, like},
    {Op::Sign, like},
    {Op::Sin, like},
    {Op::Sinh, like},
    {Op::Softmax, like},
    {Op::SoftmaxCrossEntropyLoss, loss},
    {Op::Softplus, like},
    {Op::Softsign, like},
    {Op::Sqrt, like},
    {Op::StringConcat, arithmetic},
    {Op::Sub, arithmetic},
    {Op::Sum, arithmetic},
    {Op::SwiGLU, like},
    {Op::Swish, like},
    {Op::Tan, like},
    {Op::Tanh, like},
    {Op::TensorScatter, like},
    {Op::ThresholdedRelu, like},
    {Op::Trilu, like},
    {Op::Where, where},
    {Op::Xor, comparison},
};

}  // namespace

std::span<const InferRow> pointwise_rules() { return kRows; }

}  // namespace hone::tensor
