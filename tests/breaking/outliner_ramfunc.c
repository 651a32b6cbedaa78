// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two functions that are copied to fresh memory and run there, as drivers of
// flash memory do. They call nothing, so that they work wherever they lie.
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define IN_RAM __attribute__((section("ramfunc"), noinline))

#define WORK(result)                 \
  long a = p[0], b = p[1], c = p[2]; \
  for (int i = 0; i < n; i++) {      \
    a = (a * 31 + 7) ^ (b >> 3);     \
    b = (b * 17 + 5) ^ (c << 2);     \
    c = (c * 13 + 3) ^ (a >> 1);     \
    p[i & 3] = a + b + c;            \
  }                                  \
  return result

IN_RAM long erase_page(long* p, int n) { WORK(a - b + c + 1); }
IN_RAM long write_page(long* p, int n) { WORK(a - b + c + 2); }

extern const char __start_ramfunc[], __stop_ramfunc[];
typedef long step(long*, int);

static step* moved(char* ram, step* function) {
  return (step*)(ram + ((const char*)function - __start_ramfunc));
}

int main(void) {
  size_t size = (size_t)(__stop_ramfunc - __start_ramfunc);
  char* ram = mmap(0, size, PROT_READ | PROT_WRITE | PROT_EXEC,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (ram == MAP_FAILED) return 2;
  memcpy(ram, __start_ramfunc, size);
  long p[4] = {1, 2, 3, 4};
  long r = moved(ram, erase_page)(p, 9);
  r += moved(ram, write_page)(p, 9);
  printf("%ld\n", r);
}
