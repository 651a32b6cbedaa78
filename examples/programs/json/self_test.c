// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The self-test: texts with their compact form, texts with their error and its
// place, pointers from RFC 6901, random trees printed and read back in every
// style, a pointer to every value of a tree, and random damage.

#include <stdio.h>
#include <string.h>

#include "json.h"

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

static void digest(tester* t, const char* bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    t->digest = (t->digest ^ (uint8_t)bytes[i]) * UINT32_C(16777619);
  }
}

static void check(tester* t, bool passed, const char* what,
                  const char* detail) {
  t->checks++;
  if (passed) return;
  t->failures++;
  fprintf(stderr, "json: check failed: %s (%s)\n", what, detail);
}

static json_status parse(const char* text, size_t length,
                         json_document* document, json_error* error) {
  static const json_parse_options options = {.max_depth = 32};
  return json_parse(text, length, &options, document, error);
}

// ---- fixed texts ----------------------------------------------------------

typedef struct good_text {
  const char* text;
  const char* compact;
} good_text;

static void test_good_texts(tester* t) {
  static const good_text texts[] = {
      {" null ", "null"},
      {"true", "true"},
      {"[ ]", "[]"},
      {"{\t}\r\n", "{}"},
      {"[1 , 2,\n3]", "[1,2,3]"},
      {"{\"a\" : {\"b\":[null,false]}}", "{\"a\":{\"b\":[null,false]}}"},
      {"[0,-0,-1,0.0,-0.0]", "[0,-0.0,-1,0.0,-0.0]"},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"9223372036854775808", "9.223372036854776e+18"},
      {"1E2", "100.0"},
      {"0.1", "0.1"},
      {"123456789.125", "123456789.125"},
      {"1e-400", "0.0"},
      {"4.9406564584124654e-324", "4.94065645841247e-324"},
      {"1.7976931348623157e308", "1.7976931348623157e+308"},
      {"0.30000000000000004", "0.30000000000000004"},
      {"\"\\u0041\\n\\/\\\"\\\\\\b\\f\\r\\t\"",
       "\"A\\n/\\\"\\\\\\b\\f\\r\\t\""},
      {"\"\\u00e9\"", "\"\xC3\xA9\""},
      {"\"\\ud83D\\uDe00\"", "\"\xF0\x9F\x98\x80\""},
      {"\"\xE2\x82\xAC\"", "\"\xE2\x82\xAC\""},
      {"\"\\u0000\\u001f\\u007f\"", "\"\\u0000\\u001f\\u007f\""},
      {"{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}"},
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    json_document document;
    json_error error;
    json_text out = {0};
    json_status status =
        parse(texts[i].text, strlen(texts[i].text), &document, &error);
    check(t, status == JSON_OK, texts[i].text, json_status_text(status));
    if (status != JSON_OK) continue;
    json_print(&document.root, NULL, &out);
    check(t,
          out.length == strlen(texts[i].compact) &&
              memcmp(out.bytes, texts[i].compact, out.length) == 0,
          texts[i].text, "compact form");
    digest(t, out.bytes, out.length);
    json_text_free(&out);
    json_free(&document);
  }
}

typedef struct bad_text {
  const char* text;
  json_status status;
  uint32_t line;
  uint32_t column;
} bad_text;

static void test_bad_texts(tester* t) {
  static const bad_text texts[] = {
      {"", JSON_UNEXPECTED_END, 1, 1},
      {" \n  ", JSON_UNEXPECTED_END, 2, 3},
      {"[1,2", JSON_UNEXPECTED_END, 1, 5},
      {"[1,]", JSON_UNEXPECTED_CHARACTER, 1, 4},
      {"[,1]", JSON_UNEXPECTED_CHARACTER, 1, 2},
      {"[1 2]", JSON_EXPECTED_COMMA, 1, 4},
      {"[1}", JSON_EXPECTED_COMMA, 1, 3},
      {"{\"a\":1,}", JSON_EXPECTED_KEY, 1, 8},
      {"{a:1}", JSON_EXPECTED_KEY, 1, 2},
      {"{\"a\" 1}", JSON_EXPECTED_COLON, 1, 6},
      {"{\"a\":}", JSON_UNEXPECTED_CHARACTER, 1, 6},
      {"{\"a\"", JSON_UNEXPECTED_END, 1, 5},
      {"nul", JSON_BAD_LITERAL, 1, 1},
      {"[\n  tru\n]", JSON_BAD_LITERAL, 2, 3},
      {"True", JSON_UNEXPECTED_CHARACTER, 1, 1},
      {"01", JSON_BAD_NUMBER, 1, 2},
      {"-", JSON_UNEXPECTED_END, 1, 2},
      {"-x", JSON_BAD_NUMBER, 1, 2},
      {"1.", JSON_UNEXPECTED_END, 1, 3},
      {"[1.]", JSON_BAD_NUMBER, 1, 4},
      {"1e+", JSON_UNEXPECTED_END, 1, 4},
      {".5", JSON_UNEXPECTED_CHARACTER, 1, 1},
      {"+1", JSON_UNEXPECTED_CHARACTER, 1, 1},
      {"1e999", JSON_NUMBER_RANGE, 1, 1},
      {"1 2", JSON_TRAILING_TEXT, 1, 3},
      {"\"abc", JSON_UNEXPECTED_END, 1, 5},
      {"\"a\\", JSON_UNEXPECTED_END, 1, 4},
      {"\"\\x\"", JSON_BAD_ESCAPE, 1, 3},
      {"\"\\u12g4\"", JSON_BAD_ESCAPE, 1, 6},
      {"\"\\u12", JSON_UNEXPECTED_END, 1, 6},
      {"\"\\ud800\"", JSON_LONE_SURROGATE, 1, 2},
      {"\"\\ud800\\u0041\"", JSON_LONE_SURROGATE, 1, 2},
      {"\"\\udc00\"", JSON_LONE_SURROGATE, 1, 2},
      {"\"a\tb\"", JSON_CONTROL_CHARACTER, 1, 3},
      {"\"\xC3\xA9\xC3\xA9\n\"", JSON_CONTROL_CHARACTER, 1, 4},
      {"\"\xC0\xAF\"", JSON_BAD_UTF8, 1, 2},
      {"\"\xED\xA0\x80\"", JSON_BAD_UTF8, 1, 2},
      {"\"\xF4\x90\x80\x80\"", JSON_BAD_UTF8, 1, 2},
      {"\"\xE2\x82\"", JSON_BAD_UTF8, 1, 2},
      {"\"\x80\"", JSON_BAD_UTF8, 1, 2},
      {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", JSON_TOO_DEEP, 1, 33},
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    json_document document;
    json_error error;
    json_status status =
        parse(texts[i].text, strlen(texts[i].text), &document, &error);
    check(t, status == texts[i].status, texts[i].text,
          json_status_text(status));
    check(t, error.line == texts[i].line && error.column == texts[i].column,
          texts[i].text, "place of the error");
    char place[3] = {(char)status, (char)error.line, (char)error.column};
    digest(t, place, sizeof place);
    json_free(&document);
  }

  static const json_parse_options strict = {.reject_duplicates = true};
  static const char twice[] = "{\"a\":1,\"b\":2,\"a\":3}";
  json_document document;
  json_error error;
  json_status status =
      json_parse(twice, sizeof twice - 1, &strict, &document, &error);
  check(t, status == JSON_DUPLICATE_KEY, twice, json_status_text(status));
}

static void test_printing(tester* t) {
  static const char source[] = "{\"b\":[1,{}],\"a\":\"\xF0\x9F\x98\x80\"}";
  static const char expected[] =
      "{\n   \"a\": \"\\ud83d\\ude00\",\n   \"b\": [\n      1,\n      {}\n   "
      "]\n}";
  static const json_print_options options = {
      .indent = 3, .ascii = true, .sort_keys = true};
  json_document document;
  json_error error;
  json_text out = {0};
  parse(source, sizeof source - 1, &document, &error);
  json_print(&document.root, &options, &out);
  check(t,
        out.length == sizeof expected - 1 &&
            memcmp(out.bytes, expected, out.length) == 0,
        "pretty print", "sorted, ascii, indent 3");
  json_text_free(&out);
  json_free(&document);
}

// ---- pointers -------------------------------------------------------------

typedef struct pointer_case {
  const char* pointer;
  json_status status;
  const char* value;
} pointer_case;

static void test_pointers(tester* t) {
  static const char source[] =
      "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,"
      "\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8,\"x\":{\"x\":9},"
      "\"x\":{\"y\":10}}";
  static const pointer_case cases[] = {
      {"/foo", JSON_OK, "[\"bar\",\"baz\"]"},
      {"/foo/0", JSON_OK, "\"bar\""},
      {"/foo/1", JSON_OK, "\"baz\""},
      {"/", JSON_OK, "0"},
      {"/a~1b", JSON_OK, "1"},
      {"/c%d", JSON_OK, "2"},
      {"/e^f", JSON_OK, "3"},
      {"/g|h", JSON_OK, "4"},
      {"/i\\j", JSON_OK, "5"},
      {"/k\"l", JSON_OK, "6"},
      {"/ ", JSON_OK, "7"},
      {"/m~0n", JSON_OK, "8"},
      {"/x/y", JSON_OK, "10"},
      {"/x/x", JSON_NOT_FOUND, ""},
      {"/foo/2", JSON_NOT_FOUND, ""},
      {"/foo/99999999999999999999999", JSON_NOT_FOUND, ""},
      {"/foo/-", JSON_NOT_FOUND, ""},
      {"/foo/00", JSON_BAD_POINTER, ""},
      {"/foo/+1", JSON_BAD_POINTER, ""},
      {"/foo/", JSON_BAD_POINTER, ""},
      {"/foo/0/0", JSON_NOT_FOUND, ""},
      {"foo", JSON_BAD_POINTER, ""},
      {"/m~2n", JSON_BAD_POINTER, ""},
      {"/m~", JSON_BAD_POINTER, ""},
  };
  json_document document;
  json_error error;
  json_status status = parse(source, sizeof source - 1, &document, &error);
  check(t, status == JSON_OK, "pointer source", json_status_text(status));
  const json_value* found;
  check(t,
        json_pointer(&document.root, "", 0, &found) == JSON_OK &&
            found == &document.root,
        "empty pointer", "whole document");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const pointer_case* c = &cases[i];
    json_text out = {0};
    status =
        json_pointer(&document.root, c->pointer, strlen(c->pointer), &found);
    check(t, status == c->status, c->pointer, json_status_text(status));
    if (found != NULL) json_print(found, NULL, &out);
    check(t,
          out.length == strlen(c->value) &&
              (out.length == 0 || memcmp(out.bytes, c->value, out.length) == 0),
          c->pointer, "value");
    json_text_free(&out);
  }
  json_free(&document);
}

// Builds the pointer of every value below `value` and looks it up again.
static void visit(tester* t, const json_value* root, const json_value* value,
                  json_text* path, int* visited) {
  const json_value* found;
  json_status status = json_pointer(root, path->bytes, path->length, &found);
  check(t, status == JSON_OK && found == value, "pointer to every value",
        json_status_text(status));
  ++*visited;
  size_t length = path->length;
  if (value->kind == JSON_ARRAY) {
    for (size_t i = 0; i < value->as.array.count; i++) {
      char number[24];
      int size = snprintf(number, sizeof number, "/%zu", i);
      json_text_append(path, number, (size_t)size);
      visit(t, root, &value->as.array.items[i], path, visited);
      path->length = length;
    }
  } else if (value->kind == JSON_OBJECT) {
    for (size_t i = 0; i < value->as.object.count; i++) {
      const json_member* member = &value->as.object.members[i];
      json_text_append(path, "/", 1);
      for (size_t k = 0; k < member->key.length; k++) {
        char c = member->key.bytes[k];
        if (c == '~' || c == '/') {
          json_text_append(path, c == '~' ? "~0" : "~1", 2);
        } else {
          json_text_append(path, &c, 1);
        }
      }
      visit(t, root, &member->value, path, visited);
      path->length = length;
    }
  }
}

// ---- random trees ---------------------------------------------------------

static void put(json_text* text, const char* bytes) {
  json_text_append(text, bytes, strlen(bytes));
}

static void generate_string(tester* t, json_text* out, int serial) {
  static const char* const pieces[] = {"a",
                                       "key",
                                       "/",
                                       "~",
                                       " ",
                                       "\\n",
                                       "\\\"",
                                       "\\u00fc",
                                       "\\ud834\\udd1e",
                                       "\xE4\xB8\xAD",
                                       "\xC2\xA2",
                                       "\\u0001"};
  char unique[16];
  put(out, "\"");
  uint32_t count = next_random(t) % 5;
  for (uint32_t i = 0; i < count; i++) {
    put(out, pieces[next_random(t) % (sizeof pieces / sizeof pieces[0])]);
  }
  if (serial >= 0) {
    // Serial numbers keep the keys of one object apart.
    snprintf(unique, sizeof unique, "%d", serial);
    put(out, unique);
  }
  put(out, "\"");
}

static void generate_number(tester* t, json_text* out) {
  char number[48];
  uint32_t whole = next_random(t);
  uint32_t other = next_random(t);
  switch (next_random(t) % 4) {
    case 0:
      snprintf(number, sizeof number, "%u", (unsigned)(whole % 100));
      break;
    case 1:
      snprintf(number, sizeof number, "-%u%08u", (unsigned)(whole | 1),
               (unsigned)(other % 100000000));
      break;
    case 2:
      snprintf(number, sizeof number, "%u.%u", (unsigned)(whole % 1000),
               (unsigned)other);
      break;
    default:
      snprintf(number, sizeof number, "%u.%ue%d", (unsigned)(whole % 10),
               (unsigned)other, (int)(whole / 16 % 600) - 300);
      break;
  }
  put(out, number);
}

static void generate(tester* t, json_text* out, int depth) {
  static const char* const spaces[] = {"", " ", "\n", "\t  "};
  uint32_t kind = next_random(t) % (depth > 0 ? 8 : 5);
  uint32_t count = next_random(t) % 100 == 0 ? 60 : next_random(t) % 6;
  switch (kind) {
    case 0:
      put(out, "null");
      break;
    case 1:
      put(out, next_random(t) % 2 == 0 ? "true" : "false");
      break;
    case 2:
    case 3:
      generate_number(t, out);
      break;
    case 4:
      generate_string(t, out, -1);
      break;
    default:
      put(out, kind == 5 ? "[" : "{");
      for (uint32_t i = 0; i < count; i++) {
        if (i > 0) put(out, ",");
        put(out, spaces[next_random(t) % 4]);
        if (kind != 5) {
          generate_string(t, out, (int)i);
          put(out, spaces[next_random(t) % 4]);
          put(out, ":");
        }
        generate(t, out, depth - 1);
      }
      put(out, kind == 5 ? "]" : "}");
  }
}

static void round_trip(tester* t, const json_value* value,
                       const json_print_options* options, bool in_digest) {
  json_text out = {0};
  json_document again;
  json_error error;
  check(t, json_print(value, options, &out) == JSON_OK, "print", "random tree");
  json_status status = parse(out.bytes, out.length, &again, &error);
  check(t, status == JSON_OK, "round trip", json_status_text(status));
  check(t, status == JSON_OK && json_equal(value, &again.root), "round trip",
        "equal value");
  if (in_digest) digest(t, out.bytes, out.length);
  json_text_free(&out);
  json_free(&again);
}

static void damage(tester* t, json_text* text, uint32_t counts[2]) {
  static const char marks[] = "[]{},:\"\\0e-";
  for (int i = 0; i < 4; i++) {
    char* place = &text->bytes[next_random(t) % text->length];
    char saved = *place;
    bool any = next_random(t) % 2 == 0;
    uint32_t draw = next_random(t);
    *place = any ? (char)draw : marks[draw % (sizeof marks - 1)];
    json_document document;
    json_error error;
    json_status status = parse(text->bytes, text->length, &document, &error);
    counts[status == JSON_OK]++;
    char verdict[3] = {(char)status, (char)error.line, (char)error.column};
    digest(t, verdict, sizeof verdict);
    json_free(&document);
    *place = saved;
  }
}

static void test_random_trees(tester* t) {
  static const json_print_options styles[] = {
      {.indent = -1},
      {.indent = 2},
      {.indent = 0, .ascii = true},
      {.indent = -1, .sort_keys = true},
  };
  int visited = 0;
  size_t bytes = 0;
  uint32_t damaged[2] = {0, 0};
  for (int round = 0; round < 1000; round++) {
    json_text text = {0};
    json_text path = {0};
    json_document document;
    json_error error;
    put(&text, "[");
    generate(t, &text, 5);
    put(&text, "]");
    bytes += text.length;
    json_status status = parse(text.bytes, text.length, &document, &error);
    check(t, status == JSON_OK, "random tree", json_status_text(status));
    if (status == JSON_OK) {
      for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++) {
        round_trip(t, &document.root, &styles[i], true);
      }
      visit(t, &document.root, &document.root, &path, &visited);
      json_free(&document);
    }
    damage(t, &text, damaged);
    // No proper prefix of a bracketed text is a text.
    size_t cut = next_random(t) % text.length;
    status = parse(text.bytes, cut, &document, &error);
    check(t, status != JSON_OK, "prefix", "must be refused");
    json_text_free(&path);
    json_text_free(&text);
  }
  printf("  1000 random trees: %zu bytes, %d values, each found by pointer\n",
         bytes, visited);
  printf("  damaged texts: %u refused, %u still valid\n", (unsigned)damaged[0],
         (unsigned)damaged[1]);
}

int json_self_test(void) {
  tester t = {.random = UINT64_C(0x853C49E6748FEA9B),
              .digest = UINT32_C(2166136261)};
  printf("json self-test\n");
  test_good_texts(&t);
  test_bad_texts(&t);
  test_printing(&t);
  test_pointers(&t);
  test_random_trees(&t);
  printf("%d checks, %d failed\n", t.checks, t.failures);
  printf("checksum: %08x\n", (unsigned)t.digest);
  return t.failures == 0 ? 0 : 1;
}
