// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/relayout.h"

namespace hone::tensor {

VectorKernel build_to_blocked(int lanes) {
  KernelBuilder b("to_blocked", lanes);
  const Pointer y = b.pointer("y"), x = b.pointer("x");
  const Ix begin = b.size("begin"), end = b.size("end");
  const Ix channels = b.size("channels"), height = b.size("height");
  const Ix width = b.size("width");
  const Ix y_block = b.size("y_block"), y_row = b.size("y_row");
  const Ix x_channel = b.size("x_channel"), x_row = b.size("x_row");
  b.loop("block", begin, end, 1, [&](Ix block) {
    const Ix left = b.let("left", min(channels - block * lanes, lanes));
    b.loop("row", 0, height, 1, [&](Ix row) {
      const Ix from = b.let("from", block * lanes * x_channel + row * x_row);
      const Ix to = b.let("to", block * y_block + row * y_row);
      b.loop("column", 0, width, 1, [&](Ix column) {
        b.store(y, to + column * lanes,
                b.load(x, from + column, left, x_channel));
      });
    });
  });
  return std::move(b).finish();
}

VectorKernel build_from_blocked(int lanes) {
  KernelBuilder b("from_blocked", lanes);
  const Pointer y = b.pointer("y"), x = b.pointer("x");
  const Ix begin = b.size("begin"), end = b.size("end");
  const Ix height = b.size("height"), width = b.size("width");
  const Ix y_channel = b.size("y_channel"), y_row = b.size("y_row");
  const Ix x_block = b.size("x_block"), x_row = b.size("x_row");
  b.loop("channel", begin, end, 1, [&](Ix channel) {
    b.loop("row", 0, height, 1, [&](Ix row) {
      const Ix from = b.let(
          "from", channel / lanes * x_block + channel % lanes + row * x_row);
      const Ix to = b.let("to", channel * y_channel + row * y_row);
      b.loop("column", 0, width, lanes, [&](Ix column) {
        const Ix left = b.let("left", min(width - column, lanes));
        b.store(y, to + column, b.load(x, from + column * lanes, left, lanes),
                left);
      });
    });
  });
  return std::move(b).finish();
}

VectorKernel build_zero_frame(int lanes) {
  KernelBuilder b("zero_frame", lanes);
  const Pointer y = b.pointer("y");
  const Ix begin = b.size("begin"), end = b.size("end");
  const Ix height = b.size("height"), width = b.size("width");
  const Ix top = b.size("top"), left = b.size("left");
  const Ix bottom = b.size("bottom"), right = b.size("right");
  const Ix y_plane = b.size("y_plane"), y_row = b.size("y_row");
  const Ix pixel = b.size("pixel");
  const Reg zero = b.constant(0);
  const auto clear = [&](Ix from, Ix count) {
    b.loop("j", 0, count, lanes, [&](Ix j) {
      b.store(y, from + j, zero, b.let("rest", min(count - j, lanes)));
    });
  };
  b.loop("plane", begin, end, 1, [&](Ix plane) {
    const Ix base = b.let("base", plane * y_plane);
    const Ix row_size = b.let("row_size", (left + width + right) * pixel);
    b.loop("row", 0, top, 1,
           [&](Ix row) { clear(base + row * y_row, row_size); });
    b.loop("row", 0, bottom, 1, [&](Ix row) {
      clear(base + (top + height + row) * y_row, row_size);
    });
    b.loop("row", 0, height, 1, [&](Ix row) {
      const Ix start = b.let("start", base + (top + row) * y_row);
      clear(start, left * pixel);
      clear(start + (left + width) * pixel, right * pixel);
    });
  });
  return std::move(b).finish();
}

}  // namespace hone::tensor
