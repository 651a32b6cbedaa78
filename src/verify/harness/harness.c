// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All of the harness, one translation unit. The build embeds it in Hone with
// its includes expanded; Hone compiles it with the user's target.
#define _GNU_SOURCE
#include "abi.h"
#include "machine.h"
#include "state.h"
#include "memory.c"
#include "text.c"
#include "values.c"
#include "image.c"
#include "externals.c"
#include "library.c"
#include "main.c"
#include "enter_x86_64.c"
#include "enter_aarch64.c"

_Static_assert(HONE_CLOBBERED == 106, "the assembly names it");
_Static_assert(HONE_STATE == 0x300000000000ull, "the assembly names it");
_Static_assert(__builtin_offsetof(state_t, resume_stack) == 8, "likewise");
_Static_assert(__builtin_offsetof(state_t, jump_count) == 0x50, "likewise");
