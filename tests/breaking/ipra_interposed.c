// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Linked before the library, this leaf() is the one that runs. It does the same
// and clobbers more of what any callee may clobber.
long leaf(long a) {
  long r = a ^ 5;
  __asm__ volatile(
      "xorl %%ecx, %%ecx\n\txorl %%edx, %%edx\n\txorl %%esi, %%esi\n\t"
      "xorl %%r8d, %%r8d\n\txorl %%r9d, %%r9d\n\txorl %%r10d, %%r10d"
      :
      :
      : "rcx", "rdx", "rsi", "r8", "r9", "r10");
  return r;
}
