// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/pooling.h"

#include <limits>

#include "tensor/kernel/byte.h"

namespace hone::tensor {

namespace {

// The taps k of a window that starts at `origin` with 0 <= origin + k * d < n.
struct TapRange {
  Ix from, until;
};

TapRange taps_inside(KernelBuilder& b, Ix origin, int dilation, Ix n,
                     int size) {
  const int64_t d = dilation;
  return {b.let("tap_from", max((0 - origin + (d - 1)) / d, 0)),
          b.let("tap_until", min((n - origin + (d - 1)) / d, size))};
}

}  // namespace

VectorKernel build_pooling(const PoolingTile& tile) {
  const Window& w = tile.window;
  const int lanes = tile.lanes;
  const bool is_max = tile.kind == PoolingTile::Kind::Max;
  KernelBuilder b("pooling", lanes);
  const Element element = tile.bytes ? Element::U8 : Element::F32;
  const Pointer y = b.pointer("y", element), x = b.pointer("x", element);
  const Ix begin = b.size("begin"), end = b.size("end");
  const Ix height = b.size("height"), width = b.size("width");
  const Ix in_height = b.size("in_height"), in_width = b.size("in_width");
  const Ix top = b.size("top"), left = b.size("left");
  const Ix padded_height = b.size("padded_height");
  const Ix padded_width = b.size("padded_width");
  const Ix y_block = b.size("y_block"), y_row = b.size("y_row");
  const Ix x_block = b.size("x_block"), x_row = b.size("x_row");
  const Reg sum = b.variable("sum");
  b.loop("block", begin, end, 1, [&](Ix block) {
    b.loop("row", 0, height, 1, [&](Ix row) {
      const Ix y0 = b.let("y0", row * w.stride_y - top);
      const TapRange down =
          taps_inside(b, y0, w.dilation_y, in_height, w.height);
      b.loop("column", 0, width, 1, [&](Ix column) {
        const Ix x0 = b.let("x0", column * w.stride_x - left);
        const TapRange along =
            taps_inside(b, x0, w.dilation_x, in_width, w.width);
        b.set_constant(sum, is_max && !tile.bytes
                                ? -std::numeric_limits<double>::infinity()
                                : 0);
        b.loop("ky", down.from, down.until, 1, [&](Ix ky) {
          b.loop("kx", along.from, along.until, 1, [&](Ix kx) {
            Reg value =
                b.load(x, block * x_block + (y0 + ky * w.dilation_y) * x_row +
                              (x0 + kx * w.dilation_x) * lanes);
            if (tile.bytes) value = b.apply(KernelOp::ToFloat, {value});
            b.set(sum, is_max ? KernelOp::Max : KernelOp::Add, {sum, value});
          });
        });
        if (!is_max) {
          Ix taps = (down.until - down.from) * (along.until - along.from);
          if (tile.kind == PoolingTile::Kind::AverageWhole)
            taps =
                (min((padded_height - y0 + (w.dilation_y - 1)) / w.dilation_y,
                     w.height)) *
                (min((padded_width - x0 + (w.dilation_x - 1)) / w.dilation_x,
                     w.width));
          const Reg count = b.apply(KernelOp::ToFloat, {b.index(max(taps, 1))});
          b.set(sum, KernelOp::Div, {sum, count});
        }
        b.store(y, block * y_block + row * y_row + column * lanes,
                tile.bytes ? byte_of_whole(b, sum) : sum);
      });
    });
  });
  return std::move(b).finish();
}

VectorKernel build_global_average(int lanes) {
  KernelBuilder b("global_average", lanes);
  const Pointer y = b.pointer("y"), x = b.pointer("x");
  const Ix begin = b.size("begin"), end = b.size("end");
  const Ix height = b.size("height"), width = b.size("width");
  const Ix y_block = b.size("y_block");
  const Ix x_block = b.size("x_block"), x_row = b.size("x_row");
  const Reg sum = b.variable("sum"), row_sum = b.variable("row_sum");
  b.loop("block", begin, end, 1, [&](Ix block) {
    b.set_constant(sum, 0);
    b.loop("row", 0, height, 1, [&](Ix row) {
      // Row by row: a long sum of one register would lose more bits.
      b.set_constant(row_sum, 0);
      b.loop("column", 0, width, 1, [&](Ix column) {
        b.set(row_sum, KernelOp::Add,
              {row_sum,
               b.load(x, block * x_block + row * x_row + column * lanes)});
      });
      b.set(sum, KernelOp::Add, {sum, row_sum});
    });
    const Reg count = b.apply(KernelOp::ToFloat, {b.index(height * width)});
    b.store(y, block * y_block, b.apply(KernelOp::Div, {sum, count}));
  });
  return std::move(b).finish();
}

}  // namespace hone::tensor
