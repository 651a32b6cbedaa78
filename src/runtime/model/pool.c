/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Looks at the turn before a worker goes to sleep: during a run, some ten
 * microseconds, and behind one, when the next may follow at once. */
#define HONE_SPIN 4000
#define HONE_LINGER 1000

/* A thread's part of the tasks, that others take from when theirs are done. */
typedef struct {
  /* The turn, and below it the first task that nobody has taken. One word, so
   * that a thread that comes late cannot take a task of another turn. */
  _Atomic uint64_t next;
  hone_pool* pool;
  pthread_t thread;
  int32_t index;
  char apart[128]; /* from the next one's `next`, which another thread writes */
} worker;

/* What a turn is about. */
typedef struct {
  _Atomic hone_job job;
  void* _Atomic context;
  _Atomic int64_t tasks;
} work_item;

struct hone_pool {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  atomic_int claimed;
  atomic_int closing;
  atomic_uint calls;    /* one more for each run */
  atomic_uint turn;     /* one more for each step */
  atomic_int sleepers;  /* changed under the mutex */
  _Atomic int64_t done; /* tasks of this turn */
  /* Of this turn and the last one: a thread that is late may still read that,
   * and finds that nothing of it is left to take. */
  work_item items[2];
  int32_t threads;
  int32_t started;
  worker workers[];
};

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Half of what is left of a part, so that the last pieces are small; 0 where
 * nothing is. */
static int64_t take_tasks(hone_pool* pool, int32_t part, unsigned turn,
                          int64_t tasks, int64_t* first) {
  worker* const owner = &pool->workers[part];
  const int64_t last = tasks * (part + 1) / pool->threads;
  uint64_t next = atomic_load(&owner->next);
  for (;;) {
    *first = (int64_t)(uint32_t)next;
    if ((unsigned)(next >> 32) != turn || *first >= last) return 0;
    const int64_t count = (last - *first + 1) / 2;
    if (atomic_compare_exchange_weak(&owner->next, &next,
                                     next + (uint64_t)count))
      return count;
  }
}

/* Does tasks of the turn until none is left: first those of its own part, which
 * are near those that it did in the last step. */
static void share_tasks(hone_pool* pool, int32_t index, unsigned turn) {
  work_item* const item = &pool->items[turn % 2];
  const hone_job job = atomic_load(&item->job);
  void* const context = atomic_load(&item->context);
  const int64_t tasks = atomic_load(&item->tasks);
  for (int32_t k = 0; k < pool->threads; ++k) {
    const int32_t part = (index + k) % pool->threads;
    int64_t first, count;
    while ((count = take_tasks(pool, part, turn, tasks, &first)) > 0) {
      job(context, first, first + count);
      atomic_fetch_add(&pool->done, count);
    }
  }
}

/* Waits until the turn is no longer `seen`; 0 where the pool closes. */
static int await_turn(hone_pool* pool, unsigned seen) {
  for (;;) {
    const unsigned calls = atomic_load(&pool->calls);
    for (int i = 0, idle = 0; i < HONE_SPIN && idle < HONE_LINGER; ++i) {
      if (atomic_load(&pool->turn) != seen) return 1;
      idle += !atomic_load(&pool->claimed);
      relax();
    }
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->sleepers, 1);
    while (atomic_load(&pool->turn) == seen &&
           atomic_load(&pool->calls) == calls && !atomic_load(&pool->closing))
      pthread_cond_wait(&pool->wake, &pool->mutex);
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->mutex);
    if (atomic_load(&pool->closing)) return 0;
  }
}

static void wake_sleepers(hone_pool* pool) {
  if (atomic_load(&pool->sleepers) == 0) return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

static void* work(void* argument) {
  worker* const self = argument;
  hone_pool* const pool = self->pool;
  unsigned seen = 0;
  while (await_turn(pool, seen)) {
    seen = atomic_load(&pool->turn);
    share_tasks(pool, self->index, seen);
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
  if (!atomic_compare_exchange_strong(&pool->claimed, &expected, 1)) return 0;
  /* They wake while the first step is prepared. */
  atomic_fetch_add(&pool->calls, 1);
  wake_sleepers(pool);
  return 1;
}

void hone_pool_release(hone_pool* pool) { atomic_store(&pool->claimed, 0); }

void hone_pool_run(hone_pool* pool, hone_job job, void* context,
                   int64_t tasks) {
  if (tasks > INT32_MAX) {
    job(context, 0, tasks);
    return;
  }
  const unsigned turn = atomic_load(&pool->turn) + 1;
  work_item* const item = &pool->items[turn % 2];
  atomic_store(&item->job, job);
  atomic_store(&item->context, context);
  atomic_store(&item->tasks, tasks);
  atomic_store(&pool->done, 0);
  for (int32_t part = 0; part < pool->threads; ++part)
    atomic_store(
        &pool->workers[part].next,
        (uint64_t)turn << 32 | (uint64_t)(tasks * part / pool->threads));
  atomic_store(&pool->turn, turn);
  wake_sleepers(pool);
  share_tasks(pool, 0, turn);
  while (atomic_load(&pool->done) < tasks) relax();
}
