/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Draws a disc, has the model find its edge, and prints that. */
#include <stdio.h>

#include "edges.h"

int main(void) {
  static float picture[32][32], steepness[30][30];
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 32; ++x)
      picture[y][x] = (x - 16) * (x - 16) + (y - 16) * (y - 16) < 100;
  hone_model* model;
  if (hone_model_open(&edges_program, NULL, &model) != HONE_OK) return 1;
  const hone_tensor in = {.data = picture}, out = {.data = steepness};
  if (hone_model_run(model, &in, 1, &out, 1) != HONE_OK) return 1;
  hone_model_close(model);
  for (int y = 0; y < 30; ++y, putchar('\n'))
    for (int x = 0; x < 30; ++x) putchar(steepness[y][x] > 1 ? '#' : '.');
  return 0;
}
