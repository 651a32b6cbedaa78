/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Turns before a worker goes to sleep during a run: some ten microseconds. */
#define HONE_SPIN 4000

typedef struct {
  hone_pool* pool;
  pthread_t thread;
  int32_t index;
} worker;

struct hone_pool {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  atomic_int claimed;
  atomic_int closing;
  atomic_uint turn;    /* one more for each step */
  atomic_int sleepers; /* changed under the mutex */
  atomic_int working;  /* workers that have not finished this turn */
  int32_t threads;
  int32_t started;
  hone_job job;
  void* context;
  int64_t tasks;
  worker workers[];
};

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void do_part(hone_pool* pool, int32_t part) {
  const int64_t begin = pool->tasks * part / pool->threads;
  const int64_t end = pool->tasks * (part + 1) / pool->threads;
  if (begin < end) pool->job(pool->context, begin, end);
}

/* Waits until the turn is no longer `seen`; 0 where the pool closes. */
static int await_turn(hone_pool* pool, unsigned seen) {
  for (int i = 0; i < HONE_SPIN && atomic_load(&pool->claimed); ++i) {
    if (atomic_load(&pool->turn) != seen) return 1;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->sleepers, 1);
  while (atomic_load(&pool->turn) == seen && !atomic_load(&pool->closing))
    pthread_cond_wait(&pool->wake, &pool->mutex);
  atomic_fetch_sub(&pool->sleepers, 1);
  pthread_mutex_unlock(&pool->mutex);
  return atomic_load(&pool->turn) != seen;
}

static void* work(void* argument) {
  worker* const self = argument;
  hone_pool* const pool = self->pool;
  unsigned seen = 0;
  while (await_turn(pool, seen)) {
    seen = atomic_load(&pool->turn);
    do_part(pool, self->index);
    atomic_fetch_sub(&pool->working, 1);
  }
  return NULL;
}

hone_pool* hone_pool_open(int32_t threads) {
  hone_pool* const pool =
      calloc(1, sizeof(hone_pool) + (size_t)threads * sizeof(worker));
  if (pool == NULL) return NULL;
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pool->threads = threads;
  for (int32_t i = 1; i < threads; ++i) {
    worker* const next = &pool->workers[i];
    next->pool = pool;
    next->index = i;
    if (pthread_create(&next->thread, NULL, work, next) != 0) {
      hone_pool_close(pool);
      return NULL;
    }
    pool->started = i;
  }
  return pool;
}

void hone_pool_close(hone_pool* pool) {
  if (pool == NULL) return;
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->closing, 1);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
  for (int32_t i = 1; i <= pool->started; ++i)
    pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
  free(pool);
}

int hone_pool_claim(hone_pool* pool) {
  int expected = 0;
  return atomic_compare_exchange_strong(&pool->claimed, &expected, 1);
}

void hone_pool_release(hone_pool* pool) { atomic_store(&pool->claimed, 0); }

void hone_pool_run(hone_pool* pool, hone_job job, void* context,
                   int64_t tasks) {
  pool->job = job;
  pool->context = context;
  pool->tasks = tasks;
  atomic_store(&pool->working, pool->threads - 1);
  atomic_fetch_add(&pool->turn, 1);
  if (atomic_load(&pool->sleepers) > 0) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
  }
  do_part(pool, 0);
  while (atomic_load(&pool->working) > 0) relax();
}
