// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Moving, cutting and padding.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "tensor/infer/inference.h"

namespace hone::tensor {

namespace {

void transpose(Inference& c) {
  const Shape* x = c.shape(0);
  std::optional<Shape> result;
  if (x) {
    const std::vector<int64_t> perm = c.node.integers("perm");
    result.emplace();
    for (size_t i = 0; i < x->size(); ++i) {
      const size_t from = perm.size() == x->size()
                              ? c.axis(perm[i], x->size()).value_or(0)
                              : x->size() - 1 - i;
      result->push_back((*x)[from]);
    }
  }
  c.set(0, c.element(0), result);
}

void split(Inference& c) {
  const Shape* x = c.shape(0);
  const std::vector<Dim>* lengths = c.contents(1);
  for (size_t i = 0; i < c.outputs(); ++i) {
    std::optional<Shape> result;
    if (x)
      if (const auto axis = c.axis(c.node.integer("axis"), x->size())) {
        result = *x;
        Dim& dim = (*result)[*axis];
        const auto count = static_cast<int64_t>(c.outputs());
        if (lengths && i < lengths->size())
          dim = (*lengths)[i];
        else if (c.has(1))
          dim = c.unknown();
        else if (const Dim each = ceil_div(dim, count); i + 1 < c.outputs())
          dim = each;  // a last part that begins beyond the end aside
        else
          dim = dim - each * (count - 1);
      }
    c.set(i, c.element(0), result);
  }
}

void pad(Inference& c) {
  const Shape* x = c.shape(0);
  const std::vector<Dim>* pads = c.contents(1);
  std::optional<std::vector<int64_t>> axes;
  if (c.has(3)) axes = c.numbers(3);
  std::optional<Shape> result;
  if (x) {
    result = c.has(3) && !axes ? c.unknown_shape(x->size()) : *x;
    const size_t count = axes ? axes->size() : x->size();
    const bool known = pads && pads->size() == 2 * count;
    for (size_t i = 0; i < count && (!c.has(3) || axes); ++i)
      if (const auto axis =
              c.axis(axes ? (*axes)[i] : static_cast<int64_t>(i), x->size())) {
        Dim& dim = (*result)[*axis];
        dim = known ? dim + (*pads)[i] + (*pads)[i + count] : c.unknown();
      }
  }
  c.set(0, c.element(0), result);
}

void center_crop_pad(Inference& c) {
  const Shape* x = c.shape(0);
  const std::vector<Dim>* wanted = c.contents(1);
  const std::vector<int64_t> axes = c.node.integers("axes");
  std::optional<Shape> result;
  if (x) {
    result = wanted ? *x : c.unknown_shape(x->size());
    for (size_t i = 0; wanted && i < wanted->size(); ++i)
      if (const auto axis = c.axis(
              i < axes.size() ? axes[i] : static_cast<int64_t>(i), x->size()))
        (*result)[*axis] = (*wanted)[i];
  }
  c.set(0, c.element(0), result);
}

void depth_to_space(Inference& c) {
  const Shape* x = c.shape(0);
  const Dim b = c.node.integer("blocksize");
  std::optional<Shape> result;
  if (x && x->size() == 4 && !b.is(0))
    result =
        Shape{(*x)[0], floor_div((*x)[1], b * b), (*x)[2] * b, (*x)[3] * b};
  c.set(0, c.element(0), result);
}

void space_to_depth(Inference& c) {
  const Shape* x = c.shape(0);
  const Dim b = c.node.integer("blocksize");
  std::optional<Shape> result;
  if (x && x->size() == 4 && !b.is(0))
    result = Shape{(*x)[0], (*x)[1] * b * b, floor_div((*x)[2], b),
                   floor_div((*x)[3], b)};
  c.set(0, c.element(0), result);
}

// floor(size * scale); of sizes that are not numbers where the scale is a
// fraction of a small power of two.
std::optional<Dim> scaled(const Dim& size, double scale) {
  if (!(scale > 0) || scale > 1e9) return {};
  if (size.is_constant()) {
    const double result = std::floor(scale * static_cast<double>(size.value()));
    if (result > 1e15) return {};
    return Dim(static_cast<int64_t>(result));
  }
  for (int shift = 0; shift <= 10; ++shift) {
    const double whole = std::ldexp(scale, shift);
    if (whole == std::floor(whole) && whole <= 1 << 20)
      return floor_div(size * Dim(static_cast<int64_t>(whole)),
                       Dim(int64_t{1} << shift));
  }
  return {};
}

void resize(Inference& c) {
  const Shape* x = c.shape(0);
  std::optional<Shape> result;
  if (x) {
    result = *x;
    std::vector<int64_t> axes = c.node.integers("axes");
    if (axes.empty())
      for (size_t i = 0; i < x->size(); ++i)
        axes.push_back(static_cast<int64_t>(i));
    const std::vector<Dim>* sizes = c.contents(3);
    const bool stretch = c.node.text("keep_aspect_ratio_policy") == "stretch";
    const Literal* const scales = c.has(2) ? c.fact(2).literal : nullptr;
    const bool cuts =
        c.node.text("coordinate_transformation_mode") == "tf_crop_and_resize";
    for (size_t i = 0; i < axes.size(); ++i) {
      const auto axis = c.axis(axes[i], x->size());
      if (!axis) continue;
      std::optional<Dim> size;
      if (sizes && stretch && i < sizes->size()) size = (*sizes)[i];
      if (!sizes && !cuts && scales != nullptr &&
          scales->type() == ElementType::F32 &&
          scales->bytes().size() >= (i + 1) * sizeof(float)) {
        float scale = 0;
        std::memcpy(&scale, scales->bytes().data() + i * sizeof(float),
                    sizeof(float));
        size = scaled((*x)[*axis], static_cast<double>(scale));
      }
      (*result)[*axis] = size ? *size : c.unknown();
    }
  }
  c.set(0, c.element(0), result);
}

void compress(Inference& c) {
  const Shape* x = c.shape(0);
  std::optional<Shape> result;
  if (!c.node.has("axis")) result = Shape{c.unknown()};
  if (x && c.node.has("axis"))
    if (const auto axis = c.axis(c.node.integer("axis"), x->size())) {
      result = *x;
      (*result)[*axis] = c.unknown();
    }
  c.set(0, c.element(0), result);
}

void top_k(Inference& c) {
  const Shape* x = c.shape(0);
  const std::vector<Dim>* k = c.contents(1);
  std::optional<Shape> result;
  if (x)
    if (const auto axis = c.axis(c.node.integer("axis"), x->size())) {
      result = *x;
      (*result)[*axis] = k && k->size() == 1 ? k->front() : c.unknown();
    }
  c.set(0, c.element(0), result);
  c.set(1, ElementType::I64, result);
}

constexpr InferRow kRows[] = {
    {Op::CenterCropPad, center_crop_pad},
    {Op::Compress, compress},
    {Op::DepthToSpace, depth_to_space},
    {Op::Pad, pad},
    {Op::Resize, resize},
    {Op::SpaceToDepth, space_to_depth},
    {Op::Split, split},
    {Op::TopK, top_k},
    {Op::Transpose, transpose},
};

}  // namespace

std::span<const InferRow> layout_rules() { return kRows; }

}  // namespace hone::tensor
