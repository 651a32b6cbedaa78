// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A seeded generator with the same stream on every platform (xoshiro256**,
// Blackman and Vigna, 2018; seeded through splitmix64).
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace hone {

class Random {
 public:
  explicit Random(uint64_t seed);

  uint64_t next();

  // Uniform in [0, bound); bound > 0.
  uint64_t below(uint64_t bound);

  // Uniform in [0, 1).
  double unit();

  bool chance(double probability) { return unit() < probability; }

  template <typename Range>
  auto& pick(Range& range) {
    return range[below(range.size())];
  }

  template <typename Range>
  void shuffle(Range& range) {
    for (size_t i = range.size(); i > 1; --i) {
      using std::swap;
      swap(range[i - 1], range[below(i)]);
    }
  }

 private:
  uint64_t state_[4];
};

}  // namespace hone
