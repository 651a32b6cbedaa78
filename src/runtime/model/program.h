/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The constant data of a compiled model: what the compiler writes
 * (src/codegen/model) and the runtime reads. Changing it changes
 * HONE_PROGRAM_FORMAT. */
#ifndef HONE_PROGRAM_H
#define HONE_PROGRAM_H

#include "hone_model.h"

#define HONE_PROGRAM_FORMAT 4

typedef void (*hone_kernel)(void* const* pointers, const int64_t* sizes);

/* A size below this is the slot numbered size - INT64_MIN: a number of the run
 * that its steps write. */
#define HONE_SLOTS (INT64_MIN / 2)

/* Bits of an element in memory. Text stands as a number, see values.h. */
static inline size_t hone_type_bits(int64_t type) {
  static const unsigned char bits[] = {32, 32, 64, 8, 64, 8, 16, 16, 32,
                                       64, 16, 16, 8, 4,  2, 64, 0};
  return bits[type];
}

/* Where a kernel's pointer points: `space` 0 is the working memory, 1 the
 * weights, then the inputs, then the outputs, then the slots, then memory that
 * grows, as outputs whose sizes are slots do. */
typedef struct {
  int64_t space;
  int64_t offset; /* in bytes */
} hone_place;

/* What a step sees that is no kernel. */
typedef struct hone_frame hone_frame;
struct hone_frame {
  unsigned char** spaces; /* as places number them */
  int64_t* slots;
  struct hone_values** values; /* of this run; made by the first step */
  /* More room in a space that grows. */
  hone_status (*reserve)(hone_frame* frame, int64_t space, size_t bytes);
  char message[256];
  void* memory;
};

/* A step that works on values, not on numbers (values.h), or that calls an
 * operator (call.c). Sizes are as they stand in the plan, slots included. A
 * place in space -1 is the value of that number. */
typedef hone_status (*hone_value_step)(hone_frame* frame,
                                       const hone_place* places,
                                       const int64_t* sizes);
#define HONE_VALUES (-1)
/* hone_step.parallel of such a step, and of a call of an operator. */
#define HONE_VALUE_STEP 2
#define HONE_CALL_STEP 3

/* One call of a kernel. Sizes 0 and 1 of every kernel are the first task and
 * the one behind the last; the runtime sets them. Without a kernel it is a jump
 * to the step that `tasks` numbers; with a place, only where the byte there
 * is 0. A jump to -1 ends the run: the sizes do not fit the branch that was
 * taken. If it is `parallel`, it is no jump but makes room in a space that
 * grows (its place): for elements of so many bits as its first size says, as
 * many as the product of the others. HONE_VALUE_STEP and HONE_CALL_STEP: the
 * kernel is a hone_value_step, or a hone_operator that hone_program.call
 * calls. */
typedef struct {
  hone_kernel kernel;
  int64_t first_place, places; /* in hone_plan.places */
  int64_t first_size, sizes;   /* in hone_plan.sizes, without the tasks */
  int64_t tasks;
  int64_t parallel; /* worth more than one thread */
} hone_step;

/* The steps for one kind of processor. */
typedef struct {
  int64_t level; /* 2, 3, 4: x86-64-v2 …; 0: any processor of the target */
  const hone_step* steps;
  int64_t step_count;
  const hone_place* places;
  const int64_t* sizes;
  int64_t memory;  /* bytes of working memory */
  int64_t regions; /* spaces that grow, without outputs */
} hone_plan;

struct hone_program {
  int64_t format;
  const hone_shape* shapes; /* inputs, then outputs */
  int64_t inputs, outputs;
  const hone_plan* plans; /* best first */
  int64_t plan_count;
  const void* weights;
  const char* manifest; /* JSON */
  /* The sizes of all shapes, one after the other; slots where a shape has -1.
   * Slots of inputs are the caller's sizes. */
  const int64_t* sizes;
  int64_t slots;
  /* Of models with such steps, else null: */
  hone_status (*call)(hone_frame* frame, hone_kernel function,
                      const hone_place* places, const int64_t* sizes);
  void (*free_values)(struct hone_values* values);
};

/* Bounds of every step, so that a run needs no memory for its arguments. */
#define HONE_MOST_PLACES 32
#define HONE_MOST_SIZES 128
#define HONE_MOST_TENSORS 128

#endif
