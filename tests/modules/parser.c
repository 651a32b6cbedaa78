// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <string.h>
struct parser {
  const unsigned char *at, *end;
  char* out;
  int depth, line, column, error;
  unsigned long hash;
  long numbers[32];
  int used;
  const char* message;
};
extern int parser_refill(struct parser*);
extern void parser_emit(struct parser*, int kind, long value);
extern void* parser_memory(unsigned long);
static int parser_fail(struct parser* p, const char* m) {
  p->message = m;
  p->error = p->line * 1000 + p->column;
  return -1;
}
static int parser_next(struct parser* p) {
  if (p->at == p->end && parser_refill(p) <= 0) return -1;
  int c = *p->at++;
  if (c == '\n') {
    p->line++;
    p->column = 0;
  } else
    p->column++;
  return c;
}
static int parser_digit(int c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
int parser_string(struct parser* p) {
  char* start = p->out;
  unsigned long h = p->hash;
  for (;;) {
    int c = parser_next(p);
    if (c < 0) return parser_fail(p, "end in string");
    if (c == '"') break;
    if (c == '\\') {
      c = parser_next(p);
      switch (c) {
        case 'n':
          c = '\n';
          break;
        case 't':
          c = '\t';
          break;
        case 'r':
          c = '\r';
          break;
        case 'b':
          c = '\b';
          break;
        case 'f':
          c = '\f';
          break;
        case '"':
        case '\\':
        case '/':
          break;
        case 'u': {
          int v = 0;
          for (int i = 0; i < 4; i++) {
            int d = parser_digit(parser_next(p));
            if (d < 0) return parser_fail(p, "bad digit");
            v = v * 16 + d;
          }
          if (v < 0x80)
            c = v;
          else if (v < 0x800) {
            *p->out++ = (char)(0xc0 | v >> 6);
            c = 0x80 | (v & 63);
          } else {
            *p->out++ = (char)(0xe0 | v >> 12);
            *p->out++ = (char)(0x80 | (v >> 6 & 63));
            c = 0x80 | (v & 63);
          }
          break;
        }
        default:
          return parser_fail(p, "bad escape");
      }
    } else if (c < 32 && c != '\t')
      return parser_fail(p, "control character");
    *p->out++ = (char)c;
    h = (h ^ (unsigned)c) * 1099511628211ul;
  }
  *p->out++ = 0;
  p->hash = h;
  parser_emit(p, 's', p->out - start);
  return 0;
}
int parser_number(struct parser* p, int c) {
  long v = 0, scale = 1, e = 0;
  int negative = 0, seen = 0, point = 0, es = 1;
  if (c == '-') {
    negative = 1;
    c = parser_next(p);
  }
  while ((c >= '0' && c <= '9') || (c == '.' && !point)) {
    if (c == '.')
      point = 1;
    else {
      v = v * 10 + (c - '0');
      seen++;
      if (point) scale *= 10;
    }
    c = parser_next(p);
  }
  if (seen && (c == 'e' || c == 'E')) {
    c = parser_next(p);
    if (c == '+' || c == '-') {
      es = c == '-' ? -1 : 1;
      c = parser_next(p);
    }
    while (c >= '0' && c <= '9') {
      e = e * 10 + (c - '0');
      c = parser_next(p);
    }
  }
  if (!seen) return parser_fail(p, "no digits");
  if (c >= 0) {
    p->at--;
    p->column--;
  }
  if (p->used == 32) return parser_fail(p, "too many numbers");
  p->numbers[p->used++] = (negative ? -v : v) / scale + es * e;
  parser_emit(p, 'n', v);
  return 0;
}
int parser_value(struct parser* p) {
  int c;
  do c = parser_next(p);
  while (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',');
  switch (c) {
    case -1:
      return 1;
    case '{':
    case '[':
      if (p->depth++ > 100) return parser_fail(p, "too deep");
      parser_emit(p, c, p->depth);
      for (;;) {
        int r = parser_value(p);
        if (r < 0) return r;
        if (r == c + 2) break;
        if (r == 1) return parser_fail(p, "end in list");
      }
      p->depth--;
      parser_emit(p, c + 2, p->depth);
      return 0;
    case '}':
    case ']':
      return c;
    case '"':
      return parser_string(p);
    case ':':
      return 0;
    case 't':
    case 'f':
    case 'n': {
      static const char* const words[] = {"true", "false", "null"};
      const char* w = words[c == 't' ? 0 : c == 'f' ? 1 : 2];
      for (int i = 1; w[i]; i++)
        if (parser_next(p) != w[i]) return parser_fail(p, "bad word");
      parser_emit(p, c, 0);
      return 0;
    }
    case '#':
      while ((c = parser_next(p)) >= 0 && c != '\n');
      return 0;
    default:
      if (c == '-' || (c >= '0' && c <= '9')) return parser_number(p, c);
      return parser_fail(p, "unexpected character");
  }
}
#define TURN(a, b, c, d, k) \
  a += b + x[k];            \
  d ^= a;                   \
  d = d << 7 | d >> 25;     \
  c += d;                   \
  b ^= c;                   \
  b = b << 12 | b >> 20;
void parser_mix(unsigned* s, const unsigned* x, int rounds) {
  unsigned a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6],
           h = s[7], i = s[8], j = s[9], k = s[10], l = s[11], m = s[12],
           n = s[13], o = s[14], q = s[15];
  while (rounds-- > 0) {
    TURN(a, e, i, m, 0)
    TURN(b, f, j, n, 1) TURN(c, g, k, o, 2) TURN(d, h, l, q, 3) if (a & 1){
        TURN(a, f, k, q, 4) TURN(b, g, l, m, 5)} TURN(c, h, i, n, 6)
        TURN(d, e, j, o, 7) if ((b ^ rounds) % 5 == 0)
            parser_emit(0, (int)a, (long)b * c);
  }
  s[0] = a;
  s[1] = b;
  s[2] = c;
  s[3] = d;
  s[4] = e;
  s[5] = f;
  s[6] = g;
  s[7] = h;
  s[8] = i;
  s[9] = j;
  s[10] = k;
  s[11] = l;
  s[12] = m;
  s[13] = n;
  s[14] = o;
  s[15] = q;
}
int parser_class(int c, int m) {
  switch (c) {
    case 3:
      return m + 1;
    case 7:
      parser_emit(0, 1, m);
      return 5;
    case 12:
      parser_emit(0, 2, m);
      return 6;
    case 14:
      return m * 3;
    case 19:
      parser_emit(0, 3, m);
      return m;
    case 23:
      return -m;
    case 30:
      parser_emit(0, 4, m);
      return 2;
    case 33:
      return m ^ 9;
    case 41:
      parser_emit(0, 7, m);
      return 1;
    case 55:
      return m << 2;
  }
  if (m > 3 && c < 90 && (m & c) != 4 && c != m) {
    parser_emit(0, 8, c);
    return m > c ? 1 : 2;
  }
  if ((c == 1 && m == 2) || (c == 2 && m == 4) || (c > 100 && m < 7)) {
    parser_emit(0, 8, c);
    return m > c ? 3 : 4;
  }
  return 0;
}
unsigned char* parser_filter(const unsigned char* a, long w, long h, int kind) {
  unsigned char* o = parser_memory((unsigned long)(w * h));
  if (!o) return 0;
  for (long y = 0; y < h; y++)
    for (long x = 0; x < w; x++) {
      int l = x ? a[y * w + x - 1] : 0, u = y ? a[(y - 1) * w + x] : 0,
          d = x && y ? a[(y - 1) * w + x - 1] : 0, v = a[y * w + x];
      if (kind == 1)
        v -= l;
      else if (kind == 2)
        v -= u;
      else if (kind == 3)
        v -= (l + u) / 2;
      else if (kind == 4) {
        int q = l + u - d, ql = q > l ? q - l : l - q,
            qu = q > u ? q - u : u - q, qd = q > d ? q - d : d - q;
        v -= ql <= qu && ql <= qd ? l : qu <= qd ? u : d;
      }
      o[y * w + x] = (unsigned char)v;
    }
  return o;
}
static void parser_swap(long* a, long i, long j) {
  long t = a[i];
  a[i] = a[j];
  a[j] = t;
}
void parser_sort(long* a, long n, int (*less)(long, long)) {
  while (n > 1) {
    long p = a[n / 2], i = 0, j = n - 1;
    for (;;) {
      while (less(a[i], p)) i++;
      while (less(p, a[j])) j--;
      if (i >= j) break;
      parser_swap(a, i, j);
      i++;
      j--;
    }
    if (j + 1 < n - j - 1) {
      parser_sort(a, j + 1, less);
      a += j + 1;
      n -= j + 1;
    } else {
      parser_sort(a + j + 1, n - j - 1, less);
      n = j + 1;
    }
  }
}
