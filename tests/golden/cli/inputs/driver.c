/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <stdio.h>

#include "layer.h"

int main(void) {
  const float x[6] = {1, 2, 3, -4, 5, -6};
  float y[4];
  hone_model* model;
  if (hone_model_open(&layer_program, NULL, &model) != HONE_OK) return 1;
  const hone_tensor in = {.data = (void*)x}, out = {.data = y};
  if (hone_model_run(model, &in, 1, &out, 1) != HONE_OK) return 1;
  printf("%g %g %g %g\n", y[0], y[1], y[2], y[3]);
  hone_model_close(model);
  return 0;
}
