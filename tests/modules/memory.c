// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdlib.h>
#include <string.h>
struct rec {
  int id;
  char name[20];
  struct rec* next;
};
void memory_copy(struct rec* d, const struct rec* s) {
  struct rec t = *s;
  t.id++;
  *d = t;
  memset(d->name, 0, sizeof d->name);
  memmove(d->name, s->name, 7);
}
int memory_equal(const struct rec* a, const struct rec* b) {
  return memcmp(a->name, b->name, 8) == 0 && strcmp(a->name, "root") != 0;
}
int memory_chain(const struct rec* a, const struct rec* b) {
  return a->name[0] == b->name[0] && a->name[1] == b->name[1] &&
         a->name[2] == b->name[2] && a->name[3] == b->name[3];
}
struct rec* memory_new(int id) {
  struct rec* r = calloc(1, sizeof *r);
  if (r) r->id = id;
  return r;
}
int memory_alloca(int n) {
  char b[n + 1];
  memset(b, n, (size_t)n);
  b[n] = 0;
  return (int)strlen(b) + b[0];
}
void memory_dead(int* p, int k) {
  p[0] = 1;
  p[1] = 2;
  p[0] = k;
  char scratch[32];
  memset(scratch, 1, 32);
  int* h = malloc(4);
  *h = k;
  free(h);
}
int memory_diamond(int* p, int* q, int c) {
  int r;
  if (c) {
    *p = 5;
    r = *q;
  } else {
    *p = 6;
    r = *q + 1;
  }
  return r + *p;
}
int memory_union(float f) {
  union {
    float f;
    int i;
  } u;
  u.f = f;
  return u.i & 0x7fffffff;
}
__attribute__((returns_twice)) int memory_checkpoint(void*);
int memory_resume(void* b, int n) {
  volatile int k = n;
  if (memory_checkpoint(b)) return k;
  k++;
  return memory_alloca(k);
}
void memory_asm(int* p) {
  __asm__ volatile("incl %0" : "+m"(*p)::"memory");
  int z;
  __asm__("movl $3,%0" : "=r"(z));
  *p += z;
}
