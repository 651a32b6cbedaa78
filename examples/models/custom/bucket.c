/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * An operator that ONNX does not have: the number of edges below each number.
 * `edges` is an attribute, a rising list of floats. */
#include "hone_operator.h"

static const hone_attribute* edges_of(const hone_attribute* list, size_t n) {
  for (size_t i = 0; i < n; ++i)
    if (list[i].kind == HONE_FLOATS) return &list[i];
  return NULL;
}

hone_status bucket(hone_operator_call* call) {
  const hone_attribute* const edges =
      edges_of(call->attributes, call->attribute_count);
  const hone_value* const x = &call->inputs[0];
  if (edges == NULL) return call->fail(call, "it has no edges");
  int64_t* const y = call->make(call, 0, HONE_I64, x->rank, x->dims);
  if (y == NULL) return HONE_NO_MEMORY;
  for (size_t i = 0; i < x->count; ++i) {
    y[i] = 0;
    for (size_t k = 0; k < edges->count; ++k)
      y[i] += ((const float*)x->data)[i] > edges->floats[k];
  }
  return HONE_OK;
}

/* What is known of the result: the same sizes, as i64. */
hone_status bucket_shape(hone_shape_call* call) {
  call->outputs[0] = call->inputs[0];
  call->outputs[0].type = HONE_I64;
  return edges_of(call->attributes, call->attribute_count) == NULL
             ? HONE_OPERATOR_FAILED
             : HONE_OK;
}
