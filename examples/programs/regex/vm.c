// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two engines that find captures.
//
// The Pike machine runs all alternatives at once.  At each position it has a
// list of threads in order of preference, each a place in the program and a
// copy of the capture slots.  A place appears only once in a list: a second
// thread there would have the same future and a lower preference.  The work
// for each byte of text is thus bounded by the size of the program.
//
// The backtracker follows one alternative at a time and marks each pair of
// place and position that it has tried.  A pair tried before has failed, and
// would fail again.  It needs a bit for each pair and so suits short texts.
//
// Both walk the program with a stack of their own, so that no text or pattern
// can exhaust the stack of the machine.

#include <stdlib.h>
#include <string.h>

#include "regex.h"

enum { MAX_VISITED_BITS = 1 << 26 };

// Work still to do: go on at `pc`, or, if `slot` is set, undo a capture.
typedef struct job {
  uint32_t pc;
  uint32_t slot;
  size_t position;  // or the old value of the slot
} job;

#define NO_SLOT UINT32_MAX

static int byte_at(const char* text, size_t length, size_t position) {
  return position < length ? (unsigned char)text[position] : -1;
}

static int byte_before(const char* text, size_t position) {
  return position > 0 ? (unsigned char)text[position - 1] : -1;
}

static bool consumes(const regex* program, const instruction* i, int byte) {
  if (byte < 0) return false;
  if (i->op == OP_BYTE) return i->a == (uint32_t)byte;
  return byte_set_has(&program->sets[i->a], (unsigned)byte);
}

// ---- the Pike machine -----------------------------------------------------

typedef struct thread_list {
  uint32_t count;
  uint32_t* places;
  size_t* slots;  // slot_count for each thread
} thread_list;

typedef struct machine {
  const regex* program;
  const char* text;
  size_t length;
  thread_list lists[2];
  uint32_t* mark;  // per place: the step in which it was last added
  uint32_t step;
  job* stack;
  size_t* scratch;
} machine;

static void machine_free(machine* m) {
  for (int i = 0; i < 2; i++) {
    free(m->lists[i].places);
    free(m->lists[i].slots);
  }
  free(m->mark);
  free(m->stack);
  free(m->scratch);
}

static bool machine_init(machine* m, const regex* program) {
  size_t places = program->code_count;
  size_t slots = program->slot_count;
  bool ready = true;
  m->program = program;
  for (int i = 0; i < 2; i++) {
    m->lists[i].places = malloc(places * sizeof(uint32_t));
    m->lists[i].slots = malloc(places * slots * sizeof(size_t));
    ready = ready && m->lists[i].places != NULL && m->lists[i].slots != NULL;
  }
  m->mark = calloc(places, sizeof *m->mark);
  // A place is expanded once a step and leaves at most two jobs.
  m->stack = malloc((2 * places + 1) * sizeof *m->stack);
  m->scratch = malloc(slots * sizeof *m->scratch);
  return ready && m->mark != NULL && m->stack != NULL && m->scratch != NULL;
}

// Adds the thread at `pc` with the captures in `scratch`, following all the
// instructions that consume nothing.
static void add_thread(machine* m, thread_list* list, uint32_t pc,
                       size_t position) {
  const regex* program = m->program;
  uint32_t depth = 0;
  m->stack[depth++] = (job){pc, NO_SLOT, 0};
  while (depth > 0) {
    job j = m->stack[--depth];
    if (j.slot != NO_SLOT) {
      m->scratch[j.slot] = j.position;
      continue;
    }
    if (m->mark[j.pc] == m->step) continue;
    m->mark[j.pc] = m->step;
    const instruction* i = &program->code[j.pc];
    switch (i->op) {
      case OP_JUMP:
        m->stack[depth++] = (job){i->a, NO_SLOT, 0};
        break;
      case OP_SPLIT:
        m->stack[depth++] = (job){i->b, NO_SLOT, 0};
        m->stack[depth++] = (job){i->a, NO_SLOT, 0};
        break;
      case OP_SAVE:
        m->stack[depth++] = (job){0, i->a, m->scratch[i->a]};
        m->scratch[i->a] = position;
        m->stack[depth++] = (job){j.pc + 1, NO_SLOT, 0};
        break;
      case OP_ASSERT:
        if (assertion_holds(i->a, byte_before(m->text, position),
                            byte_at(m->text, m->length, position))) {
          m->stack[depth++] = (job){j.pc + 1, NO_SLOT, 0};
        }
        break;
      case OP_SET:
      case OP_BYTE:
      case OP_MATCH:
        memcpy(list->slots + (size_t)list->count * program->slot_count,
               m->scratch, program->slot_count * sizeof(size_t));
        list->places[list->count++] = j.pc;
        break;
    }
  }
}

static void clear_slots(size_t* slots, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) slots[i] = REGEX_UNSET;
}

static bool run_machine(machine* m, size_t start, size_t* slots) {
  const regex* program = m->program;
  size_t slot_bytes = program->slot_count * sizeof(size_t);
  thread_list* now = &m->lists[0];
  thread_list* next = &m->lists[1];
  bool matched = false;
  for (size_t position = start;; position++) {
    int byte = byte_at(m->text, m->length, position);
    if (now->count == 0) {
      if (matched) break;
      if (!program->may_be_empty) {
        while (byte >= 0 && !byte_set_has(&program->first, (unsigned)byte)) {
          byte = byte_at(m->text, m->length, ++position);
        }
        if (byte < 0) break;
      }
      m->step++;  // marks of an empty list are void
    }
    // A match that starts here is less preferred than one already under way.
    if (!matched) {
      clear_slots(m->scratch, program->slot_count);
      add_thread(m, now, 0, position);
    }
    m->step++;
    next->count = 0;
    for (uint32_t t = 0; t < now->count; t++) {
      const instruction* i = &program->code[now->places[t]];
      const size_t* held = now->slots + (size_t)t * program->slot_count;
      if (i->op == OP_MATCH) {
        memcpy(slots, held, slot_bytes);
        matched = true;
        break;  // the threads that follow are less preferred
      }
      if (consumes(program, i, byte)) {
        memcpy(m->scratch, held, slot_bytes);
        add_thread(m, next, now->places[t] + 1, position + 1);
      }
    }
    thread_list* swap = now;
    now = next;
    next = swap;
    if (byte < 0) break;
  }
  return matched;
}

regex_status regex_search(const regex* program, const char* text, size_t length,
                          size_t start, size_t* slots) {
  machine m = {.text = text, .length = length};
  regex_status status = REGEX_NO_MEMORY;
  if (machine_init(&m, program)) {
    status = run_machine(&m, start, slots) ? REGEX_OK : REGEX_NO_MATCH;
  }
  machine_free(&m);
  return status;
}

// ---- the backtracker ------------------------------------------------------

typedef struct backtracker {
  const regex* program;
  const char* text;
  size_t length;
  size_t start;
  uint32_t* visited;
  job* stack;
  size_t depth;
  size_t capacity;
  size_t* slots;
} backtracker;

static bool push_job(backtracker* b, job j) {
  if (b->depth == b->capacity) {
    size_t capacity = b->capacity == 0 ? 64 : 2 * b->capacity;
    job* stack = realloc(b->stack, capacity * sizeof *stack);
    if (stack == NULL) return false;
    b->stack = stack;
    b->capacity = capacity;
  }
  b->stack[b->depth++] = j;
  return true;
}

static bool first_visit(backtracker* b, uint32_t pc, size_t position) {
  size_t bit = (position - b->start) * b->program->code_count + pc;
  uint32_t mask = UINT32_C(1) << (bit % 32);
  if (b->visited[bit / 32] & mask) return false;
  b->visited[bit / 32] |= mask;
  return true;
}

static regex_status try_from(backtracker* b, size_t position) {
  const regex* program = b->program;
  bool ready = push_job(b, (job){0, NO_SLOT, position});
  while (ready && b->depth > 0) {
    job j = b->stack[--b->depth];
    if (j.slot != NO_SLOT) {
      b->slots[j.slot] = j.position;
      continue;
    }
    if (!first_visit(b, j.pc, j.position)) continue;
    const instruction* i = &program->code[j.pc];
    int byte = byte_at(b->text, b->length, j.position);
    switch (i->op) {
      case OP_SET:
      case OP_BYTE:
        if (consumes(program, i, byte)) {
          ready = push_job(b, (job){j.pc + 1, NO_SLOT, j.position + 1});
        }
        break;
      case OP_JUMP:
        ready = push_job(b, (job){i->a, NO_SLOT, j.position});
        break;
      case OP_SPLIT:
        ready = push_job(b, (job){i->b, NO_SLOT, j.position}) &&
                push_job(b, (job){i->a, NO_SLOT, j.position});
        break;
      case OP_SAVE:
        ready = push_job(b, (job){0, i->a, b->slots[i->a]}) &&
                push_job(b, (job){j.pc + 1, NO_SLOT, j.position});
        b->slots[i->a] = j.position;
        break;
      case OP_ASSERT:
        if (assertion_holds(i->a, byte_before(b->text, j.position), byte)) {
          ready = push_job(b, (job){j.pc + 1, NO_SLOT, j.position});
        }
        break;
      case OP_MATCH:
        return REGEX_OK;
    }
  }
  return ready ? REGEX_NO_MATCH : REGEX_NO_MEMORY;
}

regex_status regex_backtrack(const regex* program, const char* text,
                             size_t length, size_t start, size_t* slots) {
  size_t positions = length - start + 1;
  if (positions > MAX_VISITED_BITS / program->code_count) {
    return REGEX_TOO_LARGE;
  }
  backtracker b = {.program = program,
                   .text = text,
                   .length = length,
                   .start = start,
                   .slots = slots};
  size_t bits = positions * program->code_count;
  b.visited = calloc(bits / 32 + 1, sizeof *b.visited);
  if (b.visited == NULL) return REGEX_NO_MEMORY;
  regex_status status = REGEX_NO_MATCH;
  for (size_t at = start; at <= length && status == REGEX_NO_MATCH; at++) {
    clear_slots(slots, program->slot_count);
    status = try_from(&b, at);
  }
  free(b.visited);
  free(b.stack);
  return status;
}
