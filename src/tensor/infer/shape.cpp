// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators that read or change sizes. They carry contents.
#include <algorithm>

#include "tensor/infer/inference.h"

namespace hone::tensor {

namespace {

std::optional<std::vector<Dim>> kept(const Inference& c, size_t i) {
  return c.contents(i) ? std::optional(*c.contents(i)) : std::nullopt;
}

void shape(Inference& c) {
  const Shape* x = c.shape(0);
  if (!x) {
    c.set(0, ElementType::I64, Shape{c.unknown()});
    return;
  }
  const auto rank = static_cast<int64_t>(x->size());
  const auto bound = [&](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const int64_t start = bound(c.node.integer("start"));
  const int64_t end =
      std::max(start, c.node.has("end") ? bound(c.node.integer("end")) : rank);
  std::vector<Dim> part(x->begin() + start, x->begin() + end);
  c.set(0, ElementType::I64, Shape{Dim(end - start)}, std::move(part));
}

void size(Inference& c) {
  const Shape* x = c.shape(0);
  c.set(0, ElementType::I64, Shape(),
        x ? std::optional(std::vector<Dim>{element_count(*x)}) : std::nullopt);
}

void reshape(Inference& c) {
  const Shape* x = c.shape(0);
  const std::vector<Dim>* wanted = c.contents(1);
  std::optional<Shape> result;
  if (wanted) {
    result.emplace();
    Dim product = 1;
    std::optional<size_t> free;
    bool known = true;
    for (size_t i = 0; i < wanted->size(); ++i) {
      Dim dim = (*wanted)[i];
      if (dim.is(0) && c.node.integer("allowzero") == 0)
        dim = x && i < x->size() ? (*x)[i] : c.unknown();
      if (dim.is(-1)) {
        free = i;
        dim = c.unknown();
      } else {
        product = product * dim;
      }
      known &= !dim.has_unknown() || free == i;
      result->push_back(dim);
    }
    if (free && x && known)
      (*result)[*free] = floor_div(element_count(*x), product);
  } else if (const auto rank = c.length(1)) {
    result = c.unknown_shape(*rank);
  }
  // A vector that is read as a vector or scalar keeps its elements.
  const bool flat = result && result->size() <= 1;
  c.set(0, c.element(0), result, flat ? kept(c, 0) : std::nullopt);
}

void flatten(Inference& c) {
  const Shape* x = c.shape(0);
  std::optional<Shape> result;
  if (x) {
    int64_t axis = c.node.integer("axis");
    if (axis < 0) axis += static_cast<int64_t>(x->size());
    axis = std::clamp<int64_t>(axis, 0, static_cast<int64_t>(x->size()));
    result = Shape{element_count(Shape(x->begin(), x->begin() + axis)),
                   element_count(Shape(x->begin() + axis, x->end()))};
  }
  c.set(0, c.element(0), result);
}

void squeeze(Inference& c) {
  const Shape* x = c.shape(0);
  std::optional<Shape> result;
  const auto axes = c.numbers(1);
  if (x && axes) {
    std::vector<bool> goes(x->size(), false);
    for (const int64_t given : *axes)
      if (const auto axis = c.axis(given, x->size())) goes[*axis] = true;
    result.emplace();
    for (size_t i = 0; i < x->size(); ++i)
      if (!goes[i]) result->push_back((*x)[i]);
  } else if (x && !c.has(1) && c.fact(0).type.is_static()) {
    result.emplace();
    for (const Dim& dim : *x)
      if (!dim.is(1)) result->push_back(dim);
  } else if (const auto count = c.length(1);
             x && count && *count <= x->size()) {
    result = c.unknown_shape(x->size() - *count);
  }
  c.set(0, c.element(0), result, kept(c, 0));
}

void unsqueeze(Inference& c) {
  const Shape* x = c.shape(0);
  const auto axes = c.numbers(1);
  std::optional<Shape> result;
  if (x && axes) {
    const size_t rank = x->size() + axes->size();
    std::vector<bool> is_new(rank, false);
    for (const int64_t given : *axes)
      if (const auto axis = c.axis(given, rank)) is_new[*axis] = true;
    result.emplace();
    auto next = x->begin();
    for (size_t i = 0; i < rank; ++i)
      result->push_back(is_new[i] || next == x->end() ? Dim(1) : *next++);
  } else if (const auto count = c.length(1); x && count) {
    result = c.unknown_shape(x->size() + *count);
  }
  c.set(0, c.element(0), result,
        result && result->size() <= 1 ? kept(c, 0) : std::nullopt);
}

void expand(Inference& c) {
  const Shape* x = c.shape(0);
  const std::vector<Dim>* wanted = c.contents(1);
  std::optional<Shape> result;
  if (x && wanted)
    result = broadcast_shapes(c, *x, *wanted);
  else if (const auto rank = c.length(1); x && rank)
    result = c.unknown_shape(std::max(x->size(), *rank));
  c.set(0, c.element(0), result);
}

void tile(Inference& c) {
  const Shape* x = c.shape(0);
  const std::vector<Dim>* repeats = c.contents(1);
  std::optional<Shape> result;
  if (x) {
    result = *x;
    for (size_t i = 0; i < x->size(); ++i)
      (*result)[i] = repeats && repeats->size() == x->size()
                         ? (*x)[i] * (*repeats)[i]
                         : c.unknown();
  }
  c.set(0, c.element(0), result);
}

void gather(Inference& c) {
  const Shape* x = c.shape(0);
  const Shape* places = c.shape(1);
  std::optional<Shape> result;
  std::optional<std::vector<Dim>> contents;
  if (x && places)
    if (const auto axis = c.axis(c.node.integer("axis"), x->size())) {
      const auto at = x->begin() + static_cast<int64_t>(*axis);
      result = Shape(x->begin(), at);
      result->insert(result->end(), places->begin(), places->end());
      result->insert(result->end(), at + 1, x->end());
    }
  const std::vector<Dim>* from = c.contents(0);
  const auto picks = c.numbers(1);
  if (from && picks && x && x->size() == 1) {
    contents.emplace();
    for (const int64_t pick : *picks) {
      const auto i = c.axis(pick, from->size());
      if (!i) {
        contents.reset();
        break;
      }
      contents->push_back((*from)[*i]);
    }
  }
  c.set(0, c.element(0), result, contents);
}

void concat(Inference& c) {
  std::optional<Shape> result;
  std::optional<std::vector<Dim>> contents = std::vector<Dim>();
  for (size_t i = 0; i < c.inputs(); ++i) {
    if (c.contents(i) && contents)
      contents->insert(contents->end(), c.contents(i)->begin(),
                       c.contents(i)->end());
    else
      contents.reset();
  }
  const Shape* first = c.shape(0);
  if (first)
    if (const auto axis = c.axis(c.node.integer("axis"), first->size())) {
      result = *first;
      Dim sum = 0;
      for (size_t i = 0; i < c.inputs(); ++i) {
        const Shape* x = c.shape(i);
        const bool fits = x && x->size() == first->size();
        sum = sum + (fits ? (*x)[*axis] : c.unknown());
        // A size that one input knows holds for all.
        for (size_t d = 0; fits && d < x->size(); ++d)
          if (d != *axis && (*x)[d].is_constant()) (*result)[d] = (*x)[d];
      }
      (*result)[*axis] = sum;
    }
  c.set(0, c.element(0), result, contents);
}

void slice(Inference& c) {
  const Shape* x = c.shape(0);
  const auto starts = c.numbers(1), ends = c.numbers(2);
  std::optional<std::vector<int64_t>> axes, steps;
  if (c.has(3)) axes = c.numbers(3);
  if (c.has(4)) steps = c.numbers(4);
  const bool known = starts && ends && starts->size() == ends->size() &&
                     (!c.has(3) || (axes && axes->size() == starts->size())) &&
                     (!c.has(4) || (steps && steps->size() == starts->size()));
  if (!x) {
    c.set(0, c.element(0), std::nullopt);
    return;
  }
  Shape result = *x;
  std::optional<std::vector<Dim>> contents = kept(c, 0);
  if (!known) {
    // Only named axes change; without names, any may.
    const auto named = c.has(3) ? c.numbers(3) : std::nullopt;
    for (size_t i = 0; i < result.size(); ++i)
      if (!named) result[i] = c.unknown();
    if (named)
      for (const int64_t given : *named)
        if (const auto axis = c.axis(given, x->size()))
          result[*axis] = c.unknown();
    c.set(0, c.element(0), result);
    return;
  }
  for (size_t i = 0; i < starts->size(); ++i) {
    const auto axis =
        c.axis(axes ? (*axes)[i] : static_cast<int64_t>(i), x->size());
    if (!axis) continue;
    const Dim size = (*x)[*axis];
    const int64_t step = steps ? (*steps)[i] : 1;
    const int64_t start = (*starts)[i], end = (*ends)[i];
    if (size.is_constant() && step != 0 && step != INT64_MIN) {
      const int64_t n = size.value();
      const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
      const auto bound = [&](int64_t at) {
        return std::clamp(at < 0 ? at + n : at, low, high);
      };
      const int64_t span =
          step > 0 ? bound(end) - bound(start) : bound(start) - bound(end);
      const int64_t length = span <= 0 ? 0 : (span - 1) / std::abs(step) + 1;
      if (contents) {
        std::vector<Dim> part;
        for (int64_t k = 0; k < length; ++k)
          part.push_back((*contents)[bound(start) + k * step]);
        contents = std::move(part);
      }
      result[*axis] = length;
      continue;
    }
    contents.reset();
    const bool whole = end == INT64_MAX || end == INT32_MAX;
    if (step != 1)
      result[*axis] = c.unknown();
    else if (start == 0 && whole)
      result[*axis] = size;
    else if (start >= 0 && whole)
      result[*axis] = max_dim(size - start, 0);
    else if (start < 0 && whole)
      result[*axis] = min_dim(size, -start);
    else if (start == 0 && end >= 0)
      result[*axis] = min_dim(size, end);
    else if (start == 0 && end < 0)
      result[*axis] = max_dim(size + end, 0);
    else
      result[*axis] = c.unknown();
  }
  c.set(0, c.element(0), result, contents);
}

void gather_elements(Inference& c) {
  const Shape* places = c.shape(1);
  c.set(0, c.element(0), places ? std::optional(*places) : std::nullopt);
}

void gather_nd(Inference& c) {
  const Shape* x = c.shape(0);
  const Shape* places = c.shape(1);
  std::optional<Shape> result;
  const int64_t batch = c.node.integer("batch_dims");
  if (x && places && !places->empty() && places->back().is_constant()) {
    const int64_t skip = batch + places->back().value();
    if (skip >= 0 && skip <= static_cast<int64_t>(x->size())) {
      result = Shape(places->begin(), places->end() - 1);
      result->insert(result->end(), x->begin() + skip, x->end());
    }
  }
  c.set(0, c.element(0), result);
}

constexpr InferRow kRows[] = {
    {Op::Concat, concat},
    {Op::Expand, expand},
    {Op::Flatten, flatten},
    {Op::Gather, gather},
    {Op::GatherElements, gather_elements},
    {Op::GatherND, gather_nd},
    {Op::Reshape, reshape},
    {Op::Shape, shape},
    {Op::Size, size},
    {Op::Slice, slice},
    {Op::Squeeze, squeeze},
    {Op::Tile, tile},
    {Op::Unsqueeze, unsqueeze},
};

}  // namespace

std::span<const InferRow> shape_rules() { return kRows; }

}  // namespace hone::tensor
