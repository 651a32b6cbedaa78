// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators that have no kernel of their own but are sums over boxes of f32:
// described as a loop program, scheduled by the chooser, lowered to a kernel
// whose extents are arguments.
//
//   LoopText text(planner, "einsum");
//   const std::string i = text.size("i", rows), k = text.size("k", depth);
//   text.tensor("input", "a", {i, k});
//   …
//   text.node("c[i, j] += a[i, k] * b[k, j]", {{"i", i}, …});
//   HONE_RETURN_IF_ERROR(add_loops(planner, node, text, {a, b, c}));
//
// A schedule relies on sizes that are at least as large as its tiles. Of open
// sizes nobody knows that, so the program is scheduled twice, for sizes that
// are large enough and for any from 1 on; one of the two steps runs, and
// neither where a size is 0.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tensor/plan/planner.h"

namespace hone::tensor {

// A loop program of one node, put together.
class LoopText {
 public:
  LoopText(const Planner& planner, std::string_view name)
      : planner_(planner), name_(name) {}

  // A size with this value to run with; gives its name. Schedules may rely on
  // the value as far as 32, of an open size on `large`.
  std::string size(std::string_view name, const Dim& value, int64_t large = 1);
  void tensor(std::string_view role, std::string_view name,
              const std::vector<std::string>& extents,
              std::string_view element = "");  // i32 or i64, else f32
  // Loops from the outermost inwards, with their extents.
  void node(std::string_view statement,
            const std::vector<std::pair<std::string, std::string>>& loops);

  struct Size {
    std::string name;
    Dim value;
    int64_t large;
  };
  const std::vector<Size>& sizes() const { return sizes_; }
  // For open sizes that are large, or for any.
  std::string finish(bool is_large) const;

 private:
  const Planner& planner_;
  std::string name_, text_;
  std::vector<Size> sizes_;
};

// Adds the step. `places` are where the program's tensors begin, in its order.
// A program that the plan has already is not scheduled again.
Status add_loops(Planner& planner, const Node& node, const LoopText& text,
                 std::vector<At> places);

// f32 operators that the fast kernels refuse. Unsupported before anything is
// done.
Status lower_contraction(Planner& planner, int node);
Status lower_pad_by_axes(Planner& planner, int node);
Status lower_resize_by_axes(Planner& planner, int node);
Status lower_row_gather(Planner& planner, int node);
Status lower_spatial_convolution(Planner& planner, int node);
Status lower_spatial_transpose(Planner& planner, int node);

}  // namespace hone::tensor
