// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Inline assembly that saves, uses and restores rbp without a clobber. Its
// memory operand must not be addressed through rbp.
#include <stdio.h>

__attribute__((noinline)) long bump(long x) {
  volatile long v = x;
  __asm__ volatile(
      "movq %%rbp, %%rax\n\txorl %%ebp, %%ebp\n\t"
      "addq $1, %0\n\tmovq %%rax, %%rbp"
      : "+m"(v)
      :
      : "rax", "cc");
  return v;
}

int main(void) { printf("%ld\n", bump(41)); }
