// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The self-test: patterns with their expected captures, patterns with their
// expected errors, a pattern that takes exponential time in engines that
// backtrack without memory, and random patterns on random texts, on which the
// two engines must agree.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regex.h"

typedef struct tester {
  uint64_t random;
  uint32_t digest;
  int failures;
  int checks;
} tester;

static uint32_t next_random(tester* t) {
  t->random ^= t->random << 13;
  t->random ^= t->random >> 7;
  t->random ^= t->random << 17;
  return (uint32_t)(t->random * UINT64_C(0x2545F4914F6CDD1D) >> 32);
}

static void digest(tester* t, size_t value) {
  for (int i = 0; i < 4; i++) {
    t->digest = (t->digest ^ (value >> 8 * i & 0xFF)) * UINT32_C(16777619);
  }
}

static void check(tester* t, bool passed, const char* what,
                  const char* detail) {
  t->checks++;
  if (passed) return;
  t->failures++;
  fprintf(stderr, "regex: check failed: %s (%s)\n", what, detail);
}

// Runs both engines, compares them, and leaves the answer in `slots`.
static bool search_all(tester* t, const regex* program, const char* text,
                       size_t length, size_t start, size_t* slots,
                       const char* pattern) {
  size_t other[2 * REGEX_MAX_GROUPS];
  regex_status pike = regex_search(program, text, length, start, slots);
  regex_status back = regex_backtrack(program, text, length, start, other);
  check(t, pike == back, "backtracker agrees on match", pattern);
  digest(t, pike);
  if (pike != REGEX_OK) return false;
  check(t, memcmp(slots, other, program->slot_count * sizeof *slots) == 0,
        "backtracker agrees on captures", pattern);
  for (uint32_t i = 0; i < program->slot_count; i++) digest(t, slots[i]);
  return true;
}

// ---- fixed patterns -------------------------------------------------------

typedef struct match_case {
  const char* pattern;
  const char* text;
  const char* expected;  // "start-end" for each group, "" for no match
} match_case;

static void test_matches(tester* t) {
  static const match_case cases[] = {
      {"", "abc", "0-0"},
      {"abc", "xxabcxx", "2-5"},
      {"a|ab", "ab", "0-1"},
      {"(?:a|ab)c", "abc", "0-3"},
      {"(a)|(b)", "b", "0-1 - 0-1"},
      {"(a*)(ab)*(b*)", "abb", "0-3 0-1 - 1-3"},
      {"(a+)(b+)?", "xaabby", "1-5 1-3 3-5"},
      {"a*?b", "aaab", "0-4"},
      {"a+?", "aaa", "0-1"},
      {"(a?\?)(a*)", "aa", "0-2 0-0 0-2"},
      {"<.*>", "<a><b>", "0-6"},
      {"<.*?>", "<a><b>", "0-3"},
      {"a{3}", "aaaa", "0-3"},
      {"a{2,3}?", "aaaa", "0-2"},
      {"a{2,}", "aaaa", "0-4"},
      {"(?:ab){0,2}c", "ababc", "0-5"},
      {"x{0}y", "xy", "1-2"},
      {"(a|b|c|d){5,9}", "xxabcdabcdabcd", "2-11 10-11"},
      {"[a-c]+", "xxabcd", "2-5"},
      {"[^a-c]+", "abxyc", "2-4"},
      {"[]a]+", "x]a]", "1-4"},
      {"[a-]+", "x-a-", "1-4"},
      {"[[:digit:][:upper:]_]+", "abC_9z", "2-5"},
      {"[\\d.]+", "v1.25", "1-5"},
      {"\\d+\\s\\w+", "no 42 words", "3-11"},
      {"\\D+\\S\\W", "12ab !", "2-5"},
      {"\\x41\\x62", "xAb", "1-3"},
      {"\\.\\*\\[\\\\", "a.*[\\", "1-5"},
      {"^a", "ba", ""},
      {"a$", "ab", ""},
      {"^$", "", "0-0"},
      {"(?m)^b$", "a\nb\nc", "2-3"},
      {"\\Ab", "a\nb", ""},
      {"(?m)c\\z", "c\nc", "2-3"},
      {"\\bword\\b", "sword word", "6-10"},
      {"\\Bord", "word ord", "1-4"},
      {"a.c", "a\nc", ""},
      {"(?s)a.c", "a\nc", "0-3"},
      {"(?i)HeLLo[x-z]", "hEllOY", "0-6"},
      {"(?i:a)b", "Ab", "0-2"},
      {"(?i:a)b", "AB", ""},
      {"(?i)a(?-i)b|c", "Ac", "1-2"},
      {"(a*)*", "aa", "0-2 0-2"},
      {"(a*)+", "b", "0-0 0-0"},
      {"(?:a?){3}a{3}", "aaa", "0-3"},
      {"(\\w+)@(\\w+)\\.com", "mail bob@site.com now", "5-17 5-8 9-13"},
      {"(\\d{4})-(\\d\\d)-(\\d\\d)", "on 2024-02-29.", "3-13 3-7 8-10 11-13"},
      {"((a)(b)?)+", "aab", "0-3 1-3 1-2 2-3"},
      {"x*", "\xFFx", "0-0"},
      {"[\\x80-\\xff]+", "a\xC3\xA9z", "1-3"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const match_case* c = &cases[i];
    regex program;
    regex_error error;
    size_t slots[2 * REGEX_MAX_GROUPS];
    char found[128] = "";
    regex_status status =
        regex_compile(c->pattern, strlen(c->pattern), 0, &program, &error);
    check(t, status == REGEX_OK, c->pattern, regex_status_text(status));
    if (status != REGEX_OK) continue;
    if (search_all(t, &program, c->text, strlen(c->text), 0, slots,
                   c->pattern)) {
      size_t used = 0;
      for (uint32_t k = 0; k < program.slot_count; k += 2) {
        const char* space = k > 0 ? " " : "";
        bool set = slots[k] != REGEX_UNSET && slots[k + 1] != REGEX_UNSET;
        used +=
            (size_t)(set ? snprintf(found + used, sizeof found - used,
                                    "%s%zu-%zu", space, slots[k], slots[k + 1])
                         : snprintf(found + used, sizeof found - used, "%s-",
                                    space));
      }
    }
    check(t, strcmp(found, c->expected) == 0, c->pattern, found);
    regex_free(&program);
  }
}

typedef struct error_case {
  const char* pattern;
  regex_status status;
  size_t offset;
} error_case;

static void test_errors(tester* t) {
  static const error_case cases[] = {
      {"(a", REGEX_MISSING_PARENTHESIS, 0},
      {"a(b(c)", REGEX_MISSING_PARENTHESIS, 1},
      {"a)", REGEX_EXTRA_PARENTHESIS, 1},
      {"x[ab", REGEX_MISSING_BRACKET, 1},
      {"[", REGEX_MISSING_BRACKET, 0},
      {"[]", REGEX_MISSING_BRACKET, 0},
      {"*a", REGEX_NOTHING_TO_REPEAT, 0},
      {"a|+", REGEX_NOTHING_TO_REPEAT, 2},
      {"({2})", REGEX_NOTHING_TO_REPEAT, 1},
      {"a{2", REGEX_BAD_REPEAT, 1},
      {"a{3,2}", REGEX_BAD_REPEAT, 1},
      {"a{,2}", REGEX_BAD_REPEAT, 1},
      {"a{1001}", REGEX_BAD_REPEAT, 1},
      {"a{99999999999999999999}", REGEX_BAD_REPEAT, 1},
      {"[z-a]", REGEX_BAD_RANGE, 1},
      {"[a-\\d]", REGEX_BAD_RANGE, 1},
      {"[[:nope:]]", REGEX_BAD_CLASS_NAME, 1},
      {"[[:alpha", REGEX_BAD_CLASS_NAME, 1},
      {"ab\\", REGEX_BAD_ESCAPE, 2},
      {"\\q", REGEX_BAD_ESCAPE, 0},
      {"\\x4", REGEX_BAD_ESCAPE, 0},
      {"[\\xzz]", REGEX_BAD_ESCAPE, 1},
      {"(?x)", REGEX_BAD_GROUP, 2},
      {"(?", REGEX_BAD_GROUP, 2},
      {"(?i", REGEX_BAD_GROUP, 2},
      {"((a{500}){500}){500}", REGEX_TOO_LARGE, 20},
      {"(?:(?:(?:){999}){999}){999}", REGEX_TOO_LARGE, 27},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    regex program;
    regex_error error;
    size_t length = strlen(cases[i].pattern);
    regex_compile(cases[i].pattern, length, 0, &program, &error);
    check(t, error.status == cases[i].status, cases[i].pattern,
          regex_status_text(error.status));
    check(t, error.offset == cases[i].offset, cases[i].pattern, "offset");
    digest(t, error.status);
    regex_free(&program);
  }
  char deep[2 * REGEX_MAX_DEPTH];
  memset(deep, '(', sizeof deep);
  regex program;
  regex_error error;
  regex_compile(deep, sizeof deep, 0, &program, &error);
  check(t, error.status != REGEX_OK, "nesting", "must be refused");
}

// ---- hard and large cases -------------------------------------------------

static void test_linear_time(tester* t) {
  enum { COUNT = 24 };
  char pattern[3 * COUNT + 1];
  char text[COUNT + 1];
  for (int i = 0; i < COUNT; i++) {
    memcpy(pattern + 2 * i, "a?", 2);
    pattern[2 * COUNT + i] = 'a';
    text[i] = 'a';
  }
  regex program;
  regex_error error;
  size_t slots[2];
  regex_compile(pattern, 3 * COUNT, 0, &program, &error);
  bool found = search_all(t, &program, text, COUNT, 0, slots, "a?^n a^n");
  check(t, found && slots[1] == COUNT, "a?^n a^n", "matches all");
  regex_free(&program);
}

// ---- random patterns ------------------------------------------------------

typedef struct random_pattern {
  char text[512];
  size_t length;
} random_pattern;

static void put(random_pattern* p, const char* piece) {
  size_t size = strlen(piece);
  if (p->length + size >= sizeof p->text) return;
  memcpy(p->text + p->length, piece, size + 1);
  p->length += size;
}

static void generate(tester* t, random_pattern* p, int depth) {
  static const char* const atoms[] = {"a",   "b",    "c",    "ab",    ".",
                                      "\\w", "[ab]", "[^a]", "\\b",   "^",
                                      "$",   "\\B",  "(?:)", "[a-c]", " "};
  static const char* const quantifiers[] = {"*",  "+",   "?",     "*?",    "+?",
                                            "??", "{2}", "{1,3}", "{0,2}?"};
  uint32_t kind = next_random(t) % (depth > 0 ? 8 : 2);
  if (kind < 2) {
    put(p, atoms[next_random(t) % (sizeof atoms / sizeof atoms[0])]);
  } else if (kind < 5) {
    generate(t, p, depth - 1);
    generate(t, p, depth - 1);
  } else {
    static const char* const openings[] = {"(", "(?:", "(?i:", "(?m:"};
    put(p, openings[next_random(t) % 4]);
    generate(t, p, depth - 1);
    if (kind == 6) {
      put(p, "|");
      generate(t, p, depth - 1);
    }
    put(p, ")");
    if (kind == 7) put(p, quantifiers[next_random(t) % 9]);
  }
}

static void test_random_patterns(tester* t) {
  static const char alphabet[] = "aaabbbcA \n";
  int matched = 0;
  int searched = 0;
  for (int round = 0; round < 1000; round++) {
    random_pattern p = {.length = 0};
    regex program;
    regex_error error;
    size_t slots[2 * REGEX_MAX_GROUPS];
    generate(t, &p, 5);
    regex_status status = regex_compile(p.text, p.length, 0, &program, &error);
    digest(t, status);
    if (status != REGEX_OK) continue;
    for (int i = 0; i < 4; i++) {
      char text[40];
      size_t length = next_random(t) % sizeof text;
      for (size_t k = 0; k < length; k++) {
        text[k] = alphabet[next_random(t) % (sizeof alphabet - 1)];
      }
      // Every match of the text, one after the other.
      size_t at = 0;
      while (at <= length) {
        searched++;
        if (!search_all(t, &program, text, length, at, slots, p.text)) {
          break;
        }
        matched++;
        at = slots[1] > slots[0] ? slots[1] : slots[1] + 1;
      }
    }
    regex_free(&program);
  }
  printf("  random patterns: %d searches, %d matches, both engines agree\n",
         searched, matched);
}

int regex_self_test(void) {
  tester t = {.random = UINT64_C(0xD1B54A32D192ED03),
              .digest = UINT32_C(2166136261)};
  printf("regex self-test\n");
  test_matches(&t);
  test_errors(&t);
  test_linear_time(&t);
  test_random_patterns(&t);
  printf("%d checks, %d failed\n", t.checks, t.failures);
  printf("checksum: %08x\n", (unsigned)t.digest);
  return t.failures == 0 ? 0 : 1;
}
