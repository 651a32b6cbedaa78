// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/convolution.h"

#include <bit>

#include "tensor/kernel/byte.h"

namespace hone::tensor {

namespace {

class ConvolutionWriter {
 public:
  explicit ConvolutionWriter(const ConvolutionTile& tile)
      : t_(tile), b_("convolution", tile.lanes) {
    const Element word = is_bytes() ? Element::I32 : Element::F32;
    x_ = b_.pointer("x", word);
    w_ = b_.pointer("w", word);
    y_ = b_.pointer("y",
                    t_.bytes == ByteResult::Byte ? Element::U8 : Element::F32);
    if (t_.bias) bias_ = b_.pointer("bias", word);
    if (is_bytes()) scale_ = b_.pointer("scale");
    if (t_.bytes == ByteResult::Byte) bounds_ = b_.pointer("bounds");
    if (t_.post.inputs > 1) d_ = b_.pointer("d");
    for (const char* name :
         {"begin", "end", "height", "width", "blocks", "channels", "out_blocks",
          "x_block", "x_row", "w_block", "y_block", "y_row"})
      sizes_.push_back(b_.size(name));
    if (t_.skip_padding) {
      x_top_ = b_.size("x_top");
      x_bottom_ = b_.size("x_bottom");
    }
    if (t_.post.inputs > 1) {
      d_block_ = b_.size("d_block");
      d_row_ = b_.size("d_row");
    }
    const RegisterType type = {.lane = is_bytes() ? Lane::I32 : Lane::F32};
    for (int i = 0; i < t_.vectors * t_.rows * t_.columns; ++i)
      sum_.push_back(b_.variable("sum", type));
  }

  VectorKernel write() && {
    tile_rows_ = b_.let("tile_rows", (height() + (t_.rows - 1)) / t_.rows);
    // Division is by parameters and constants only; group and row of a task
    // are found by counting.
    b_.loop("group", 0, (out_blocks() + (t_.vectors - 1)) / t_.vectors, 1,
            [&](Ix group) {
              const Ix first = b_.let("first", group * tile_rows_);
              const Ix from = b_.let("from", max(begin() - first, 0));
              const Ix until = b_.let("until", min(end() - first, tile_rows_));
              const Ix block = b_.let(
                  "block", min(group * t_.vectors, out_blocks() - t_.vectors));
              b_.loop("turn", from, until, 1,
                      [&](Ix turn) { write_row(block, row_of(turn)); });
            });
    return std::move(b_).finish();
  }

 private:
  bool is_bytes() const { return t_.bytes != ByteResult::None; }
  // Elements of x from one pixel to the next.
  int64_t pixel() const {
    return t_.planar ? 1 : is_bytes() ? t_.lanes / 4 : t_.lanes;
  }

  Ix begin() const { return sizes_[0]; }
  Ix end() const { return sizes_[1]; }
  Ix height() const { return sizes_[2]; }
  Ix width() const { return sizes_[3]; }
  Ix blocks() const { return sizes_[4]; }
  Ix channels() const { return sizes_[5]; }
  Ix out_blocks() const { return sizes_[6]; }
  Ix x_block() const { return sizes_[7]; }
  Ix x_row() const { return sizes_[8]; }
  Ix w_block() const { return sizes_[9]; }
  Ix y_block() const { return sizes_[10]; }
  Ix y_row() const { return sizes_[11]; }

  Reg sum(int v, int r, int c) const {
    return sum_[(v * t_.rows + r) * t_.columns + c];
  }

  template <typename Body>
  void each(const Body& body) const {
    for (int r = 0; r < t_.rows; ++r)
      for (int c = 0; c < columns_; ++c)
        for (int v = 0; v < t_.vectors; ++v) body(v, r, c);
  }

  // The first tile row comes last where it may skip weights: whatever row comes
  // first brings the group's weights into the second-level cache, and with gaps
  // between them the processor does not prefetch.
  Ix row_of(Ix turn) {
    if (!t_.skip_padding) return turn;
    const Ix is_last = max(turn + 2 - tile_rows_, 0);
    return b_.let("tile_row", turn + 1 - tile_rows_ * is_last);
  }

  void write_row(Ix block, Ix tile_row) {
    const Ix row = b_.let("row", min(tile_row * t_.rows, height() - t_.rows));
    each_tile_of_row(b_, width(), t_.columns, t_.any_width,
                     [&](int columns, Ix column) {
                       columns_ = columns;
                       write_start(block);
                       write_sums(block, row, column);
                       write_end(block, row, column);
                     });
  }

  void write_start(Ix block) {
    each([&](int v, int r, int c) {
      if (!t_.bias) return b_.set_constant(sum(v, r, c), 0);
      if (r == 0 && c == 0)
        return b_.set_load(sum(v, 0, 0), bias_, (block + v) * t_.lanes);
      b_.set(sum(v, r, c), is_bytes() ? KernelOp::IntMove : KernelOp::Move,
             {sum(v, 0, 0)});
    });
  }

  // Rows of the window, from and to, that hold more than padding for some row
  // of the tile.
  std::pair<Ix, Ix> window_rows(Ix row) {
    const Window& w = t_.window;
    if (!t_.skip_padding) return {0, w.height};
    const auto rows_above = [&](Ix y) {
      return (max(y, 0) + (w.dilation_y - 1)) / w.dilation_y;
    };
    const Ix last = row + (t_.rows - 1);
    const Ix first = rows_above(x_top_ - last * w.stride_y);
    const Ix behind = rows_above(x_bottom_ - row * w.stride_y);
    return {b_.let("first_ky", first),
            b_.let("behind_ky", min(behind, w.height))};
  }

  void write_sums(Ix block, Ix row, Ix column) {
    const Window& w = t_.window;
    const Ix channel_step = t_.planar ? x_block() : Ix(1);
    const Ix tap_size = b_.let("tap_size", channels() * t_.lanes);
    const auto [first, behind] = window_rows(row);
    b_.loop("in_block", 0, blocks(), 1, [&](Ix in) {
      b_.loop("ky", first, behind, 1, [&](Ix ky) {
        b_.loop("kx", 0, w.width, 1, [&](Ix kx) {
          const Ix x_base =
              b_.let("x_base",
                     in * x_block() +
                         (row * w.stride_y + ky * w.dilation_y) * x_row() +
                         (column * w.stride_x + kx * w.dilation_x) * pixel());
          const Ix tap = b_.let(
              "tap", block * w_block() +
                         ((in * w.height + ky) * w.width + kx) * tap_size);
          b_.loop("channel", 0, channels(), 1, [&](Ix channel) {
            write_step(x_base + channel * channel_step,
                       tap + channel * t_.lanes);
          });
        });
      });
    });
  }

  void write_step(Ix x_base, Ix tap) {
    const Window& w = t_.window;
    const int64_t step = pixel() * w.stride_x;
    std::vector<Reg> weights;
    for (int v = 0; v < t_.vectors; ++v)
      weights.push_back(b_.load(w_, tap + w_block() * v));
    for (int r = 0; r < t_.rows; ++r)
      for (int c = 0; c < columns_; ++c) {
        const Reg x =
            b_.broadcast(x_, x_base + x_row() * (r * w.stride_y) + c * step);
        for (int v = 0; v < t_.vectors; ++v)
          b_.set(sum(v, r, c), is_bytes() ? KernelOp::Dot : KernelOp::Fma,
                 {x, weights[v], sum(v, r, c)});
      }
  }

  // The sum as a number, or as one from 0 to 255.
  Reg scaled(Reg sum, Ix block) {
    const Reg scale = b_.load(scale_, block * t_.lanes);
    const Reg value =
        b_.apply(KernelOp::Mul, {b_.apply(KernelOp::ToFloat, {sum}), scale});
    if (t_.bytes == ByteResult::Float) return value;
    const Reg steps = b_.apply(KernelOp::Round, {value});
    const Reg least =
        b_.apply(KernelOp::Max,
                 {b_.apply(KernelOp::Add, {steps, b_.broadcast(bounds_, 0)}),
                  b_.broadcast(bounds_, 1)});
    return byte_of_whole(b_,
                         b_.apply(KernelOp::Min, {least, b_.constant(255)}));
  }

  void write_end(Ix block, Ix row, Ix column) {
    each([&](int v, int r, int c) {
      const auto place = [&](Ix block_pitch, Ix row_pitch) {
        return (block + v) * block_pitch + (row + r) * row_pitch +
               (column + c) * t_.lanes;
      };
      std::vector<Reg> inputs = {is_bytes() ? scaled(sum(v, r, c), block + v)
                                            : sum(v, r, c)};
      if (t_.post.inputs > 1)
        inputs.push_back(b_.load(d_, place(d_block_, d_row_)));
      b_.store(y_, place(y_block(), y_row()),
               t_.bytes == ByteResult::Byte
                   ? inputs[0]
                   : write_expression(b_, t_.post, inputs));
    });
  }

  const ConvolutionTile& t_;
  KernelBuilder b_;
  Pointer x_, w_, y_, bias_, scale_, bounds_, d_;
  std::vector<Ix> sizes_;
  Ix d_block_ = 0, d_row_ = 0, tile_rows_ = 0;
  Ix x_top_ = 0, x_bottom_ = 0;
  int columns_ = 0;  // of the tile that is being written
  std::vector<Reg> sum_;
};

}  // namespace

void each_tile_of_row(KernelBuilder& b, Ix width, int columns, bool any_width,
                      const std::function<void(int columns, Ix column)>& body) {
  const auto whole = [&] {
    b.loop("tile", 0, width, columns, [&](Ix start) {
      body(columns, b.let("column", min(start, width - columns)));
    });
  };
  if (!any_width) return whole();
  b.when_less(
      width, columns,
      [&] {
        Ix done = 0;
        for (auto part = std::bit_floor(static_cast<unsigned>(columns) - 1);
             part > 0; part /= 2) {
          const int64_t each = part;
          const Ix behind =
              b.let("behind", done + (width - done) / each * each);
          b.loop("column", done, behind, each,
                 [&](Ix column) { body(static_cast<int>(part), column); });
          done = behind;
        }
      },
      whole);
}

VectorKernel build_convolution(const ConvolutionTile& tile) {
  return ConvolutionWriter(tile).write();
}

}  // namespace hone::tensor
