// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The tensors of drawn programs that are not boxed, and what their texts are.
#pragma once

#include <string>
#include <vector>

#include "runtime/model/program.h"

namespace hone::runtime {

// Memory for one tensor: sizes are numbers, or slots that it shares with none.
struct Home {
  int type;
  std::vector<int64_t> dims;
  std::vector<int64_t> writes;  // whether a size is written, or must fit
  int64_t space, offset = 0;

  bool is_open() const { return !dims.empty() && dims[0] < HONE_SLOTS; }
};

constexpr int64_t slot(int number) { return INT64_MIN + number; }

// Values have these numbers; spaces are: memory, weights, 6 inputs, 4 outputs,
// slots, regions.
constexpr int kNumbers = 10;
constexpr int kRegions = 5, kFirstRegion = 13, kOpenSpace = 10;
constexpr int kSlots = 8, kOpenSlot = 6, kSquareSlot = 7;
// In the working memory, behind the homes: what Has found, two counters, and
// whether they have come to an end.
constexpr int64_t kFlag = 56, kCounters = 57;

constexpr int kI64Home = 0, kI32Home = 1, kTextHome = 3, kF64Home = 7,
              kOpenHome = 8, kWordHome = 9;

inline const std::vector<Home>& homes() {
  static const std::vector<Home> list = {
      {HONE_I64, {}, {}, 0, 0},
      {HONE_I32, {}, {}, 0, 8},
      {HONE_F32, {slot(0), slot(1)}, {1, 1}, kFirstRegion},
      {HONE_TEXT, {slot(2)}, {1}, kFirstRegion + 1},
      {HONE_TEXT, {2, 2}, {0, 0}, 0, 16},
      {HONE_U8, {slot(3), slot(3)}, {1, 0}, kFirstRegion + 2},
      {HONE_I64, {slot(4)}, {1}, kFirstRegion + 3},
      {HONE_F64, {slot(5)}, {1}, kFirstRegion + 4},
      {HONE_I64, {slot(kOpenSlot)}, {1}, kOpenSpace},
      {HONE_TEXT, {1}, {0}, 0, 48},
  };
  return list;
}

inline const std::vector<std::string>& delimiters() {
  static const std::vector<std::string> list = {"", ",", "ab", " "};
  return list;
}

inline const std::vector<std::string>& stopwords() {
  static const std::vector<std::string> list = {"monday", "", "\xc3\xa9"};
  return list;
}

}  // namespace hone::runtime
