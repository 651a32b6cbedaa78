// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
extern int switches_handle(int);
int switches_dense(int x) {
  switch (x) {
    case 0:
      return 7;
    case 1:
      return 13;
    case 2:
      return 28;
    case 3:
      return 5;
    case 4:
      return 91;
    case 5:
      return 2;
    default:
      return -1;
  }
}
int switches_call(int x, int y) {
  switch (x) {
    case 1:
      return switches_handle(y + 1);
    case 2:
      return switches_handle(y + 2);
    case 3:
      return switches_handle(y * 3);
    case 4:
      return switches_handle(y - 4);
    case 50:
      return switches_handle(y / 5);
    case 51:
      y++;
    case 52:
      return y;
    default:
      return 0;
  }
}
const char* switches_name(unsigned k) {
  switch (k) {
    case 0:
      return "zero";
    case 1:
      return "one";
    case 2:
      return "two";
    case 3:
      return "three";
    default:
      return "many";
  }
}
int switches_machine(const char* s) {
  int st = 0, n = 0;
  for (; *s; s++) {
    switch (st) {
      case 0:
        if (*s == 'a')
          st = 1;
        else if (*s == 'b')
          st = 2;
        break;
      case 1:
        if (*s == 'b') {
          st = 2;
          n++;
        } else
          st = 0;
        break;
      case 2:
        if (*s == 'c') {
          n += 10;
          st = 0;
        } else
          st = 1;
        break;
    }
  }
  return n * 4 + st;
}
int switches_ladder(int a, int b) {
  if (a == 1 || a == 3 || a == 5 || a == 9) return b;
  if (a > 10 && a < 20) b *= 2;
  return a < 0 ? -b : b;
}
int switches_computed(const unsigned char* p) {
  static void* const t[] = {&&add, &&sub, &&end};
  int r = 0;
  goto* t[*p++];
add:
  r += *p++;
  goto* t[*p++];
sub:
  r -= *p++;
  goto* t[*p++];
end:
  return r;
}
