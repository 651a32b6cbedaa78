// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/place_buffers.h"

#include <algorithm>

namespace hone::tensor {

namespace {

constexpr int64_t kAlign = 64;

struct Life {
  int buffer;
  int first, last;
  int64_t bytes;
};

}  // namespace

int64_t place_buffers(std::vector<PlanBuffer>& buffers,
                      const std::vector<std::vector<int>>& steps) {
  std::vector<Life> lives;
  std::vector<int> life_of(buffers.size(), -1);
  for (size_t step = 0; step < steps.size(); ++step)
    for (int buffer : steps[step]) {
      if (buffers[buffer].whole >= 0) buffer = buffers[buffer].whole;
      if (buffers[buffer].space != PlanPlace::Space::Arena) continue;
      if (life_of[buffer] < 0) {
        life_of[buffer] = static_cast<int>(lives.size());
        lives.push_back(
            {buffer, static_cast<int>(step), 0,
             (buffers[buffer].bytes + kAlign - 1) / kAlign * kAlign});
      }
      lives[life_of[buffer]].last = static_cast<int>(step);
    }
  std::ranges::sort(lives, [](const Life& a, const Life& b) {
    return std::pair(b.bytes, a.buffer) < std::pair(a.bytes, b.buffer);
  });
  int64_t memory = 0;
  for (size_t i = 0; i < lives.size(); ++i) {
    std::vector<std::pair<int64_t, int64_t>> taken;
    for (size_t k = 0; k < i; ++k)
      if (lives[k].first <= lives[i].last && lives[i].first <= lives[k].last) {
        const int64_t offset = buffers[lives[k].buffer].offset;
        taken.emplace_back(offset, offset + lives[k].bytes);
      }
    std::ranges::sort(taken);
    int64_t offset = 0;
    for (const auto& [from, until] : taken) {
      if (offset + lives[i].bytes <= from) break;
      offset = std::max(offset, until);
    }
    buffers[lives[i].buffer].offset = offset;
    memory = std::max(memory, offset + lives[i].bytes);
  }
  for (PlanBuffer& buffer : buffers)
    if (buffer.whole >= 0)
      buffer.offset = buffers[buffer.whole].offset + buffer.within;
  return memory;
}

}  // namespace hone::tensor
