// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/relayout.h"

namespace hone::tensor {

// Each stage interleaves vectors that are half of the square apart, which is
// one bit of both numbers turned around.
std::vector<Reg> transpose_square(KernelBuilder& b, std::vector<Reg> rows) {
  const size_t n = rows.size();
  for (size_t stage = 1; stage < n; stage *= 2) {
    std::vector<Reg> zipped;
    for (size_t i = 0; i < n / 2; ++i) {
      zipped.push_back(b.apply(KernelOp::ZipLow, {rows[i], rows[n / 2 + i]}));
      zipped.push_back(b.apply(KernelOp::ZipHigh, {rows[i], rows[n / 2 + i]}));
    }
    rows = std::move(zipped);
  }
  return rows;
}

namespace {

// A square of y, `rows` x `columns` of it, from x the other way around: vector
// i of x starts at x_at + i * x_row and has an element of every row of y.
struct Square {
  Pointer y, x;
  Ix y_at, y_row, x_at, x_row;
  Ix rows, columns;   // at least 1
  bool fill = false;  // whole vectors of y, with 0 behind the last column
};

// All of it, in registers.
void write_whole(KernelBuilder& b, const Square& s) {
  std::vector<Reg> vectors;
  for (int i = 0; i < b.lanes(); ++i)
    vectors.push_back(b.load(s.x, s.x_at + s.x_row * i));
  vectors = transpose_square(b, std::move(vectors));
  for (int i = 0; i < b.lanes(); ++i)
    b.store(s.y, s.y_at + s.y_row * i, vectors[i]);
}

// A part, number by number: masks would cost more code than it is worth.
void write_part(KernelBuilder& b, const Square& s, Ix rows, Ix columns) {
  b.loop("i", 0, rows, 1, [&](Ix i) {
    const Ix to = b.let("to", s.y_at + i * s.y_row);
    b.loop("j", 0, columns, 1, [&](Ix j) {
      b.store(s.y, to + j, b.load_scalar(s.x, s.x_at + j * s.x_row + i));
    });
    if (!s.fill) return;
    const Reg zero = b.constant(0, false);
    b.loop("j", columns, b.lanes(), 1,
           [&](Ix j) { b.store(s.y, to + j, zero); });
  });
}

void write_square(KernelBuilder& b, const Square& s) {
  const Ix rows = b.let("rows", min(s.rows, b.lanes()));
  const Ix columns = b.let("columns", min(s.columns, b.lanes()));
  b.when_less(
      b.let("side", min(rows, columns)), b.lanes(),
      [&] { write_part(b, s, rows, columns); }, [&] { write_whole(b, s); });
}

}  // namespace

VectorKernel build_to_blocked(int lanes) {
  KernelBuilder b("to_blocked", lanes);
  const Pointer y = b.pointer("y"), x = b.pointer("x");
  const Ix begin = b.size("begin"), end = b.size("end");
  const Ix channels = b.size("channels"), height = b.size("height");
  const Ix width = b.size("width");
  const Ix y_block = b.size("y_block"), y_row = b.size("y_row");
  const Ix x_channel = b.size("x_channel"), x_row = b.size("x_row");
  b.loop("block", begin, end, 1, [&](Ix block) {
    b.loop("row", 0, height, 1, [&](Ix row) {
      b.loop("column", 0, width, lanes, [&](Ix column) {
        write_square(b,
                     {.y = y,
                      .x = x,
                      .y_at = block * y_block + row * y_row + column * lanes,
                      .y_row = lanes,
                      .x_at = block * lanes * x_channel + row * x_row + column,
                      .x_row = x_channel,
                      .rows = width - column,
                      .columns = channels - block * lanes,
                      .fill = true});
      });
    });
  });
  return std::move(b).finish();
}

VectorKernel build_from_blocked(int lanes) {
  KernelBuilder b("from_blocked", lanes);
  const Pointer y = b.pointer("y"), x = b.pointer("x");
  const Ix begin = b.size("begin"), end = b.size("end");
  const Ix channels = b.size("channels"), height = b.size("height");
  const Ix width = b.size("width");
  const Ix y_channel = b.size("y_channel"), y_row = b.size("y_row");
  const Ix x_block = b.size("x_block"), x_row = b.size("x_row");
  b.loop("block", begin, end, 1, [&](Ix block) {
    b.loop("row", 0, height, 1, [&](Ix row) {
      b.loop("column", 0, width, lanes, [&](Ix column) {
        write_square(b,
                     {.y = y,
                      .x = x,
                      .y_at = block * lanes * y_channel + row * y_row + column,
                      .y_row = y_channel,
                      .x_at = block * x_block + row * x_row + column * lanes,
                      .x_row = lanes,
                      .rows = channels - block * lanes,
                      .columns = width - column});
      });
    });
  });
  return std::move(b).finish();
}

VectorKernel build_transpose(int lanes) {
  KernelBuilder b("transpose", lanes);
  const Pointer y = b.pointer("y"), x = b.pointer("x");
  const Ix begin = b.size("begin"), end = b.size("end");
  const Ix inner = b.size("inner");
  const Ix rows = b.size("rows"), columns = b.size("columns");
  const Ix y_outer = b.size("y_outer"), x_outer = b.size("x_outer");
  const Ix y_inner = b.size("y_inner"), x_inner = b.size("x_inner");
  const Ix y_row = b.size("y_row"), x_row = b.size("x_row");
  b.loop("outer", begin, end, 1, [&](Ix outer) {
    b.loop("middle", 0, inner, 1, [&](Ix middle) {
      const Ix to = b.let("to", outer * y_outer + middle * y_inner);
      const Ix from = b.let("from", outer * x_outer + middle * x_inner);
      b.loop("row", 0, rows, lanes, [&](Ix row) {
        b.loop("column", 0, columns, lanes, [&](Ix column) {
          write_square(b, {.y = y,
                           .x = x,
                           .y_at = to + row * y_row + column,
                           .y_row = y_row,
                           .x_at = from + column * x_row + row,
                           .x_row = x_row,
                           .rows = rows - row,
                           .columns = columns - column});
        });
      });
    });
  });
  return std::move(b).finish();
}

VectorKernel build_zero_frame(int lanes, bool words) {
  KernelBuilder b("zero_frame", lanes);
  const Element element = words ? Element::I32 : Element::F32;
  const Pointer y = b.pointer("y", element);
  std::optional<Pointer> number;
  if (words) number = b.pointer("number", element);
  const Ix begin = b.size("begin"), end = b.size("end");
  const Ix height = b.size("height"), width = b.size("width");
  const Ix top = b.size("top"), left = b.size("left");
  const Ix bottom = b.size("bottom"), right = b.size("right");
  const Ix y_plane = b.size("y_plane"), y_row = b.size("y_row");
  const Ix pixel = b.size("pixel");
  const Reg zero = words ? b.broadcast(*number, 0) : b.constant(0);
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
