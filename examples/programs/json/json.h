// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A JSON library (RFC 8259): parser to a tree, printer, and JSON Pointer
// (RFC 6901).  A document owns an arena in which all of its values live, so a
// tree is freed at once and holds no pointer of its own to free.

#ifndef EXAMPLES_JSON_JSON_H_
#define EXAMPLES_JSON_JSON_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum json_status {
  JSON_OK = 0,
  JSON_NO_MEMORY,
  JSON_UNEXPECTED_END,
  JSON_UNEXPECTED_CHARACTER,
  JSON_BAD_LITERAL,
  JSON_BAD_NUMBER,
  JSON_NUMBER_RANGE,
  JSON_BAD_ESCAPE,
  JSON_LONE_SURROGATE,
  JSON_CONTROL_CHARACTER,
  JSON_BAD_UTF8,
  JSON_EXPECTED_KEY,
  JSON_EXPECTED_COLON,
  JSON_EXPECTED_COMMA,
  JSON_DUPLICATE_KEY,
  JSON_TOO_DEEP,
  JSON_TRAILING_TEXT,
  JSON_BAD_POINTER,
  JSON_NOT_FOUND,
} json_status;

typedef enum json_kind {
  JSON_NULL,
  JSON_BOOLEAN,
  JSON_INTEGER,  // written without fraction or exponent, and fits
  JSON_REAL,
  JSON_STRING,
  JSON_ARRAY,
  JSON_OBJECT,
} json_kind;

typedef struct json_value json_value;
typedef struct json_member json_member;

// UTF-8, may contain zero bytes; a zero byte follows the last one.
typedef struct json_string {
  const char* bytes;
  size_t length;
} json_string;

typedef struct json_array {
  json_value* items;
  size_t count;
} json_array;

// Members in the order of the text.  Objects above a few members have a hash
// index of place + 1 into `members`, open addressed, with `index_mask` + 1
// slots.
typedef struct json_object {
  json_member* members;
  size_t count;
  uint32_t* index;
  uint32_t index_mask;
} json_object;

struct json_value {
  json_kind kind;
  union {
    bool boolean;
    int64_t integer;
    double real;
    json_string string;
    json_array array;
    json_object object;
  } as;
};

struct json_member {
  json_string key;
  json_value value;
};

typedef struct arena_block arena_block;

typedef struct json_document {
  json_value root;
  arena_block* blocks;
} json_document;

// Where a text stopped being JSON.  Lines and columns count from 1, columns in
// characters and not in bytes.
typedef struct json_error {
  json_status status;
  size_t offset;
  uint32_t line;
  uint32_t column;
} json_error;

typedef struct json_parse_options {
  uint32_t max_depth;  // 0 means JSON_DEFAULT_DEPTH
  bool reject_duplicates;
} json_parse_options;

typedef struct json_print_options {
  int indent;  // spaces for each level; negative prints on one line
  bool ascii;  // escapes every character above 127
  bool sort_keys;
} json_print_options;

typedef struct json_text {
  char* bytes;
  size_t length;
  size_t capacity;
  bool failed;
} json_text;

enum { JSON_DEFAULT_DEPTH = 512 };

// value.c
void* json_allocate(json_document* document, size_t size);
void json_free(json_document* document);
json_status json_build_index(json_document* document, json_object* object);
const json_value* json_member_of(const json_value* object, const char* key,
                                 size_t length);
bool json_equal(const json_value* left, const json_value* right);
json_status json_pointer(const json_value* root, const char* pointer,
                         size_t length, const json_value** found);
const char* json_status_text(json_status status);

// parse.c: on an error the document is empty and `error` says where and why.
json_status json_parse(const char* text, size_t length,
                       const json_parse_options* options,
                       json_document* document, json_error* error);
// Decodes one character at `text`; returns its size in bytes, 0 if malformed.
int json_decode_utf8(const char* text, size_t length, uint32_t* character);
int json_encode_utf8(uint32_t character, char* out);

// print.c
json_status json_print(const json_value* value,
                       const json_print_options* options, json_text* out);
void json_text_append(json_text* text, const char* bytes, size_t length);
void json_text_free(json_text* text);

// self_test.c: returns 0 when every check passed, else 1.
int json_self_test(void);

#endif  // EXAMPLES_JSON_JSON_H_
