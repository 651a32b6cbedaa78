// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Each loaded vector of x serves every output of the tile whose window it
// stands in, so that the multipliers wait for arithmetic and not for loads:
// for 3 x 3 windows and 8 columns, 30 loads for 72 multiplications. The
// window's weights stay in registers for a whole tile row.
#include "tensor/kernel/convolution.h"

namespace hone::tensor {

namespace {

class DepthwiseWriter {
 public:
  explicit DepthwiseWriter(const DepthwiseTile& tile)
      : t_(tile), b_("depthwise", tile.lanes) {
    x_ = b_.pointer("x");
    w_ = b_.pointer("w");
    y_ = b_.pointer("y");
    if (t_.bias) bias_ = b_.pointer("bias");
    if (t_.post.inputs > 1) d_ = b_.pointer("d");
    for (const char* name : {"begin", "end", "height", "width", "blocks",
                             "x_block", "x_row", "w_block", "y_block", "y_row"})
      sizes_.push_back(b_.size(name));
    if (t_.post.inputs > 1) {
      d_block_ = b_.size("d_block");
      d_row_ = b_.size("d_row");
    }
    sum_ = b_.variables("sum", t_.rows * t_.columns);
    weight_ = b_.variables("weight", t_.window.height * t_.window.width);
  }

  VectorKernel write() && {
    const Ix tile_rows =
        b_.let("tile_rows", (height() + (t_.rows - 1)) / t_.rows);
    b_.loop("block", 0, blocks(), 1, [&](Ix block) {
      const Ix first = b_.let("first", block * tile_rows);
      const Ix from = b_.let("from", max(sizes_[0] - first, 0));
      const Ix until = b_.let("until", min(sizes_[1] - first, tile_rows));
      for (size_t i = 0; i < weight_.size(); ++i)
        b_.set_load(weight_[i], w_,
                    block * w_block() + static_cast<int64_t>(i) * t_.lanes);
      b_.loop("tile_row", from, until, 1, [&](Ix tile_row) {
        const Ix row =
            b_.let("row", min(tile_row * t_.rows, height() - t_.rows));
        each_tile_of_row(b_, width(), t_.columns, t_.any_width,
                         [&](int columns, Ix column) {
                           columns_ = columns;
                           write_tile(block, row, column);
                         });
      });
    });
    return std::move(b_).finish();
  }

 private:
  Ix height() const { return sizes_[2]; }
  Ix width() const { return sizes_[3]; }
  Ix blocks() const { return sizes_[4]; }
  Ix w_block() const { return sizes_[7]; }

  void write_tile(Ix block, Ix row, Ix column) {
    write_start(block);
    const Window& w = t_.window;
    const Ix base =
        b_.let("x_base", block * sizes_[5] + row * w.stride_y * sizes_[6] +
                             column * (w.stride_x * t_.lanes));
    const int span_y =
        (t_.rows - 1) * w.stride_y + (w.height - 1) * w.dilation_y + 1;
    const int span_x =
        (columns_ - 1) * w.stride_x + (w.width - 1) * w.dilation_x + 1;
    for (int y = 0; y < span_y; ++y)
      for (int x = 0; x < span_x; ++x) write_input(base, y, x);
    write_end(block, row, column);
  }

  void write_start(Ix block) {
    Reg bias;
    if (t_.bias) bias = b_.load(bias_, block * t_.lanes);
    for (const Reg sum : sum_) {
      if (t_.bias)
        b_.set(sum, KernelOp::Move, {bias});
      else
        b_.set_constant(sum, 0);
    }
  }

  // The vector at (y, x) of the tile's input goes to every output whose window
  // has a tap on it.
  void write_input(Ix base, int y, int x) {
    const Window& w = t_.window;
    std::optional<Reg> value;
    for (int r = 0; r < t_.rows; ++r)
      for (int c = 0; c < columns_; ++c) {
        const int dy = y - r * w.stride_y, dx = x - c * w.stride_x;
        if (dy < 0 || dx < 0 || dy % w.dilation_y != 0 ||
            dx % w.dilation_x != 0)
          continue;
        const int ky = dy / w.dilation_y, kx = dx / w.dilation_x;
        if (ky >= w.height || kx >= w.width) continue;
        if (!value)
          value = b_.load(
              x_, base + sizes_[6] * y + static_cast<int64_t>(x) * t_.lanes);
        const Reg sum = sum_[r * t_.columns + c];
        b_.set(sum, KernelOp::Fma, {*value, weight_[ky * w.width + kx], sum});
      }
  }

  void write_end(Ix block, Ix row, Ix column) {
    for (int r = 0; r < t_.rows; ++r)
      for (int c = 0; c < columns_; ++c) {
        const auto place = [&](Ix block_pitch, Ix row_pitch) {
          return block * block_pitch + (row + r) * row_pitch +
                 (column + c) * t_.lanes;
        };
        std::vector<Reg> inputs = {sum_[r * t_.columns + c]};
        if (t_.post.inputs > 1)
          inputs.push_back(b_.load(d_, place(d_block_, d_row_)));
        b_.store(y_, place(sizes_[8], sizes_[9]),
                 write_expression(b_, t_.post, inputs));
      }
  }

  const DepthwiseTile& t_;
  KernelBuilder b_;
  Pointer x_, w_, y_, bias_, d_;
  std::vector<Ix> sizes_;
  Ix d_block_ = 0, d_row_ = 0;
  int columns_ = 0;  // of the tile that is being written
  std::vector<Reg> sum_, weight_;
};

}  // namespace

VectorKernel build_depthwise(const DepthwiseTile& tile) {
  return DepthwiseWriter(tile).write();
}

}  // namespace hone::tensor
