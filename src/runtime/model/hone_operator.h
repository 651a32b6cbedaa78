/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Operators that a compiled model calls instead of having them compiled: a
 * user's own ones, and Hone's for text. An operator is a C function:
 *
 *   hone_status twice(hone_operator_call* call) {
 *     const hone_value* x = &call->inputs[0];
 *     float* y = call->make(call, 0, HONE_F32, x->rank, x->dims);
 *     if (y == NULL) return HONE_NO_MEMORY;
 *     for (size_t i = 0; i < x->count; ++i)
 *       y[i] = 2 * ((const float*)x->data)[i];
 *     return HONE_OK;
 *   }
 *
 *   hone compile net.onnx --custom-operator my.domain::Twice=twice.o:twice
 *
 * Calls of different runs may come at the same time, those of one run do not.
 */
#ifndef HONE_OPERATOR_H
#define HONE_OPERATOR_H

#include "hone_model.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HONE_OPERATOR_VERSION 1

typedef enum {
  HONE_INTS = 0,
  HONE_FLOATS = 1,
  HONE_TEXTS = 2,
  HONE_CONSTANT = 3 /* a tensor */
} hone_attribute_kind;

/* Of a node. A single number or text is a list of one. */
typedef struct {
  const char* name;
  hone_attribute_kind kind;
  size_t count;
  const int64_t* ints;
  const float* floats;
  const hone_text* texts;
  hone_value constant;
} hone_attribute;

typedef struct hone_operator_call hone_operator_call;

struct hone_operator_call {
  int32_t version;  /* HONE_OPERATOR_VERSION */
  const char* name; /* of the node, for messages */
  size_t input_count, output_count, attribute_count;
  const hone_value* inputs; /* HONE_NOTHING where an input is left out */
  const hone_attribute* attributes;
  /* Memory for an output, filled in before the function returns: elements,
   * dense, row-major; of HONE_TEXT an array of hone_text, all "". Null where
   * there is not enough memory, and where type or sizes are not those that the
   * shape function said; the model's run then ends with an error. Every output
   * is made once. */
  void* (*make)(hone_operator_call* call, size_t output, hone_type type,
                int32_t rank, const int64_t* dims);
  /* Memory that is there until the function returns: for the bytes of texts. */
  void* (*scratch)(hone_operator_call* call, size_t bytes);
  /* Says why the operator does not work, in at most 255 bytes, for
   * hone_model_message(). Returns HONE_OPERATOR_FAILED. */
  hone_status (*fail)(hone_operator_call* call, const char* text);
};

/* Anything but HONE_OK ends the run. */
typedef hone_status (*hone_operator)(hone_operator_call* call);

/* What is known of a tensor before the model runs. */
typedef struct {
  int32_t given; /* 0: an input that is left out */
  hone_type type;
  int32_t rank;    /* -1: not known */
  int64_t dims[8]; /* -1: not known */
} hone_known;

/* Asked while a model is compiled: `outputs` are to be filled in; at first
 * nothing is known of them. It is the function NAME_shape beside the operator
 * NAME; an operator without one makes tensors of whatever the model declares.
 * Anything but HONE_OK refuses the node. */
typedef struct {
  int32_t version;
  size_t input_count, output_count, attribute_count;
  const hone_known* inputs;
  hone_known* outputs;
  const hone_attribute* attributes;
} hone_shape_call;

typedef hone_status (*hone_operator_shape)(hone_shape_call* call);

#ifdef __cplusplus
}
#endif

#endif
