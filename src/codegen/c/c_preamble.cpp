// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <cctype>

#include "codegen/c/print_c.h"

namespace hone::codegen {

namespace {

// Every operation is written once, on numbers x, y, z, and used for scalars and
// for each lane; what decides the speed of products is written on whole
// vectors beside it.
constexpr std::string_view kPreamble = R"(
#include <math.h>
#include <stdint.h>
#include <string.h>

#define HONE_EACH for (int i = 0; i < HONE_LANES; ++i)
#if defined(__GNUC__)
typedef float hone_f __attribute__((vector_size(HONE_LANES * 4)));
typedef int32_t hone_i __attribute__((vector_size(HONE_LANES * 4)));
typedef uint32_t hone_u __attribute__((vector_size(HONE_LANES * 4)));
#define HONE_AT(a, i) (a)[i]
#define HONE_INLINE static inline __attribute__((always_inline, unused))
#if !defined(__clang__)
/* How vectors are passed does not matter: all that takes them is inlined. */
#pragma GCC diagnostic ignored "-Wpsabi"
#endif
#else
typedef struct { float v[HONE_LANES]; } hone_f;
typedef struct { int32_t v[HONE_LANES]; } hone_i;
#define HONE_AT(a, i) (a).v[i]
#define HONE_INLINE static inline
#endif

HONE_INLINE int64_t hone_floor_div(int64_t a, int64_t b) {
  return a / b - (a % b < 0);
}
HONE_INLINE int64_t hone_floor_mod(int64_t a, int64_t b) {
  return a % b + (a % b < 0 ? b : 0);
}
HONE_INLINE int64_t hone_least(int64_t a, int64_t b) { return a < b ? a : b; }
HONE_INLINE int64_t hone_most(int64_t a, int64_t b) { return a > b ? a : b; }

/* Towards zero; by 0 gives 0, by -1 wraps. */
HONE_INLINE int64_t hone_divide(int64_t a, int64_t b) {
  if (b == 0) return 0;
  return b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b;
}
HONE_INLINE int64_t hone_rest(int64_t a, int64_t b) {
  return b == 0 || b == -1 ? 0 : a % b;
}

/* Operations on numbers, as scalars (name_s) and lane by lane (name). A mask is
 * -1 or 0. */
#define HONE_OP1(name, R, r, A, a, expression)                  \
  HONE_INLINE r name##_s(a x) { return expression; }            \
  HONE_INLINE R name(A p) {                                     \
    R result;                                                   \
    HONE_EACH HONE_AT(result, i) = name##_s(HONE_AT(p, i));     \
    return result;                                              \
  }
#define HONE_OP2(name, R, r, A, a, expression)                        \
  HONE_INLINE r name##_s(a x, a y) { return expression; }             \
  HONE_INLINE R name(A p, A q) {                                      \
    R result;                                                         \
    HONE_EACH HONE_AT(result, i) =                                    \
        name##_s(HONE_AT(p, i), HONE_AT(q, i));                       \
    return result;                                                    \
  }
/* Some on whole vectors p and q too: compilers do not find all of them. */
#if defined(__GNUC__)
#define HONE_BOTH1(name, R, r, A, a, expression, whole)        \
  HONE_INLINE r name##_s(a x) { return expression; }           \
  HONE_INLINE R name(A p) { return (R)(whole); }
#define HONE_BOTH2(name, R, r, A, a, expression, whole)        \
  HONE_INLINE r name##_s(a x, a y) { return expression; }      \
  HONE_INLINE R name(A p, A q) { return (R)(whole); }
#define HONE_CHOOSE(m, p, q) ((m) & (hone_i)(p)) | (~(m) & (hone_i)(q))
#else
#define HONE_BOTH1(name, R, r, A, a, expression, whole) \
  HONE_OP1(name, R, r, A, a, expression)
#define HONE_BOTH2(name, R, r, A, a, expression, whole) \
  HONE_OP2(name, R, r, A, a, expression)
#endif
#if defined(__GNUC__)
#define HONE_FAST2(name, T, t, operator)                         \
  HONE_INLINE t name##_s(t x, t y) { return x operator y; }      \
  HONE_INLINE T name(T p, T q) { return p operator q; }
#else
#define HONE_FAST2(name, T, t, operator) \
  HONE_OP2(name, T, t, T, t, x operator y)
#endif

HONE_INLINE int32_t hone_bits(float x) {
  int32_t y;
  memcpy(&y, &x, 4);
  return y;
}
HONE_INLINE float hone_number(int32_t x) {
  float y;
  memcpy(&y, &x, 4);
  return y;
}
HONE_INLINE int32_t hone_truncate(float x) {
  if (x != x) return 0;
  if (x >= 2147483648.0f) return INT32_MAX;
  if (x <= -2147483648.0f) return INT32_MIN;
  return (int32_t)x;
}

HONE_BOTH1(hone_abs, hone_f, float, hone_f, float, fabsf(x),
           (hone_i)p & INT32_MAX)
HONE_FAST2(hone_add, hone_f, float, +)
HONE_BOTH1(hone_as_float, hone_f, float, hone_i, int32_t, hone_number(x),
           p)
HONE_BOTH1(hone_as_int, hone_i, int32_t, hone_f, float, hone_bits(x),
           p)
HONE_OP1(hone_ceil, hone_f, float, hone_f, float, ceilf(x))
HONE_FAST2(hone_div, hone_f, float, /)
HONE_BOTH2(hone_equal, hone_i, int32_t, hone_f, float, -(x == y), p == q)
HONE_OP1(hone_floor, hone_f, float, hone_f, float, floorf(x))
HONE_BOTH2(hone_iadd, hone_i, int32_t, hone_i, int32_t,
         (int32_t)((uint32_t)x + (uint32_t)y),
           (hone_u)p + (hone_u)q)
HONE_FAST2(hone_iand, hone_i, int32_t, &)
HONE_BOTH2(hone_iequal, hone_i, int32_t, hone_i, int32_t, -(x == y), p == q)
HONE_BOTH2(hone_iless, hone_i, int32_t, hone_i, int32_t, -(x < y), p < q)
HONE_BOTH1(hone_imove, hone_i, int32_t, hone_i, int32_t, x, p)
HONE_BOTH2(hone_imul, hone_i, int32_t, hone_i, int32_t,
         (int32_t)((uint32_t)x * (uint32_t)y),
           (hone_u)p * (hone_u)q)
HONE_OP2(hone_idiv, hone_i, int32_t, hone_i, int32_t,
         (int32_t)hone_divide(x, y))
HONE_FAST2(hone_ior, hone_i, int32_t, |)
HONE_OP2(hone_irest, hone_i, int32_t, hone_i, int32_t,
         (int32_t)hone_rest(x, y))
HONE_BOTH2(hone_ishl, hone_i, int32_t, hone_i, int32_t,
         (int32_t)((uint32_t)x << y),
           (hone_u)p << (hone_u)q)
HONE_BOTH2(hone_ishr, hone_i, int32_t, hone_i, int32_t,
         x < 0 ? ~(~x >> y) : x >> y,
           p >> q)
HONE_FAST2(hone_ixor, hone_i, int32_t, ^)
HONE_BOTH2(hone_isub, hone_i, int32_t, hone_i, int32_t,
         (int32_t)((uint32_t)x - (uint32_t)y),
           (hone_u)p - (hone_u)q)
HONE_BOTH2(hone_less, hone_i, int32_t, hone_f, float, -(x < y), p < q)
HONE_BOTH2(hone_less_equal, hone_i, int32_t, hone_f, float, -(x <= y),
           p <= q)
HONE_FAST2(hone_mand, hone_i, int32_t, &)
HONE_BOTH2(hone_max, hone_f, float, hone_f, float, x > y ? x : y,
           HONE_CHOOSE(p > q, p, q))
HONE_BOTH2(hone_min, hone_f, float, hone_f, float, x < y ? x : y,
           HONE_CHOOSE(p < q, p, q))
HONE_BOTH1(hone_mnot, hone_i, int32_t, hone_i, int32_t, ~x, ~p)
HONE_FAST2(hone_mor, hone_i, int32_t, |)
HONE_BOTH1(hone_move, hone_f, float, hone_f, float, x, p)
HONE_FAST2(hone_mul, hone_f, float, *)
HONE_BOTH1(hone_neg, hone_f, float, hone_f, float, -x, -p)
HONE_OP1(hone_round, hone_f, float, hone_f, float, nearbyintf(x))
HONE_OP1(hone_sqrt, hone_f, float, hone_f, float, sqrtf(x))
HONE_FAST2(hone_sub, hone_f, float, -)
HONE_OP1(hone_to_float, hone_f, float, hone_i, int32_t, (float)x)
HONE_OP1(hone_to_int, hone_i, int32_t, hone_f, float, hone_truncate(x))

HONE_INLINE hone_i hone_dot(hone_i a, hone_i b, hone_i c) {
  HONE_EACH for (int byte = 0; byte < 32; byte += 8) {
    const uint32_t x = (uint32_t)HONE_AT(a, i) >> byte & 255;
    const uint32_t y = (((uint32_t)HONE_AT(b, i) >> byte & 255) ^ 128) - 128;
    HONE_AT(c, i) = (int32_t)((uint32_t)HONE_AT(c, i) + x * y);
  }
  return c;
}
HONE_INLINE float hone_fma_s(float x, float y, float z) { return x * y + z; }
HONE_INLINE hone_f hone_fma(hone_f p, hone_f q, hone_f r) {
#if defined(__GNUC__)
  return p * q + r;
#else
  HONE_EACH HONE_AT(r, i) = HONE_AT(p, i) * HONE_AT(q, i) + HONE_AT(r, i);
  return r;
#endif
}
HONE_INLINE float hone_select_s(int32_t m, float x, float y) {
  return m ? x : y;
}
HONE_INLINE hone_f hone_select(hone_i m, hone_f p, hone_f q) {
#if defined(__GNUC__)
  return (hone_f)(HONE_CHOOSE(m, p, q));
#else
  HONE_EACH HONE_AT(q, i) = HONE_AT(m, i) ? HONE_AT(p, i) : HONE_AT(q, i);
  return q;
#endif
}
HONE_INLINE int32_t hone_iselect_s(int32_t m, int32_t x, int32_t y) {
  return m ? x : y;
}
HONE_INLINE hone_i hone_iselect(hone_i m, hone_i p, hone_i q) {
#if defined(__GNUC__)
  return HONE_CHOOSE(m, p, q);
#else
  HONE_EACH HONE_AT(q, i) = HONE_AT(m, i) ? HONE_AT(p, i) : HONE_AT(q, i);
  return q;
#endif
}
HONE_INLINE hone_f hone_splat(float x) {
#if defined(__GNUC__)
  return x - (hone_f){0};
#else
  hone_f r;
  HONE_EACH HONE_AT(r, i) = x;
  return r;
#endif
}
HONE_INLINE hone_i hone_splat_int(int64_t x) {
  hone_i r;
  HONE_EACH HONE_AT(r, i) = (int32_t)x;
  return r;
}
HONE_INLINE hone_i hone_iota(void) {
  hone_i r;
  HONE_EACH HONE_AT(r, i) = i;
  return r;
}
#define HONE_REDUCE(name, operation)                                        \
  HONE_INLINE float name(hone_f a) {                                        \
    for (int half = HONE_LANES / 2; half > 0; half /= 2)                    \
      for (int i = 0; i < half; ++i)                                        \
        HONE_AT(a, i) = operation(HONE_AT(a, i), HONE_AT(a, half + i));     \
    return HONE_AT(a, 0);                                                   \
  }
HONE_REDUCE(hone_reduce_max, hone_max_s)
HONE_REDUCE(hone_reduce_min, hone_min_s)
HONE_REDUCE(hone_reduce_sum, hone_add_s)

#define HONE_ZIP(name, first)                                               \
  HONE_INLINE hone_f name(hone_f a, hone_f b) {                             \
    hone_f r;                                                               \
    HONE_EACH HONE_AT(r, i) =                                               \
        i % 2 ? HONE_AT(b, first + i / 2) : HONE_AT(a, first + i / 2);      \
    return r;                                                               \
  }
HONE_ZIP(hone_zip_high, HONE_LANES / 2)
HONE_ZIP(hone_zip_low, 0)

/* Memory. The plain forms move whole vectors; the others take a stride and a
 * count of lanes, and load 0 behind it; mostly all lanes are there. */
#define HONE_MEMORY(element, T, V, v)                                         \
  HONE_INLINE V hone_load_##element(const T* p) {                             \
    V r;                                                                      \
    HONE_EACH HONE_AT(r, i) = (v)p[i];                                        \
    return r;                                                                 \
  }                                                                           \
  HONE_INLINE V hone_load_part_##element(const T* p, int64_t stride,          \
                                         int64_t lanes) {                     \
    V r = {0};                                                                \
    if (stride == 1 && lanes >= HONE_LANES) return hone_load_##element(p);    \
    HONE_EACH HONE_AT(r, i) = i < lanes ? (v)p[i * stride] : 0;               \
    return r;                                                                 \
  }                                                                           \
  HONE_INLINE void hone_store_##element(T* p, V a) {                          \
    HONE_EACH p[i] = (T)HONE_AT(a, i);                                        \
  }                                                                           \
  HONE_INLINE void hone_store_part_##element(T* p, int64_t stride,            \
                                             int64_t lanes, V a) {            \
    if (stride == 1 && lanes >= HONE_LANES) {                                 \
      hone_store_##element(p, a);                                             \
      return;                                                                 \
    }                                                                         \
    for (int i = 0; i < HONE_LANES && i < lanes; ++i)                         \
      p[i * stride] = (T)HONE_AT(a, i);                                       \
  }
HONE_MEMORY(i32, int32_t, hone_i, int32_t)
HONE_MEMORY(i64, int64_t, hone_i, int32_t)
HONE_MEMORY(i8, int8_t, hone_i, int32_t)
HONE_MEMORY(i16, int16_t, hone_i, int32_t)
HONE_MEMORY(u8, uint8_t, hone_i, int32_t)
HONE_MEMORY(u16, uint16_t, hone_i, int32_t)
HONE_MEMORY(u32, uint32_t, hone_i, int32_t)
HONE_MEMORY(u64, uint64_t, hone_i, int32_t)
HONE_MEMORY(f32, float, hone_f, float)
HONE_INLINE hone_f hone_load_whole(const float* p) {
  hone_f r;
  memcpy(&r, p, sizeof(r));
  return r;
}
HONE_INLINE void hone_store_whole(float* p, hone_f a) {
  memcpy(p, &a, sizeof(a));
}
)";

}  // namespace

std::string c_preamble(int lanes, std::string_view prefix) {
  std::string text = fmt::format("#define HONE_LANES {}\n", lanes) +
                     std::string(kPreamble.substr(1)) +
                     std::string(wide_preamble());
  if (prefix == "hone_") return text;
  std::string upper(prefix);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  for (const auto& [from, to] :
       {std::pair("hone_", std::string(prefix)), std::pair("HONE_", upper)})
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
         at += to.size())
      text.replace(at, 5, to);
  return text;
}

}  // namespace hone::codegen
