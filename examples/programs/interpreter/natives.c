// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions that scripts can call.  Their arguments lie on the stack, so
// they survive a collection; a new object must be pushed before another one is
// made.

#include <stdlib.h>
#include <string.h>

#include "interpreter.h"

static array* array_argument(vm* m, value v) {
  if (!is_object(v, OBJECT_ARRAY)) fail(m, "expected an array");
  return (array*)v.as.object;
}

static string* string_argument(vm* m, value v) {
  if (!is_object(v, OBJECT_STRING)) fail(m, "expected a string");
  return (string*)v.as.object;
}

static table* table_argument(vm* m, value v) {
  if (!is_object(v, OBJECT_TABLE)) fail(m, "expected a table");
  return (table*)v.as.object;
}

static double number_argument(vm* m, value v) {
  if (v.type != VALUE_NUMBER) fail(m, "expected a number");
  return v.as.number;
}

static value native_print(vm* m, int count, value* arguments) {
  text* out = &m->scratch;
  out->length = 0;
  for (int i = 0; i < count; i++) {
    if (i > 0) append_text(m, out, " ", 1);
    append_value(m, out, arguments[i], 0);
  }
  append_text(m, out, "\n", 1);
  m->write(m->write_context, out->bytes, out->length);
  return nil_value();
}

static value native_length(vm* m, int count, value* arguments) {
  (void)count;
  value v = arguments[0];
  if (is_object(v, OBJECT_STRING)) {
    return number_value(((string*)v.as.object)->length);
  }
  if (is_object(v, OBJECT_TABLE)) {
    return number_value(((table*)v.as.object)->live);
  }
  return number_value(array_argument(m, v)->count);
}

static value native_append(vm* m, int count, value* arguments) {
  array* a = array_argument(m, arguments[0]);
  for (int i = 1; i < count; i++) array_append(m, a, arguments[i]);
  return arguments[0];
}

static value native_pop(vm* m, int count, value* arguments) {
  (void)count;
  array* a = array_argument(m, arguments[0]);
  if (a->count == 0) fail(m, "array is empty");
  return a->items[--a->count];
}

static value native_text(vm* m, int count, value* arguments) {
  (void)count;
  if (is_object(arguments[0], OBJECT_STRING)) return arguments[0];
  m->scratch.length = 0;
  append_value(m, &m->scratch, arguments[0], 0);
  return object_value(make_string(m, m->scratch.bytes, m->scratch.length));
}

static value native_number(vm* m, int count, value* arguments) {
  (void)count;
  const string* s = string_argument(m, arguments[0]);
  size_t used = strspn(s->bytes, "0123456789.eE+-");
  char* end;
  double number = strtod(s->bytes, &end);
  bool good = s->length > 0 && used == s->length && end == s->bytes + s->length;
  return good ? number_value(number) : nil_value();
}

static value native_type(vm* m, int count, value* arguments) {
  (void)count;
  const char* name = type_name(arguments[0]);
  return object_value(make_string(m, name, strlen(name)));
}

static value native_keys(vm* m, int count, value* arguments) {
  (void)count;
  const table* t = table_argument(m, arguments[0]);
  array* keys = make_array(m);
  for (uint32_t i = 0; i < t->used; i++) {
    if (t->entries[i].key.type != VALUE_NIL) {
      array_append(m, keys, t->entries[i].key);
    }
  }
  return object_value(keys);
}

static value native_has(vm* m, int count, value* arguments) {
  (void)count;
  const table* t = table_argument(m, arguments[0]);
  value key = arguments[1];
  bool possible = key.type == VALUE_NUMBER || key.type == VALUE_BOOLEAN ||
                  is_object(key, OBJECT_STRING);
  return boolean_value(possible && table_find(t, key) != NULL);
}

static value native_remove(vm* m, int count, value* arguments) {
  value found = native_has(m, count, arguments);
  if (found.as.boolean) {
    table_remove((table*)arguments[0].as.object, arguments[1]);
  }
  return found;
}

// Clamps to the range, so that no slice is an error.
static uint32_t slice_bound(vm* m, value v, uint32_t length) {
  double n = number_argument(m, v);
  if (!(n > 0)) return 0;
  return n > length ? length : (uint32_t)n;
}

static value native_slice(vm* m, int count, value* arguments) {
  (void)count;
  bool is_text = is_object(arguments[0], OBJECT_STRING);
  uint32_t length = is_text ? ((string*)arguments[0].as.object)->length
                            : array_argument(m, arguments[0])->count;
  uint32_t from = slice_bound(m, arguments[1], length);
  uint32_t to = slice_bound(m, arguments[2], length);
  if (to < from) to = from;
  if (is_text) {
    // The bytes may not move while the new string is made: they do not, since
    // strings never do, and the old one is on the stack.
    const string* s = (string*)arguments[0].as.object;
    return object_value(make_string(m, s->bytes + from, to - from));
  }
  array* part = make_array(m);
  const array* whole = (array*)arguments[0].as.object;
  for (uint32_t i = from; i < to; i++) array_append(m, part, whole->items[i]);
  return object_value(part);
}

static value native_join(vm* m, int count, value* arguments) {
  (void)count;
  const array* a = array_argument(m, arguments[0]);
  const string* separator = string_argument(m, arguments[1]);
  m->scratch.length = 0;
  append_text(m, &m->scratch, "", 0);
  for (uint32_t i = 0; i < a->count; i++) {
    if (i > 0) {
      append_text(m, &m->scratch, separator->bytes, separator->length);
    }
    append_value(m, &m->scratch, a->items[i], 0);
  }
  return object_value(m->scratch.length > 0
                          ? make_string(m, m->scratch.bytes, m->scratch.length)
                          : make_string(m, "", 0));
}

static value native_find(vm* m, int count, value* arguments) {
  (void)count;
  const string* where = string_argument(m, arguments[0]);
  const string* what = string_argument(m, arguments[1]);
  for (uint32_t i = 0; i + what->length <= where->length; i++) {
    if (memcmp(where->bytes + i, what->bytes, what->length) == 0) {
      return number_value(i);
    }
  }
  return nil_value();
}

static value native_floor(vm* m, int count, value* arguments) {
  (void)count;
  double n = number_argument(m, arguments[0]);
  if (!(n > -9e15 && n < 9e15)) return arguments[0];
  double whole = (double)(int64_t)n;
  return number_value(whole > n ? whole - 1 : whole);
}

static value native_code(vm* m, int count, value* arguments) {
  (void)count;
  const string* s = string_argument(m, arguments[0]);
  if (s->length == 0) fail(m, "string is empty");
  return number_value((uint8_t)s->bytes[0]);
}

static value native_error(vm* m, int count, value* arguments) {
  (void)count;
  fail(m, "%s", string_argument(m, arguments[0])->bytes);
}

void define_natives(vm* m) {
  static const struct {
    const char* name;
    native_function call;
    int minimum;
    int maximum;
  } natives[] = {
      {"print", native_print, 0, 255},   {"len", native_length, 1, 1},
      {"append", native_append, 2, 255}, {"pop", native_pop, 1, 1},
      {"str", native_text, 1, 1},        {"num", native_number, 1, 1},
      {"type", native_type, 1, 1},       {"keys", native_keys, 1, 1},
      {"has", native_has, 2, 2},         {"remove", native_remove, 2, 2},
      {"slice", native_slice, 3, 3},     {"join", native_join, 2, 2},
      {"find", native_find, 2, 2},       {"floor", native_floor, 1, 1},
      {"code", native_code, 1, 1},       {"error", native_error, 1, 1},
  };
  for (size_t i = 0; i < sizeof natives / sizeof natives[0]; i++) {
    const char* name = natives[i].name;
    push(m, object_value(make_string(m, name, strlen(name))));
    native* n = make_native(m, name, natives[i].call, natives[i].minimum,
                            natives[i].maximum);
    table_set(m, m->globals, m->top[-1], object_value(n));
    m->top--;
  }
}
