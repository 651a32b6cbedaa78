// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/gemm.h"

namespace hone::tensor {

VectorKernel build_gemm(const GemmTile& tile) {
  const int rows = tile.rows;
  const int vectors = tile.vectors;
  const int64_t lanes = tile.lanes;
  KernelBuilder b("gemm", tile.lanes);
  const Pointer a = b.pointer("a");
  const Pointer bm = b.pointer("b");
  const Pointer c = b.pointer("c");
  const Pointer bias = tile.bias ? b.pointer("bias") : Pointer{};
  const Pointer d = tile.post.inputs > 1 ? b.pointer("d") : Pointer{};
  const Ix begin = b.size("begin"), end = b.size("end");
  const Ix m = b.size("m"), n = b.size("n"), k = b.size("k");
  const Ix a_row = b.size("a_row"), b_row = b.size("b_row");
  const Ix b_panel = b.size("b_panel"), c_row = b.size("c_row");
  const std::vector<Reg> sum = b.variables("sum", rows * vectors);

  b.loop("task", begin, end, 1, [&](Ix task) {
    const Ix column = b.let("column", task * (vectors * lanes));
    const Ix panel = b.let("panel", task * vectors * b_panel);
    std::vector<Ix> left;
    for (int v = 0; v < vectors; ++v)
      left.push_back(b.let("left", max(n - column - v * lanes, 0)));
    b.loop("tile", 0, m, rows, [&](Ix start) {
      const Ix row = b.let("row", min(start, m - rows));
      for (int v = 0; v < vectors; ++v) {
        if (tile.bias) {
          b.set_load(sum[v], bias, column + v * lanes, left[v]);
          for (int r = 1; r < rows; ++r)
            b.set(sum[r * vectors + v], KernelOp::Move, {sum[v]});
        } else {
          for (int r = 0; r < rows; ++r)
            b.set_constant(sum[r * vectors + v], 0);
        }
      }
      b.loop("p", 0, k, 1, [&](Ix p) {
        std::vector<Reg> right;
        for (int v = 0; v < vectors; ++v) {
          const Ix where = panel + v * b_panel + p * b_row;
          right.push_back(tile.masked ? b.load(bm, where, left[v])
                                      : b.load(bm, where));
        }
        for (int r = 0; r < rows; ++r) {
          const Reg x = b.broadcast(a, (row + r) * a_row + p);
          for (int v = 0; v < vectors; ++v) {
            const Reg s = sum[r * vectors + v];
            b.set(s, KernelOp::Fma, {x, right[v], s});
          }
        }
      });
      for (int r = 0; r < rows; ++r)
        for (int v = 0; v < vectors; ++v) {
          const Ix where = (row + r) * c_row + column + v * lanes;
          std::vector<Reg> inputs = {sum[r * vectors + v]};
          if (tile.post.inputs > 1) inputs.push_back(b.load(d, where, left[v]));
          b.store(c, where, write_expression(b, tile.post, inputs), left[v]);
        }
    });
  });
  return std::move(b).finish();
}

}  // namespace hone::tensor
