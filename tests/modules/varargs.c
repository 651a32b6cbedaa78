// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdarg.h>
int varargs_sum(int n, ...) {
  va_list ap;
  va_start(ap, n);
  int s = 0;
  for (int i = 0; i < n; i++) s += va_arg(ap, int);
  va_end(ap);
  return s;
}
static double varargs_mixed(const char* f, ...) {
  va_list ap, b;
  va_start(ap, f);
  va_copy(b, ap);
  double d = 0;
  for (; *f; f++)
    d += *f == 'd' ? va_arg(ap, double) : (double)va_arg(ap, long);
  va_end(b);
  va_end(ap);
  return d;
}
double varargs_use(long x) {
  return varargs_mixed("dl", 1.5, x) + varargs_sum(3, 1, 2, 3);
}
