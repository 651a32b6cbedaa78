/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#if defined(__x86_64__)
/* The registers that the system saves: bits of XCR0. */
static uint64_t saved_state(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

/* Whether all `bits` are set in `word`. */
static int has(uint64_t word, uint64_t bits) { return (word & bits) == bits; }
#endif

/* Bits as in "Intel 64 and IA-32 Architectures Software Developer's Manual",
 * CPUID. */
int64_t hone_cpu_level(void) {
#if defined(__x86_64__)
  uint32_t a, b, c, d, leaf_b, leaf_c, leaf_d, extended;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 1;
  /* SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT */
  if (!has(c, 1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 23))
    return 1;
  /* FMA, MOVBE, OSXSAVE, AVX, F16C */
  if (!has(c, 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29)) return 2;
  if (!has(saved_state(), 0x6)) return 2;
  if (!__get_cpuid_count(7, 0, &a, &leaf_b, &leaf_c, &leaf_d)) return 2;
  if (!__get_cpuid(0x80000001, &a, &b, &extended, &d)) return 2;
  /* BMI1, AVX2, BMI2; LZCNT */
  if (!has(leaf_b, 1u << 3 | 1u << 5 | 1u << 8) || !has(extended, 1u << 5))
    return 2;
  /* AVX-512 F, DQ, CD, BW, VL */
  if (!has(leaf_b, 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31))
    return 3;
  if (!has(saved_state(), 0xe6)) return 3;
  return has(leaf_c, 1u << 11) ? 5 : 4;
#else
  return 0;
#endif
}
