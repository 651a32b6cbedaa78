// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
int loops_table[64][64];
short loops_out[256];
long loops_sum(const int* a, int n) {
  long s = 0;
  for (int i = 0; i < n; i++) s += a[i];
  return s;
}
void loops_scale(float* restrict d, const float* restrict s, int n, float k) {
  for (int i = 0; i < n; i++) d[i] = s[i] * k + 1.0f;
}
void loops_nest(int n) {
  for (int i = 0; i < 64; i++)
    for (int j = 0; j < 64; j++)
      if (((i * j) & n) != 0)
        loops_table[j][i] += i + j;
      else
        loops_table[i][j] -= n;
}
void loops_fill(char* p, int n) {
  for (int i = 0; i < n; i++) p[i] = 0;
  for (int i = 0; i < 16; i++) loops_out[i] = (short)i;
}
int loops_search(const char* s, int c, int flag) {
  int n = 0;
  while (*s) {
    if (flag) {
      if (*s == c) n++;
    } else if (*s == c)
      return n;
    s++;
  }
  return n;
}
unsigned loops_popcount(unsigned long x) {
  unsigned c = 0;
  while (x) {
    c++;
    x &= x - 1;
  }
  return c;
}
int loops_invariant(int* a, int n, int* b) {
  int r = 0;
  for (int i = 0; i < n; i++) {
    r += *b * 3;
    a[i] = r;
    if (i % 7 == 3) continue;
    r ^= i;
  }
  return r;
}
void loops_split(int* a, int* b, int n) {
  for (int i = 0; i < n; i++) {
    a[i] = b[i] + 1;
    b[i] = i * 2;
  }
  for (int i = 0; i < n; i++) a[i] *= 3;
}
int loops_flat(int* a) {
  int s = 0;
  for (int i = 0; i < 20; i++)
    for (int j = 0; j < 30; j++) s += a[i * 30 + j];
  return s;
}
void loops_irreducible(int* a, int n) {
  int i = 0;
  if (n & 1) goto in;
again:
  a[i] += 2;
in:
  a[i]++;
  i++;
  if (i < n) goto again;
}
unsigned short loops_crc(unsigned char data, unsigned short crc) {
  for (int i = 0; i < 8; i++) {
    unsigned char x = (data ^ crc) & 1;
    data >>= 1;
    if (x) {
      crc ^= 0x4002;
      crc >>= 1;
      crc |= 0x8000;
    } else
      crc >>= 1;
  }
  return crc;
}
