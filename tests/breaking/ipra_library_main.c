// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs the library's caller().
#include <stdio.h>

long caller(const volatile long* p);

int main(void) {
  static const volatile long p[11] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  printf("%ld\n", caller(p));
}
