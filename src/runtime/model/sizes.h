/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Arithmetic on sizes, which are numbers or slots (program.h). */
#ifndef HONE_SIZES_H
#define HONE_SIZES_H

#include "program.h"

static inline int64_t size_of(int64_t size, const int64_t* slots) {
  return size < HONE_SLOTS ? slots[size - INT64_MIN] : size;
}

/* Bytes of `count` sizes' product of elements; 1 where it is none. */
static inline int bytes_of(const int64_t* sizes, int64_t count,
                           const int64_t* slots, size_t bits, size_t* bytes) {
  size_t total = bits;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t size = size_of(sizes[i], slots);
    if (size < 0 || __builtin_mul_overflow(total, (size_t)size, &total))
      return 1;
  }
  *bytes = total / 8 + (total % 8 != 0);
  return 0;
}

/* One HONE_SIZE_ operation; 0 where it has no result. */
static inline int compute_size(int64_t operation, int64_t a, int64_t b,
                               int64_t* result) {
  switch (operation) {
    case HONE_SIZE_ADD:
      return !__builtin_add_overflow(a, b, result);
    case HONE_SIZE_SUB:
      return !__builtin_sub_overflow(a, b, result);
    case HONE_SIZE_MUL:
      return !__builtin_mul_overflow(a, b, result);
    case HONE_SIZE_FLOOR_DIV:
      if (b == 0 || (a == INT64_MIN && b == -1)) return 0;
      *result = a / b - ((a % b != 0) && ((a < 0) != (b < 0)));
      return 1;
    case HONE_SIZE_MIN:
      *result = a < b ? a : b;
      return 1;
    case HONE_SIZE_MAX:
      *result = a < b ? b : a;
      return 1;
    default:
      *result = a;
      return a == b;
  }
}

/* What the inputs say of the slots; the other ones are 0. */
static inline hone_status take_sizes(const hone_program* program,
                                     const hone_tensor* inputs,
                                     int64_t* slots) {
  const int64_t* size = program->sizes;
  for (int64_t i = 0; i < program->slots; ++i) slots[i] = -1;
  for (int64_t i = 0; i < program->inputs; ++i)
    for (int32_t d = 0; d < program->shapes[i].rank; ++d, ++size) {
      if (*size >= HONE_SLOTS) {
        if (inputs[i].dims != NULL && inputs[i].dims[d] != *size)
          return HONE_WRONG_SIZES;
        continue;
      }
      const int64_t given = inputs[i].dims[d];
      int64_t* const slot = &slots[*size - INT64_MIN];
      if (given < 0) return HONE_BAD_ARGUMENT;
      if (*slot >= 0 && *slot != given) return HONE_WRONG_SIZES;
      *slot = given;
    }
  for (int64_t i = 0; i < program->slots; ++i)
    if (slots[i] < 0) slots[i] = 0;
  return HONE_OK;
}

/* Whether some size is known only when the model runs. */
static inline int is_dynamic(const hone_shape* shape) {
  for (int32_t i = 0; i < shape->rank; ++i)
    if (shape->dims[i] < 0) return 1;
  return 0;
}

/* The caller's tensor of a space, NULL where it is no output. */
static inline const hone_tensor* output_of(const hone_program* program,
                                           const hone_tensor* outputs,
                                           int64_t space) {
  const int64_t first = 2 + program->inputs;
  const int64_t number = space - first;
  return number >= 0 && number < program->outputs ? &outputs[number] : NULL;
}

#endif
