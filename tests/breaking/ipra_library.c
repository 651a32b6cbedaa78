// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A shared library that calls its own exported leaf(): through the PLT, whose
// first use runs ld.so's resolver, or into a definition that replaces it.
#ifndef LEAF_VISIBILITY
#define LEAF_VISIBILITY "default"
#endif

__attribute__((noinline, visibility(LEAF_VISIBILITY))) long leaf(long a) {
  return a ^ 5;
}

#define NO_MAIN
#include "register_pressure.h"
