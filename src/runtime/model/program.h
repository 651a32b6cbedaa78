/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The constant data of a compiled model: what the compiler writes
 * (src/codegen/model) and the runtime reads. Changing it changes
 * HONE_PROGRAM_FORMAT. */
#ifndef HONE_PROGRAM_H
#define HONE_PROGRAM_H

#include "hone_model.h"

#define HONE_PROGRAM_FORMAT 6

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
  int64_t offset; /* in bytes, or a slot */
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

/* What a step does; HONE_REPEATED and HONE_PARALLEL together as their sum.
 *
 * HONE_PARALLEL and HONE_REPEATED call a kernel. Sizes 0 and 1 of every kernel
 * are the first task and the one behind the last; the runtime sets them. A
 * repeated step has behind its sizes how often, and for each place how many
 * bytes further it is the next time.
 * HONE_JUMP: to the step that `tasks` numbers; with a place, only where the
 * byte there is 0. A jump to -1 ends the run: the sizes do not fit the branch
 * that was taken.
 * HONE_RESERVE: room in a space that grows (its place) for elements of so many
 * bits as its first size says, as many as the product of the others.
 * HONE_COMPUTE: the slot that `tasks` numbers is what the operation that the
 * first size numbers gives of the two others.
 * HONE_VALUE_STEP: the kernel is a hone_value_step. HONE_CALL_STEP: it is a
 * hone_operator, which hone_program.call calls. */
enum {
  HONE_PARALLEL = 1, /* worth more than one thread */
  HONE_REPEATED = 2,
  HONE_JUMP = 4,
  HONE_RESERVE = 5,
  HONE_COMPUTE = 6,
  HONE_VALUE_STEP = 7,
  HONE_CALL_STEP = 8
};
/* An Equal that does not hold ends the run, as does a number that is too large
 * or divided by 0. */
enum {
  HONE_SIZE_ADD,
  HONE_SIZE_SUB,
  HONE_SIZE_MUL,
  HONE_SIZE_FLOOR_DIV,
  HONE_SIZE_MIN,
  HONE_SIZE_MAX,
  HONE_SIZE_EQUAL
};
typedef struct {
  hone_kernel kernel;
  int64_t first_place, places; /* in hone_plan.places */
  int64_t first_size, sizes;   /* in hone_plan.sizes, without the tasks */
  int64_t tasks;               /* or a slot */
  int64_t kind;
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

/* A file of weights begins with so many bytes: a word that says what it is and
 * the hash of the weights, then zeros. */
#define HONE_WEIGHTS_HEAD 64

/* Weights that stand in a file. */
typedef struct {
  const char* file; /* its name, without a folder */
  int64_t bytes;    /* without the head */
  uint64_t head[3]; /* as it begins */
  /* weights.h */
  hone_status (*map)(const hone_program* program, const char* path,
                     const unsigned char** weights);
  void (*unmap)(const hone_program* program, const unsigned char* weights);
} hone_external;

struct hone_program {
  int64_t format;
  const hone_shape* shapes; /* inputs, then outputs */
  int64_t inputs, outputs;
  const hone_plan* plans; /* best first */
  int64_t plan_count;
  const void* weights;           /* null where they stand in a file */
  const hone_external* external; /* null where they do not */
  const char* manifest;          /* JSON */
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
