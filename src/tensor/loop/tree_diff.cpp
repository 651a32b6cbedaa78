// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/tree_diff.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "tensor/loop/loop_text.h"

namespace hone::tensor {

std::string diff_loops(const LoopProgram& before, const LoopProgram& after) {
  const std::string first = print_loops(before), second = print_loops(after);
  if (first == second) return "";
  const std::vector<std::string> a = split(trim(first), '\n');
  const std::vector<std::string> b = split(trim(second), '\n');
  // length[i][j]: of the longest common part of a from i and b from j.
  std::vector<std::vector<int>> length(a.size() + 1,
                                       std::vector<int>(b.size() + 1));
  for (size_t i = a.size(); i-- > 0;)
    for (size_t j = b.size(); j-- > 0;)
      length[i][j] = a[i] == b[j]
                         ? length[i + 1][j + 1] + 1
                         : std::max(length[i + 1][j], length[i][j + 1]);
  std::string out;
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      out += "  " + a[i++] + "\n";
      ++j;
    } else if (j == b.size() ||
               (i < a.size() && length[i + 1][j] >= length[i][j + 1])) {
      out += "- " + a[i++] + "\n";
    } else {
      out += "+ " + b[j++] + "\n";
    }
  }
  return out;
}

}  // namespace hone::tensor
