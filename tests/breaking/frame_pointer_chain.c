// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiled with -fno-omit-frame-pointer: a profiler's walk over the chain of
// frames, from inner() to main().
#include <stdio.h>

struct frame {
  struct frame* next;
  void* return_address;
};

static struct frame* bottom;

__attribute__((noinline)) int inner(int n) {
  int depth = 0;
  for (struct frame* f = __builtin_frame_address(0); f != bottom; f = f->next)
    if (++depth == 100) return -1;
  return depth + n;
}
__attribute__((noinline)) int middle(int n) { return inner(n) + 1; }
__attribute__((noinline)) int outer(int n) { return middle(n) + 1; }

int main(void) {
  bottom = __builtin_frame_address(0);
  printf("%d\n", outer(0));
}
