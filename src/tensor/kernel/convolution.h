// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Direct convolutions on channel blocks.
//
// Layouts, in elements, with blocks of `lanes` channels:
//   x  blocked [C / lanes][row][column][lanes], or planar [C][row][column] for
//      the few channels of a first layer; padding is a halo of zeros that the
//      caller keeps around it, x points at the first element that a window
//      reads
//   w  [O / lanes][C / block][kernel_h][kernel_w][block][lanes], zeros where
//      O or C do not fill a block; block is `lanes`, or all C of a planar x
//   y  blocked [O / lanes][row][column][lanes]
//
// A register tile is `rows` x `columns` output pixels times `vectors` blocks of
// output channels. It stays in registers over all input channels and the whole
// window: each step loads `vectors` vectors of weights and broadcasts a number
// of x for each pixel. The last tile of a row overlaps the one before, the last
// group of output blocks overlaps likewise; so extents are at least those of
// the tile. With `any_width` rows of less columns than a tile's are allowed:
// they go in tiles of half as many, a quarter and so on, each at most once.
//
// Tile, window, stride and dilation are constants of the kernel; extents and
// pitches are its arguments. Direct blocked convolutions: Georganas et al.,
// "Anatomy of High-Performance Deep Learning Convolutions on SIMD
// Architectures", SC 2018, section II.
#pragma once

#include "tensor/kernel/expression.h"

namespace hone::tensor {

struct Window {
  int height = 3, width = 3;
  int stride_y = 1, stride_x = 1;
  int dilation_y = 1, dilation_x = 1;
};

// What becomes of sums of bytes.
enum class ByteResult {
  None,   // x and w are f32
  Float,  // f32: the sum times its scale, then `post`
  Byte,   // u8: round(sum * scale) + zero, at least `low`, at most 255
};

// With ByteResult::Float and Byte, x and w hold bytes: 16 channels of a pixel
// are 4 words of 4; w is [O / lanes][C / block][kernel_h][kernel_w][block / 4]
// [lanes][4], signed. x and w are then addressed in words, `channels` counts
// words, and `bias` holds integers that the sums start from. Padding has the
// zero point's value, which the caller has subtracted in `bias`.
struct ConvolutionTile {
  Window window;
  int rows = 1;
  int columns = 14;
  int vectors = 2;
  int lanes = 16;
  bool planar = false;
  bool any_width = false;
  bool bias = true;
  // Rows of padding are not multiplied; not with bytes, whose padding is the
  // zero point that `bias` counts with.
  bool skip_padding = false;
  ByteResult bytes = ByteResult::None;  // with a bias; planar x has
                                        // one word of 4 channels a pixel
  // Input 0 is the sum; a second, if any, is read from `d`, which has the
  // extents of y but pitches of its own. Not with ByteResult::Byte.
  Expression post = {};
};

// Pointers: x, w, y [, bias] [, scale: one number for each output channel, and
// with Byte, bounds: zero and low] [, d].
// Sizes: begin, end        tasks; see below
//        height, width     of the output
//        blocks            of input channels (1 where planar)
//        channels          in a block
//        out_blocks        of output channels
//        x_block, x_row    pitches: between channel blocks (of planar x:
//                          channels), between rows
//        w_block           between blocks of output channels
//        y_block, y_row
//        [x_top, x_bottom] with skip_padding: the rows of x that hold numbers,
//                          from and to, counted from where x points
//        [d_block, d_row]
//
// A task is one tile row (ceil(height / rows) of them) of one group of
// `vectors` output blocks; task = group * tile rows + turn, and the turns are
// its tile rows in some order.
VectorKernel build_convolution(const ConvolutionTile& tile);

// One weight vector for each position of the window, channels in lanes; x and
// w blocked, w [C / lanes][kernel_h][kernel_w][lanes].
struct DepthwiseTile {
  Window window;
  int rows = 1;
  int columns = 8;
  int lanes = 16;
  bool any_width = false;
  bool bias = true;
  Expression post = {};
};

// Calls body(columns of a tile, column) for the tiles of a row.
void each_tile_of_row(KernelBuilder& b, Ix width, int columns, bool any_width,
                      const std::function<void(int columns, Ix column)>& body);

// Pointers and sizes as above, without `channels`, `out_blocks`; w_block is
// the window's. A task is one tile row of one block.
VectorKernel build_depthwise(const DepthwiseTile& tile);

}  // namespace hone::tensor
