/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "values.h"

#include <stdlib.h>
#include <string.h>

/* A piece of memory that texts stand in. */
typedef struct piece {
  struct piece* next;
  size_t used, room;
  char bytes[];
} piece;

struct hone_values {
  hone_object** objects; /* by number */
  int64_t object_count;
  hone_text* texts;
  int64_t text_count, text_room;
  int64_t* table;    /* of hashes: text numbers, -1 where there is none */
  size_t table_size; /* a power of two */
  piece* pieces;
};

/* --- Objects ---------------------------------------- */

/* With room for sizes and data; a line of the cache each. */
static hone_object* make_object(int64_t rank, size_t bytes) {
  const size_t head = (sizeof(hone_object) + (size_t)rank * 8 + 63) / 64 * 64;
  if (bytes > SIZE_MAX / 2) return NULL;
  const size_t room = (head + bytes + 64 + 63) / 64 * 64;
  hone_object* const object = aligned_alloc(64, room);
  if (object == NULL) return NULL;
  memset(object, 0, room);
  object->references = 1;
  object->rank = rank;
  object->dims = (int64_t*)(object + 1);
  object->data = (char*)object + head;
  return object;
}

hone_object* hone_object_tensor(int64_t type, int64_t rank,
                                const int64_t* dims) {
  /* What any of the sizes give together must be a number, also beside a 0:
   * nothing that is made of them can then overflow. */
  size_t bits = hone_type_bits(type);
  int is_empty = 0;
  for (int64_t i = 0; i < rank; ++i) {
    is_empty |= dims[i] == 0;
    if (dims[i] < 0 ||
        __builtin_mul_overflow(bits, (size_t)dims[i] + (dims[i] == 0), &bits))
      return NULL;
  }
  if (bits > INT64_MAX) return NULL;
  const size_t bytes = is_empty ? 0 : bits / 8 + (bits % 8 != 0);
  hone_object* const object = make_object(rank, bytes);
  if (object == NULL) return NULL;
  object->kind = HONE_TENSOR;
  object->type = (int32_t)type;
  object->count = is_empty ? 0 : (int64_t)(bits / hone_type_bits(type));
  for (int64_t i = 0; i < rank; ++i) object->dims[i] = dims[i];
  return object;
}

static size_t bytes_of_object(const hone_object* tensor) {
  return ((size_t)tensor->count * hone_type_bits(tensor->type) + 7) / 8;
}

hone_object* hone_object_sequence(int64_t count) {
  if (count < 0 || count > INT64_MAX / 64) return NULL;
  hone_object* const object =
      make_object(0, (size_t)count * sizeof(hone_object*));
  if (object == NULL) return NULL;
  object->kind = HONE_SEQUENCE;
  object->count = count;
  return object;
}

static hone_object** items_of(const hone_object* sequence) {
  return sequence->data;
}

void hone_object_drop(hone_object* object) {
  if (object == NULL || --object->references > 0) return;
  if (object->kind == HONE_SEQUENCE)
    for (int64_t i = 0; i < object->count; ++i)
      hone_object_drop(items_of(object)[i]);
  free(object);
}

static hone_object* keep(hone_object* object) {
  if (object != NULL) ++object->references;
  return object;
}

hone_status hone_values_set(hone_frame* frame, const hone_place* place,
                            hone_object* object) {
  if (object == NULL) return HONE_NO_MEMORY;
  hone_object** const at = &(*frame->values)->objects[place->offset];
  hone_object_drop(*at);
  *at = object;
  return HONE_OK;
}

hone_object* hone_values_get(hone_frame* frame, const hone_place* place) {
  return (*frame->values)->objects[place->offset];
}

/* --- Text ---------------------------------------- */

/* FNV-1a. */
static uint64_t hash_of(const char* bytes, size_t length) {
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < length; ++i)
    hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211u;
  return hash ^ hash >> 32;
}

static char* keep_bytes(hone_values* values, const char* bytes, size_t length) {
  piece* at = values->pieces;
  if (at == NULL || at->room - at->used < length) {
    const size_t room = length > 4000 ? length : 4000;
    at = malloc(sizeof(piece) + room);
    if (at == NULL) return NULL;
    at->next = values->pieces;
    at->used = 0;
    at->room = room;
    values->pieces = at;
  }
  char* const place = at->bytes + at->used;
  if (length > 0) memcpy(place, bytes, length);
  at->used += length;
  return place;
}

static int grow_texts(hone_values* values) {
  const int64_t room = values->text_room == 0 ? 64 : 2 * values->text_room;
  hone_text* const texts =
      realloc(values->texts, (size_t)room * sizeof(hone_text));
  if (texts == NULL) return 0;
  values->texts = texts;
  const size_t size = (size_t)room * 2;
  int64_t* const table = realloc(values->table, size * sizeof(int64_t));
  if (table == NULL) return 0;
  values->table = table;
  values->table_size = size;
  values->text_room = room;
  memset(table, 0xff, size * sizeof(int64_t));
  for (int64_t i = 0; i < values->text_count; ++i) {
    size_t slot = hash_of(texts[i].bytes, texts[i].length) & (size - 1);
    while (table[slot] >= 0) slot = (slot + 1) & (size - 1);
    table[slot] = i;
  }
  return 1;
}

int64_t hone_values_text(hone_frame* frame, const char* bytes, size_t length) {
  hone_values* const values = *frame->values;
  if (values->text_count == values->text_room && !grow_texts(values)) return -1;
  const size_t mask = values->table_size - 1;
  size_t slot = hash_of(bytes, length) & mask;
  for (; values->table[slot] >= 0; slot = (slot + 1) & mask) {
    const hone_text* const text = &values->texts[values->table[slot]];
    if (text->length == length &&
        (length == 0 || memcmp(text->bytes, bytes, length) == 0))
      return values->table[slot];
  }
  const char* const kept = keep_bytes(values, bytes, length);
  if (kept == NULL) return -1;
  const int64_t number = values->text_count++;
  values->texts[number] = (hone_text){kept, length};
  values->table[slot] = number;
  return number;
}

hone_text hone_values_text_of(hone_frame* frame, int64_t number) {
  const hone_values* const values = *frame->values;
  if (number < 0 || number >= values->text_count) number = 0;
  return values->texts[number];
}

static void forget_texts(hone_values* values) {
  while (values->pieces != NULL && values->pieces->next != NULL) {
    piece* const next = values->pieces->next;
    free(values->pieces);
    values->pieces = next;
  }
  if (values->pieces != NULL) values->pieces->used = 0;
  values->text_count = 0;
  if (values->table != NULL)
    memset(values->table, 0xff, values->table_size * sizeof(int64_t));
}

void hone_values_free(hone_values* values) {
  if (values == NULL) return;
  for (int64_t i = 0; i < values->object_count; ++i)
    hone_object_drop(values->objects[i]);
  forget_texts(values);
  free(values->pieces);
  free(values->objects);
  free(values->texts);
  free(values->table);
  free(values);
}

/* --- Between objects and tensors ---------------------------------------- */

hone_status hone_values_fit(hone_frame* frame, const hone_place* place,
                            const int64_t* form, int64_t type, int64_t rank,
                            const int64_t* dims) {
  if (type != form[HONE_FORM_TYPE] || rank != form[HONE_FORM_RANK])
    return HONE_WRONG_VALUE;
  const int64_t* const writes = form + HONE_FORM_SIZES;
  const int64_t* const sizes = writes + rank;
  size_t bits = hone_type_bits(type);
  for (int64_t i = 0; i < rank; ++i) {
    if (writes[i]) frame->slots[sizes[i] - INT64_MIN] = dims[i];
    if (hone_size(frame, sizes[i]) != dims[i]) return HONE_WRONG_SIZES;
    if (__builtin_mul_overflow(bits, (size_t)dims[i], &bits))
      return HONE_NO_MEMORY;
  }
  if (form[HONE_FORM_GROWS])
    return frame->reserve(frame, place->space, bits / 8 + (bits % 8 != 0));
  return HONE_OK;
}

hone_status hone_values_store(hone_frame* frame, const hone_object* tensor,
                              const hone_place* place, const int64_t* form) {
  if (tensor == NULL || tensor->kind != HONE_TENSOR) return HONE_WRONG_VALUE;
  const hone_status status = hone_values_fit(frame, place, form, tensor->type,
                                             tensor->rank, tensor->dims);
  if (status != HONE_OK) return status;
  memcpy(hone_at(frame, place), tensor->data, bytes_of_object(tensor));
  return HONE_OK;
}

/* Of a caller's value. */
static hone_status object_of(hone_frame* frame, const hone_value* value,
                             int depth, hone_object** result) {
  *result = NULL;
  if (depth > 4) return HONE_WRONG_VALUE;
  if (value->kind == HONE_NOTHING) {
    *result = make_object(0, 0);
    if (*result == NULL) return HONE_NO_MEMORY;
    (*result)->kind = HONE_NOTHING;
    return HONE_OK;
  }
  if (value->kind == HONE_SEQUENCE) {
    if (value->count > 0 && value->items == NULL) return HONE_WRONG_VALUE;
    hone_object* const sequence = hone_object_sequence((int64_t)value->count);
    if (sequence == NULL) return HONE_NO_MEMORY;
    for (size_t i = 0; i < value->count; ++i) {
      const hone_status status =
          object_of(frame, &value->items[i], depth + 1, &items_of(sequence)[i]);
      if (status == HONE_OK) continue;
      hone_object_drop(sequence);
      return status;
    }
    *result = sequence;
    return HONE_OK;
  }
  if (value->kind != HONE_TENSOR || value->rank < 0 ||
      value->rank > HONE_MOST_RANK ||
      (value->rank > 0 && value->dims == NULL) || value->type < 0 ||
      value->type > HONE_TEXT)
    return HONE_WRONG_VALUE;
  for (int32_t i = 0; i < value->rank; ++i)
    if (value->dims[i] < 0) return HONE_WRONG_VALUE;
  hone_object* const tensor =
      hone_object_tensor(value->type, value->rank, value->dims);
  if (tensor == NULL) return HONE_NO_MEMORY;
  if ((size_t)tensor->count != value->count ||
      (tensor->count > 0 && value->data == NULL)) {
    hone_object_drop(tensor);
    return HONE_WRONG_VALUE;
  }
  if (value->type != HONE_TEXT) {
    if (tensor->count > 0)
      memcpy(tensor->data, value->data, bytes_of_object(tensor));
  } else {
    const hone_text* const texts = value->data;
    for (int64_t i = 0; i < tensor->count; ++i) {
      const int is_text = texts[i].length == 0 || texts[i].bytes != NULL;
      const int64_t number =
          is_text ? hone_values_text(frame, texts[i].bytes, texts[i].length)
                  : -1;
      ((int64_t*)tensor->data)[i] = number;
      if (number >= 0) continue;
      hone_object_drop(tensor);
      return is_text ? HONE_NO_MEMORY : HONE_WRONG_VALUE;
    }
  }
  *result = tensor;
  return HONE_OK;
}

/* Bytes that a caller's copy needs behind its own hone_value. */
static size_t copied_bytes(hone_frame* frame, const hone_object* object) {
  size_t bytes = 0;
  if (object->kind == HONE_SEQUENCE) {
    for (int64_t i = 0; i < object->count; ++i)
      bytes += sizeof(hone_value) + copied_bytes(frame, items_of(object)[i]);
    return bytes;
  }
  if (object->kind == HONE_NOTHING) return 0;
  bytes = (size_t)object->rank * 8;
  if (object->type != HONE_TEXT)
    return bytes + (bytes_of_object(object) + 7) / 8 * 8;
  for (int64_t i = 0; i < object->count; ++i) {
    const int64_t number = ((const int64_t*)object->data)[i];
    bytes += sizeof(hone_text) +
             (hone_values_text_of(frame, number).length + 8) / 8 * 8;
  }
  return bytes;
}

static void* take(char** room, size_t bytes) {
  void* const at = *room;
  *room += (bytes + 7) / 8 * 8;
  return at;
}

static void copy_out(hone_frame* frame, const hone_object* object,
                     hone_value* to, char** room) {
  *to = (hone_value){.kind = (hone_kind)object->kind,
                     .count = (size_t)object->count};
  if (object->kind == HONE_SEQUENCE) {
    hone_value* const items =
        take(room, (size_t)object->count * sizeof(hone_value));
    to->items = items;
    for (int64_t i = 0; i < object->count; ++i)
      copy_out(frame, items_of(object)[i], &items[i], room);
    return;
  }
  if (object->kind == HONE_NOTHING) return;
  to->type = (hone_type)object->type;
  to->rank = (int32_t)object->rank;
  int64_t* const dims = take(room, (size_t)object->rank * 8);
  to->dims = dims;
  for (int64_t i = 0; i < object->rank; ++i) dims[i] = object->dims[i];
  if (object->type != HONE_TEXT) {
    void* const data = take(room, bytes_of_object(object));
    memcpy(data, object->data, bytes_of_object(object));
    to->data = data;
    return;
  }
  hone_text* const texts =
      take(room, (size_t)object->count * sizeof(hone_text));
  to->data = texts;
  for (int64_t i = 0; i < object->count; ++i) {
    const hone_text text =
        hone_values_text_of(frame, ((const int64_t*)object->data)[i]);
    /* A zero behind it is no part of it, but spares C programs a copy. */
    char* const bytes = take(room, text.length + 1);
    if (text.length > 0) memcpy(bytes, text.bytes, text.length);
    bytes[text.length] = 0;
    texts[i] = (hone_text){bytes, text.length};
  }
}

/* --- Steps ---------------------------------------- */

/* Places: the constants' texts (how many, their lengths, their bytes). Sizes:
 * how many numbers there are. Nothing of the run before is left. */
hone_status hone_values_begin(hone_frame* frame, const hone_place* places,
                              const int64_t* sizes) {
  if (*frame->values == NULL) {
    hone_values* const fresh = calloc(1, sizeof(hone_values));
    if (fresh == NULL) return HONE_NO_MEMORY;
    fresh->objects = calloc((size_t)sizes[0] + 1, sizeof(hone_object*));
    if (fresh->objects == NULL) {
      free(fresh);
      return HONE_NO_MEMORY;
    }
    fresh->object_count = sizes[0];
    *frame->values = fresh;
  }
  hone_values* const values = *frame->values;
  for (int64_t i = 0; i < values->object_count; ++i) {
    hone_object_drop(values->objects[i]);
    values->objects[i] = NULL;
  }
  forget_texts(values);
  const int64_t* const lengths =
      (const int64_t*)(const void*)hone_at(frame, &places[0]);
  const char* bytes = (const char*)(lengths + 1 + lengths[0]);
  if (hone_values_text(frame, "", 0) < 0) return HONE_NO_MEMORY;
  for (int64_t i = 0; i < lengths[0]; ++i) {
    if (hone_values_text(frame, bytes, (size_t)lengths[1 + i]) < 0)
      return HONE_NO_MEMORY;
    bytes += lengths[1 + i];
  }
  return HONE_OK;
}

/* Whether an object is of a type: HONE_SEQUENCE or HONE_NOTHING (an optional)
 * before another type, HONE_TENSOR before the elements', which is -1 where it
 * may be any. */
static int is_of_type(const hone_object* object, const int64_t* type) {
  if (type[0] == HONE_NOTHING)
    return object->kind == HONE_NOTHING || is_of_type(object, type + 1);
  if (object->kind != type[0]) return 0;
  if (object->kind == HONE_TENSOR)
    return type[1] < 0 || object->type == type[1];
  for (int64_t i = 0; i < object->count; ++i)
    if (!is_of_type(items_of(object)[i], type + 1)) return 0;
  return 1;
}

/* Places: a caller's hone_value, a number. Sizes: its type. */
hone_status hone_values_take(hone_frame* frame, const hone_place* places,
                             const int64_t* sizes) {
  const hone_value* const value =
      (const hone_value*)(const void*)hone_at(frame, &places[0]);
  hone_object* object;
  const hone_status status = object_of(frame, value, 0, &object);
  if (status != HONE_OK) return status;
  if (is_of_type(object, sizes))
    return hone_values_set(frame, &places[1], object);
  hone_object_drop(object);
  return HONE_WRONG_VALUE;
}

/* Places: a number, a caller's hone_value. */
hone_status hone_values_give(hone_frame* frame, const hone_place* places,
                             const int64_t* sizes) {
  (void)sizes;
  const hone_object* const object = hone_values_get(frame, &places[0]);
  hone_value* const to = (hone_value*)(void*)hone_at(frame, &places[1]);
  if (object == NULL) return HONE_WRONG_VALUE;
  const size_t bytes = copied_bytes(frame, object);
  char* room = malloc(bytes + 8);
  if (room == NULL) return HONE_NO_MEMORY;
  char* const block = room;
  hone_value value;
  copy_out(frame, object, &value, &room);
  /* Items or sizes stand first, where hone_value_free() looks. */
  if (value.kind == HONE_NOTHING) free(block);
  *to = value;
  return HONE_OK;
}

/* Places: a tensor, a number. Sizes: the tensor's form. */
hone_status hone_values_box(hone_frame* frame, const hone_place* places,
                            const int64_t* form) {
  const int64_t rank = form[HONE_FORM_RANK];
  int64_t dims[HONE_MOST_RANK];
  if (rank > HONE_MOST_RANK) return HONE_WRONG_SIZES;
  for (int64_t i = 0; i < rank; ++i)
    dims[i] = hone_size(frame, form[HONE_FORM_SIZES + rank + i]);
  hone_object* const tensor =
      hone_object_tensor(form[HONE_FORM_TYPE], rank, dims);
  if (tensor == NULL) return HONE_NO_MEMORY;
  memcpy(tensor->data, hone_at(frame, &places[0]), bytes_of_object(tensor));
  return hone_values_set(frame, &places[1], tensor);
}

/* Places: a number, a tensor. Sizes: the tensor's form. */
hone_status hone_values_unbox(hone_frame* frame, const hone_place* places,
                              const int64_t* form) {
  return hone_values_store(frame, hone_values_get(frame, &places[0]),
                           &places[1], form);
}

/* Places: a number, another that becomes the same value. */
hone_status hone_values_move(hone_frame* frame, const hone_place* places,
                             const int64_t* sizes) {
  (void)sizes;
  hone_object* const object = hone_values_get(frame, &places[0]);
  if (object == NULL) return HONE_WRONG_VALUE;
  return hone_values_set(frame, &places[1], keep(object));
}

/* Places: a number that becomes an optional without a value. */
hone_status hone_values_nothing(hone_frame* frame, const hone_place* places,
                                const int64_t* sizes) {
  (void)sizes;
  hone_object* const object = make_object(0, 0);
  if (object != NULL) object->kind = HONE_NOTHING;
  return hone_values_set(frame, &places[0], object);
}

/* Places: a number, a byte that becomes 1 where it is a value. */
hone_status hone_values_has(hone_frame* frame, const hone_place* places,
                            const int64_t* sizes) {
  (void)sizes;
  const hone_object* const object = hone_values_get(frame, &places[0]);
  *hone_at(frame, &places[1]) = object != NULL && object->kind != HONE_NOTHING;
  return HONE_OK;
}

/* Places: an optional, a number that becomes its value. */
hone_status hone_values_get_element(hone_frame* frame, const hone_place* places,
                                    const int64_t* sizes) {
  const hone_object* const object = hone_values_get(frame, &places[0]);
  if (object == NULL || object->kind == HONE_NOTHING) return HONE_WRONG_VALUE;
  return hone_values_move(frame, places, sizes);
}
