// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The printer.  Its output is always valid JSON and reads back as an equal
// value.
//
// A double is printed with the fewest digits that read back as the same
// double: 15 digits are always right for short decimals, 17 are always enough.
// A real that happens to be whole keeps a fraction or an exponent, so that it
// does not come back as an integer.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

typedef struct printer {
  json_print_options options;
  json_text* out;
  int level;
  bool failed;
} printer;

static void print_value(printer* p, const json_value* value);

void json_text_append(json_text* text, const char* bytes, size_t length) {
  if (text->failed || length == 0) return;
  if (length > text->capacity - text->length) {
    size_t capacity = text->capacity < 128 ? 128 : text->capacity;
    while (capacity - text->length < length && capacity <= SIZE_MAX / 2) {
      capacity *= 2;
    }
    char* grown = capacity - text->length < length
                      ? NULL
                      : realloc(text->bytes, capacity);
    if (grown == NULL) {
      text->failed = true;
      return;
    }
    text->bytes = grown;
    text->capacity = capacity;
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
}

void json_text_free(json_text* text) {
  free(text->bytes);
  *text = (json_text){0};
}

static void put_text(printer* p, const char* text) {
  json_text_append(p->out, text, strlen(text));
}

static void put_char(printer* p, char c) { json_text_append(p->out, &c, 1); }

static void new_line(printer* p) {
  if (p->options.indent < 0) return;
  put_char(p, '\n');
  for (int i = 0; i < p->level * p->options.indent; i++) put_char(p, ' ');
}

static void put_unit_escape(printer* p, uint32_t unit) {
  char escape[8];
  snprintf(escape, sizeof escape, "\\u%04x", (unsigned)(unit & 0xFFFF));
  put_text(p, escape);
}

static void put_wide_escape(printer* p, uint32_t character) {
  if (character >= 0x10000) {
    put_unit_escape(p, 0xD800 + ((character - 0x10000) >> 10));
    put_unit_escape(p, 0xDC00 + ((character - 0x10000) & 0x3FF));
  } else {
    put_unit_escape(p, character);
  }
}

static bool put_short_escape(printer* p, char c) {
  static const char values[] = "\"\\\b\f\n\r\t";
  static const char names[] = "\"\\bfnrt";
  const char* found = c != '\0' ? strchr(values, c) : NULL;
  if (found == NULL) return false;
  put_char(p, '\\');
  put_char(p, names[found - values]);
  return true;
}

static void print_string(printer* p, json_string string) {
  put_char(p, '"');
  size_t plain = 0;  // start of the bytes that can be copied as they are
  size_t at = 0;
  while (at < string.length) {
    uint32_t character = 0;
    int size =
        json_decode_utf8(string.bytes + at, string.length - at, &character);
    bool escape = size == 0 || character < 0x20 || character == '"' ||
                  character == '\\' || character == 0x7F ||
                  (p->options.ascii && character >= 0x80);
    if (!escape) {
      at += (size_t)size;
      continue;
    }
    json_text_append(p->out, string.bytes + plain, at - plain);
    if (size == 0) {
      // Values built by a program may hold bytes that are not UTF-8.
      put_unit_escape(p, 0xFFFD);
      size = 1;
    } else if (character >= 0x80 || !put_short_escape(p, (char)character)) {
      put_wide_escape(p, character);
    }
    at += (size_t)size;
    plain = at;
  }
  json_text_append(p->out, string.bytes + plain, string.length - plain);
  put_char(p, '"');
}

static void print_real(printer* p, double real) {
  char digits[40];
  for (int precision = 15; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, real);
    if (strtod(digits, NULL) == real) break;
  }
  put_text(p, digits);
  if (strpbrk(digits, ".e") == NULL) put_text(p, ".0");
}

static void print_array(printer* p, const json_array* array) {
  if (array->count == 0) {
    put_text(p, "[]");
    return;
  }
  put_char(p, '[');
  p->level++;
  for (size_t i = 0; i < array->count; i++) {
    if (i > 0) put_char(p, ',');
    new_line(p);
    print_value(p, &array->items[i]);
  }
  p->level--;
  new_line(p);
  put_char(p, ']');
}

// Equal keys keep their order: members lie in one array, so their addresses
// tell which came first.
static int compare_keys(const void* left, const void* right) {
  const json_member* a = *(const json_member* const*)left;
  const json_member* b = *(const json_member* const*)right;
  size_t shorter =
      a->key.length < b->key.length ? a->key.length : b->key.length;
  int order = memcmp(a->key.bytes, b->key.bytes, shorter);
  if (order != 0) return order;
  if (a->key.length != b->key.length) {
    return a->key.length < b->key.length ? -1 : 1;
  }
  return a < b ? -1 : a > b;
}

static void print_member(printer* p, const json_member* member, bool first) {
  if (!first) put_char(p, ',');
  new_line(p);
  print_string(p, member->key);
  put_text(p, p->options.indent < 0 ? ":" : ": ");
  print_value(p, &member->value);
}

static void print_object(printer* p, const json_object* object) {
  if (object->count == 0) {
    put_text(p, "{}");
    return;
  }
  const json_member** sorted = NULL;
  if (p->options.sort_keys) {
    sorted = malloc(object->count * sizeof *sorted);
    if (sorted == NULL) {
      p->failed = true;
      return;
    }
    for (size_t i = 0; i < object->count; i++) sorted[i] = &object->members[i];
    qsort(sorted, object->count, sizeof *sorted, compare_keys);
  }
  put_char(p, '{');
  p->level++;
  for (size_t i = 0; i < object->count; i++) {
    print_member(p, sorted != NULL ? sorted[i] : &object->members[i], i == 0);
  }
  p->level--;
  new_line(p);
  put_char(p, '}');
  free(sorted);
}

static void print_value(printer* p, const json_value* value) {
  char digits[24];
  switch (value->kind) {
    case JSON_NULL:
      put_text(p, "null");
      break;
    case JSON_BOOLEAN:
      put_text(p, value->as.boolean ? "true" : "false");
      break;
    case JSON_INTEGER:
      snprintf(digits, sizeof digits, "%" PRId64, value->as.integer);
      put_text(p, digits);
      break;
    case JSON_REAL:
      print_real(p, value->as.real);
      break;
    case JSON_STRING:
      print_string(p, value->as.string);
      break;
    case JSON_ARRAY:
      print_array(p, &value->as.array);
      break;
    case JSON_OBJECT:
      print_object(p, &value->as.object);
      break;
  }
}

json_status json_print(const json_value* value,
                       const json_print_options* options, json_text* out) {
  printer p = {.options = {.indent = -1}, .out = out};
  if (options != NULL) p.options = *options;
  print_value(&p, value);
  return p.failed || out->failed ? JSON_NO_MEMORY : JSON_OK;
}
