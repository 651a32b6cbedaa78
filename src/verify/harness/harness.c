// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All of the harness, one translation unit. The build embeds it in Hone with
// its includes expanded; Hone compiles it with the user's target.
#define _GNU_SOURCE
#include "abi.h"
#include "state.h"
#include "memory.c"
#include "text.c"
#include "values.c"
#include "image.c"
#include "externals.c"
#include "library.c"
#include "main.c"
#include "x86_64.c"
