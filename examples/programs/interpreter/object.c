// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects and the collector that owns them.
//
// Collection is mark and sweep.  Marking starts at the roots (stack, frames,
// globals, open upvalues, functions being compiled) and keeps a list of gray
// objects, so that it never recurses, however deep the data.  Sweeping walks
// the list of all objects and frees the unmarked ones.  The table of interned
// strings does not keep strings alive: a swept string leaves it.
//
// A collection can only start when an object is made, never when an array or
// table grows.  The rule for callers is short: an object not yet reachable
// must be pushed on the stack before the next object is made.
//
// Tables hash strings, numbers and booleans, all by content, and iterate in
// the order of insertion: no result depends on addresses.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interpreter.h"

enum {
  FIRST_COLLECTION = 1 << 18,
  MAX_PRINT_DEPTH = 6,
  MAX_STRING = 1 << 28,
};

static void collect(vm* m);

void* resize(vm* m, void* memory, size_t old_size, size_t new_size) {
  m->allocated = m->allocated - old_size + new_size;
  if (new_size == 0) {
    free(memory);
    return NULL;
  }
  void* resized = realloc(memory, new_size);
  if (resized == NULL) {
    fputs("interpreter: out of memory\n", stderr);
    exit(2);
  }
  return resized;
}

static void* make_object(vm* m, object_type type, size_t size) {
  if (m->next_collection == 0) m->next_collection = FIRST_COLLECTION;
  if (m->stress || m->allocated > m->next_collection) collect(m);
  object* o = resize(m, NULL, 0, size);
  memset(o, 0, size);
  o->type = type;
  o->next = m->objects;
  m->objects = o;
  return o;
}

// ---- strings --------------------------------------------------------------

static uint32_t hash_bytes(const char* bytes, size_t length) {
  uint32_t hash = UINT32_C(2166136261);
  for (size_t i = 0; i < length; i++) {
    hash = (hash ^ (uint8_t)bytes[i]) * UINT32_C(16777619);
  }
  return hash;
}

static string* find_string(const vm* m, const char* bytes, size_t length,
                           uint32_t hash) {
  string* s = m->strings[hash % STRING_BUCKETS];
  while (s != NULL && (s->hash != hash || s->length != length ||
                       memcmp(s->bytes, bytes, length) != 0)) {
    s = s->chain;
  }
  return s;
}

string* make_string(vm* m, const char* bytes, size_t length) {
  uint32_t hash = hash_bytes(bytes, length);
  string* s = find_string(m, bytes, length, hash);
  if (s != NULL) return s;
  s = make_object(m, OBJECT_STRING, sizeof *s + length + 1);
  memcpy(s->bytes, bytes, length);
  s->length = (uint32_t)length;
  s->hash = hash;
  s->chain = m->strings[hash % STRING_BUCKETS];
  m->strings[hash % STRING_BUCKETS] = s;
  return s;
}

string* concatenate(vm* m, const string* left, const string* right) {
  if (left->length + right->length > MAX_STRING) fail(m, "string is too long");
  m->scratch.length = 0;
  append_text(m, &m->scratch, left->bytes, left->length);
  append_text(m, &m->scratch, right->bytes, right->length);
  return make_string(m, m->scratch.bytes, m->scratch.length);
}

static void forget_string(vm* m, const string* s) {
  string** link = &m->strings[s->hash % STRING_BUCKETS];
  while (*link != s) link = &(*link)->chain;
  *link = s->chain;
}

// ---- arrays and tables ----------------------------------------------------

array* make_array(vm* m) { return make_object(m, OBJECT_ARRAY, sizeof(array)); }

void array_append(vm* m, array* a, value item) {
  if (a->count == a->capacity) {
    uint32_t capacity = a->capacity < 8 ? 8 : 2 * a->capacity;
    a->items =
        resize(m, a->items, a->capacity * sizeof item, capacity * sizeof item);
    a->capacity = capacity;
  }
  a->items[a->count++] = item;
}

table* make_table(vm* m) { return make_object(m, OBJECT_TABLE, sizeof(table)); }

static uint32_t hash_key(value key) {
  if (key.type == VALUE_OBJECT) return ((string*)key.as.object)->hash;
  if (key.type == VALUE_BOOLEAN) return key.as.boolean ? 1231 : 1237;
  // Adding zero turns minus zero, which equals zero, into zero.
  double number = key.as.number + 0.0;
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  bits *= UINT64_C(0x9E3779B97F4A7C15);
  return (uint32_t)(bits >> 32);
}

// The slot of the index that refers to the key, or the free one where the
// search ended.
static uint32_t* find_slot(const table* t, value key) {
  uint32_t mask = 2 * t->capacity - 1;
  uint32_t slot = hash_key(key) & mask;
  while (t->index[slot] != 0 &&
         !values_equal(t->entries[t->index[slot] - 1].key, key)) {
    slot = (slot + 1) & mask;
  }
  return &t->index[slot];
}

value* table_find(const table* t, value key) {
  if (t->live == 0) return NULL;
  uint32_t place = *find_slot(t, key);
  return place == 0 ? NULL : &t->entries[place - 1].value;
}

// Drops removed entries and, if the table is well filled, doubles it.
static void rebuild(vm* m, table* t) {
  uint32_t capacity = t->capacity < 8 ? 8 : t->capacity;
  if (t->live > capacity / 2) capacity *= 2;
  table_entry* entries = resize(m, NULL, 0, capacity * sizeof *entries);
  uint32_t live = 0;
  for (uint32_t i = 0; i < t->used; i++) {
    if (t->entries[i].key.type != VALUE_NIL) entries[live++] = t->entries[i];
  }
  resize(m, t->entries, t->capacity * sizeof *entries, 0);
  t->entries = entries;
  t->used = live;
  t->index = resize(m, t->index, 2 * t->capacity * sizeof *t->index,
                    2 * capacity * sizeof *t->index);
  t->capacity = capacity;
  memset(t->index, 0, 2 * capacity * sizeof *t->index);
  for (uint32_t i = 0; i < live; i++) *find_slot(t, entries[i].key) = i + 1;
}

void table_set(vm* m, table* t, value key, value item) {
  value* found = table_find(t, key);
  if (found != NULL) {
    *found = item;
    return;
  }
  if (t->used == t->capacity) rebuild(m, t);
  t->entries[t->used] = (table_entry){key, item};
  *find_slot(t, key) = ++t->used;
  t->live++;
}

bool table_remove(table* t, value key) {
  value* found = table_find(t, key);
  if (found == NULL) return false;
  // The index still leads past the entry, whose nil key equals no key.
  table_entry* entry = &t->entries[*find_slot(t, key) - 1];
  entry->key = nil_value();
  entry->value = nil_value();
  t->live--;
  return true;
}

// ---- functions ------------------------------------------------------------

function* make_function(vm* m) {
  return make_object(m, OBJECT_FUNCTION, sizeof(function));
}

static size_t closure_size(int upvalue_count) {
  return sizeof(closure) + (size_t)upvalue_count * sizeof(upvalue*);
}

closure* make_closure(vm* m, function* f) {
  closure* c = make_object(m, OBJECT_CLOSURE, closure_size(f->upvalue_count));
  c->function = f;
  c->upvalue_count = f->upvalue_count;
  return c;
}

upvalue* make_upvalue(vm* m, value* place) {
  upvalue* u = make_object(m, OBJECT_UPVALUE, sizeof *u);
  u->place = place;
  return u;
}

native* make_native(vm* m, const char* name, native_function call, int minimum,
                    int maximum) {
  native* n = make_object(m, OBJECT_NATIVE, sizeof *n);
  n->name = name;
  n->call = call;
  n->minimum = minimum;
  n->maximum = maximum;
  return n;
}

// ---- collection -----------------------------------------------------------

void mark_object(vm* m, object* o) {
  if (o == NULL || o->marked) return;
  o->marked = true;
  o->gray = m->gray;
  m->gray = o;
}

static void mark_value(vm* m, value v) {
  if (v.type == VALUE_OBJECT) mark_object(m, v.as.object);
}

static void scan(vm* m, object* o) {
  switch (o->type) {
    case OBJECT_ARRAY: {
      const array* a = (array*)o;
      for (uint32_t i = 0; i < a->count; i++) mark_value(m, a->items[i]);
      break;
    }
    case OBJECT_TABLE: {
      const table* t = (table*)o;
      for (uint32_t i = 0; i < t->used; i++) {
        mark_value(m, t->entries[i].key);
        mark_value(m, t->entries[i].value);
      }
      break;
    }
    case OBJECT_FUNCTION: {
      function* f = (function*)o;
      mark_object(m, (object*)f->name);
      for (uint32_t i = 0; i < f->constant_count; i++) {
        mark_value(m, f->constants[i]);
      }
      break;
    }
    case OBJECT_CLOSURE: {
      closure* c = (closure*)o;
      mark_object(m, (object*)c->function);
      for (int i = 0; i < c->upvalue_count; i++) {
        mark_object(m, (object*)c->upvalues[i]);
      }
      break;
    }
    case OBJECT_UPVALUE:
      mark_value(m, *((upvalue*)o)->place);
      break;
    case OBJECT_STRING:
    case OBJECT_NATIVE:
      break;
  }
}

static void free_object(vm* m, object* o) {
  size_t size = 0;
  switch (o->type) {
    case OBJECT_STRING:
      forget_string(m, (string*)o);
      size = sizeof(string) + ((string*)o)->length + 1;
      break;
    case OBJECT_ARRAY: {
      array* a = (array*)o;
      resize(m, a->items, a->capacity * sizeof *a->items, 0);
      size = sizeof *a;
      break;
    }
    case OBJECT_TABLE: {
      table* t = (table*)o;
      resize(m, t->entries, t->capacity * sizeof *t->entries, 0);
      resize(m, t->index, 2 * t->capacity * sizeof *t->index, 0);
      size = sizeof *t;
      break;
    }
    case OBJECT_FUNCTION: {
      function* f = (function*)o;
      resize(m, f->code, f->code_capacity, 0);
      resize(m, f->lines, f->code_capacity * sizeof *f->lines, 0);
      resize(m, f->constants, f->constant_capacity * sizeof(value), 0);
      size = sizeof *f;
      break;
    }
    case OBJECT_CLOSURE:
      size = closure_size(((closure*)o)->upvalue_count);
      break;
    case OBJECT_UPVALUE:
      size = sizeof(upvalue);
      break;
    case OBJECT_NATIVE:
      size = sizeof(native);
      break;
  }
  resize(m, o, size, 0);
}

static void collect(vm* m) {
  for (value* v = m->stack; v < m->top; v++) mark_value(m, *v);
  for (int i = 0; i < m->frame_count; i++) {
    mark_object(m, (object*)m->frames[i].closure);
  }
  for (upvalue* u = m->open_upvalues; u != NULL; u = u->next) {
    mark_object(m, (object*)u);
  }
  mark_object(m, (object*)m->globals);
  mark_compiling(m);
  while (m->gray != NULL) {
    object* o = m->gray;
    m->gray = o->gray;
    scan(m, o);
  }
  object** link = &m->objects;
  while (*link != NULL) {
    object* o = *link;
    if (o->marked) {
      o->marked = false;
      link = &o->next;
    } else {
      *link = o->next;
      free_object(m, o);
    }
  }
  m->collections++;
  m->next_collection = 2 * m->allocated;
  if (m->next_collection < FIRST_COLLECTION) {
    m->next_collection = FIRST_COLLECTION;
  }
}

void free_objects(vm* m) {
  while (m->objects != NULL) {
    object* o = m->objects;
    m->objects = o->next;
    free_object(m, o);
  }
}

// ---- values ---------------------------------------------------------------

bool is_object(value v, object_type type) {
  return v.type == VALUE_OBJECT && v.as.object->type == type;
}

bool is_true(value v) {
  return v.type != VALUE_NIL && (v.type != VALUE_BOOLEAN || v.as.boolean);
}

bool values_equal(value left, value right) {
  if (left.type != right.type) return false;
  switch (left.type) {
    case VALUE_NIL:
      return true;
    case VALUE_BOOLEAN:
      return left.as.boolean == right.as.boolean;
    case VALUE_NUMBER:
      return left.as.number == right.as.number;
    case VALUE_OBJECT:
      return left.as.object == right.as.object;
  }
  return false;
}

const char* type_name(value v) {
  static const char* const simple[] = {"nil", "boolean", "number"};
  static const char* const objects[] = {"string",   "array",    "table",
                                        "function", "function", "upvalue",
                                        "function"};
  return v.type == VALUE_OBJECT ? objects[v.as.object->type] : simple[v.type];
}

void append_text(vm* m, text* out, const char* bytes, size_t length) {
  if (length > out->capacity - out->length) {
    size_t capacity = out->capacity < 128 ? 128 : out->capacity;
    while (capacity - out->length < length) capacity *= 2;
    out->bytes = resize(m, out->bytes, out->capacity, capacity);
    out->capacity = capacity;
  }
  memcpy(out->bytes + out->length, bytes, length);
  out->length += length;
}

static void append_literal(vm* m, text* out, const char* bytes) {
  append_text(m, out, bytes, strlen(bytes));
}

static void append_object(vm* m, text* out, const object* o, int depth) {
  bool nested = depth < MAX_PRINT_DEPTH;  // an array may contain itself
  if (o->type == OBJECT_STRING) {
    const string* s = (const string*)o;
    if (depth > 0) append_literal(m, out, "\"");
    append_text(m, out, s->bytes, s->length);
    if (depth > 0) append_literal(m, out, "\"");
  } else if (o->type == OBJECT_ARRAY) {
    const array* a = (const array*)o;
    append_literal(m, out, "[");
    for (uint32_t i = 0; i < a->count && nested; i++) {
      if (i > 0) append_literal(m, out, ", ");
      append_value(m, out, a->items[i], depth + 1);
    }
    append_literal(m, out, nested ? "]" : "...]");
  } else if (o->type == OBJECT_TABLE) {
    const table* t = (const table*)o;
    const char* separator = "{";
    for (uint32_t i = 0; i < t->used && nested; i++) {
      if (t->entries[i].key.type == VALUE_NIL) continue;
      append_literal(m, out, separator);
      append_value(m, out, t->entries[i].key, depth + 1);
      append_literal(m, out, ": ");
      append_value(m, out, t->entries[i].value, depth + 1);
      separator = ", ";
    }
    append_literal(m, out, !nested ? "{...}" : t->live == 0 ? "{}" : "}");
  } else {
    append_literal(m, out, "<function>");
  }
}

void append_value(vm* m, text* out, value v, int depth) {
  char digits[32];
  switch (v.type) {
    case VALUE_NIL:
      append_literal(m, out, "nil");
      break;
    case VALUE_BOOLEAN:
      append_literal(m, out, v.as.boolean ? "true" : "false");
      break;
    case VALUE_NUMBER:
      if (v.as.number != v.as.number) {
        append_literal(m, out, "nan");  // whose sign differs by machine
      } else {
        snprintf(digits, sizeof digits, "%.14g", v.as.number);
        append_literal(m, out, digits);
      }
      break;
    case VALUE_OBJECT:
      append_object(m, out, v.as.object, depth);
      break;
  }
}
