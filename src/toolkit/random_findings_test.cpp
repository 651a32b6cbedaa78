// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What bench/onnx/random_graphs.py found, reduced.
#include "toolkit/check_test_tools.h"

namespace hone::toolkit {
namespace {

TEST(RandomGraph, RowsOfSmallElementsAreGathered) {
  for (const char* type : {"u8", "f16", "i32", "f64"})
    checked_steps(fmt::format(R"(graph "g" (%x: {}[5, 8, 16, 2]) -> (%y) {{
  %c: i64[4] = const [-1, 2, -5, -1]
  %t = Transpose(%x) {{perm = [1, 0, 3, 2]}}
  %y = Gather(%t, %c) {{axis = 1}}
}})",
                              type));
}

TEST(RandomGraph, PaddingOfNothingIsAllPadding) {
  checked_steps(R"(graph "g" (%x: f32[3]) -> (%y) {
  %c: i64[0] = const []
  %p: i64[2] = const [1, 2]
  %e = Exp(%x)
  %t = Gather(%e, %c) {axis = 0}
  %s = Sign(%t)
  %y = Pad(%s, %p)
})");
}

}  // namespace
}  // namespace hone::toolkit
