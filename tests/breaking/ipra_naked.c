// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A naked leaf clobbers what a callee may clobber, but says so to nobody.
__attribute__((naked, noinline)) static long leaf(long a) {
  __asm__(
      "movq %rdi, %rax\n\txorq $5, %rax\n\t"
      "xorl %ecx, %ecx\n\txorl %edx, %edx\n\txorl %esi, %esi\n\t"
      "xorl %r8d, %r8d\n\txorl %r9d, %r9d\n\t"
      "xorl %r10d, %r10d\n\txorl %r11d, %r11d\n\tret");
}

#include "register_pressure.h"
