// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A caller with more values live across its call of leaf() than there are
// callee-saved registers, and a main() that prints what it computes: 16840.
#pragma once

#include <stdio.h>

__attribute__((noinline)) long caller(const volatile long* p) {
  long a = p[0], b = p[1], c = p[2], d = p[3], e = p[4];
  long f = p[5], g = p[6], h = p[7], i = p[8], j = p[9];
  long r = leaf(p[10]);
  r = r * a + b;
  r = r * c + d;
  r = r * e + f;
  r = r * g + h;
  return r * i + j;
}

#ifndef NO_MAIN
int main(void) {
  static const volatile long p[11] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  printf("%ld\n", caller(p));
}
#endif
