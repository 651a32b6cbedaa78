// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The self-test: scripts with their expected output, each run once as usual and
// once with a collection before every new object, which brings out any object
// the collector cannot see; scripts with their expected error; larger programs
// whose output goes into the checksum; and random expressions, whose value is
// computed here as well.

#include <stdio.h>
#include <string.h>

#include "interpreter.h"

typedef struct tester {
  uint64_t random;
  uint32_t digest;
  int failures;
  int checks;
  char output[4096];
  size_t length;
} tester;

static uint32_t next_random(tester* t) {
  t->random ^= t->random << 13;
  t->random ^= t->random >> 7;
  t->random ^= t->random << 17;
  return (uint32_t)(t->random * UINT64_C(0x2545F4914F6CDD1D) >> 32);
}

static void check(tester* t, bool passed, const char* what,
                  const char* detail) {
  t->checks++;
  if (passed) return;
  t->failures++;
  fprintf(stderr, "interpreter: check failed: %s\n  got: %s\n", what, detail);
}

static void capture_output(void* context, const char* bytes, size_t length) {
  tester* t = context;
  for (size_t i = 0; i < length; i++) {
    t->digest = (t->digest ^ (uint8_t)bytes[i]) * UINT32_C(16777619);
    if (t->length + 1 < sizeof t->output) t->output[t->length++] = bytes[i];
  }
  t->output[t->length] = '\0';
}

// Runs a script in a new machine.  The output, or the error if there was one,
// is then in t->output.
static bool run_script(tester* t, const char* source, bool stress) {
  vm* m = vm_new();
  if (m == NULL) return false;
  t->length = 0;
  t->output[0] = '\0';
  m->write = capture_output;
  m->write_context = t;
  m->stress = stress;
  bool finished = vm_run(m, source);
  if (!finished) {
    t->length = 0;
    capture_output(t, m->error.bytes, m->error.length - 1);
    // The machine must be usable after an error.
    check(t, vm_run(m, "let after = 1 + 1;"), source, "broken after error");
  }
  vm_free(m);
  return finished;
}

typedef struct script_case {
  const char* source;
  const char* expected;
} script_case;

static void test_scripts(tester* t) {
  static const script_case cases[] = {
      {"print(1 + 2 * 3, (1 + 2) * 3, 7 / 2, -7 % 3, 2 - -2);",
       "7 9 3.5 2 4\n"},
      {"print(1e3, 0.1 + 0.2, 1 / 3, 1e21, -0.5);",
       "1000 0.3 0.33333333333333 1e+21 -0.5\n"},
      {"print(1 < 2, 2 <= 2, 3 > 4, 4 >= 5, 1 == 1, 1 != 1, \"a\" < \"b\");",
       "true true false false true false true\n"},
      {"print(not nil, nil or 3, false and 1, 0 and \"yes\", 1 == \"1\");",
       "true 3 false yes false\n"},
      {"print(\"a\\tb\\\\\" + \"\\\"c\\\"\" + \"\\n-\");", "a\tb\\\"c\"\n-\n"},
      {"let a = 1; { let a = 2; { let a = 3; print(a); } print(a); } print(a);",
       "3\n2\n1\n"},
      {"let x; print(x); x = 5; x += 2; x -= 1; print(x);", "nil\n6\n"},
      {"if 1 > 2 { print(1); } else if 2 > 1 { print(2); } else { print(3); }",
       "2\n"},
      {"let i = 0; while true { i += 1; if i == 3 { continue; } "
       "if i > 5 { break; } print(i); }",
       "1\n2\n4\n5\n"},
      {"for i in 3 { for c in \"xy\" { if i == 1 { break; } print(i, c); } }",
       "0 x\n0 y\n2 x\n2 y\n"},
      {"let a = [1, [2, \"three\"], nil]; a[0] = a[1][1]; append(a, 4, 5); "
       "print(a, len(a)); print(pop(a), len(a));",
       "[\"three\", [2, \"three\"], nil, 4, 5] 5\n5 4\n"},
      {"let t = {b: 1, \"a b\": 2, [3]: {}}; t.c = 4; t.b += 10; "
       "print(t, t.missing, len(t)); for k in t { print(k, t[k]); }",
       "{\"b\": 11, \"a b\": 2, 3: {}, \"c\": 4} nil 4\n"
       "b 11\na b 2\n3 {}\nc 4\n"},
      {"let t = {}; for i in 100 { t[i] = i * i; } for i in 100 { "
       "if i % 10 != 3 { remove(t, i); } } print(t, has(t, 13), has(t, 14)); "
       "for i in 50 { t[\"k\" + str(i)] = i; } print(len(t), t[93], t.k49);",
       "{3: 9, 13: 169, 23: 529, 33: 1089, 43: 1849, 53: 2809, 63: 3969, "
       "73: 5329, 83: 6889, 93: 8649} true false\n60 8649 49\n"},
      {"fn fib(n) { if n < 2 { return n; } return fib(n - 1) + fib(n - 2); } "
       "print(fib(15));",
       "610\n"},
      {"fn counter() { let n = 0; return [fn() { n += 1; return n; }, "
       "fn() { return n; }]; } let a = counter(); let b = counter(); "
       "a[0](); a[0](); b[0](); print(a[1](), b[1]());",
       "2 1\n"},
      {"let fs = []; for i in 3 { append(fs, fn() { i += 10; return i; }); } "
       "fs[0](); print(fs[0](), fs[1](), fs[2]());",
       "20 11 12\n"},
      {"fn outer() { let x = 1; fn middle() { fn inner() { x += 1; return x; } "
       "return inner; } let f = middle(); f(); return f() + x; } "
       "print(outer());",
       "6\n"},
      {"fn f() { fn g(n) { if n == 0 { return \"done\"; } return g(n - 1); } "
       "return g(50); } print(f(), f);",
       "done <function>\n"},
      {"print(slice(\"abcdef\", 1, 3), slice([1, 2, 3], 1, 99), "
       "join([1, \"b\", nil], \"-\"), find(\"hello\", \"l\"), "
       "find(\"a\", \"b\"), num(\"2.5\"), num(\"x\"), floor(-1.5), "
       "code(\"A\"), "
       "type([]), type(print), keys({x: 1}), \"abc\"[1]);",
       "bc [2, 3] 1-b-nil 2 nil 2.5 nil -2 65 array function [\"x\"] b\n"},
      {"let a = []; append(a, a); print(a);", "[[[[[[[...]]]]]]]\n"},
      {"# comment\nprint(\"end\"); # more", "end\n"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    for (int stress = 0; stress < 2; stress++) {
      bool finished = run_script(t, cases[i].source, stress != 0);
      check(t, finished && strcmp(t->output, cases[i].expected) == 0,
            cases[i].source, t->output);
    }
  }
}

static void test_errors(tester* t) {
  static const script_case cases[] = {
      {"print(1 +);", "line 1: expected an expression near ')'"},
      {"let a = 1\nlet b;", "line 2: expected ';' near 'let'"},
      {"if true {", "line 1: expected '}' at the end"},
      {"let 1;", "line 1: expected a name near '1'"},
      {"1 = 2;", "line 1: cannot assign to this near '='"},
      {"\n\"open\n", "line 2: string is not closed"},
      {"\"\\q\";", "line 1: unknown escape '\\q'"},
      {"let @;", "line 1: character 0x40 is not understood"},
      {"break;", "line 1: 'break' outside of a loop"},
      {"fn f() { continue; }", "line 1: 'continue' outside of a loop"},
      {"print(missing);", "line 1: 'missing' is not defined"},
      {"missing = 1;", "line 1: 'missing' is not defined"},
      {"let a = 1;\nlet b = \"x\";\nprint(a +\n b);",
       "line 3: operands are number and string"},
      {"1 / 0;", "line 1: division by zero"},
      {"1 % 0;", "line 1: remainder of a division by zero"},
      {"1.5 % 2;", "line 1: '%' needs whole numbers"},
      {"-\"a\";", "line 1: cannot negate a value of type string"},
      {"let a = [1];\na[1];", "line 2: index 1 is out of range, length is 1"},
      {"[1][0.5];", "line 1: index is not a whole number"},
      {"let t = {}; t[nil] = 1;", "line 1: key is a nil"},
      {"nil.x;", "line 1: cannot index a value of type nil"},
      {"let s = \"a\"; s[0] = \"b\";",
       "line 1: cannot store into a value of type string"},
      {"for x in true { }",
       "line 1: cannot iterate over a value of type boolean"},
      {"4();", "line 1: cannot call a value of type number"},
      {"fn f(a) { }\nf(1, 2);", "line 2: f takes 1 arguments, not 2"},
      {"len();", "line 1: len does not take 0 arguments"},
      {"len(1);", "line 1: expected an array"},
      {"pop([]);", "line 1: array is empty"},
      {"fn f() { error(\"no\"); }\nfn g() {\n f();\n}\ng();",
       "line 1: no\n  in f, called on line 3\n  in g, called on line 5"},
      {"fn f(n) { return f(n + 1); } f(0);",
       "line 1: calls are nested too deeply\n  in f, called on line 1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    bool finished = run_script(t, cases[i].source, i % 2 == 0);
    const char* expected = cases[i].expected;
    check(t, !finished && strncmp(t->output, expected, strlen(expected)) == 0,
          cases[i].source, t->output);
  }
  char deep[4000];
  memset(deep, '(', sizeof deep - 1);
  deep[sizeof deep - 1] = '\0';
  check(t, !run_script(t, deep, false), "deep nesting", "accepted");
}

// A closure made before an error must keep its variables after it.
static void test_closure_outlives_error(tester* t) {
  vm* m = vm_new();
  if (m == NULL) return;
  m->write = capture_output;
  m->write_context = t;
  m->stress = true;
  check(t,
        !vm_run(m,
                "let f; fn g() { let x = [1]; f = fn() { append(x, 2); "
                "return x; }; error(\"stop\"); } g();"),
        "error after closure", "no error");
  t->length = 0;
  bool finished = vm_run(m, "let a = [3]; print(f(), f());");
  check(t, finished && strcmp(t->output, "[1, 2, 2] [1, 2, 2]\n") == 0,
        "closure outlives error", t->output);
  vm_free(m);
}

// ---- larger programs ------------------------------------------------------

static const char sieve_source[] =
    "let marks = []; let count = 0;\n"
    "for i in 5000 { append(marks, i >= 2); }\n"
    "for i in 5000 { if marks[i] { count += 1; let k = i * i;\n"
    "  while k < 5000 { marks[k] = false; k += i; } } }\n"
    "print(\"primes\", count);\n";

static const char sort_source[] =
    "fn sort(a, less) { if len(a) < 2 { return a; }\n"
    "  let half = floor(len(a) / 2);\n"
    "  let x = sort(slice(a, 0, half), less);\n"
    "  let y = sort(slice(a, half, len(a)), less);\n"
    "  let out = []; let i = 0; let j = 0;\n"
    "  while i < len(x) or j < len(y) {\n"
    "    if j == len(y) or (i < len(x) and not less(y[j], x[i])) {\n"
    "      append(out, x[i]); i += 1;\n"
    "    } else { append(out, y[j]); j += 1; } }\n"
    "  return out; }\n"
    "let seed = 12345; let data = []; let words = [];\n"
    "for i in 600 { seed = (seed * 1103 + 12849) % 65536;\n"
    "  append(data, seed); append(words, \"w\" + str(seed % 97)); }\n"
    "let up = sort(data, fn(a, b) { return a < b; });\n"
    "let good = true;\n"
    "for i in len(up) - 1 { if up[i] > up[i + 1] { good = false; } }\n"
    "print(good, slice(up, 0, 5), slice(sort(words, fn(a, b) { return a > b; "
    "}), 0, 4));\n";

static const char objects_source[] =
    "fn queue() { let first = nil; let last = nil; let size = 0;\n"
    "  let self = {};\n"
    "  self.put = fn(v) { let node = {item: v, next: nil};\n"
    "    if last == nil { first = node; } else { last.next = node; }\n"
    "    last = node; size += 1; };\n"
    "  self.take = fn() { let v = first.item; first = first.next;\n"
    "    if first == nil { last = nil; } size -= 1; return v; };\n"
    "  self.size = fn() { return size; };\n"
    "  return self; }\n"
    "let q = queue(); let sum = 0;\n"
    "for i in 3000 { q.put([i, \"item \" + str(i)]);\n"
    "  if i % 3 == 2 { sum += q.take()[0]; } }\n"
    "print(q.size(), sum, q.take());\n"
    "let words = {}; let word = \"\";\n"
    "for c in \"the cat and the dog and the bird \" {\n"
    "  if c == \" \" { if has(words, word) { words[word] += 1; }\n"
    "    else { words[word] = 1; } word = \"\"; } else { word += c; } }\n"
    "print(words);\n";

static const char queens_source[] =
    "fn place(row, columns) { if row == 6 { return 1; }\n"
    "  let found = 0;\n"
    "  for c in 6 { let free = true;\n"
    "    for r in row { let d = columns[r] - c;\n"
    "      if d == 0 or d == row - r or d == r - row { free = false; break; } "
    "}\n"
    "    if free { columns[row] = c; found += place(row + 1, columns); } }\n"
    "  return found; }\n"
    "print(\"queens\", place(0, [0, 0, 0, 0, 0, 0]));\n";

static void test_programs(tester* t) {
  static const script_case programs[] = {
      {sieve_source, "primes 669\n"},
      {sort_source, "true ["},
      {objects_source,
       "2000 499500 [1000, \"item 1000\"]\n"
       "{\"the\": 3, \"cat\": 1, \"and\": 2, \"dog\": 1, "
       "\"bird\": 1}\n"},
      {queens_source, "queens 4\n"},
  };
  for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
    bool finished = run_script(t, programs[i].source, false);
    const char* expected = programs[i].expected;
    check(t, finished && strncmp(t->output, expected, strlen(expected)) == 0,
          programs[i].source, t->output);
  }
  printf("  programs: sieve, sort, objects and queens give known results\n");
}

// ---- random expressions ---------------------------------------------------

typedef struct expression {
  char text[4096];
  size_t length;
} expression;

static void put(expression* e, const char* piece) {
  size_t size = strlen(piece);
  if (e->length + size >= sizeof e->text) return;
  memcpy(e->text + e->length, piece, size + 1);
  e->length += size;
}

// Appends an expression of small whole numbers and returns its value.  Depth
// three keeps every value exact.
static double generate(tester* t, expression* e, int depth) {
  char digits[32];
  uint32_t kind = depth > 0 ? next_random(t) % 6 : 0;
  if (kind == 0) {
    double number = next_random(t) % 20;
    snprintf(digits, sizeof digits, "%.0f", number);
    put(e, digits);
    return number;
  }
  put(e, kind == 1 ? "-(" : "(");
  double a = generate(t, e, depth - 1);
  double b = 0;
  switch (kind) {
    case 1:
      a = 0 - a;
      break;
    case 2:
      put(e, " + ");
      a += generate(t, e, depth - 1);
      break;
    case 3:
      put(e, " - ");
      a -= generate(t, e, depth - 1);
      break;
    case 4:
      put(e, " * ");
      a *= generate(t, e, depth - 1);
      break;
    default: {
      put(e, " < ");
      b = generate(t, e, depth - 1);
      put(e, " and ");
      double if_less = generate(t, e, depth - 1);
      put(e, " or ");
      double if_not = generate(t, e, depth - 1);
      a = a < b ? if_less : if_not;
      break;
    }
  }
  put(e, ")");
  return a;
}

static void test_expressions(tester* t) {
  static expression e;
  for (int round = 0; round < 1000; round++) {
    char digits[40];
    e.length = 0;
    put(&e, "print(");
    double expected = generate(t, &e, 3);
    snprintf(digits, sizeof digits, " == %.17g);", expected);
    put(&e, digits);
    bool finished = run_script(t, e.text, false);
    check(t, finished && strcmp(t->output, "true\n") == 0, e.text, t->output);
  }
  printf("  random expressions: 1000 values agree\n");
}

int self_test(void) {
  static tester tester_state = {.random = UINT64_C(0xA0761D6478BD642F),
                                .digest = UINT32_C(2166136261)};
  tester* t = &tester_state;
  printf("interpreter self-test\n");
  test_scripts(t);
  test_errors(t);
  test_closure_outlives_error(t);
  test_programs(t);
  test_expressions(t);
  printf("%d checks, %d failed\n", t->checks, t->failures);
  printf("checksum: %08x\n", (unsigned)t->digest);
  return t->failures == 0 ? 0 : 1;
}
