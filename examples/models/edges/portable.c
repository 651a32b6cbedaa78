/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The same with the model as C source: nothing but these two files. */
#include <stdio.h>

#include "edges.h"

int main(void) {
  static float picture[32][32], steepness[30][30];
  static double memory[edges_MEMORY / sizeof(double) + 1];
  for (int i = 0; i < 32 * 32; ++i)
    picture[i / 32][i % 32] = (i / 32 > 8 && i / 32 < 24) != (i % 32 > 16);
  const void* const in[] = {picture};
  void* const out[] = {steepness};
  edges_run(in, out, memory);
  for (int y = 0; y < 30; ++y, putchar('\n'))
    for (int x = 0; x < 30; ++x) putchar(steepness[y][x] > 1 ? '#' : '.');
  return 0;
}
