// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/gemm.h"

#include <bit>

namespace hone::tensor {

namespace {

class GemmWriter {
 public:
  explicit GemmWriter(const GemmTile& tile)
      : t_(tile), b_("gemm", tile.lanes), a_(b_.pointer("a")) {
    right_ = b_.pointer("b");
    c_ = b_.pointer("c");
    if (t_.bias) bias_ = b_.pointer("bias");
    if (t_.post.inputs > 1) d_ = b_.pointer("d");
    for (Ix* size : {&begin_, &end_, &m_, &n_, &k_, &a_row_, &b_row_, &b_panel_,
                     &c_row_}) {
      constexpr const char* kNames[] = {
          "begin", "end", "m", "n", "k", "a_row", "b_row", "b_panel", "c_row"};
      *size = b_.size(kNames[sizes_++]);
    }
    sum_ = b_.variables("sum", t_.rows * t_.vectors);
  }

  VectorKernel write() && {
    b_.loop("task", begin_, end_, 1, [&](Ix task) {
      column_ = b_.let("column", task * (t_.vectors * t_.lanes));
      panel_ = b_.let("panel", task * t_.vectors * b_panel_);
      left_.clear();
      for (int v = 0; v < t_.vectors; ++v)
        left_.push_back(b_.let("left", max(n_ - column_ - v * t_.lanes, 0)));
      if (t_.depth == 0) return write_tiles(0, k_);
      // Rows of B that come at run time may be none.
      const Ix all = t_.any_rows ? b_.let("all", max(k_, 1)) : k_;
      b_.loop("from", 0, all, t_.depth, [&](Ix from) {
        write_tiles(from, b_.let("until", min(from + t_.depth, k_)));
      });
    });
    return std::move(b_).finish();
  }

 private:
  Reg sum(int r, int v) const { return sum_[r * t_.vectors + v]; }

  Ix place(Ix row, int r, int v) const {
    return (row + r) * c_row_ + column_ + v * t_.lanes;
  }

  template <typename Body>
  void each(int rows, const Body& body) const {
    for (int r = 0; r < rows; ++r)
      for (int v = 0; v < t_.vectors; ++v) body(r, v);
  }

  // All rows of C, with the products from `from` to `until`.
  void write_tiles(Ix from, Ix until) {
    if (!t_.any_rows) {
      b_.loop("tile", 0, m_, t_.rows, [&](Ix start) {
        const Ix row = b_.let("row", min(start, m_ - t_.rows));
        write_tile(t_.rows, row, from, until);
      });
      return;
    }
    Ix done = 0;
    for (int rows = t_.rows; rows > 0; rows = static_cast<int>(std::bit_floor(
                                           static_cast<unsigned>(rows) - 1))) {
      const Ix behind = b_.let("behind", done + (m_ - done) / rows * rows);
      b_.loop("row", done, behind, rows,
              [&](Ix row) { write_tile(rows, row, from, until); });
      done = behind;
    }
  }

  void write_tile(int rows, Ix row, Ix from, Ix until) {
    if (t_.depth == 0) {
      write_start(rows);
      write_sums(rows, row, from, until);
      return write_end(rows, row);
    }
    b_.when_less(
        0, from,
        [&] {
          each(rows, [&](int r, int v) {
            b_.set_load(sum(r, v), c_, place(row, r, v), left_[v]);
          });
        },
        [&] { write_start(rows); });
    write_sums(rows, row, from, until);
    b_.when_less(
        until, k_,
        [&] {
          each(rows, [&](int r, int v) {
            b_.store(c_, place(row, r, v), sum(r, v), left_[v]);
          });
        },
        [&] { write_end(rows, row); });
  }

  void write_start(int rows) {
    each(rows, [&](int r, int v) {
      if (!t_.bias) return b_.set_constant(sum(r, v), 0);
      if (r == 0)
        return b_.set_load(sum(0, v), bias_, column_ + v * t_.lanes, left_[v]);
      b_.set(sum(r, v), KernelOp::Move, {sum(0, v)});
    });
  }

  void write_sums(int rows, Ix row, Ix from, Ix until) {
    b_.loop("p", from, until, 1, [&](Ix p) {
      std::vector<Reg> right;
      for (int v = 0; v < t_.vectors; ++v) {
        const Ix where = panel_ + v * b_panel_ + p * b_row_;
        right.push_back(t_.masked ? b_.load(right_, where, left_[v])
                                  : b_.load(right_, where));
      }
      for (int r = 0; r < rows; ++r) {
        const Reg x = b_.broadcast(a_, (row + r) * a_row_ + p);
        for (int v = 0; v < t_.vectors; ++v)
          b_.set(sum(r, v), KernelOp::Fma, {x, right[v], sum(r, v)});
      }
    });
  }

  void write_end(int rows, Ix row) {
    each(rows, [&](int r, int v) {
      std::vector<Reg> inputs = {sum(r, v)};
      if (t_.post.inputs > 1)
        inputs.push_back(b_.load(d_, place(row, r, v), left_[v]));
      b_.store(c_, place(row, r, v), write_expression(b_, t_.post, inputs),
               left_[v]);
    });
  }

  const GemmTile& t_;
  KernelBuilder b_;
  Pointer a_, right_, c_, bias_, d_;
  size_t sizes_ = 0;
  Ix begin_ = 0, end_ = 0, m_ = 0, n_ = 0, k_ = 0, a_row_ = 0, b_row_ = 0;
  Ix b_panel_ = 0, c_row_ = 0, column_ = 0, panel_ = 0;
  std::vector<Ix> left_;
  std::vector<Reg> sum_;
};

}  // namespace

VectorKernel build_gemm(const GemmTile& tile) {
  return GemmWriter(tile).write();
}

}  // namespace hone::tensor
