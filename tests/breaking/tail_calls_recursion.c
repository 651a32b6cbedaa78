// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Mutual recursion that runs in a bounded stack as long as calls in tail
// position are jumps.
#include <stdio.h>

__attribute__((noinline)) int is_even(unsigned long n);

__attribute__((noinline)) int is_odd(unsigned long n) {
  __asm__ volatile("");
  return n == 0 ? 0 : is_even(n - 1);
}

__attribute__((noinline)) int is_even(unsigned long n) {
  __asm__ volatile("");
  return n == 0 ? 1 : is_odd(n - 1);
}

int main(void) { printf("%d\n", is_even(100000001)); }
