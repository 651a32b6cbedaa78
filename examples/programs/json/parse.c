// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parser: recursive descent over the bytes of the text.
//
// The number of items of an array is not known before its end.  Open arrays
// and objects therefore collect their items on one stack shared by all levels,
// and when a bracket closes, its items are the top of the stack and move to an
// exactly sized slice of the arena.  Array items use the same entries as
// members, with no key.
//
// Strings are decoded in two passes: the first checks the string and finds its
// end, the second copies.  The decoded form is never longer than the source,
// so the distance between the quotes is room enough.
//
// Line and column are not tracked while parsing: only an error needs them, and
// they can be counted then from the offset.

#include <stdlib.h>
#include <string.h>

#include "json.h"

typedef struct parser {
  const char* text;
  size_t length;
  size_t at;
  uint32_t depth_left;
  bool reject_duplicates;
  json_document* document;
  json_member* stack;
  size_t stack_count;
  size_t stack_capacity;
} parser;

static json_status parse_value(parser* p, json_value* value);

static int peek(const parser* p) {
  return p->at < p->length ? (unsigned char)p->text[p->at] : -1;
}

static void skip_space(parser* p) {
  while (p->at < p->length) {
    char c = p->text[p->at];
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') break;
    p->at++;
  }
}

static bool is_digit(int c) { return c >= '0' && c <= '9'; }

// ---- UTF-8 ----------------------------------------------------------------

int json_decode_utf8(const char* text, size_t length, uint32_t* character) {
  const unsigned char* s = (const unsigned char*)text;
  if (length == 0) return 0;
  if (s[0] < 0x80) {
    *character = s[0];
    return 1;
  }
  int size = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
  if (s[0] < 0xC2 || s[0] > 0xF4 || (size_t)size > length) return 0;
  uint32_t value = s[0] & (0x7Fu >> size);
  for (int i = 1; i < size; i++) {
    if ((s[i] & 0xC0) != 0x80) return 0;
    value = value << 6 | (s[i] & 0x3F);
  }
  // Overlong forms, halves of surrogate pairs, and beyond Unicode.
  static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < smallest[size] || value > 0x10FFFF ||
      (value >= 0xD800 && value <= 0xDFFF)) {
    return 0;
  }
  *character = value;
  return size;
}

int json_encode_utf8(uint32_t c, char* out) {
  if (c < 0x80) {
    out[0] = (char)c;
    return 1;
  }
  if (c < 0x800) {
    out[0] = (char)(0xC0 | c >> 6);
    out[1] = (char)(0x80 | (c & 0x3F));
    return 2;
  }
  if (c < 0x10000) {
    out[0] = (char)(0xE0 | c >> 12);
    out[1] = (char)(0x80 | (c >> 6 & 0x3F));
    out[2] = (char)(0x80 | (c & 0x3F));
    return 3;
  }
  out[0] = (char)(0xF0 | c >> 18);
  out[1] = (char)(0x80 | (c >> 12 & 0x3F));
  out[2] = (char)(0x80 | (c >> 6 & 0x3F));
  out[3] = (char)(0x80 | (c & 0x3F));
  return 4;
}

// ---- strings --------------------------------------------------------------

static int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

static json_status read_hex(parser* p, uint32_t* unit) {
  *unit = 0;
  for (int i = 0; i < 4; i++) {
    if (p->at == p->length) return JSON_UNEXPECTED_END;
    int digit = hex_value(p->text[p->at]);
    if (digit < 0) return JSON_BAD_ESCAPE;
    *unit = *unit << 4 | (uint32_t)digit;
    p->at++;
  }
  return JSON_OK;
}

// Reads what follows "\u", and the second half of a surrogate pair.
static json_status read_unicode_escape(parser* p, uint32_t* character) {
  size_t start = p->at - 2;
  json_status status = read_hex(p, character);
  if (status != JSON_OK) return status;
  if (*character < 0xD800 || *character > 0xDFFF) return JSON_OK;
  uint32_t low = 0;
  bool paired = *character < 0xDC00 && p->length - p->at >= 2 &&
                p->text[p->at] == '\\' && p->text[p->at + 1] == 'u';
  if (paired) {
    p->at += 2;
    status = read_hex(p, &low);
    if (status != JSON_OK) return status;
    paired = low >= 0xDC00 && low <= 0xDFFF;
  }
  if (!paired) {
    p->at = start;
    return JSON_LONE_SURROGATE;
  }
  *character = 0x10000 + ((*character - 0xD800) << 10) + (low - 0xDC00);
  return JSON_OK;
}

static json_status read_escape(parser* p, uint32_t* character) {
  static const char names[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";
  p->at++;
  int c = peek(p);
  if (c < 0) return JSON_UNEXPECTED_END;
  if (c == 'u') {
    p->at++;
    return read_unicode_escape(p, character);
  }
  const char* name = c != 0 ? strchr(names, c) : NULL;
  if (name == NULL) return JSON_BAD_ESCAPE;
  *character = (unsigned char)values[name - names];
  p->at++;
  return JSON_OK;
}

// Reads one character of a string, escaped or not.
static json_status read_character(parser* p, uint32_t* character) {
  int c = peek(p);
  if (c < 0) return JSON_UNEXPECTED_END;
  if (c == '\\') return read_escape(p, character);
  if (c < 0x20) return JSON_CONTROL_CHARACTER;
  int size = json_decode_utf8(p->text + p->at, p->length - p->at, character);
  if (size == 0) return JSON_BAD_UTF8;
  p->at += (size_t)size;
  return JSON_OK;
}

static json_status parse_string(parser* p, json_string* string) {
  size_t start = ++p->at;
  uint32_t character;
  while (peek(p) != '"') {
    json_status status = read_character(p, &character);
    if (status != JSON_OK) return status;
  }
  size_t end = p->at;
  char* bytes = json_allocate(p->document, end - start + 1);
  if (bytes == NULL) return JSON_NO_MEMORY;
  size_t used = 0;
  p->at = start;
  while (p->at < end) {
    read_character(p, &character);
    used += (size_t)json_encode_utf8(character, bytes + used);
  }
  bytes[used] = '\0';
  string->bytes = bytes;
  string->length = used;
  p->at = end + 1;
  return JSON_OK;
}

// ---- numbers and words ----------------------------------------------------

static json_status skip_digits(parser* p) {
  if (!is_digit(peek(p))) {
    return peek(p) < 0 ? JSON_UNEXPECTED_END : JSON_BAD_NUMBER;
  }
  while (is_digit(peek(p))) p->at++;
  return JSON_OK;
}

// Integers that fit 64 bits stay exact; everything else becomes a double.
static bool to_integer(const char* digits, size_t length, int64_t* integer) {
  bool negative = digits[0] == '-';
  uint64_t limit = (uint64_t)INT64_MAX + (negative ? 1 : 0);
  uint64_t value = 0;
  for (size_t i = negative ? 1 : 0; i < length; i++) {
    uint64_t digit = (uint64_t)(digits[i] - '0');
    if (value > (limit - digit) / 10) return false;
    value = value * 10 + digit;
  }
  // Minus zero is a number that only a double can hold.
  if (negative && value == 0) return false;
  *integer = negative ? -(int64_t)(value - 1) - 1 : (int64_t)value;
  return true;
}

static json_status parse_number(parser* p, json_value* value) {
  size_t start = p->at;
  bool whole = true;
  json_status status = JSON_OK;
  if (peek(p) == '-') p->at++;
  if (peek(p) == '0') {
    p->at++;
    if (is_digit(peek(p))) return JSON_BAD_NUMBER;
  } else {
    status = skip_digits(p);
  }
  if (status == JSON_OK && peek(p) == '.') {
    whole = false;
    p->at++;
    status = skip_digits(p);
  }
  if (status == JSON_OK && (peek(p) == 'e' || peek(p) == 'E')) {
    whole = false;
    p->at++;
    if (peek(p) == '+' || peek(p) == '-') p->at++;
    status = skip_digits(p);
  }
  if (status != JSON_OK) return status;

  size_t length = p->at - start;
  if (whole && to_integer(p->text + start, length, &value->as.integer)) {
    value->kind = JSON_INTEGER;
    return JSON_OK;
  }
  // strtod needs a zero byte, which the text may lack.
  char small[64];
  char* copy = length < sizeof small ? small : malloc(length + 1);
  if (copy == NULL) return JSON_NO_MEMORY;
  memcpy(copy, p->text + start, length);
  copy[length] = '\0';
  double real = strtod(copy, NULL);
  if (copy != small) free(copy);
  if (real - real != 0) {
    p->at = start;
    return JSON_NUMBER_RANGE;
  }
  value->kind = JSON_REAL;
  value->as.real = real;
  return JSON_OK;
}

static json_status parse_word(parser* p, json_value* value) {
  static const char* const words[] = {"null", "false", "true"};
  for (int i = 0; i < 3; i++) {
    size_t size = strlen(words[i]);
    if (p->length - p->at >= size &&
        memcmp(p->text + p->at, words[i], size) == 0) {
      p->at += size;
      value->kind = i == 0 ? JSON_NULL : JSON_BOOLEAN;
      value->as.boolean = i == 2;
      return JSON_OK;
    }
  }
  return JSON_BAD_LITERAL;
}

// ---- arrays and objects ---------------------------------------------------

static json_status push(parser* p, const json_member* entry) {
  if (p->stack_count == p->stack_capacity) {
    size_t capacity = p->stack_capacity == 0 ? 64 : 2 * p->stack_capacity;
    if (capacity > SIZE_MAX / sizeof *p->stack) return JSON_NO_MEMORY;
    json_member* stack = realloc(p->stack, capacity * sizeof *stack);
    if (stack == NULL) return JSON_NO_MEMORY;
    p->stack = stack;
    p->stack_capacity = capacity;
  }
  p->stack[p->stack_count++] = *entry;
  return JSON_OK;
}

static json_status close_array(parser* p, size_t base, json_value* value) {
  size_t count = p->stack_count - base;
  json_value* items = NULL;
  if (count > 0) {
    items = json_allocate(p->document, count * sizeof *items);
    if (items == NULL) return JSON_NO_MEMORY;
  }
  for (size_t i = 0; i < count; i++) items[i] = p->stack[base + i].value;
  value->kind = JSON_ARRAY;
  value->as.array = (json_array){items, count};
  return JSON_OK;
}

static json_status close_object(parser* p, size_t base, json_value* value) {
  size_t count = p->stack_count - base;
  json_object* object = &value->as.object;
  value->kind = JSON_OBJECT;
  *object = (json_object){.count = count};
  if (count == 0) return JSON_OK;
  size_t size = count * sizeof *object->members;
  object->members = json_allocate(p->document, size);
  if (object->members == NULL) return JSON_NO_MEMORY;
  memcpy(object->members, p->stack + base, size);
  json_status status = json_build_index(p->document, object);
  if (status == JSON_DUPLICATE_KEY && !p->reject_duplicates) status = JSON_OK;
  return status;
}

static json_status parse_key(parser* p, json_string* key) {
  if (peek(p) < 0) return JSON_UNEXPECTED_END;
  if (peek(p) != '"') return JSON_EXPECTED_KEY;
  json_status status = parse_string(p, key);
  if (status != JSON_OK) return status;
  skip_space(p);
  if (peek(p) < 0) return JSON_UNEXPECTED_END;
  if (peek(p) != ':') return JSON_EXPECTED_COLON;
  p->at++;
  skip_space(p);
  return JSON_OK;
}

static json_status parse_items(parser* p, char closer) {
  p->at++;
  skip_space(p);
  if (peek(p) == closer) {
    p->at++;
    return JSON_OK;
  }
  for (;;) {
    json_member entry = {0};
    json_status status = JSON_OK;
    if (closer == '}') status = parse_key(p, &entry.key);
    if (status == JSON_OK) status = parse_value(p, &entry.value);
    if (status == JSON_OK) status = push(p, &entry);
    if (status != JSON_OK) return status;
    skip_space(p);
    int c = peek(p);
    if (c < 0) return JSON_UNEXPECTED_END;
    if (c != ',' && c != closer) return JSON_EXPECTED_COMMA;
    p->at++;
    if (c == closer) return JSON_OK;
    skip_space(p);
  }
}

static json_status parse_value(parser* p, json_value* value) {
  int c = peek(p);
  if (c < 0) return JSON_UNEXPECTED_END;
  if (c == '"') {
    value->kind = JSON_STRING;
    return parse_string(p, &value->as.string);
  }
  if (c == '-' || is_digit(c)) return parse_number(p, value);
  if (c >= 'a' && c <= 'z') return parse_word(p, value);
  if (c != '[' && c != '{') return JSON_UNEXPECTED_CHARACTER;

  if (p->depth_left == 0) return JSON_TOO_DEEP;
  p->depth_left--;
  size_t base = p->stack_count;
  json_status status = parse_items(p, c == '[' ? ']' : '}');
  if (status == JSON_OK) {
    status =
        c == '[' ? close_array(p, base, value) : close_object(p, base, value);
  }
  p->stack_count = base;
  p->depth_left++;
  return status;
}

// ---- the whole text -------------------------------------------------------

static void locate(const char* text, size_t offset, json_error* error) {
  error->offset = offset;
  error->line = 1;
  error->column = 1;
  for (size_t i = 0; i < offset; i++) {
    if (text[i] == '\n') {
      error->line++;
      error->column = 1;
    } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
      error->column++;  // continuation bytes do not start a character
    }
  }
}

json_status json_parse(const char* text, size_t length,
                       const json_parse_options* options,
                       json_document* document, json_error* error) {
  parser p = {.text = text, .length = length, .document = document};
  p.depth_left = options != NULL && options->max_depth != 0
                     ? options->max_depth
                     : JSON_DEFAULT_DEPTH;
  p.reject_duplicates = options != NULL && options->reject_duplicates;
  *document = (json_document){0};
  *error = (json_error){0};

  json_value root = {0};
  skip_space(&p);
  json_status status = parse_value(&p, &root);
  if (status == JSON_OK) {
    skip_space(&p);
    if (p.at < p.length) status = JSON_TRAILING_TEXT;
  }
  free(p.stack);
  if (status == JSON_OK) {
    document->root = root;
  } else {
    json_free(document);
    error->status = status;
    locate(text, p.at, error);
  }
  return status;
}
