/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Opens a model, runs it once on zeros, and prints its peak memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hone_model.h"

extern const hone_program net_program;

int main(void) {
  hone_model* model;
  if (hone_model_open(&net_program, NULL, &model) != HONE_OK) return 1;
  hone_tensor tensors[8] = {{0}};
  const hone_shape* shape;
  size_t count = 0;
  for (; (shape = hone_model_shape(model, count)) != NULL; ++count) {
    size_t bytes = 8;
    for (int i = 0; i < shape->rank; ++i) bytes *= (size_t)shape->dims[i];
    if ((tensors[count].data = calloc(1, bytes)) == NULL) return 1;
  }
  if (hone_model_run(model, tensors, 1, tensors + 1, count - 1)) return 1;
  char line[256];
  FILE* status = fopen("/proc/self/status", "r");
  while (fgets(line, sizeof line, status))
    if (!strncmp(line, "VmHWM", 5)) puts(line);
  return 0;
}
