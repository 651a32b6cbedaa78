// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
typedef int v4 __attribute__((vector_size(16)));
typedef float f4 __attribute__((vector_size(16)));
typedef double d2 __attribute__((vector_size(16)));
v4 vectors_mix(v4 a, v4 b) {
  v4 c = a * b + (a > b);
  return __builtin_shufflevector(c, a, 0, 4, 1, 5);
}
float vectors_sum(f4 a) { return a[0] + a[1] + a[2] + a[3]; }
void vectors_store(float* p, const float* q) {
  p[0] = q[0] * 2 + 1;
  p[1] = q[1] * 2 + 1;
  p[2] = q[2] * 2 + 1;
  p[3] = q[3] * 2 + 1;
}
d2 vectors_select(d2 a, d2 b, int k) {
  d2 r = k ? a : b;
  r[k & 1] = 3.0;
  return r / b;
}
int vectors_reduce(const int* p) {
  return __builtin_reduce_add(*(const v4*)p) +
         __builtin_reduce_max(((const v4*)p)[1]);
}
void vectors_interleave(int* restrict o, const int* restrict a) {
  for (int i = 0; i < 256; i++) o[i] = a[2 * i] * a[2 * i + 1];
}
