// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiled with -mfunction-return=thunk-extern no function may end in a plain
// ret: a kernel replaces the thunk by what its processor needs.
#define WORK(next)                   \
  long a = p[0], b = p[1], c = p[2]; \
  a = (a * 31 + 7) ^ (b >> 3);       \
  b = (b * 17 + 5) ^ (c << 2);       \
  c = (c * 13 + 3) ^ (a >> 1);       \
  p[n & 3] = a + b + c;              \
  p[1] = a ^ b;                      \
  return next(a - b + c)

long one(long), two(long);
long first(long* p, int n) { WORK(one); }
long second(long* p, int n) { WORK(two); }
