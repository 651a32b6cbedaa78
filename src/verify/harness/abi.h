// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the checker (C++) and the harness that is linked to every image (C)
// tell each other: three files and the records of a fourth.
//
//   plan     types, functions, externals: the same for all images of a module
//   layout   where this image keeps them
//   job      which inputs to run
//   results  one record for each run of one function on one input
//
// A table is an array behind the header of its file; `first` fields index it.
#ifndef HONE_VERIFY_HARNESS_ABI_H
#define HONE_VERIFY_HARNESS_ABI_H

#include <stdint.h>

// Fixed places of the harness's address space. Nothing else lands there when
// randomisation is off: images are below 128 TiB's top or under 2^47 / 2^23.
#define HONE_ZONES 0x100000000000ull  // memory invented on first touch
#define HONE_ZONES_END 0x1f0000000000ull
#define HONE_HEAP 0x200000000000ull  // blocks of malloc
#define HONE_HEAP_END 0x210000000000ull
#define HONE_STACK 0x280000000000ull  // of the function under test
#define HONE_STACK_SIZE 0x100000ull
#define HONE_STATE 0x300000000000ull   // of the harness itself
#define HONE_COVER 0x310000000000ull   // one byte a block of the reference
#define HONE_SHADOW 0x320000000000ull  // first contents of touched pages
#define HONE_RESULTS 0x330000000000ull
#define HONE_FUEL HONE_STATE  // the first word of the state

enum hone_kind {
  HONE_INT,
  HONE_F32,
  HONE_F64,
  HONE_F80,
  HONE_POINTER,
  HONE_BYTES,  // anything else: filled at random, compared as bytes
};

enum hone_domain_flags {
  HONE_EXACT = 1,  // no value but the listed ones is defined
  HONE_NONNULL = 2,
  HONE_UNSHARED = 4,  // noalias
  HONE_REQUIRED = 8,  // byval, sret: the callee may touch all of it
};

// One scalar of a type, or `count` equal ones, `stride` bytes apart. Of an
// argument of an external: the scalar in the slots, and in `count` and
// `stride` how many bytes of a stack object it points to are certain, and
// their type.
typedef struct {
  uint32_t offset;
  uint32_t count;
  uint32_t stride;
  uint16_t kind;
  uint16_t size;
  uint32_t domain;
  uint32_t bits;
} hone_leaf;

// What a scalar may hold: constants that the program compares it with, types
// that it may point to.
typedef struct {
  uint32_t first_value, value_count;
  uint32_t first_target, target_count;
  uint32_t flags;
  uint32_t unused;
} hone_domain;

// The zone of a type holds 1 << chunk_bits chunks, `stride` apart, each an
// array of the type in `usable` bytes with nothing mapped behind it.
typedef struct {
  uint64_t zone, stride, usable;
  uint32_t size, align;
  uint32_t first_leaf, leaf_count;
  uint32_t chunk_bits;
  int32_t responder;  // of a function type: its signature; else -1
  uint32_t is_text;
  uint32_t unused;
} hone_type;

enum hone_function_flags {
  HONE_MAIN = 1,     // argc and argv agree
  HONE_LOCAL = 2,    // reached by its address only
  HONE_UNDRIVEN = 4  // cannot be called: see the checker's reason
};

typedef struct {
  uint32_t name;
  uint32_t flags;
  uint32_t first_argument, argument_count;
  uint32_t first_result, result_count;
  int32_t driver;        // index of hone_drivers, or -1
  uint32_t entry_block;  // its byte of the coverage map
} hone_function;

enum hone_external_flags {
  HONE_NORETURN = 1,
  HONE_PURE = 2,              // its value depends on its arguments alone
  HONE_INDIRECT = 4,          // a signature of calls through pointers
  HONE_RETURNS_ARGUMENT = 8,  // the first
};

typedef struct {
  uint32_t name;
  uint32_t flags;
  uint32_t first_argument, argument_count;
  uint32_t first_result, result_count;
} hone_external;

enum hone_global_flags {
  HONE_GLOBAL_LOCAL = 1,
  HONE_GLOBAL_CONSTANT = 2,
  HONE_GLOBAL_UNDEFINED = 4,  // its storage is the harness's
};

typedef struct {
  uint32_t name;
  uint32_t type;
  uint32_t size;
  uint32_t flags;
} hone_global;

typedef struct {
  uint64_t seed;
  uint32_t types, type_count;  // byte offsets in the plan
  uint32_t leaves, leaf_count;
  uint32_t domains, domain_count;
  uint32_t values, value_count;    // int64
  uint32_t targets, target_count;  // type ids
  uint32_t functions, function_count;
  uint32_t externals, external_count;
  uint32_t globals, global_count;
  uint32_t names, name_bytes;
  uint32_t words, word_count;      // names of strings the program knows
  uint32_t letters, letter_count;  // characters the program compares with
  uint32_t block_count;
  uint32_t unused;
} hone_plan;

// Addresses are the linker's; the harness adds the load bias.
typedef struct {
  uint32_t is_shared;  // the subject is a library of its own
  uint32_t symbol_count;
  uint64_t functions;  // byte offset: uint64 a function, 0 where absent
  uint64_t globals;    // byte offset: uint64 a global, 0 where absent
  uint64_t symbols;    // byte offset: code symbols, sorted by address
} hone_layout;

typedef struct {
  uint64_t address;
  uint64_t name;  // hash
} hone_code_symbol;

#define HONE_PAGE_EFFORT 6000  // a touched page costs as much as so many blocks

#define HONE_SEEDS 16
typedef struct {
  uint32_t seed[HONE_SEEDS];
} hone_input;

enum hone_mode { HONE_SEARCH, HONE_REPLAY };

typedef struct {
  uint32_t mode;
  uint32_t entry_count;
  uint32_t tries;           // search: at most, a function
  uint32_t wanted;          // search: inputs to keep, a function
  uint64_t fuel;            // blocks of the reference, an input
  uint64_t effort;          // search: a function; blocks and HONE_PAGE_EFFORTs
  uint32_t tick_limit;      // of 50 ms, an input
  uint32_t stop_after_bad;  // replay: give a function up after so many
  uint64_t result_bytes;
  uint32_t seconds;  // of CPU time, a function
  uint32_t unused;
} hone_job;

typedef struct {
  uint32_t function;
  uint32_t index;
  hone_input input;
} hone_job_entry;

enum hone_status {
  HONE_RETURNED,
  HONE_ENDED,  // by an external that does not return; see the trace
  HONE_ABORTED,
  HONE_SIGNALLED,  // + the signal's number
  HONE_OUT_OF_TIME = 100,
  HONE_OUT_OF_FUEL,
  HONE_UNDEFINED,  // the reference saw undefined behaviour
  HONE_OUT_OF_MEMORY,
  HONE_DIED,
  HONE_LOST,       // the address of the function is not known here
  HONE_CLOBBERED,  // a register was not kept for the caller
};

// Bytes that nobody wrote: a pattern, its complement, noise.
enum { HONE_FILL_A, HONE_FILL_B, HONE_FILL_C, HONE_FILLS };

#define HONE_RECORD 0x484f4e45u
typedef struct {
  uint32_t magic;
  uint32_t function;
  uint32_t index;
  uint32_t fill;
  int32_t status;
  uint32_t argument_words;
  uint32_t result_words;
  uint32_t trace_words;
  uint32_t effect_words;  // three each: key, what is there, what was
  uint32_t cover_words;   // bits, 64 a word
  uint32_t allocations;   // calls of malloc and its like
  uint32_t refusals;      // those that were refused
  hone_input input;
} hone_record;

// The head of the results file.
typedef struct {
  uint64_t used;
  uint64_t complete;
  uint32_t statuses[128];  // search: how the tries of one function ended
} hone_results;

// Normal forms of addresses that differ from image to image: the class in the
// upper four bits of sixteen, where no address of user space has bits.
#define HONE_NORMAL_DATA 0xd000000000000000ull   // | global << 32 | offset
#define HONE_NORMAL_CODE 0xf000000000000000ull   // | hash of the name
#define HONE_NORMAL_TEXT 0xc000000000000000ull   // | hash of the characters
#define HONE_NORMAL_IMAGE 0xe000000000000000ull  // somewhere else in the image
#define HONE_NORMAL_STACK 0xa000000000000000ull
#define HONE_NORMAL_LIBRARY 0xb000000000000000ull

// Keys of effects.
#define HONE_KEY_GLOBAL 0x8000000000000000ull  // | global << 32 | offset
#define HONE_KEY_FREED 0x4000000000000000ull   // | address

// The trace is a row of events; the first word of each says what it is.
#define HONE_EVENT_CALL 0x0100000000000000ull    // | words << 32 | external
#define HONE_EVENT_OUTPUT 0x0200000000000000ull  // | words << 32 | bytes
// Inside a call, before the words behind a stack pointer: those may hold
// bytes that nobody wrote.
#define HONE_SOFT_WORDS 0x0300000000000000ull  // | words

#endif
