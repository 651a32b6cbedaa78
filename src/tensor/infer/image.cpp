// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Images at computed places, boxes in them, and patches put together.
#include "tensor/infer/inference.h"

namespace hone::tensor {

namespace {

void roi_align(Inference& c) {
  const Shape* x = c.shape(0);
  const Shape* rois = c.shape(1);
  std::optional<Shape> shape;
  if (x && rois && x->size() == 4 && !rois->empty())
    shape = Shape{(*rois)[0], (*x)[1], c.node.integer("output_height"),
                  c.node.integer("output_width")};
  c.set(0, c.element(0), shape);
}

void max_roi_pool(Inference& c) {
  const Shape* x = c.shape(0);
  const Shape* rois = c.shape(1);
  const std::vector<int64_t> pooled = c.node.integers("pooled_shape");
  std::optional<Shape> shape;
  if (x && rois && x->size() == 4 && !rois->empty() && pooled.size() == 2)
    shape = Shape{(*rois)[0], (*x)[1], pooled[0], pooled[1]};
  c.set(0, c.element(0), shape);
}

void grid_sample(Inference& c) {
  const Shape* x = c.shape(0);
  const Shape* grid = c.shape(1);
  std::optional<Shape> shape;
  if (x && grid && x->size() > 2 && grid->size() == x->size()) {
    shape = Shape{(*x)[0], (*x)[1]};
    shape->insert(shape->end(), grid->begin() + 1, grid->end() - 1);
  }
  c.set(0, c.element(0), shape);
}

// theta: N x axes x (axes + 1); sizes: N, channels, and one for each axis.
void affine_grid(Inference& c) {
  const Shape* theta = c.shape(0);
  const std::vector<Dim>* sizes = c.contents(1);
  std::optional<Shape> shape;
  if (sizes && sizes->size() > 2) {
    shape = Shape{(*sizes)[0]};
    shape->insert(shape->end(), sizes->begin() + 2, sizes->end());
    shape->push_back(static_cast<int64_t>(sizes->size()) - 2);
  } else if (const auto length = c.length(1); length && *length > 2) {
    shape = c.unknown_shape(*length);
    shape->back() = static_cast<int64_t>(*length) - 2;
  } else if (theta && theta->size() == 3 && (*theta)[1].is_constant() &&
             ((*theta)[1].is(2) || (*theta)[1].is(3))) {
    shape = c.unknown_shape(static_cast<size_t>((*theta)[1].value()) + 2);
    shape->front() = theta->front();
    shape->back() = (*theta)[1];
  }
  c.set(0, c.element(0), shape);
}

// x: images x channels times taps x blocks.
void col2im(Inference& c) {
  const Shape* x = c.shape(0);
  const std::vector<Dim>* image = c.contents(1);
  const auto block = c.numbers(2);
  const auto axes = c.length(1);
  std::optional<Shape> shape;
  if (x && x->size() == 3 && axes) {
    shape = c.unknown_shape(*axes + 2);
    (*shape)[0] = (*x)[0];
    int64_t taps = 1;
    if (block)
      for (const int64_t size : *block) taps *= size;
    if (block && taps > 0) (*shape)[1] = floor_div((*x)[1], taps);
    for (size_t d = 0; image && d < *axes && d < image->size(); ++d)
      (*shape)[d + 2] = (*image)[d];
  }
  c.set(0, c.element(0), shape);
}

void max_unpool(Inference& c) {
  const Shape* x = c.shape(0);
  std::optional<Shape> shape;
  if (x && x->size() > 2) {
    const size_t axes = x->size() - 2;
    const auto of = [&](std::string_view name, size_t i, int64_t other) {
      const std::vector<int64_t> list = c.node.integers(name);
      return i < list.size() ? list[i] : other;
    };
    shape = Shape{(*x)[0], (*x)[1]};
    for (size_t d = 0; d < axes; ++d)
      shape->push_back(((*x)[d + 2] - 1) * of("strides", d, 1) +
                       of("kernel_shape", d, 1) - of("pads", d, 0) -
                       of("pads", d + axes, 0));
    if (c.has(2))
      shape = c.contents(2) && c.contents(2)->size() == x->size()
                  ? *c.contents(2)
                  : c.unknown_shape(x->size());
  }
  c.set(0, c.element(0), shape);
}

void non_max_suppression(Inference& c) {
  c.set(0, ElementType::I64, Shape{c.unknown(), 3});
}

constexpr InferRow kRows[] = {
    {Op::AffineGrid, affine_grid}, {Op::Col2Im, col2im},
    {Op::GridSample, grid_sample}, {Op::MaxRoiPool, max_roi_pool},
    {Op::MaxUnpool, max_unpool},   {Op::NonMaxSuppression, non_max_suppression},
    {Op::RoiAlign, roi_align},
};

}  // namespace

std::span<const InferRow> image_rules() { return kRows; }

}  // namespace hone::tensor
