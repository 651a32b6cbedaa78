/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "pool.h"
#include "program.h"
#include "sizes.h"

/* Working memory of one call, kept for the next. */
typedef struct arena {
  struct arena* next;
  unsigned char* memory;  /* aligned to a line of the cache */
  void** staged;          /* dense copies of strided tensors, made on demand */
  unsigned char** spaces; /* as places number them */
  unsigned char** grown;  /* our memory of the spaces that grow */
  size_t* room;           /* and its bytes */
  int64_t* slots;
  struct hone_values* values; /* null until a step has made them */
} arena;

struct hone_model {
  const hone_program* program;
  const hone_plan* plan;
  const unsigned char* weights;
  hone_pool* pool; /* null with one thread */
  pthread_mutex_t mutex;
  arena* idle; /* under the mutex */
  char message[256];
};

/* What a part of a step needs to know. */
typedef struct {
  const hone_step* step;
  void* const* pointers;
  const int64_t* sizes;
  const int64_t* slots;
  int64_t tasks; /* of one repetition */
} call;

static size_t element_size(hone_type type) { return hone_type_bits(type) / 8; }

static size_t dense_size(const hone_shape* shape) {
  size_t count = 1;
  for (int32_t i = 0; i < shape->rank; ++i) count *= (size_t)shape->dims[i];
  return (count * hone_type_bits(shape->type) + 7) / 8;
}

static size_t tensor_count(const hone_program* program) {
  return (size_t)(program->inputs + program->outputs);
}

static size_t space_count(const hone_model* model) {
  return 3 + tensor_count(model->program) + (size_t)model->plan->regions;
}

/* --- Working memory ---------------------------------------- */

static void free_arena(const hone_model* model, arena* unused) {
  if (unused == NULL) return;
  for (size_t i = 0; i < tensor_count(model->program); ++i)
    if (unused->staged != NULL) free(unused->staged[i]);
  for (size_t i = 0; unused->grown != NULL && i < space_count(model); ++i)
    free(unused->grown[i]);
  free(unused->grown);
  free(unused->spaces);
  free(unused->room);
  if (unused->values != NULL) model->program->free_values(unused->values);
  free(unused->slots);
  free(unused->staged);
  free(unused->memory);
  free(unused);
}

static arena* make_arena(const hone_model* model) {
  arena* const fresh = calloc(1, sizeof(arena));
  if (fresh == NULL) return NULL;
  const size_t bytes = ((size_t)model->plan->memory + 64 + 63) / 64 * 64;
  fresh->memory = aligned_alloc(64, bytes);
  fresh->staged = calloc(tensor_count(model->program) + 1, sizeof(void*));
  fresh->spaces = calloc(space_count(model), sizeof(unsigned char*));
  fresh->grown = calloc(space_count(model), sizeof(unsigned char*));
  fresh->room = calloc(space_count(model), sizeof(size_t));
  fresh->slots = calloc((size_t)model->program->slots + 1, sizeof(int64_t));
  if (fresh->memory == NULL || fresh->staged == NULL || fresh->spaces == NULL ||
      fresh->grown == NULL || fresh->room == NULL || fresh->slots == NULL) {
    free_arena(model, fresh);
    return NULL;
  }
  memset(fresh->memory, 0, bytes);
  return fresh;
}

static arena* take_arena(hone_model* model) {
  pthread_mutex_lock(&model->mutex);
  arena* const found = model->idle;
  if (found != NULL) model->idle = found->next;
  pthread_mutex_unlock(&model->mutex);
  return found != NULL ? found : make_arena(model);
}

static void give_arena(hone_model* model, arena* used) {
  pthread_mutex_lock(&model->mutex);
  used->next = model->idle;
  model->idle = used;
  pthread_mutex_unlock(&model->mutex);
}

/* --- Strided tensors ---------------------------------------- */

static int is_dense(const hone_tensor* tensor, const hone_shape* shape) {
  if (tensor->strides == NULL || element_size(shape->type) == 0) return 1;
  int64_t expected = 1;
  for (int32_t i = shape->rank - 1; i >= 0; --i) {
    if (shape->dims[i] != 1 && tensor->strides[i] != expected) return 0;
    expected *= shape->dims[i];
  }
  return 1;
}

/* Copies between a strided tensor and its dense form, the innermost dimension
 * first. */
static void copy_strided(const hone_tensor* tensor, const hone_shape* shape,
                         int32_t axis, unsigned char* strided,
                         unsigned char** dense, int to_dense) {
  const size_t size = element_size(shape->type);
  if (axis == shape->rank) {
    memcpy(to_dense ? *dense : strided, to_dense ? strided : *dense, size);
    *dense += size;
    return;
  }
  for (int64_t i = 0; i < shape->dims[axis]; ++i)
    copy_strided(tensor, shape, axis + 1,
                 strided + i * tensor->strides[axis] * (int64_t)size, dense,
                 to_dense);
}

/* The dense form of a tensor: its own memory, or a copy's. */
static void* dense_form(arena* memory, const hone_tensor* tensor,
                        const hone_shape* shape, size_t index) {
  if (is_dense(tensor, shape)) return tensor->data;
  if (memory->staged[index] == NULL)
    memory->staged[index] = malloc(dense_size(shape) + 1);
  return memory->staged[index];
}

/* --- Sizes that are known only now ---------------------------------------- */

/* More room, at least twice as much as before; what stood there stays. An
 * output stands in the caller's memory where that is large enough. */
static hone_status reserve(arena* memory, int64_t space, size_t bytes,
                           const hone_tensor* output) {
  unsigned char** const place = &memory->spaces[space];
  if (bytes > SIZE_MAX / 2 - 256) return HONE_NO_MEMORY;
  const int is_given = output != NULL && output->data != NULL;
  if (is_given && bytes <= output->bytes &&
      (*place == NULL ? bytes > 0 : *place == output->data)) {
    *place = output->data;
    return HONE_OK;
  }
  bytes += 64; /* a clamped place of an empty tensor is still memory */
  const size_t before = memory->room[space];
  if (bytes > before) {
    if (bytes < 2 * before) bytes = 2 * before;
    bytes = (bytes + 63) / 64 * 64;
    unsigned char* const fresh = aligned_alloc(64, bytes);
    if (fresh == NULL) return HONE_NO_MEMORY;
    if (before > 0) memcpy(fresh, memory->grown[space], before);
    memset(fresh + before, 0, bytes - before);
    free(memory->grown[space]);
    memory->grown[space] = fresh;
    memory->room[space] = bytes;
  }
  if (is_given && *place == output->data)
    memcpy(memory->grown[space], output->data, output->bytes);
  *place = memory->grown[space];
  return HONE_OK;
}

/* Outputs whose sizes are slots: their sizes, then, if all fit, the data. */
static hone_status give_dynamic(const hone_program* program,
                                const arena* memory,
                                const hone_tensor* outputs) {
  const int64_t* sizes = program->sizes;
  hone_status status = HONE_OK;
  for (int pass = 0; pass < 2 && status == HONE_OK; ++pass) {
    const int64_t* at = sizes;
    for (size_t i = 0; i < tensor_count(program); ++i) {
      const hone_shape* const shape = &program->shapes[i];
      const int64_t* const own = at;
      at += shape->rank;
      if (i < (size_t)program->inputs || !is_dynamic(shape)) continue;
      const hone_tensor* const to = &outputs[i - (size_t)program->inputs];
      size_t bytes;
      if (bytes_of(own, shape->rank, memory->slots, hone_type_bits(shape->type),
                   &bytes))
        return HONE_WRONG_SIZES;
      if (pass == 0) {
        for (int32_t d = 0; d < shape->rank; ++d)
          to->dims[d] = size_of(own[d], memory->slots);
        if (bytes > to->bytes) status = HONE_TOO_SMALL;
      } else if (bytes > 0 && to->data != memory->spaces[i + 2]) {
        memcpy(to->data, memory->spaces[i + 2], bytes);
      }
    }
  }
  return status;
}

/* --- Running ---------------------------------------- */

static void do_tasks(void* context, int64_t begin, int64_t end) {
  const call* const self = context;
  int64_t sizes[HONE_MOST_SIZES + 2];
  sizes[0] = begin;
  sizes[1] = end;
  for (int64_t i = 0; i < self->step->sizes; ++i)
    sizes[i + 2] = size_of(self->sizes[i], self->slots);
  if (!(self->step->kind & HONE_REPEATED)) {
    self->step->kernel(self->pointers, sizes);
    return;
  }
  const int64_t* const strides = self->sizes + self->step->sizes + 1;
  while (begin < end) {
    const int64_t turn = begin / self->tasks, first = turn * self->tasks;
    void* pointers[HONE_MOST_PLACES];
    for (int64_t k = 0; k < self->step->places; ++k)
      pointers[k] = (unsigned char*)self->pointers[k] +
                    turn * size_of(strides[k], self->slots);
    sizes[0] = begin - first;
    sizes[1] = end - first < self->tasks ? end - first : self->tasks;
    self->step->kernel(pointers, sizes);
    begin = first + self->tasks;
  }
}

/* What a frame belongs to. */
typedef struct {
  hone_model* model;
  arena* memory;
  const hone_tensor* outputs;
} stage;

static hone_status reserve_for(hone_frame* frame, int64_t space, size_t bytes) {
  const stage* const self = frame->memory;
  return reserve(self->memory, space, bytes,
                 output_of(self->model->program, self->outputs, space));
}

/* What works on values, or calls an operator. */
static hone_status do_value_step(hone_model* model, arena* memory,
                                 const hone_tensor* outputs,
                                 const hone_step* step) {
  stage self = {model, memory, outputs};
  hone_frame frame = {.spaces = memory->spaces,
                      .slots = memory->slots,
                      .values = &memory->values,
                      .reserve = reserve_for,
                      .memory = &self};
  const hone_place* const places = model->plan->places + step->first_place;
  const int64_t* const sizes = model->plan->sizes + step->first_size;
  if (step->kind == HONE_VALUE_STEP)
    return ((hone_value_step)(void*)step->kernel)(&frame, places, sizes);
  const hone_status status =
      model->program->call(&frame, step->kernel, places, sizes);
  if (status == HONE_OPERATOR_FAILED) {
    pthread_mutex_lock(&model->mutex);
    memcpy(model->message, frame.message, sizeof model->message);
    pthread_mutex_unlock(&model->mutex);
  }
  return status;
}

static hone_status run_steps(hone_model* model, arena* memory,
                             const hone_tensor* outputs) {
  hone_status status = HONE_OK;
  unsigned char* const* const spaces = memory->spaces;
  const hone_plan* const plan = model->plan;
  hone_pool* const pool =
      model->pool != NULL && hone_pool_claim(model->pool) ? model->pool : NULL;
  for (int64_t i = 0; i < plan->step_count && status == HONE_OK; ++i) {
    const hone_step* const step = &plan->steps[i];
    if (step->kind >= HONE_VALUE_STEP) {
      status = do_value_step(model, memory, outputs, step);
      continue;
    }
    void* pointers[HONE_MOST_PLACES];
    for (int64_t k = 0; k < step->places; ++k) {
      const hone_place* const place = &plan->places[step->first_place + k];
      pointers[k] =
          spaces[place->space] + size_of(place->offset, memory->slots);
    }
    const int64_t* const sizes = plan->sizes + step->first_size;
    if (step->kind == HONE_COMPUTE) {
      if (!compute_size(sizes[0], size_of(sizes[1], memory->slots),
                        size_of(sizes[2], memory->slots),
                        &memory->slots[step->tasks]))
        status = HONE_WRONG_SIZES;
      continue;
    }
    if (step->kind == HONE_RESERVE) {
      size_t bytes;
      status =
          bytes_of(sizes + 1, step->sizes - 1, memory->slots, (size_t)sizes[0],
                   &bytes)
              ? HONE_WRONG_SIZES
              : reserve(memory, plan->places[step->first_place].space, bytes,
                        output_of(model->program, outputs,
                                  plan->places[step->first_place].space));
      continue;
    }
    if (step->kind == HONE_JUMP) {
      if (step->places == 0 || *(const unsigned char*)pointers[0] == 0)
        i = step->tasks - 1;
      if (i < -1) status = HONE_WRONG_SIZES;
      continue;
    }
    call part = {step, pointers, sizes, memory->slots,
                 size_of(step->tasks, memory->slots)};
    int64_t all = part.tasks;
    if ((step->kind & HONE_REPEATED) &&
        __builtin_mul_overflow(all, size_of(sizes[step->sizes], memory->slots),
                               &all))
      status = HONE_WRONG_SIZES;
    else if (pool != NULL && (step->kind & HONE_PARALLEL) && all > 1)
      hone_pool_run(pool, do_tasks, &part, all);
    else if (all > 0)
      do_tasks(&part, 0, all);
  }
  if (pool != NULL) hone_pool_release(pool);
  return status;
}

static hone_status run_with(hone_model* model, arena* memory,
                            const hone_tensor* inputs,
                            const hone_tensor* outputs) {
  const hone_program* const program = model->program;
  unsigned char** const spaces = memory->spaces;
  spaces[0] = memory->memory;
  spaces[1] = (unsigned char*)(uintptr_t)model->weights;
  spaces[2 + tensor_count(program)] = (unsigned char*)memory->slots;
  const size_t count = (size_t)program->inputs;
  hone_status status = take_sizes(program, inputs, memory->slots);
  if (status != HONE_OK) return status;
  for (size_t i = 0; i < tensor_count(program); ++i) {
    const hone_tensor* const tensor =
        i < count ? &inputs[i] : &outputs[i - count];
    if (is_dynamic(&program->shapes[i])) {
      spaces[i + 2] = i < count ? tensor->data : NULL;
      continue;
    }
    spaces[i + 2] = dense_form(memory, tensor, &program->shapes[i], i);
    if (spaces[i + 2] == NULL) return HONE_NO_MEMORY;
    if (i < count && spaces[i + 2] != tensor->data) {
      unsigned char* to = spaces[i + 2];
      copy_strided(tensor, &program->shapes[i], 0, tensor->data, &to, 1);
    }
  }
  status = run_steps(model, memory, outputs);
  if (status == HONE_OK) status = give_dynamic(program, memory, outputs);
  if (status != HONE_OK) return status;
  for (size_t i = count; i < tensor_count(program); ++i) {
    const hone_tensor* const tensor = &outputs[i - count];
    unsigned char* from = spaces[i + 2];
    if (from != tensor->data && !is_dynamic(&program->shapes[i]))
      copy_strided(tensor, &program->shapes[i], 0, tensor->data, &from, 0);
  }
  return HONE_OK;
}

/* --- The interface ---------------------------------------- */

hone_status hone_model_open(const hone_program* program,
                            const hone_options* options, hone_model** model) {
  if (program == NULL || model == NULL) return HONE_BAD_ARGUMENT;
  *model = NULL;
  if (program->format != HONE_PROGRAM_FORMAT) return HONE_WRONG_FORMAT;
  const int64_t level = hone_cpu_level();
  const hone_plan* plan = NULL;
  for (int64_t i = 0; i < program->plan_count && plan == NULL; ++i)
    if (program->plans[i].level <= level) plan = &program->plans[i];
  if (plan == NULL) return HONE_WRONG_CPU;
  hone_model* const fresh = calloc(1, sizeof(hone_model));
  if (fresh == NULL) return HONE_NO_MEMORY;
  fresh->program = program;
  fresh->plan = plan;
  fresh->weights = program->weights;
  pthread_mutex_init(&fresh->mutex, NULL);
  if (program->external != NULL) {
    const hone_status status = program->external->map(
        program, options == NULL ? NULL : options->weights, &fresh->weights);
    if (status != HONE_OK) {
      hone_model_close(fresh);
      return status;
    }
  }
  int64_t shared = 0;
  for (int64_t i = 0; i < plan->step_count; ++i)
    shared |=
        plan->steps[i].kernel != NULL && (plan->steps[i].kind & HONE_PARALLEL);
  if (options != NULL && options->threads > 1 && shared) {
    fresh->pool = hone_pool_open(options->threads);
    if (fresh->pool == NULL) {
      hone_model_close(fresh);
      return HONE_NO_THREADS;
    }
  }
  *model = fresh;
  return HONE_OK;
}

hone_status hone_model_run(hone_model* model, const hone_tensor* inputs,
                           size_t input_count, const hone_tensor* outputs,
                           size_t output_count) {
  if (model == NULL || input_count != (size_t)model->program->inputs ||
      output_count != (size_t)model->program->outputs ||
      (input_count > 0 && inputs == NULL) ||
      (output_count > 0 && outputs == NULL))
    return HONE_BAD_ARGUMENT;
  for (size_t i = 0; i < input_count + output_count; ++i) {
    const hone_tensor* const tensor =
        i < input_count ? &inputs[i] : &outputs[i - input_count];
    /* An output of unknown sizes may be asked for its sizes alone. */
    if (is_dynamic(&model->program->shapes[i])
            ? tensor->dims == NULL || tensor->strides != NULL ||
                  (tensor->data == NULL &&
                   (i < input_count || tensor->bytes > 0))
            : tensor->data == NULL)
      return HONE_BAD_ARGUMENT;
  }
  arena* const memory = take_arena(model);
  if (memory == NULL) return HONE_NO_MEMORY;
  const hone_status status = run_with(model, memory, inputs, outputs);
  give_arena(model, memory);
  return status;
}

void hone_value_free(hone_value* value) {
  if (value == NULL) return;
  /* One block, which begins with the items or the sizes. */
  free(value->kind == HONE_SEQUENCE ? (void*)(uintptr_t)value->items
                                    : (void*)(uintptr_t)value->dims);
  memset(value, 0, sizeof *value);
}

const char* hone_model_message(const hone_model* model) {
  return model == NULL ? "" : model->message;
}

const hone_shape* hone_model_shape(const hone_model* model, size_t index) {
  if (model == NULL || index >= tensor_count(model->program)) return NULL;
  return &model->program->shapes[index];
}

void hone_model_close(hone_model* model) {
  if (model == NULL) return;
  hone_pool_close(model->pool);
  while (model->idle != NULL) {
    arena* const next = model->idle->next;
    free_arena(model, model->idle);
    model->idle = next;
  }
  if (model->program->external != NULL && model->weights != NULL)
    model->program->external->unmap(model->program, model->weights);
  pthread_mutex_destroy(&model->mutex);
  free(model);
}
