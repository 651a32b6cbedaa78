// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <math.h>
double floating_poly(double x) { return ((x * 3.0 - 2.0) * x + 1.0) * x - 0.5; }
int floating_round(double x) { return (int)floor(x) + (int)ceil(x) + (x != x); }
double floating_lib(double x, double y) {
  return sqrt(x * x + y * y) + pow(x, 2.0) + fabs(y) + sin(x) * sin(x) + cos(x);
}
float floating_convert(int a, unsigned b, float c) {
  return (float)a + (float)(double)c + (float)b;
}
double floating_sum(const double* p, int n) {
  double s = 0;
  for (int i = 0; i < n; i++) s += p[i] / 3.0;
  return s;
}
__attribute__((noinline)) double floating_fast(const double* p, int n) {
#pragma clang fp reassociate(on) contract(fast)
  double s = 0;
  for (int i = 0; i < n; i++) s += p[i] * p[i];
  return s;
}
long double floating_long(long double a) { return a * 1.5L; }
_Complex double floating_complex(_Complex double a, _Complex double b) {
  return a * b;
}
int floating_int(float a) {
  float k = (float)(int)a;
  return k > 3.0f && k < 100.0f;
}
long floating_divide(long a, long b) { return a / b + a % b + a / 7; }
