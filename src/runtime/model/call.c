/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Calls of operators that are functions: what the plan knows of the operands is
 * turned into hone_values, and back. */
#include <stdlib.h>
#include <string.h>

#include "hone_operator.h"
#include "values.h"

/* Memory until the function returns. */
typedef struct block {
  struct block* next;
  int64_t align; /* so that what follows is aligned */
} block;

/* Where an output goes. */
typedef struct {
  const hone_place* place;
  const int64_t* form; /* null: a number of a value, or nobody wants it */
  hone_object* object; /* of a value */
  hone_text* texts;    /* of text: what the operator fills in */
  int64_t count;       /* of them */
  int is_made;
} output;

typedef struct {
  hone_operator_call call; /* first: what the operator has a pointer to */
  hone_frame* frame;
  block* blocks;
  output* outputs;
  hone_status status; /* of make() */
} running;

static void* take_scratch(running* run, size_t bytes) {
  if (bytes > SIZE_MAX / 2) return NULL;
  block* const fresh = malloc(sizeof(block) + bytes + 1);
  if (fresh == NULL) return NULL;
  fresh->next = run->blocks;
  run->blocks = fresh;
  memset(fresh + 1, 0, bytes + 1);
  return fresh + 1;
}

static void* scratch(hone_operator_call* call, size_t bytes) {
  return take_scratch((running*)(void*)call, bytes);
}

static hone_status fail(hone_operator_call* call, const char* text) {
  char* const to = ((running*)(void*)call)->frame->message;
  const size_t most = sizeof(((hone_frame*)0)->message) - 1;
  size_t length = 0;
  while (length < most && text != NULL && text[length] != 0) {
    to[length] = text[length];
    ++length;
  }
  to[length] = 0;
  return HONE_OPERATOR_FAILED;
}

static void* give_up(running* run, hone_status status) {
  if (run->status == HONE_OK) run->status = status;
  return NULL;
}

static void* make(hone_operator_call* call, size_t index, hone_type type,
                  int32_t rank, const int64_t* dims) {
  running* const run = (running*)(void*)call;
  if (index >= call->output_count || type < 0 || type > HONE_TEXT || rank < 0 ||
      (rank > 0 && dims == NULL) || run->outputs[index].is_made)
    return give_up(run, HONE_WRONG_VALUE);
  output* const out = &run->outputs[index];
  int64_t count = 1;
  for (int32_t i = 0; i < rank; ++i)
    if (dims[i] < 0 || __builtin_mul_overflow(count, dims[i], &count))
      return give_up(run, HONE_WRONG_VALUE);
  if (count > INT64_MAX / 64) return give_up(run, HONE_NO_MEMORY);
  out->count = count;
  void* data = NULL;
  if (out->form != NULL) {
    const hone_status status =
        hone_values_fit(run->frame, out->place, out->form, type, rank, dims);
    if (status != HONE_OK) return give_up(run, status);
    data = hone_at(run->frame, out->place);
  } else if (out->place != NULL) {
    out->object = hone_object_tensor(type, rank, dims);
    if (out->object == NULL) return give_up(run, HONE_NO_MEMORY);
    data = out->object->data;
  } else {
    data = take_scratch(run, ((size_t)count * hone_type_bits(type) + 7) / 8);
  }
  out->is_made = 1;
  if (type == HONE_TEXT)
    data = out->texts = take_scratch(run, (size_t)count * sizeof(hone_text));
  return data != NULL ? data : give_up(run, HONE_NO_MEMORY);
}

/* --- What the operator reads ---------------------------------------- */

/* The texts behind their numbers; null where there is no memory. */
static const hone_text* texts_of(running* run, const void* numbers,
                                 int64_t count) {
  hone_text* const texts = take_scratch(run, (size_t)count * sizeof(hone_text));
  for (int64_t i = 0; texts != NULL && i < count; ++i)
    texts[i] = hone_values_text_of(run->frame, ((const int64_t*)numbers)[i]);
  return texts;
}

static int read_object(running* run, const hone_object* object,
                       hone_value* to) {
  *to = (hone_value){.kind = (hone_kind)object->kind,
                     .count = (size_t)object->count};
  if (object->kind == HONE_SEQUENCE) {
    hone_value* const items =
        take_scratch(run, (size_t)object->count * sizeof(hone_value));
    if (items == NULL) return 0;
    to->items = items;
    for (int64_t i = 0; i < object->count; ++i)
      if (!read_object(run, ((hone_object* const*)object->data)[i], &items[i]))
        return 0;
    return 1;
  }
  if (object->kind == HONE_NOTHING) return 1;
  to->type = (hone_type)object->type;
  to->rank = (int32_t)object->rank;
  to->dims = object->dims;
  to->data = object->type == HONE_TEXT
                 ? (const void*)texts_of(run, object->data, object->count)
                 : object->data;
  return to->data != NULL;
}

static int read_tensor(running* run, const hone_place* place,
                       const int64_t* form, hone_value* to) {
  const int64_t rank = form[HONE_FORM_RANK];
  int64_t* const dims = take_scratch(run, (size_t)rank * 8);
  if (dims == NULL) return 0;
  int64_t count = 1;
  for (int64_t i = 0; i < rank; ++i) {
    dims[i] = hone_size(run->frame, form[HONE_FORM_SIZES + rank + i]);
    count *= dims[i];
  }
  const void* const data = hone_at(run->frame, place);
  *to = (hone_value){.kind = HONE_TENSOR,
                     .type = (hone_type)form[HONE_FORM_TYPE],
                     .rank = (int32_t)rank,
                     .dims = dims,
                     .count = (size_t)count,
                     .data = data};
  if (to->type == HONE_TEXT) to->data = texts_of(run, data, count);
  return to->data != NULL;
}

/* Numbers of 64 bits, one after the other: how many attributes; of each the
 * kind, how many elements, the name and a zero, filled up; then integers,
 * floats two a number, texts as length and bytes, or of a constant its
 * hone_type, rank, sizes and bytes. */
static const int64_t* read_attribute(running* run, const int64_t* from,
                                     hone_attribute* to) {
  to->kind = (hone_attribute_kind)from[0];
  to->count = (size_t)from[1];
  to->name = (const char*)(from + 3);
  const int64_t* at = from + 3 + from[2];
  switch (to->kind) {
    case HONE_INTS:
      to->ints = at;
      return at + to->count;
    case HONE_FLOATS:
      to->floats = (const float*)(const void*)at;
      return at + (to->count + 1) / 2;
    case HONE_TEXTS: {
      hone_text* const texts = take_scratch(run, to->count * sizeof(hone_text));
      if (texts == NULL) return NULL;
      to->texts = texts;
      for (size_t i = 0; i < to->count; ++i) {
        const int64_t length = *at++;
        texts[i] = (hone_text){(const char*)at, (size_t)length};
        at += (length + 7) / 8;
      }
      return at;
    }
    case HONE_CONSTANT: {
      hone_value* const value = &to->constant;
      value->kind = HONE_TENSOR;
      value->type = (hone_type)at[0];
      value->rank = (int32_t)at[1];
      value->dims = at + 2;
      value->count = 1;
      for (int32_t i = 0; i < value->rank; ++i)
        value->count *= (size_t)value->dims[i];
      at += 2 + value->rank;
      value->data = at;
      return at + (value->count * hone_type_bits(value->type) + 63) / 64;
    }
  }
  return NULL;
}

/* --- The call ---------------------------------------- */

/* What an operand is, in the step's sizes. */
enum { kAbsent = 0, kTensor = 1, kNumber = 2 };

static const int64_t* behind(const int64_t* operand) {
  return operand[0] == kTensor
             ? operand + 1 + HONE_FORM_SIZES + 2 * operand[1 + HONE_FORM_RANK]
             : operand + 1;
}

static hone_status give_output(running* run, output* out) {
  if (out->place == NULL) return HONE_OK;
  if (!out->is_made) return HONE_WRONG_VALUE;
  if (out->texts != NULL) {
    int64_t* const numbers =
        out->form != NULL ? (int64_t*)(void*)hone_at(run->frame, out->place)
                          : out->object->data;
    for (int64_t i = 0; i < out->count; ++i) {
      numbers[i] = hone_values_text(run->frame, out->texts[i].bytes,
                                    out->texts[i].length);
      if (numbers[i] < 0) return HONE_NO_MEMORY;
    }
  }
  if (out->form != NULL) return HONE_OK;
  hone_object* const object = out->object;
  out->object = NULL;
  return hone_values_set(run->frame, out->place, object);
}

static hone_status do_call(running* run, hone_kernel function,
                           const hone_place* places, const int64_t* sizes) {
  hone_operator_call* const call = &run->call;
  call->input_count = (size_t)sizes[0];
  call->output_count = (size_t)sizes[1];
  hone_value* const inputs =
      take_scratch(run, call->input_count * sizeof(hone_value));
  run->outputs = take_scratch(run, call->output_count * sizeof(output));
  const int64_t* from =
      (const int64_t*)(const void*)hone_at(run->frame, places);
  const int64_t attributes = *from++;
  hone_attribute* const list =
      take_scratch(run, (size_t)attributes * sizeof(hone_attribute));
  if (inputs == NULL || run->outputs == NULL || list == NULL)
    return HONE_NO_MEMORY;
  for (int64_t i = 0; i < attributes; ++i) {
    from = read_attribute(run, from, &list[i]);
    if (from == NULL) return HONE_NO_MEMORY;
  }
  /* The first one is the node's name. */
  call->name = attributes > 0 ? list[0].texts[0].bytes : "";
  call->attributes = list + 1;
  call->attribute_count = (size_t)attributes - 1;
  call->inputs = inputs;
  const hone_place* place = places + 1;
  const int64_t* operand = sizes + 2;
  for (size_t i = 0; i < call->input_count; ++i, operand = behind(operand)) {
    inputs[i].kind = HONE_NOTHING;
    if (operand[0] == kAbsent) continue;
    const hone_place* const own = place++;
    const hone_object* const object =
        operand[0] == kNumber ? hone_values_get(run->frame, own) : NULL;
    if (operand[0] == kNumber && object == NULL) return HONE_WRONG_VALUE;
    if (!(object != NULL ? read_object(run, object, &inputs[i])
                         : read_tensor(run, own, operand + 1, &inputs[i])))
      return HONE_NO_MEMORY;
  }
  for (size_t i = 0; i < call->output_count; ++i, operand = behind(operand)) {
    if (operand[0] == kAbsent) continue;
    run->outputs[i].place = place++;
    if (operand[0] == kTensor) run->outputs[i].form = operand + 1;
  }
  hone_operator operator_of;
  memcpy(&operator_of, &function, sizeof operator_of);
  hone_status status = operator_of(call);
  if (run->status != HONE_OK) status = run->status;
  for (size_t i = 0; status == HONE_OK && i < call->output_count; ++i)
    status = give_output(run, &run->outputs[i]);
  return status;
}

hone_status hone_call_operator(hone_frame* frame, hone_kernel function,
                               const hone_place* places, const int64_t* sizes) {
  running run = {.call = {.version = HONE_OPERATOR_VERSION,
                          .make = make,
                          .scratch = scratch,
                          .fail = fail},
                 .frame = frame};
  const hone_status status = do_call(&run, function, places, sizes);
  for (size_t i = 0; run.outputs != NULL && i < run.call.output_count; ++i)
    hone_object_drop(run.outputs[i].object);
  while (run.blocks != NULL) {
    block* const next = run.blocks->next;
    free(run.blocks);
    run.blocks = next;
  }
  return status;
}
