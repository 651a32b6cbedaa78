/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Threads that share the tasks of a step. While a run is under way a worker
 * that has nothing to do spins for a moment before it sleeps, because the next
 * step follows soon; soon after a run all of them sleep. */
#ifndef HONE_POOL_H
#define HONE_POOL_H

#include <stdint.h>

typedef struct hone_pool hone_pool;

/* Does the tasks from `begin` to `end`. */
typedef void (*hone_job)(void* context, int64_t begin, int64_t end);

/* `threads` counts the calling one. Null where a thread cannot be started. */
hone_pool* hone_pool_open(int32_t threads);
void hone_pool_close(hone_pool* pool);

/* One run at a time has the workers: 1 where they are ours from now on until
 * hone_pool_release(), 0 where another run has them. */
int hone_pool_claim(hone_pool* pool);
void hone_pool_release(hone_pool* pool);

/* Each thread begins with a part of its own, and takes from the others' when
 * that is done: a thread that sleeps, or that the system gave to somebody else,
 * holds nobody up. Returns when all are done. */
void hone_pool_run(hone_pool* pool, hone_job job, void* context, int64_t tasks);

#endif
