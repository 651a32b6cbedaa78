// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/c/print_c.h"

namespace hone::codegen {

namespace {

constexpr std::string_view kWide = R"(
/* Operations on wide registers (name_w): f64 and i64. */
#define HONE_WIDE1(name, r, a, expression) \
  HONE_INLINE r hone_##name##_w(a x) { return expression; }
#define HONE_WIDE2(name, r, a, expression) \
  HONE_INLINE r hone_##name##_w(a x, a y) { return expression; }
#define HONE_LIBRARY(name) HONE_WIDE1(name, double, double, name(x))

HONE_INLINE double hone_as_float_w(int64_t x) {
  double y;
  memcpy(&y, &x, 8);
  return y;
}
HONE_INLINE int64_t hone_as_int_w(double x) {
  int64_t y;
  memcpy(&y, &x, 8);
  return y;
}
HONE_INLINE int64_t hone_to_int_w(double x) {
  if (x != x) return 0;
  if (x >= 0x1p63) return INT64_MAX;
  if (x <= -0x1p63) return INT64_MIN;
  return (int64_t)x;
}
HONE_INLINE int64_t hone_to_uint_w(double x) {
  if (!(x > 0)) return 0;
  return x >= 0x1p64 ? -1 : (int64_t)(uint64_t)x;
}
HONE_INLINE double hone_fma_w(double x, double y, double z) {
  return x * y + z;
}
HONE_INLINE double hone_select_w(int32_t m, double x, double y) {
  return m ? x : y;
}
HONE_INLINE int64_t hone_iselect_w(int32_t m, int64_t x, int64_t y) {
  return m ? x : y;
}
HONE_WIDE1(abs, double, double, fabs(x))
HONE_LIBRARY(acos)
HONE_LIBRARY(acosh)
HONE_WIDE2(add, double, double, x + y)
HONE_LIBRARY(asin)
HONE_LIBRARY(asinh)
HONE_LIBRARY(atan)
HONE_LIBRARY(atanh)
HONE_LIBRARY(ceil)
HONE_LIBRARY(cos)
HONE_LIBRARY(cosh)
HONE_WIDE2(div, double, double, x / y)
HONE_WIDE2(equal, int32_t, double, -(x == y))
HONE_LIBRARY(erf)
HONE_LIBRARY(exp)
HONE_LIBRARY(expm1)
HONE_LIBRARY(floor)
HONE_WIDE2(fmod, double, double, fmod(x, y))
HONE_WIDE2(iadd, int64_t, int64_t, (int64_t)((uint64_t)x + (uint64_t)y))
HONE_WIDE2(iand, int64_t, int64_t, x & y)
HONE_WIDE2(idiv, int64_t, int64_t, hone_divide(x, y))
HONE_WIDE2(iequal, int32_t, int64_t, -(x == y))
HONE_WIDE2(iless, int32_t, int64_t, -(x < y))
HONE_WIDE1(imove, int64_t, int64_t, x)
HONE_WIDE2(imul, int64_t, int64_t, (int64_t)((uint64_t)x * (uint64_t)y))
HONE_WIDE2(ior, int64_t, int64_t, x | y)
HONE_WIDE2(irest, int64_t, int64_t, hone_rest(x, y))
HONE_WIDE2(ishl, int64_t, int64_t, (int64_t)((uint64_t)x << y))
HONE_WIDE2(ishr, int64_t, int64_t, x < 0 ? ~(~x >> y) : x >> y)
HONE_WIDE2(isub, int64_t, int64_t, (int64_t)((uint64_t)x - (uint64_t)y))
HONE_WIDE2(ixor, int64_t, int64_t, x ^ y)
HONE_WIDE2(less, int32_t, double, -(x < y))
HONE_WIDE2(less_equal, int32_t, double, -(x <= y))
HONE_LIBRARY(log)
HONE_LIBRARY(log1p)
HONE_WIDE2(max, double, double, x > y ? x : y)
HONE_WIDE2(min, double, double, x < y ? x : y)
HONE_WIDE1(move, double, double, x)
HONE_WIDE2(mul, double, double, x * y)
HONE_WIDE1(narrow, double, double, (double)(float)x)
HONE_WIDE1(neg, double, double, -x)
HONE_WIDE2(pow, double, double, pow(x, y))
HONE_WIDE1(round, double, double, nearbyint(x))
HONE_LIBRARY(sin)
HONE_LIBRARY(sinh)
HONE_LIBRARY(sqrt)
HONE_WIDE2(sub, double, double, x - y)
HONE_LIBRARY(tan)
HONE_LIBRARY(tanh)
HONE_WIDE1(to_float, double, int64_t, (double)x)
HONE_WIDE2(udiv, int64_t, int64_t, y ? (int64_t)((uint64_t)x / (uint64_t)y) : 0)
HONE_WIDE2(uless, int32_t, int64_t, -((uint64_t)x < (uint64_t)y))
HONE_WIDE2(urest, int64_t, int64_t,
           y ? (int64_t)((uint64_t)x % (uint64_t)y) : 0)
HONE_WIDE2(ushr, int64_t, int64_t, (int64_t)((uint64_t)x >> y))
HONE_WIDE1(uto_float, double, int64_t, (double)(uint64_t)x)
)";

}  // namespace

std::string_view wide_preamble() { return kWide; }

}  // namespace hone::codegen
