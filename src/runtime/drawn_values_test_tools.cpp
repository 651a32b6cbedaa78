// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Drawing inputs.
#include <algorithm>
#include <cstring>

#include "runtime/drawn_program_test_tools.h"

namespace hone::runtime {

int Draw::below(int bound) {
  if (at_ == bytes_.size() || bound <= 1) return 0;
  int number = bytes_[at_++];
  if (bound > 256 && at_ < bytes_.size()) number = number * 256 + bytes_[at_++];
  return number % bound;
}

// The types that inputs may have: containers, then HONE_TENSOR and elements.
const std::vector<std::vector<int64_t>>& value_types() {
  static const std::vector<std::vector<int64_t>> types = {
      {HONE_SEQUENCE, HONE_TENSOR, HONE_F32},
      {HONE_TENSOR, HONE_TEXT},
      {HONE_TENSOR, HONE_I64},
      {HONE_NOTHING, HONE_SEQUENCE, HONE_TENSOR, HONE_TEXT},
      {HONE_NOTHING, HONE_TENSOR, HONE_F32},
      {HONE_SEQUENCE, HONE_TENSOR, HONE_I64},
      {HONE_SEQUENCE, HONE_SEQUENCE, HONE_TENSOR, HONE_U8},
      {HONE_TENSOR, HONE_I32},
      {HONE_TENSOR, HONE_F64},
      {HONE_TENSOR, HONE_BITS4},
      {HONE_SEQUENCE, HONE_TENSOR, HONE_BITS2},
      {HONE_TENSOR, HONE_U8},
      {HONE_TENSOR, -1},
  };
  return types;
}

namespace {

std::string draw_text(Draw& draw) {
  static const std::string texts[] = {
      "",         "a",     "Monday", " b c  d ", "\xc3\xa9t\xc3\x89",
      "1.5",      "-3e4",  "12",     "nan",      "x,y,,z",
      "cabababd", "0x1p3", "\xc3",   "1.5x",     "a\0b",
      "1e400",    " 7",    "MONDAY"};
  const int kind = draw.below(20);
  if (kind < 18) return texts[kind];
  return std::string(draw.below(kind == 18 ? 20 : 9000),
                     static_cast<char>('a' + draw.below(26)));
}

std::string draw_element(Draw& draw, int type) {
  if (type == HONE_TEXT) return draw_text(draw);
  const size_t width = hone_type_bits(type) / 8;
  std::string bytes(width, '\0');
  const int64_t small = draw.below(9) - 4;
  const double real[] = {0.1, -1.25e300, 1e15, 1e16, 1e-4, 9.9e-5, 5e-324, 3};
  if (type == HONE_F64) {
    double value = draw.pick(real);
    if (draw.rarely()) value /= 0.0 * small;  // infinite, or not a number
    std::memcpy(bytes.data(), &value, width);
  } else if (draw.rarely()) {
    for (char& byte : bytes) byte = static_cast<char>(draw.below(256));
  } else {
    std::memcpy(bytes.data(), &small, std::min(width, sizeof small));
  }
  return bytes;
}

ModelValue draw_tensor(Draw& draw, int type) {
  ModelValue x = {.type = type};
  const int rank = draw.below(4);
  for (int i = 0; i < rank; ++i)
    x.dims.push_back(draw.rarely() ? 0 : 1 + draw.below(3));
  // Sizes that nobody has memory for, beside one that is 0.
  if (rank > 1 && draw.rarely() && std::ranges::find(x.dims, 0) != x.dims.end())
    x.dims[x.dims[0] == 0] = int64_t{1} << 50;
  const int64_t count = *element_count(type, x.dims);
  const size_t bits = hone_type_bits(type);
  if (bits < 8) {
    x.elements.emplace_back((static_cast<size_t>(count) * bits + 7) / 8, 'b');
    return x;
  }
  for (int64_t i = 0; i < count; ++i)
    x.elements.push_back(draw_element(draw, type));
  return x;
}

}  // namespace

ModelValue draw_value(Draw& draw, const int64_t* type) {
  if (type[0] == HONE_NOTHING)
    return draw.below(3) == 0 ? ModelValue{.kind = HONE_NOTHING}
                              : draw_value(draw, type + 1);
  if (type[0] == HONE_TENSOR)
    return draw_tensor(draw, type[1] < 0 ? draw.below(HONE_TEXT + 1)
                                         : static_cast<int>(type[1]));
  ModelValue sequence = {.kind = HONE_SEQUENCE};
  for (int count = draw.below(5); count > 0; --count)
    sequence.items.push_back(draw_value(draw, type + 1));
  return sequence;
}

}  // namespace hone::runtime
