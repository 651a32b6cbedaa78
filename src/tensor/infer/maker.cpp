// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tensors made from sizes and numbers, and operators with sizes of their own.
#include <algorithm>
#include <map>

#include "tensor/infer/inference.h"

namespace hone::tensor {

namespace {

void constant_of_shape(Inference& c) {
  const std::vector<Dim>* dims = c.contents(0);
  const Literal* value = c.node.literal("value");
  const ElementType type = value ? value->type() : ElementType::F32;
  std::optional<std::vector<Dim>> contents;
  if (dims && dims->size() <= 1) {
    const Dim count = dims->empty() ? Dim(1) : dims->front();
    const auto number = value ? value->to_integers() : std::nullopt;
    if (number && number->size() == 1 && count.is_constant() &&
        count.value() >= 0 && count.value() <= 64)
      contents.emplace(count.value(), Dim(number->front()));
  }
  std::optional<Shape> shape;
  if (dims)
    shape = *dims;
  else if (const auto rank = c.length(0))
    shape = c.unknown_shape(*rank);
  c.set(0, type, shape, contents);
}

void range(Inference& c) {
  const std::vector<Dim>* start = c.contents(0);
  const std::vector<Dim>* limit = c.contents(1);
  const auto step = c.numbers(2);
  Dim count = c.unknown();
  if (start && limit && step && step->size() == 1 && step->front() > 0 &&
      start->size() == 1 && limit->size() == 1)
    count =
        max_dim(ceil_div(limit->front() - start->front(), step->front()), 0);
  c.set(0, c.element(0), Shape{count});
}

void one_hot(Inference& c) {
  const Shape* x = c.shape(0);
  const std::vector<Dim>* depth = c.contents(1);
  std::optional<Shape> shape;
  if (x)
    if (const auto axis = c.axis(c.node.integer("axis"), x->size() + 1)) {
      shape = *x;
      shape->insert(shape->begin() + static_cast<int64_t>(*axis),
                    depth && depth->size() == 1 ? depth->front() : c.unknown());
    }
  c.set(0, c.element(2), shape);
}

void non_zero(Inference& c) {
  const Shape* x = c.shape(0);
  const Dim rank = x ? Dim(static_cast<int64_t>(x->size())) : c.unknown();
  c.set(0, ElementType::I64, Shape{rank, c.unknown()});
}

std::optional<ElementType> type_attribute(const Inference& c,
                                          std::string_view name) {
  return element_from_onnx(c.node.integer(name));
}

void random(Inference& c) {
  c.set(0, type_attribute(c, "dtype"), to_shape(c.node.integers("shape")));
}

void multinomial(Inference& c) {
  const Shape* x = c.shape(0);
  c.set(0, type_attribute(c, "dtype"),
        Shape{x && x->size() == 2 ? (*x)[0] : c.unknown(),
              c.node.integer("sample_size")});
}

void window(Inference& c) {
  const std::vector<Dim>* size = c.contents(0);
  c.set(0, type_attribute(c, "output_datatype"),
        Shape{size && size->size() == 1 ? size->front() : c.unknown()});
}

void mel(Inference& c) {
  const std::vector<Dim>* bins = c.contents(0);
  const std::vector<Dim>* length = c.contents(1);
  Shape shape = c.unknown_shape(2);
  if (length && length->size() == 1)
    shape[0] = floor_div(length->front(), 2) + 1;
  if (bins && bins->size() == 1) shape[1] = bins->front();
  c.set(0, type_attribute(c, "output_datatype"), shape);
}

// The sizes of an equation's result: a letter has that of any axis that it
// names and that is not 1, dots those of the inputs' dots, broadcast.
void einsum(Inference& c) {
  std::string equation = c.node.text("equation");
  std::erase(equation, ' ');
  constexpr std::string_view kDots = "...";
  const size_t arrow = equation.find("->");
  if (arrow == std::string::npos) return c.set(0, c.element(0), std::nullopt);
  std::map<char, Dim> letters;
  std::optional<Shape> dots;
  size_t begin = 0;
  for (size_t input = 0; input < c.inputs(); ++input) {
    const size_t end = std::min(equation.find(',', begin), arrow);
    const std::string term = equation.substr(begin, end - begin);
    begin = end + 1;
    const Shape* x = c.shape(input);
    const size_t at = term.find(kDots);
    const size_t named =
        term.size() - (at == std::string::npos ? 0 : kDots.size());
    if (!x || x->size() < named) return c.set(0, c.element(0), std::nullopt);
    const size_t between = x->size() - named;
    size_t axis = 0;
    for (size_t i = 0; i < term.size(); ++i) {
      if (i == at) {
        const Shape own(x->begin() + axis, x->begin() + axis + between);
        dots = dots ? broadcast_shapes(c, *dots, own) : own;
        axis += between;
        i += kDots.size() - 1;
        continue;
      }
      const auto [place, is_new] = letters.try_emplace(term[i], (*x)[axis]);
      if (!is_new && place->second.is(1)) place->second = (*x)[axis];
      ++axis;
    }
  }
  Shape shape;
  for (size_t i = arrow + 2; i < equation.size(); ++i) {
    if (equation[i] == '.') {
      if (dots) shape.insert(shape.end(), dots->begin(), dots->end());
      i += kDots.size() - 1;
      continue;
    }
    const auto found = letters.find(equation[i]);
    shape.push_back(found != letters.end() ? found->second : c.unknown());
  }
  c.set(0, c.element(0), shape);
}

void unique(Inference& c) {
  const Shape* x = c.shape(0);
  std::optional<Shape> shape;
  const Dim count = c.unknown();
  if (!c.node.has("axis")) shape = Shape{count};
  if (x && c.node.has("axis"))
    if (const auto axis = c.axis(c.node.integer("axis"), x->size())) {
      shape = *x;
      (*shape)[*axis] = count;
    }
  c.set(0, c.element(0), shape);
  c.set(1, ElementType::I64, Shape{count});
  c.set(2, ElementType::I64, Shape{c.unknown()});
  c.set(3, ElementType::I64, Shape{count});
}

void string_split(Inference& c) {
  const Shape* x = c.shape(0);
  std::optional<Shape> pieces, counts;
  if (x) {
    counts = *x;
    pieces = *x;
    pieces->push_back(c.unknown());
  }
  c.set(0, ElementType::Str, pieces);
  c.set(1, ElementType::I64, counts);
}

void linear_attention(Inference& c) {
  const Shape* q = c.shape(0);
  const Shape* k = c.shape(1);
  const Shape* v = c.shape(2);
  const Dim q_heads = c.node.integer("q_num_heads");
  const Dim kv_heads = c.node.integer("kv_num_heads");
  std::optional<Shape> y, state;
  if (q && k && v && q->size() == 3 && k->size() == 3 && v->size() == 3 &&
      !kv_heads.is(0)) {
    const Dim size = floor_div((*v)[2], kv_heads);
    y = Shape{(*q)[0], (*q)[1], q_heads * size};
    state = Shape{(*q)[0], kv_heads, floor_div((*k)[2], kv_heads), size};
  }
  c.set(0, c.element(0), y);
  c.set(1, c.has(3) ? c.element(3) : c.element(0), state);
}

// Element type and rank of input 0, with unknown sizes.
void ranked(Inference& c) {
  const Shape* x = c.shape(0);
  c.set(0, c.element(0),
        x ? std::optional(c.unknown_shape(x->size())) : std::nullopt);
}

// The transformed axis has another extent where only one side is kept, or a
// length is given; the last axis holds the parts of a number.
void dft(Inference& c) {
  const Shape* x = c.shape(0);
  if (!x || x->size() < 2) return ranked(c);
  const bool inverse = c.node.integer("inverse") != 0;
  const bool one_sided = c.node.integer("onesided") != 0;
  Shape shape = *x;
  shape.back() = inverse && one_sided ? 1 : 2;
  const auto length = [&](const Dim& size) {
    Dim n = inverse && one_sided ? (size - 1) * 2 : size;
    if (c.has(1))
      n = c.contents(1) && c.contents(1)->size() == 1 ? c.contents(1)->front()
                                                      : c.unknown();
    return one_sided && !inverse ? floor_div(n, 2) + 1 : n;
  };
  std::optional<std::vector<int64_t>> axes = std::vector<int64_t>{-2};
  if (c.has(2)) axes = c.numbers(2);
  if (axes && axes->size() == 1) {
    if (const auto axis = c.axis(axes->front(), shape.size()))
      shape[*axis] = length(shape[*axis]);
  } else if (one_sided || c.has(1)) {
    for (size_t d = 0; d + 1 < shape.size(); ++d) shape[d] = c.unknown();
  }
  c.set(0, c.element(0), shape);
}

// Frames of a signal: batch x frames x bins x parts of a number.
void stft(Inference& c) {
  const Shape* x = c.shape(0);
  if (!x || x->size() < 2) return c.set(0, c.element(0), std::nullopt);
  const std::vector<Dim>* given = c.contents(3);
  const auto step = c.numbers(1);
  Dim length = (*x)[1];
  if (c.has(3))
    length = given && given->size() == 1 ? given->front() : c.unknown();
  else if (c.has(2))
    length =
        c.shape(2) && c.shape(2)->size() == 1 ? (*c.shape(2))[0] : c.unknown();
  const Dim frames = step && step->size() == 1 && step->front() > 0
                         ? floor_div((*x)[1] - length, step->front()) + 1
                         : c.unknown();
  const bool one_sided = c.node.integer("onesided") != 0;
  c.set(
      0, c.element(0),
      Shape{(*x)[0], frames, one_sided ? floor_div(length, 2) + 1 : length, 2});
}

// A number for each n-gram, of each row.
void tf_idf(Inference& c) {
  const Shape* x = c.shape(0);
  const std::vector<int64_t> places = c.node.integers("ngram_indexes");
  const int64_t count =
      places.empty() ? 0 : *std::ranges::max_element(places) + 1;
  std::optional<Shape> shape;
  if (x) shape = x->size() == 2 ? Shape{(*x)[0], count} : Shape{count};
  c.set(0, ElementType::F32, shape);
}

// Rate and step, then of n weights n tensors each of weights, gradients and
// states; the results are weights, then states.
void optimiser(Inference& c) {
  const size_t states = c.node.op == Op::Adam ? 2 : 1;
  if (c.inputs() < 4 + states || (c.inputs() - 2) % (2 + states) != 0) return;
  const size_t count = (c.inputs() - 2) / (2 + states);
  for (size_t i = 0; i < c.outputs(); ++i) {
    const Shape* weight = c.shape(2 + i % count);
    c.set(i, c.element(2 + i % count),
          weight ? std::optional(*weight) : std::nullopt);
  }
}

constexpr InferRow kRows[] = {
    {Op::Adagrad, optimiser},
    {Op::Adam, optimiser},
    {Op::BlackmanWindow, window},
    {Op::ConstantOfShape, constant_of_shape},
    {Op::DFT, dft},
    {Op::Einsum, einsum},
    {Op::HammingWindow, window},
    {Op::HannWindow, window},
    {Op::LinearAttention, linear_attention},
    {Op::MelWeightMatrix, mel},
    {Op::Momentum, optimiser},
    {Op::Multinomial, multinomial},
    {Op::NonZero, non_zero},
    {Op::OneHot, one_hot},
    {Op::RandomNormal, random},
    {Op::RandomUniform, random},
    {Op::Range, range},
    {Op::STFT, stft},
    {Op::StringNormalizer, ranked},
    {Op::StringSplit, string_split},
    {Op::TfIdfVectorizer, tf_idf},
    {Op::Unique, unique},
};

}  // namespace

std::span<const InferRow> maker_rules() { return kRows; }

}  // namespace hone::tensor
