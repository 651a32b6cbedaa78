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

// Of the buffers in this space, the earlier first.
std::vector<Life> lives_of(const std::vector<PlanBuffer>& buffers,
                           const std::vector<std::vector<int>>& steps,
                           PlanPlace::Space space) {
  std::vector<Life> lives;
  std::vector<int> life_of(buffers.size(), -1);
  for (size_t step = 0; step < steps.size(); ++step)
    for (int buffer : steps[step]) {
      while (buffers[buffer].whole >= 0) buffer = buffers[buffer].whole;
      if (buffers[buffer].space != space) continue;
      if (life_of[buffer] < 0) {
        life_of[buffer] = static_cast<int>(lives.size());
        lives.push_back(
            {buffer, static_cast<int>(step), 0,
             (buffers[buffer].bytes + kAlign - 1) / kAlign * kAlign});
      }
      lives[life_of[buffer]].last = static_cast<int>(step);
    }
  return lives;
}

}  // namespace

int64_t place_buffers(std::vector<PlanBuffer>& buffers,
                      const std::vector<std::vector<int>>& steps, bool shared) {
  std::vector<Life> lives = lives_of(buffers, steps, PlanPlace::Space::Arena);
  if (!shared)
    for (Life& life : lives) life.last = static_cast<int>(steps.size());
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
  return memory;
}

int share_regions(std::vector<PlanBuffer>& buffers,
                  const std::vector<std::vector<int>>& steps) {
  struct Region {
    int64_t bytes;
    int last;
  };
  std::vector<Region> regions;
  for (const Life& life : lives_of(buffers, steps, PlanPlace::Space::Region)) {
    // The nearest in size that is free, else the one that was freed last,
    // which is likeliest in a cache.
    const auto cost = [&](const Region& region) {
      return std::pair(std::abs(region.bytes - life.bytes), -region.last);
    };
    auto best = regions.end();
    for (auto region = regions.begin(); region != regions.end(); ++region)
      if (region->last < life.first &&
          (best == regions.end() || cost(*region) < cost(*best)))
        best = region;
    if (best == regions.end())
      best = regions.insert(regions.end(), {life.bytes, life.last});
    best->bytes = std::max(best->bytes, life.bytes);
    best->last = life.last;
    buffers[life.buffer].index = static_cast<int>(best - regions.begin());
  }
  return static_cast<int>(regions.size());
}

}  // namespace hone::tensor
