// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stddef.h>
struct big {
  long a, b, c, d;
};
struct pair {
  int x;
  int y;
};
static int calls_small(int a) { return a * a + 1; }
static int calls_unused_arg(int a, int unused) { return a * 3; }
static long calls_by_ref(const struct pair* p) { return p->x + p->y; }
__attribute__((noinline)) static struct big calls_big(struct big b, int k) {
  b.a += k;
  b.d -= b.c;
  return b;
}
int calls_use(int a) {
  struct pair p = {a, a + 1};
  return calls_small(a) + calls_unused_arg(a, 9) + (int)calls_by_ref(&p);
}
long calls_copy(struct big* p) {
  struct big t = calls_big(*p, 3);
  t = calls_big(t, 4);
  *p = t;
  return t.a;
}
__attribute__((noinline)) static int calls_same1(int a, int b) {
  int t = a * 7;
  t ^= b;
  t += a << 3;
  return t % 11;
}
__attribute__((noinline)) static int calls_same2(int a, int b) {
  int t = a * 7;
  t ^= b;
  t += a << 3;
  return t % 11;
}
int calls_both(int a) { return calls_same1(a, 2) + calls_same2(a, 5); }
extern void calls_report(int) __attribute__((cold));
extern void calls_fail(void) __attribute__((noreturn, cold));
int calls_checked(int* p, size_t n, size_t i) {
  if (__builtin_expect(i >= n, 0)) {
    calls_report((int)i);
    calls_fail();
  }
  return p[i];
}
static int calls_guard(int* p) {
  if (!p) return 0;
  int a = *p;
  a = a * a - 7 * a;
  a ^= a >> 3;
  a *= 1234567;
  a ^= a << 5;
  return a;
}
int calls_partial(int* p, int* q) { return calls_guard(p) + calls_guard(q); }
inline __attribute__((gnu_inline)) int calls_available(int x) {
  return x ^ 0x55;
}
int calls_extern_inline(int x) { return calls_available(x); }
