// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values in memory: the arena they live in, look-up of members, equality, and
// JSON Pointer.
//
// The arena hands out slices of large blocks and frees nothing by itself.  A
// look-up in a small object compares the keys one by one; a larger object has
// an open-addressed index of hashed keys, built once when the object closes,
// at most half full so that probing stays short.

#include <stdlib.h>
#include <string.h>

#include "json.h"

enum { ARENA_BLOCK_SIZE = 16384, ARENA_ALIGNMENT = 16, LINEAR_MEMBERS = 8 };

struct arena_block {
  arena_block* next;
  size_t used;
  size_t size;
  _Alignas(ARENA_ALIGNMENT) unsigned char bytes[];
};

void* json_allocate(json_document* document, size_t size) {
  if (size > SIZE_MAX / 2) return NULL;
  size = (size + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
  arena_block* block = document->blocks;
  if (block == NULL || block->size - block->used < size) {
    size_t room = size > ARENA_BLOCK_SIZE ? size : ARENA_BLOCK_SIZE;
    arena_block* fresh = malloc(sizeof *fresh + room);
    if (fresh == NULL) return NULL;
    fresh->used = 0;
    fresh->size = room;
    fresh->next = block;
    document->blocks = fresh;
    block = fresh;
  }
  void* slice = block->bytes + block->used;
  block->used += size;
  return slice;
}

void json_free(json_document* document) {
  arena_block* block = document->blocks;
  while (block != NULL) {
    arena_block* next = block->next;
    free(block);
    block = next;
  }
  *document = (json_document){0};
}

// ---- objects --------------------------------------------------------------

static uint32_t hash_key(const char* key, size_t length) {
  uint32_t hash = UINT32_C(2166136261);
  for (size_t i = 0; i < length; i++) {
    hash = (hash ^ (uint8_t)key[i]) * UINT32_C(16777619);
  }
  return hash ^ hash >> 15;
}

static bool same_bytes(json_string left, const char* bytes, size_t length) {
  return left.length == length && memcmp(left.bytes, bytes, length) == 0;
}

// Returns the slot that holds the key, or the empty slot where it belongs.
static uint32_t* find_slot(const json_object* object, const char* key,
                           size_t length) {
  uint32_t slot = hash_key(key, length) & object->index_mask;
  while (object->index[slot] != 0) {
    const json_member* member = &object->members[object->index[slot] - 1];
    if (same_bytes(member->key, key, length)) break;
    slot = (slot + 1) & object->index_mask;
  }
  return &object->index[slot];
}

static size_t find_linear(const json_object* object, size_t count,
                          const char* key, size_t length) {
  // From the back, because the last of several equal keys counts.
  while (count > 0) {
    if (same_bytes(object->members[count - 1].key, key, length)) return count;
    count--;
  }
  return 0;
}

json_status json_build_index(json_document* document, json_object* object) {
  json_status status = JSON_OK;
  object->index = NULL;
  object->index_mask = 0;
  if (object->count <= LINEAR_MEMBERS) {
    for (size_t i = 1; i < object->count; i++) {
      json_string key = object->members[i].key;
      if (find_linear(object, i, key.bytes, key.length) != 0) {
        status = JSON_DUPLICATE_KEY;
      }
    }
    return status;
  }
  uint32_t slots = 32;
  while (slots / 2 < object->count) {
    if (slots > UINT32_MAX / 2) return JSON_NO_MEMORY;
    slots *= 2;
  }
  object->index = json_allocate(document, slots * sizeof object->index[0]);
  if (object->index == NULL) return JSON_NO_MEMORY;
  memset(object->index, 0, slots * sizeof object->index[0]);
  object->index_mask = slots - 1;
  for (size_t i = 0; i < object->count; i++) {
    json_string key = object->members[i].key;
    uint32_t* slot = find_slot(object, key.bytes, key.length);
    if (*slot != 0) status = JSON_DUPLICATE_KEY;
    *slot = (uint32_t)i + 1;
  }
  return status;
}

const json_value* json_member_of(const json_value* value, const char* key,
                                 size_t length) {
  if (value->kind != JSON_OBJECT) return NULL;
  const json_object* object = &value->as.object;
  size_t place = object->index != NULL
                     ? *find_slot(object, key, length)
                     : find_linear(object, object->count, key, length);
  return place == 0 ? NULL : &object->members[place - 1].value;
}

// ---- equality -------------------------------------------------------------

static bool equal_objects(const json_value* left, const json_value* right) {
  if (left->as.object.count != right->as.object.count) return false;
  for (size_t i = 0; i < left->as.object.count; i++) {
    json_string key = left->as.object.members[i].key;
    const json_value* mine = json_member_of(left, key.bytes, key.length);
    const json_value* other = json_member_of(right, key.bytes, key.length);
    if (mine == NULL || other == NULL || !json_equal(mine, other)) return false;
  }
  return true;
}

bool json_equal(const json_value* left, const json_value* right) {
  if (left->kind != right->kind) return false;
  switch (left->kind) {
    case JSON_NULL:
      return true;
    case JSON_BOOLEAN:
      return left->as.boolean == right->as.boolean;
    case JSON_INTEGER:
      return left->as.integer == right->as.integer;
    case JSON_REAL:
      return left->as.real == right->as.real;
    case JSON_STRING:
      return same_bytes(left->as.string, right->as.string.bytes,
                        right->as.string.length);
    case JSON_ARRAY:
      if (left->as.array.count != right->as.array.count) return false;
      for (size_t i = 0; i < left->as.array.count; i++) {
        if (!json_equal(&left->as.array.items[i], &right->as.array.items[i])) {
          return false;
        }
      }
      return true;
    case JSON_OBJECT:
      return equal_objects(left, right);
  }
  return false;
}

// ---- JSON Pointer ---------------------------------------------------------

// Undoes ~0 and ~1.  `out` has room for `length` bytes.
static json_status unescape_token(const char* token, size_t length, char* out,
                                  size_t* out_length) {
  size_t used = 0;
  for (size_t i = 0; i < length; i++) {
    char c = token[i];
    if (c == '~') {
      if (++i == length || (token[i] != '0' && token[i] != '1')) {
        return JSON_BAD_POINTER;
      }
      c = token[i] == '0' ? '~' : '/';
    }
    out[used++] = c;
  }
  *out_length = used;
  return JSON_OK;
}

// An index has no leading zeros; "-" names the place after the last item,
// where there is never a value.
static json_status array_step(const json_array* array, const char* token,
                              size_t length, const json_value** value) {
  if (length == 1 && token[0] == '-') return JSON_NOT_FOUND;
  if (length == 0 || (length > 1 && token[0] == '0')) return JSON_BAD_POINTER;
  size_t index = 0;
  for (size_t i = 0; i < length; i++) {
    if (token[i] < '0' || token[i] > '9') return JSON_BAD_POINTER;
    if (index <= array->count) index = index * 10 + (size_t)(token[i] - '0');
  }
  if (index >= array->count) return JSON_NOT_FOUND;
  *value = &array->items[index];
  return JSON_OK;
}

json_status json_pointer(const json_value* root, const char* pointer,
                         size_t length, const json_value** found) {
  *found = NULL;
  if (length > 0 && pointer[0] != '/') return JSON_BAD_POINTER;
  char* token = malloc(length + 1);
  if (token == NULL) return JSON_NO_MEMORY;

  const json_value* value = root;
  json_status status = JSON_OK;
  size_t at = 0;
  while (status == JSON_OK && at < length) {
    size_t start = at + 1;
    size_t end = start;
    while (end < length && pointer[end] != '/') end++;
    size_t token_length = 0;
    status = unescape_token(pointer + start, end - start, token, &token_length);
    at = end;
    if (status != JSON_OK) break;
    if (value->kind == JSON_OBJECT) {
      value = json_member_of(value, token, token_length);
      if (value == NULL) status = JSON_NOT_FOUND;
    } else if (value->kind == JSON_ARRAY) {
      status = array_step(&value->as.array, token, token_length, &value);
    } else {
      status = JSON_NOT_FOUND;
    }
  }
  free(token);
  if (status == JSON_OK) *found = value;
  return status;
}

// ---- texts ----------------------------------------------------------------

static const char* const status_texts[] = {
    [JSON_OK] = "no error",
    [JSON_NO_MEMORY] = "out of memory",
    [JSON_UNEXPECTED_END] = "text ends too early",
    [JSON_UNEXPECTED_CHARACTER] = "a value cannot start here",
    [JSON_BAD_LITERAL] = "unknown word; expected true, false or null",
    [JSON_BAD_NUMBER] = "malformed number",
    [JSON_NUMBER_RANGE] = "number is too large",
    [JSON_BAD_ESCAPE] = "unknown escape sequence",
    [JSON_LONE_SURROGATE] = "surrogate without its other half",
    [JSON_CONTROL_CHARACTER] = "control character in a string",
    [JSON_BAD_UTF8] = "malformed UTF-8",
    [JSON_EXPECTED_KEY] = "expected a string as key",
    [JSON_EXPECTED_COLON] = "expected ':' after the key",
    [JSON_EXPECTED_COMMA] = "expected ',' or the closing bracket",
    [JSON_DUPLICATE_KEY] = "key occurs twice in this object",
    [JSON_TOO_DEEP] = "nested too deeply",
    [JSON_TRAILING_TEXT] = "text after the value",
    [JSON_BAD_POINTER] = "malformed JSON pointer",
    [JSON_NOT_FOUND] = "pointer leads to no value",
};

const char* json_status_text(json_status status) {
  size_t index = (size_t)status;
  size_t count = sizeof status_texts / sizeof status_texts[0];
  return index < count ? status_texts[index] : "unknown error";
}
