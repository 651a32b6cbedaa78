// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Correct builds of the same bitcode pass, and what is wrong with a wrong one
// is found. Each snippet comes with a miscompiled twin.
#include "verify/test_tools.h"

namespace hone::verify {

namespace {

struct Snippet {
  const char* name;
  const char* source;
  const char* right;  // a piece of the source …
  const char* wrong;  // … and what a miscompiler makes of it
};

const Snippet kSnippets[] = {
    {"LinkedLists", R"(
struct node { int key; struct node *next; };
static int length(const struct node *n) { int k = 0; for (; n; n = n->next) k++; return k; }
int find(struct node *n, int key) {
  for (int i = 0; n; n = n->next, i++) if (n->key == key) return i;
  return -1;
}
int size(const struct node *n) { return length(n); }
void unlink_next(struct node *n) { if (n && n->next) n->next = n->next->next; }
)",
     "k++; return k;", "k++; return k + 1;"},
    {"Strings", R"(
#include <string.h>
#include <ctype.h>
int words(const char *s) {
  int n = 0, in = 0;
  for (; *s; s++) { if (isspace((unsigned char)*s)) in = 0; else if (!in) { in = 1; n++; } }
  return n;
}
void upper(char *s) { for (; *s; s++) *s = (char)toupper((unsigned char)*s); }
int same(const char *a, const char *b) { return strcmp(a, b) == 0 || strlen(a) > 3; }
)",
     "strlen(a) > 3", "strlen(a) >= 3"},
    {"StructsByValue", R"(
struct pair { long a; int b; char c; };
struct big { double v[5]; int n; };
struct pair swap(struct pair p) { struct pair q = { p.b, (int)p.a, p.c }; return q; }
double sum(struct big b) { double s = b.n; for (int i = 0; i < 5; i++) s += b.v[i]; return s; }
struct big scale(struct big b, double k) { for (int i = 0; i < 5; i++) b.v[i] *= k; return b; }
)",
     "double s = b.n;", "double s = 0;"},
    {"VariableArguments", R"(
#include <stdarg.h>
#include <stdio.h>
static int add(int n, ...) { va_list l; va_start(l, n); int s = 0; while (n-- > 0) s += va_arg(l, int); va_end(l); return s; }
int three(int a, int b, int c) { return add(3, a & 255, b & 255, c & 255); }
int report(char *to, int x) { return sprintf(to, "<%d|%x>", x, x); }
void show(int x) { if (x) printf("%s\n", "yes"); else printf("no\n"); }
)",
     "printf(\"no\\n\")", "printf(\"No\\n\")"},
    {"FloatingPoint", R"(
#include <math.h>
double mean(const double *v, int n) { double s = 0; for (int i = 0; i < n; i++) s += v[i]; return n > 0 ? s / n : 0; }
float mix(float a, float b, float t) { return a + (b - a) * t; }
double root(double x) { return x > 0 ? sqrt(x) : -x; }
)",
     "(b - a) * t", "(a - b) * t"},
    {"FunctionPointers", R"(
typedef int (*step)(int, void *);
struct machine { step run; void *data; int state; };
int drive(struct machine *m, int n) { for (int i = 0; i < n && i < 8; i++) m->state = m->run(m->state, m->data); return m->state; }
static int twice(int x, void *d) { return (x & 1023) * 2; }
static int next(int x, void *d) { return (x & 1023) + 1; }
const step table[] = { twice, next };
int pick(unsigned i, int x) { return table[i & 1](x, 0); }
)",
     "(x & 1023) + 1", "(x & 1023) - 1"},
    {"Setjmp", R"(
#include <setjmp.h>
static jmp_buf where;
static void deep(int n) { if (n <= 0) longjmp(where, 7); deep(n - 1); }
int guarded(int n) { volatile int seen = 1; int r = setjmp(where); if (r) return r + seen; seen = 2; deep(n & 7); return 0; }
)",
     "seen = 2;", "seen = 3;"},
    {"Globals", R"(
int level = 3;
static int calls;
long history[8];
extern int limit;
extern void notify(int);
int record(int x) { calls++; history[x & 7] += level; if (x > limit) notify(calls); return calls; }
)",
     "notify(calls)", "notify(calls + 1)"},
    {"SwitchTables", R"(
int decode(int op, int a, int b) {
  switch (op) {
    case 0: return a & b; case 1: return a | b; case 2: return a ^ b; case 3: return ~a;
    case 4: return a >> 3; case 5: return (unsigned)b >> 2; case 9: return 77; case 10: return 78;
    case 11: return -5; case 40: return a == b; default: return 0;
  }
}
const char *name(int op) { switch (op) { case 0: return "and"; case 1: return "or"; case 2: return "xor"; } return "?"; }
)",
     "return 78;", "return 79;"},
    {"Recursion", R"(
static unsigned long choose(unsigned n, unsigned k) { return k == 0 || k >= n ? 1 : choose(n - 1, k - 1) + choose(n - 1, k); }
unsigned long pascal(unsigned n, unsigned k) { return choose(n & 7, k & 7); }
unsigned collatz(unsigned n) { unsigned k = 0; while (n > 1 && k < 50) { n = n & 1 ? 3 * n + 1 : n / 2; k++; } return k; }
)",
     "choose(n - 1, k - 1) + choose", "choose(n - 1, k - 1) - choose"},
    {"Allocation", R"(
#include <stdlib.h>
#include <string.h>
struct buffer { char *data; size_t used, room; };
int append(struct buffer *b, const char *text) {
  size_t n = strlen(text);
  if (n > 1000) return -1;
  char *fresh = malloc(n + 1);
  if (!fresh) return -2;
  memcpy(fresh, text, n + 1);
  free(b->data);
  b->data = fresh; b->used = n; b->room = n + 1;
  return 0;
}
int *zeros(int n) { return n > 0 && n < 100 ? calloc((size_t)n, sizeof(int)) : 0; }
)",
     "free(b->data);", ""},
    {"BitFields", R"(
struct flags { unsigned a : 3, b : 5; int c : 7; _Bool on; };
int get(const struct flags *f) { return f->on ? f->a + f->b : f->c; }
void set(struct flags *f, int x) { f->a = x; f->c = x >> 3; f->on = x > 4; }
)",
     "f->c = x >> 3;", ""},
    {"WideIntegers", R"(
typedef unsigned __int128 wide;
wide square(unsigned long x) { return (wide)x * x; }
unsigned long high(wide a, wide b) { return (unsigned long)((a + b) >> 64); }
_Bool less(wide a, wide b) { return a < b; }
)",
     "return a < b;", "return (long)a < (long)b;"},
    {"ExternalCalls", R"(
struct packet { int kind; unsigned char body[24]; };
extern int send_packet(struct packet *p, int n);
extern int ready(void);
extern void warn(const char *text);
int flush(struct packet *p, int n) {
  int sent = 0;
  if (n > 4) { warn("too many"); n = 4; }
  for (int i = 0; i < n; i++) { if (!ready()) break; p[i].kind |= 64; sent += send_packet(&p[i], i) & 7; }
  return sent;
}
)",
     "warn(\"too many\");", ""},
};

class Reoptimised : public ObjectsTest,
                    public testing::WithParamInterface<Snippet> {};

std::string replaced(std::string text, std::string_view from,
                     std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_P(Reoptimised, CorrectBuildsPassAndAMiscompiledOneDoesNot) {
  const Snippet& snippet = GetParam();
  add_original(snippet.source);
  const DifferentialChecker checker = prepare();
  for (const char* level : {"-O1", "-O2", "-O3", "-Os"})
    EXPECT_EQ(mismatches(check(checker, rebuild({level}))), "") << level;
  EXPECT_EQ(mismatches(check(
                checker, rebuild({"-Oz", "-mllvm", "-inline-threshold=-20"}))),
            "");
  const auto wrong =
      compile(replaced(snippet.source, snippet.right, snippet.wrong));
  EXPECT_NE(mismatches(check(checker, wrong)), "");
  for (const FunctionVerdict& verdict : checker.baseline().functions)
    EXPECT_NE(verdict.evidence, Evidence::Unchecked)
        << verdict.name << ": " << verdict.reason;
}

// What lies behind a variable is the linker's choice, and no build's fault.
TEST_F(ObjectsTest, ReadingOnePastAVariableIsNotHeldAgainstACandidate) {
  const std::string pick = "int pick(unsigned i) { return table[i & 3]; }";
  const std::string last = "int last(unsigned i) { return other[i & 1]; }";
  const std::string table = "static const int table[3] = {1, 2, 3};\n";
  const std::string other = "static const int other[3] = {6, 5, 4};\n";
  add_original(table + other + pick + last);
  const DifferentialChecker checker = prepare();
  EXPECT_EQ(mismatches(check(checker, compile(other + table + last + pick))),
            "");
  const std::string wrong = "int pick(unsigned i) { return table[i & 1]; }";
  EXPECT_NE(mismatches(check(checker, compile(other + table + last + wrong))),
            "");
}

INSTANTIATE_TEST_SUITE_P(Snippets, Reoptimised, testing::ValuesIn(kSnippets),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

}  // namespace

}  // namespace hone::verify
