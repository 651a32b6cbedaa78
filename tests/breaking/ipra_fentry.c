// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiled with -pg -mfentry: the call of __fentry__ is inserted after register
// allocation. Like glibc's, this one keeps the registers of arguments only.
__attribute__((noinline)) static long leaf(long a) { return a ^ 5; }

__asm__(
    ".globl __fentry__\n"
    "__fentry__: xorl %r10d, %r10d\n\txorl %r11d, %r11d\n\tret\n");

#include "register_pressure.h"
