// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The harness's own state, and the few operations that every part needs.
//
// The state lies at a fixed address outside of every image, so that writable
// segments can be restored between inputs without touching it. The harness has
// no variables of its own, and calls libc as little as it can: the module under
// test may define functions with libc's names.
#ifndef HONE_VERIFY_HARNESS_STATE_H
#define HONE_VERIFY_HARNESS_STATE_H

#include "abi.h"
#include "machine.h"

#include <errno.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

enum {
  kPage = 4096,
  kMaxPages = 512,
  kMaxTrace = 4096,        // words
  kMaxEffects = 3 * 8192,  // words
  kMaxSegments = 8,
  kMaxImagePages = 4096,  // dirty ones
  kMaxCalls = 2000,
  kHeapClasses = 28,
  kMaxBlocks = 256,  // of one class
  kMaxJumps = 64,
  kMaxGlobals = 8192,
  kMaxFreed = 256,
  kMaxEscaped = 256,
  kMaxKept = 256,  // inputs that a search keeps
};

typedef struct {
  uint64_t address;
  uint8_t* shadow;
  int scanned;
} page_t;

typedef struct {
  uint64_t size;
  uint8_t live;
  uint8_t zeroed;
  uint8_t reachable;  // by whoever runs after the call
} block_t;

// A writable part of an image. `pristine` is what start-up left there,
// `initial` what this input begins with.
typedef struct {
  uint64_t begin, end;
  uint8_t* pristine;
  uint8_t* initial;
  int tracked;  // pages are write-protected until touched
} segment_t;

typedef struct {
  uint64_t address;
  uint32_t size, id;
} placed_t;

// Dispositions of one input, drawn once: inputs that are extreme in one way
// reach more code than inputs that are average in all.
typedef struct {
  uint32_t null_percent;
  uint32_t shared_percent;    // pointers to the one canonical object of a type
  uint32_t sibling_percent;   // pointers of one structure into one object
  uint32_t constant_percent;  // integers that the program compares with
  uint32_t size_style;        // of other integers
  uint32_t text_style;
  uint32_t result_style;   // of externals
  uint32_t tight_percent;  // pointers near the end of an object
  uint32_t perturb_globals;
  uint32_t scarce_memory;
} mood_t;

typedef struct {
  int64_t fuel;  // HONE_FUEL: decremented by the reference
  uint64_t resume_stack;
  uint64_t check[8];  // callee-saved registers after the call
  uint64_t jump_count;
  uint64_t jumps[kMaxJumps];

  const hone_plan* plan;
  const hone_layout* layout;
  const hone_job* job;
  const hone_type* types;
  const hone_leaf* leaves;
  const hone_domain* domains;
  const int64_t* values;
  const uint32_t* targets;
  const hone_function* functions;
  const hone_external* externals;
  const hone_global* globals;
  const uint64_t* function_at;
  const uint64_t* global_at;
  const hone_code_symbol* symbols;
  uint64_t subject_bias, exe_bias;
  uint64_t image_begin[2], image_end[2];
  uint64_t tls_begin, tls_size;
  uint8_t* tls_pristine;
  uint64_t anchor;

  hone_input input;
  mood_t mood;
  int inside;  // a function under test is running
  int fill;
  uint32_t ticks;
  uint64_t fault;
  uint64_t indirect_target;
  uint64_t clock;  // what rdtsc is answered with

  uint32_t page_count;
  page_t pages[kMaxPages];
  block_t blocks[kHeapClasses][kMaxBlocks];
  uint32_t block_count[kHeapClasses];
  uint32_t allocations, refusals;
  uint32_t escaped_count;
  uint64_t escaped[kMaxEscaped];  // blocks whose address was handed out
  uint32_t freed_count;
  uint64_t freed[kMaxFreed];

  uint32_t segment_count;
  segment_t segments[kMaxSegments];
  uint32_t dirty_count;
  uint64_t dirty[kMaxImagePages];
  uint32_t placed_count;
  placed_t placed[kMaxGlobals];

  uint32_t call_count;
  uint32_t occurrences[4096];
  uint32_t trace_words;
  uint64_t trace[kMaxTrace];
  uint32_t effect_words;
  uint64_t effects[kMaxEffects];

  uint8_t slots[4096];
  uint8_t result[512];
  uint64_t argument_words[64];
  uint32_t argument_word_count;

  // A search.
  uint32_t kept_count;
  hone_input kept[kMaxKept];
  uint8_t rarity[kMaxKept];
  uint8_t* glimpsed;  // blocks that some input ran, however it ended
  uint8_t* seen;      // how many counted inputs ran a block, up to kEnough
} state_t;

#define S (*(state_t*)HONE_STATE)

// Of the driver, generated for the module.
extern void (*const hone_drivers[])(void* function, void* slots, void* result);
extern void (*const hone_responders[])(void);
// Storage of undefined data, in the order of the plan; null elsewhere.
extern void* const hone_storage[];

// Runs function(slots, result) on the test stack. 0 when it returned, else
// what was given to hone_rt_leave.
int64_t hone_rt_enter(void (*driver)(void*, void*, void*), void* function,
                      void* slots, void* result, uint64_t stack);
_Noreturn void hone_rt_leave(int64_t status);

static inline uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

static inline uint64_t mix2(uint64_t a, uint64_t b) {
  return mix(a ^ mix(b + 0x632be59bd9b4e019ull));
}

// A draw that depends on one of the input's seeds and a key. Seeds 4 and up
// rule the contents of memory, so that a changed seed changes a part of them.
static inline uint64_t draw(uint32_t seed, uint64_t key) {
  return mix2(S.input.seed[seed] | (uint64_t)seed << 32, key);
}

static inline uint32_t content_seed(uint32_t leaf) {
  return 4 + leaf % (HONE_SEEDS - 4);
}

static inline uint64_t load64(const void* from) {
  uint64_t word;
  __builtin_memcpy_inline(&word, from, 8);
  return word;
}

static inline void* map_at(uint64_t address, uint64_t size) {
  return mmap((void*)address, size, PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
}

// Fills memory that the function under test must not read.
static inline void fill_unwritten(void* to, uint64_t size) {
  if (S.fill != HONE_FILL_C) {
    set(to, S.fill == HONE_FILL_A ? 0xa5 : 0x5a, size);
    return;
  }
  uint8_t* bytes = to;
  uint64_t random = 0x1234567;
  for (uint64_t i = 0; i < size; ++i) {
    random = random * 6364136223846793005ull + 1442695040888963407ull;
    bytes[i] = (uint8_t)(random >> 56);
  }
}

// memory.c
void touch_zone(uint64_t address);
int touch_heap(uint64_t address);
void poke(uint64_t address, const void* bytes, uint32_t size);
void forget_memory(void);
void* heap_take(uint64_t size, int zeroed);
int heap_give(void* block);
uint64_t heap_size(const void* block);  // 0 when it is no live block
void mark_reachable(uint64_t word);
void list_memory_effects(void);
int is_jump_buffer(uint64_t address);
void add_effect(uint64_t key, uint64_t now, uint64_t then);
const hone_type* type_of_address(uint64_t address);

// image.c
void find_images(void);
void snapshot_images(void);
int touch_image(uint64_t address);
void reset_images(void);
void perturb_globals(void);
void list_image_effects(void);
void mark_image_roots(void);
uint64_t normal(uint64_t word);

// values.c
void draw_mood(void);
uint64_t pick_integer(const hone_domain* domain, uint32_t bits,
                      uint64_t random);
double pick_double(uint64_t random);
uint64_t pick_pointer(const hone_domain* domain, uint64_t random,
                      uint64_t owner, uint32_t rank);
void write_scalar(uint8_t* to, const hone_leaf* leaf, uint32_t seed,
                  uint64_t key, uint64_t owner, uint32_t rank);
void materialise(uint8_t* to, uint64_t low, uint64_t high, uint64_t element,
                 const hone_type* type);
void fill_text(uint8_t* to, uint64_t low, uint64_t high, uint64_t begin,
               uint64_t end);

// externals.c
void record_output(uint64_t stream, const char* bytes, uint64_t size);
void forget_calls(void);

#endif
