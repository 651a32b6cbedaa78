/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Models that Hone has compiled, as C programs use them.
 *
 *   hone_model* model;
 *   if (hone_model_open(&net_program, NULL, &model) != HONE_OK) ...
 *   hone_tensor in = {.data = input}, out = {.data = output};
 *   hone_model_run(model, &in, 1, &out, 1);
 *   hone_model_close(model);
 *
 * Any number of threads may call hone_model_run() on one model. The first calls
 * allocate working memory, later ones do not (unless sizes that are only known
 * then grow). The results do not depend on the
 * number of threads, to the bit. */
#ifndef HONE_MODEL_H
#define HONE_MODEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define HONE_API __attribute__((visibility("default")))
#else
#define HONE_API
#endif

typedef enum {
  HONE_OK = 0,
  HONE_BAD_ARGUMENT = 1, /* a null pointer or a wrong number of tensors */
  HONE_NO_MEMORY = 2,
  HONE_WRONG_CPU = 3,       /* no variant of the code runs on this processor */
  HONE_WRONG_FORMAT = 4,    /* the program belongs to another runtime */
  HONE_NO_THREADS = 5,      /* the system refused to start a thread */
  HONE_WRONG_SIZES = 6,     /* the inputs' sizes, or those that follow from
                               them, do not fit the model */
  HONE_TOO_SMALL = 7,       /* an output does not fit; `dims` says its sizes */
  HONE_NO_WEIGHTS = 8,      /* the file of weights cannot be opened */
  HONE_WRONG_WEIGHTS = 9,   /* it is not the one that belongs to the program */
  HONE_WRONG_VALUE = 10,    /* a hone_value is no value of the model's type, or
                               a position is outside of a sequence */
  HONE_OPERATOR_FAILED = 11 /* an operator that the model calls does not work;
                               hone_model_message() says why */
} hone_status;

/* What a status means, in English. */
HONE_API const char* hone_status_text(hone_status status);

typedef enum {
  HONE_F32 = 0,
  HONE_I32 = 1,
  HONE_I64 = 2,
  HONE_U8 = 3, /* also Booleans */
  HONE_F64 = 4,
  HONE_I8 = 5,
  HONE_I16 = 6,
  HONE_U16 = 7,
  HONE_U32 = 8,
  HONE_U64 = 9,
  HONE_F16 = 10,    /* IEEE 754 binary16 */
  HONE_BF16 = 11,   /* the upper half of an F32 */
  HONE_FLOAT8 = 12, /* floats of 8 or 6 bits, a byte each */
  HONE_BITS4 = 13,  /* integers or floats of 4 bits, two a byte, low first */
  HONE_BITS2 = 14,  /* integers of 2 bits, four a byte, low first */
  HONE_TEXT = 15,   /* a hone_text each; only in a hone_value */
  HONE_VALUE = 16   /* no plain tensor: `data` points to a hone_value */
} hone_type;

/* Bytes, usually UTF-8, of any values; no zero stands behind them. */
typedef struct {
  const char* bytes;
  size_t length;
} hone_text;

typedef enum {
  HONE_TENSOR = 0,
  HONE_SEQUENCE = 1,
  HONE_NOTHING = 2 /* an optional without a value */
} hone_kind;

/* Text, a sequence, an optional, a tensor of any number of dimensions: what a
 * model whose hone_shape says HONE_VALUE takes and gives. An optional that has
 * a value is that value. */
typedef struct hone_value {
  hone_kind kind;
  hone_type type; /* of a tensor's elements */
  int32_t rank;
  const int64_t* dims;
  size_t count;                   /* of elements, or of items */
  const void* data;               /* of a tensor: dense, row-major */
  const struct hone_value* items; /* of a sequence */
} hone_value;

/* The caller's memory. Without strides it is dense and row-major; strides count
 * elements, one for each dimension; tensors of less than a byte an element have
 * none.
 *
 * Where hone_shape has a size of -1, `dims` holds as many sizes as the tensor
 * has dimensions, and there are no strides. Of an input the caller says them.
 * Of an output hone_model_run() writes them; `bytes` is how much `data` can
 * hold. Elsewhere `dims` may be null; sizes that it says of an input have to be
 * the model's. */
typedef struct {
  void* data;
  const int64_t* strides;
  int64_t* dims;
  size_t bytes;
} hone_tensor;

typedef struct {
  const char* name;
  hone_type type;
  int32_t rank;
  const int64_t* dims; /* -1: known only when the model runs */
  const char* value;   /* of HONE_VALUE: "seq(f32[*])"; else null */
} hone_shape;

typedef struct {
  int32_t threads; /* with the calling one; 0 means 1 */
  /* The file of a program whose weights stand in one; null: beside the library
   * or executable that the program is in. */
  const char* weights;
} hone_options;

/* A compiled model, constant data: the header beside it declares its name. */
typedef struct hone_program hone_program;
/* A program that is ready to run. */
typedef struct hone_model hone_model;

/* Chooses the code for this processor and starts the threads. `options` may be
 * null. On failure *model is null. */
HONE_API hone_status hone_model_open(const hone_program* program,
                                     const hone_options* options,
                                     hone_model** model);

/* Inputs are read and outputs written before it returns; they must not overlap.
 * The tensors stand in the order of hone_model_shape(). HONE_TOO_SMALL: outputs
 * have their sizes, and what their memory holds means nothing; give more of it
 * and run again. */
HONE_API hone_status hone_model_run(hone_model* model,
                                    const hone_tensor* inputs,
                                    size_t input_count,
                                    const hone_tensor* outputs,
                                    size_t output_count);

/* Of an output that is a HONE_VALUE, hone_model_run() fills in the caller's
 * hone_value, whose memory the caller gives back, also where it runs again. A
 * value that is all zeros is allowed. */
HONE_API void hone_value_free(hone_value* value);

/* What the called operator that failed last has said, "" before; until the next
 * run. */
HONE_API const char* hone_model_message(const hone_model* model);

/* Input `index`, or behind the inputs an output; null where there is none. It
 * lives as long as the program. */
HONE_API const hone_shape* hone_model_shape(const hone_model* model,
                                            size_t index);

/* No call of hone_model_run() may be under way. Null is allowed. */
HONE_API void hone_model_close(hone_model* model);

#ifdef __cplusplus
}
#endif

#endif
