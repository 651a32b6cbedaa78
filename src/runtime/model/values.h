/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Values of a run that are no plain tensors: sequences, optionals, tensors of
 * any number of dimensions, and text. A model that has none is linked without
 * this.
 *
 * Objects are counted and never change, so that sequences share their items and
 * a loop that inserts copies pointers only.
 *
 * An element of text is the number of its text in the run's list, where every
 * text stands once; so kernels move and compare text as they do numbers of 64
 * bits. Number 0 is the empty text, then come the model's constants. */
#ifndef HONE_VALUES_H
#define HONE_VALUES_H

#include "program.h"

#define HONE_MOST_RANK 64

typedef struct hone_object hone_object;
struct hone_object {
  int64_t references;
  int32_t kind; /* hone_kind */
  int32_t type; /* of a tensor */
  int64_t rank;
  int64_t count; /* of elements, or of items */
  int64_t* dims;
  void* data; /* elements, or hone_object*[] */
};

typedef struct hone_values hone_values;

/* Null where there is no memory, and of impossible sizes. Elements are zeros.
 */
hone_object* hone_object_tensor(int64_t type, int64_t rank,
                                const int64_t* dims);
/* Of no items yet: null pointers. */
hone_object* hone_object_sequence(int64_t count);
void hone_object_drop(hone_object* object);
/* Gives an object a number, which owns it from then on; null is HONE_NO_MEMORY.
 */
hone_status hone_values_set(hone_frame* frame, const hone_place* place,
                            hone_object* object);
hone_object* hone_values_get(hone_frame* frame, const hone_place* place);
/* -1: no memory. */
int64_t hone_values_text(hone_frame* frame, const char* bytes, size_t length);
hone_text hone_values_text_of(hone_frame* frame, int64_t number);
void hone_values_free(hone_values* values);

static inline int64_t hone_size(const hone_frame* frame, int64_t size) {
  return size < HONE_SLOTS ? frame->slots[size - INT64_MIN] : size;
}
/* Where a place points. */
static inline unsigned char* hone_at(const hone_frame* frame,
                                     const hone_place* place) {
  return frame->spaces[place->space] + hone_size(frame, place->offset);
}

/* A tensor in a step's sizes: its type, whether its memory grows, its rank, for
 * each size whether the step writes its slot, the sizes. */
#define HONE_FORM_TYPE 0
#define HONE_FORM_GROWS 1
#define HONE_FORM_RANK 2
#define HONE_FORM_SIZES 3
/* Puts a tensor's elements where `place` says, and its sizes into slots; the
 * sizes that are known must be its own. */
hone_status hone_values_store(hone_frame* frame, const hone_object* tensor,
                              const hone_place* place, const int64_t* form);
/* The sizes of a form; HONE_WRONG_SIZES where they contradict `dims`. Writes
 * slots and makes room for as many elements. */
hone_status hone_values_fit(hone_frame* frame, const hone_place* place,
                            const int64_t* form, int64_t type, int64_t rank,
                            const int64_t* dims);

#endif
