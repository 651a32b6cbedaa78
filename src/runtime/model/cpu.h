/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef HONE_CPU_H
#define HONE_CPU_H

#include <stdint.h>

/* The x86-64 level of this processor and system, 1 to 4, 5 with AVX-512 VNNI; 0
 * elsewhere. */
int64_t hone_cpu_level(void);

#endif
