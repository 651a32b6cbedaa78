/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Sequences whose lengths or positions are known only when the model runs. */
#include <string.h>

#include "values.h"

static hone_object** items_of(const hone_object* sequence) {
  return sequence->data;
}

static hone_object* keep(hone_object* object) {
  ++object->references;
  return object;
}

static size_t bytes_of(const hone_object* tensor, int64_t elements) {
  return (size_t)elements * hone_type_bits(tensor->type) / 8;
}

/* Null where it is none. */
static const hone_object* sequence_at(hone_frame* frame,
                                      const hone_place* place) {
  const hone_object* const object = hone_values_get(frame, place);
  return object != NULL && object->kind == HONE_SEQUENCE ? object : NULL;
}

/* A position counted from the back where it is negative; -1 where it is none of
 * `limit`. Without one, `otherwise`. Sizes: whether there is one, its type. */
static int64_t position(hone_frame* frame, const hone_place* place,
                        const int64_t* sizes, int64_t count, int64_t limit,
                        int64_t otherwise) {
  int64_t at = otherwise;
  if (sizes[0]) {
    const unsigned char* const from = hone_at(frame, place);
    if (sizes[1] == HONE_I32) {
      int32_t narrow;
      memcpy(&narrow, from, sizeof narrow);
      at = narrow;
    } else {
      memcpy(&at, from, sizeof at);
    }
    if (at < 0) at += count;
  }
  return at < 0 || at >= limit ? -1 : at;
}

/* Places: the sequence, numbers of the items. Sizes: how many. */
hone_status hone_sequence_construct(hone_frame* frame, const hone_place* places,
                                    const int64_t* sizes) {
  hone_object* const sequence = hone_object_sequence(sizes[0]);
  if (sequence == NULL) return HONE_NO_MEMORY;
  for (int64_t i = 0; i < sizes[0]; ++i) {
    hone_object* const item = hone_values_get(frame, &places[1 + i]);
    if (item == NULL) {
      hone_object_drop(sequence);
      return HONE_WRONG_VALUE;
    }
    items_of(sequence)[i] = keep(item);
  }
  return hone_values_set(frame, &places[0], sequence);
}

/* Places: the new sequence, the old one, the item, perhaps where. */
hone_status hone_sequence_insert(hone_frame* frame, const hone_place* places,
                                 const int64_t* sizes) {
  const hone_object* const old = sequence_at(frame, &places[1]);
  hone_object* const item = hone_values_get(frame, &places[2]);
  if (old == NULL || item == NULL) return HONE_WRONG_VALUE;
  const int64_t at = position(frame, &places[3], sizes, old->count,
                              old->count + 1, old->count);
  if (at < 0) return HONE_WRONG_VALUE;
  hone_object* const fresh = hone_object_sequence(old->count + 1);
  if (fresh == NULL) return HONE_NO_MEMORY;
  for (int64_t i = 0; i < fresh->count; ++i)
    items_of(fresh)[i] =
        keep(i == at ? item : items_of(old)[i > at ? i - 1 : i]);
  return hone_values_set(frame, &places[0], fresh);
}

/* Places: the new sequence, the old one, perhaps where. */
hone_status hone_sequence_erase(hone_frame* frame, const hone_place* places,
                                const int64_t* sizes) {
  const hone_object* const old = sequence_at(frame, &places[1]);
  if (old == NULL) return HONE_WRONG_VALUE;
  const int64_t at = position(frame, &places[2], sizes, old->count, old->count,
                              old->count - 1);
  if (at < 0) return HONE_WRONG_VALUE;
  hone_object* const fresh = hone_object_sequence(old->count - 1);
  if (fresh == NULL) return HONE_NO_MEMORY;
  for (int64_t i = 0; i < fresh->count; ++i)
    items_of(fresh)[i] = keep(items_of(old)[i < at ? i : i + 1]);
  return hone_values_set(frame, &places[0], fresh);
}

/* Places: the item's number, the sequence, where. */
hone_status hone_sequence_at(hone_frame* frame, const hone_place* places,
                             const int64_t* sizes) {
  const hone_object* const sequence = sequence_at(frame, &places[1]);
  if (sequence == NULL) return HONE_WRONG_VALUE;
  const int64_t at =
      position(frame, &places[2], sizes, sequence->count, sequence->count, -1);
  if (at < 0) return HONE_WRONG_VALUE;
  return hone_values_set(frame, &places[0], keep(items_of(sequence)[at]));
}

/* Places: the length, an i64; the sequence. */
hone_status hone_sequence_length(hone_frame* frame, const hone_place* places,
                                 const int64_t* sizes) {
  (void)sizes;
  const hone_object* const sequence = sequence_at(frame, &places[1]);
  if (sequence == NULL) return HONE_WRONG_VALUE;
  memcpy(hone_at(frame, &places[0]), &sequence->count, sizeof(int64_t));
  return HONE_OK;
}

/* Of a tensor's sizes, some of them: a number, see hone_object_tensor(). */
static int64_t product(const int64_t* dims, int64_t from, int64_t to) {
  int64_t count = 1;
  for (int64_t i = from; i < to; ++i) count *= dims[i];
  return count;
}

/* Copies rows between a whole and the part of it from `first` on, along an
 * axis: `outer` times `size` of `stride` bytes. */
static void copy_part(char* whole, int64_t whole_size, char* part,
                      int64_t part_size, int64_t first, int64_t outer,
                      size_t stride, int to_part) {
  const size_t bytes = (size_t)part_size * stride;
  if (bytes == 0) return; /* perhaps of more rows than anybody can count */
  for (int64_t i = 0; i < outer; ++i) {
    char* const in_whole = whole + (size_t)(i * whole_size + first) * stride;
    char* const in_part = part + (size_t)(i * part_size) * stride;
    memcpy(to_part ? in_part : in_whole, to_part ? in_whole : in_part, bytes);
  }
}

/* Places: the result's number, the sequence. Sizes: axis, whether it is a new
 * one. */
hone_status hone_sequence_concat(hone_frame* frame, const hone_place* places,
                                 const int64_t* sizes) {
  const hone_object* const sequence = sequence_at(frame, &places[1]);
  if (sequence == NULL || sequence->count == 0) return HONE_WRONG_VALUE;
  const hone_object* const first = items_of(sequence)[0];
  if (first->kind != HONE_TENSOR || hone_type_bits(first->type) < 8)
    return HONE_WRONG_VALUE;
  const int64_t rank = first->rank + sizes[1];
  const int64_t axis = sizes[0] < 0 ? sizes[0] + rank : sizes[0];
  if (axis < 0 || axis >= rank || rank > HONE_MOST_RANK)
    return HONE_WRONG_VALUE;
  int64_t dims[HONE_MOST_RANK];
  int64_t length = 0;
  for (int64_t n = 0; n < sequence->count; ++n) {
    const hone_object* const item = items_of(sequence)[n];
    if (item->kind != HONE_TENSOR || item->type != first->type ||
        item->rank != first->rank)
      return HONE_WRONG_VALUE;
    for (int64_t i = 0; i < first->rank; ++i)
      if (item->dims[i] != first->dims[i] && (sizes[1] || i != axis))
        return HONE_WRONG_SIZES;
    if (__builtin_add_overflow(length, sizes[1] ? 1 : item->dims[axis],
                               &length))
      return HONE_NO_MEMORY;
  }
  for (int64_t i = 0; i < rank; ++i)
    dims[i] = i == axis               ? length
              : i < axis || !sizes[1] ? first->dims[i]
                                      : first->dims[i - 1];
  hone_object* const whole = hone_object_tensor(first->type, rank, dims);
  if (whole == NULL) return HONE_NO_MEMORY;
  const int64_t outer = product(dims, 0, axis);
  const size_t stride = bytes_of(first, product(dims, axis + 1, rank));
  int64_t at = 0;
  for (int64_t n = 0; n < sequence->count; ++n) {
    const hone_object* const item = items_of(sequence)[n];
    const int64_t size = sizes[1] ? 1 : item->dims[axis];
    copy_part(whole->data, length, item->data, size, at, outer, stride, 0);
    at += size;
  }
  return hone_values_set(frame, &places[0], whole);
}

/* An element of a tensor of HONE_I32 or HONE_I64. */
static int64_t integer_at(const hone_object* tensor, int64_t index) {
  return tensor->type == HONE_I32 ? ((const int32_t*)tensor->data)[index]
                                  : ((const int64_t*)tensor->data)[index];
}

/* Places: the sequence, the tensor's number, perhaps that of the sizes of the
 * parts. Sizes: axis, whether the axis stays, whether there are sizes. */
hone_status hone_sequence_split(hone_frame* frame, const hone_place* places,
                                const int64_t* sizes) {
  const hone_object* const x = hone_values_get(frame, &places[1]);
  const hone_object* const split =
      sizes[2] ? hone_values_get(frame, &places[2]) : NULL;
  if (x == NULL || x->kind != HONE_TENSOR || hone_type_bits(x->type) < 8 ||
      x->rank > HONE_MOST_RANK || (sizes[2] && split == NULL))
    return HONE_WRONG_VALUE;
  const int64_t axis = sizes[0] < 0 ? sizes[0] + x->rank : sizes[0];
  if (axis < 0 || axis >= x->rank) return HONE_WRONG_VALUE;
  const int64_t length = x->dims[axis];
  if (split != NULL && (split->kind != HONE_TENSOR || split->rank > 1 ||
                        (split->type != HONE_I32 && split->type != HONE_I64)))
    return HONE_WRONG_VALUE;
  const int is_list = split != NULL && split->rank == 1;
  const int64_t each = split != NULL && !is_list ? integer_at(split, 0) : 1;
  if (each <= 0) return HONE_WRONG_VALUE;
  const int64_t parts =
      is_list ? split->count : length / each + (length % each != 0);
  const int drops = split == NULL && !sizes[1];
  hone_object* const sequence = hone_object_sequence(parts);
  if (sequence == NULL) return HONE_NO_MEMORY;
  const int64_t outer = product(x->dims, 0, axis);
  const size_t stride = bytes_of(x, product(x->dims, axis + 1, x->rank));
  hone_status status = HONE_OK;
  int64_t at = 0, dims[HONE_MOST_RANK];
  for (int64_t n = 0; n < parts && status == HONE_OK; ++n) {
    const int64_t rest = length - at;
    const int64_t size = is_list       ? integer_at(split, n)
                         : each < rest ? each
                                       : rest;
    if (size < 0 || size > rest) status = HONE_WRONG_SIZES;
    int64_t rank = 0;
    for (int64_t i = 0; i < x->rank; ++i)
      if (i != axis)
        dims[rank++] = x->dims[i];
      else if (!drops)
        dims[rank++] = size;
    hone_object* const part =
        status == HONE_OK ? hone_object_tensor(x->type, rank, dims) : NULL;
    if (part == NULL) {
      if (status == HONE_OK) status = HONE_NO_MEMORY;
      break;
    }
    copy_part(x->data, length, part->data, size, at, outer, stride, 1);
    items_of(sequence)[n] = part;
    at += size;
  }
  if (status == HONE_OK && at != length) status = HONE_WRONG_SIZES;
  if (status != HONE_OK) {
    hone_object_drop(sequence);
    return status;
  }
  return hone_values_set(frame, &places[0], sequence);
}
