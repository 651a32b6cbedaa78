// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdatomic.h>
static _Atomic int atomics_count;
int atomics_plain;
volatile int atomics_io;
_Thread_local int atomics_tls;
int atomics_add(int n) {
  return atomic_fetch_add(&atomics_count, n) + atomics_tls++;
}
int atomics_cas(_Atomic long* p, long a, long b) {
  return atomic_compare_exchange_strong(p, &a, b) ? 1 : (int)a;
}
void atomics_lock(atomic_flag* f) {
  while (atomic_flag_test_and_set_explicit(f, memory_order_acquire));
  atomics_plain++;
  atomic_thread_fence(memory_order_release);
  atomic_flag_clear(f);
}
int atomics_volatile(void) {
  int a = atomics_io;
  a += atomics_io;
  atomics_io = a;
  atomics_io = a;
  return a;
}
float atomics_max(_Atomic unsigned* p, unsigned v) {
  unsigned o = atomic_load_explicit(p, memory_order_relaxed);
  while (o < v && !atomic_compare_exchange_weak(p, &o, v));
  return (float)o;
}
