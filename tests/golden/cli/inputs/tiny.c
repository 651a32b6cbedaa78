// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifdef WRONG
#define LIMIT 7
#else
#define LIMIT 10
#endif

int digits_sum(unsigned number) {
  int sum = 0;
  for (; number > 0; number /= 10)
    if (number % 10 < LIMIT) sum += (int)(number % 10);
  return sum;
}

int is_sorted(const int *values, int count) {
  for (int i = 1; i < count; ++i)
    if (values[i - 1] > values[i]) return 0;
  return 1;
}

int clamp(int value, int low, int high) {
  return value < low ? low : value > high ? high : value;
}
