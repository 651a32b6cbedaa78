/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Weights in a file of their own, mapped: all models and processes that use it
 * share its memory. Only programs with such a file refer to these, so that a
 * linker leaves them out of others. */
#ifndef HONE_WEIGHTS_H
#define HONE_WEIGHTS_H

#include "program.h"

/* The file at `path`, or where that is null the one beside the program's own.
 * HONE_NO_WEIGHTS where it cannot be opened, HONE_WRONG_WEIGHTS where it is not
 * the one that was written with the program. */
hone_status hone_weights_map(const hone_program* program, const char* path,
                             const unsigned char** weights);
void hone_weights_unmap(const hone_program* program,
                        const unsigned char* weights);

#endif
