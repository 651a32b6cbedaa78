// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two compares whose flags are wanted at about the same time.
#include <stdio.h>

__attribute__((noinline)) int signs(unsigned long ua, unsigned long ub, long c,
                                    long* p) {
  long a = (long)ua, b = (long)ub, d = (long)(ua - ub);
  int x = a < b;
  long q = x ? c : b;
  *p += q;
  int y = a < b && q > c;
  p[1] = d;
  p[2] = d < 0 ? c * 3 : c + 7;
  return x + 2 * y + 4 * (d < 0);
}

int main(void) {
  long p[3] = {1, 2, 3};
  printf("%d\n", signs(-5ul, 7, 9, p));
}
