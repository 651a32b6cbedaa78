// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A regular-expression engine over bytes.  A pattern is parsed to a tree,
// compiled to a program, and the program is run by one of two engines (vm.c)
// that share nothing but the program and agree on every answer:
//   - the Pike machine, with time and memory that no text can blow up;
//   - the backtracker, simpler and for short texts, which checks the first.
//
// Syntax: . [a-z] [^...] [[:alpha:]] \d \w \s \D \W \S \xHH, anchors ^ $ \A \z
// \b \B, groups (...) (?:...) (?ims) (?-i:...), | and the quantifiers * + ?
// {n} {n,} {n,m}, lazy with a following '?'.  Among the matches that start
// first, the one preferred by the order of the alternatives wins, as in Perl.

#ifndef EXAMPLES_REGEX_REGEX_H_
#define EXAMPLES_REGEX_REGEX_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum regex_status {
  REGEX_OK = 0,
  REGEX_NO_MATCH,
  REGEX_NO_MEMORY,
  REGEX_TOO_LARGE,
  REGEX_TOO_DEEP,
  REGEX_MISSING_PARENTHESIS,
  REGEX_EXTRA_PARENTHESIS,
  REGEX_MISSING_BRACKET,
  REGEX_NOTHING_TO_REPEAT,
  REGEX_BAD_REPEAT,
  REGEX_BAD_RANGE,
  REGEX_BAD_CLASS_NAME,
  REGEX_BAD_ESCAPE,
  REGEX_BAD_GROUP,
} regex_status;

enum {
  REGEX_IGNORE_CASE = 1,
  REGEX_MULTI_LINE = 2,  // ^ and $ also match at line breaks
  REGEX_DOT_ALL = 4,     // . also matches a line break
};

enum {
  REGEX_MAX_REPEAT = 1000,
  REGEX_MAX_DEPTH = 200,
  REGEX_MAX_PROGRAM = 20000,
  REGEX_MAX_GROUPS = 100,
};

typedef struct byte_set {
  uint32_t words[8];
} byte_set;

static inline bool byte_set_has(const byte_set* set, unsigned byte) {
  return (set->words[byte / 32] >> (byte % 32) & 1) != 0;
}

static inline void byte_set_add(byte_set* set, unsigned byte) {
  set->words[byte / 32] |= UINT32_C(1) << (byte % 32);
}

typedef enum assertion {
  ASSERT_TEXT_START,
  ASSERT_TEXT_END,
  ASSERT_LINE_START,
  ASSERT_LINE_END,
  ASSERT_WORD_EDGE,
  ASSERT_NO_WORD_EDGE,
} assertion;

// ---- the tree (parse.c) ---------------------------------------------------

typedef enum node_kind {
  NODE_EMPTY,
  NODE_SET,
  NODE_ASSERT,
  NODE_SEQUENCE,
  NODE_CHOICE,
  NODE_REPEAT,
  NODE_GROUP,
} node_kind;

#define NO_NODE UINT32_MAX

enum { UNBOUNDED = -1 };

typedef struct node {
  node_kind kind;
  uint32_t first_child;  // children form a list linked by `next`
  uint32_t next;
  uint32_t value;  // set index, assertion, or group number
  int32_t minimum;
  int32_t maximum;  // or UNBOUNDED
  bool lazy;
} node;

typedef struct syntax_tree {
  node* nodes;
  uint32_t node_count;
  uint32_t node_capacity;
  byte_set* sets;
  uint32_t set_count;
  uint32_t set_capacity;
  uint32_t root;
  uint32_t group_count;  // group 0, the whole match, included
} syntax_tree;

typedef struct regex_error {
  regex_status status;
  size_t offset;
} regex_error;

regex_status regex_parse(const char* pattern, size_t length, unsigned flags,
                         syntax_tree* tree, size_t* error_offset);
void syntax_tree_free(syntax_tree* tree);

// ---- the program (compile.c) ----------------------------------------------

typedef enum opcode {
  OP_SET,     // consume a byte of set a
  OP_BYTE,    // consume byte a
  OP_JUMP,    // go on at a
  OP_SPLIT,   // go on at a, or if that fails at b
  OP_SAVE,    // store the position in slot a
  OP_ASSERT,  // go on if assertion a holds
  OP_MATCH,
} opcode;

typedef struct instruction {
  opcode op;
  uint32_t a;
  uint32_t b;
} instruction;

typedef struct regex {
  instruction* code;
  uint32_t code_count;
  byte_set* sets;
  uint32_t set_count;
  uint32_t slot_count;  // two for each group
  byte_set first;       // bytes a match can start with
  bool may_be_empty;    // then `first` means nothing
} regex;

regex_status regex_compile(const char* pattern, size_t length, unsigned flags,
                           regex* program, regex_error* error);
void regex_free(regex* program);
const char* regex_status_text(regex_status status);
// `before` and `after` are bytes, or -1 at an end of the text.
bool assertion_holds(uint32_t which, int before, int after);

// ---- the engines (vm.c) ---------------------------------------------------

#define REGEX_UNSET SIZE_MAX

// Searches from `start` on.  `slots` receives program->slot_count positions:
// start and end of the match, then of each group, or REGEX_UNSET.
regex_status regex_search(const regex* program, const char* text, size_t length,
                          size_t start, size_t* slots);
regex_status regex_backtrack(const regex* program, const char* text,
                             size_t length, size_t start, size_t* slots);

// self_test.c: returns 0 when every check passed, else 1.
int regex_self_test(void);

#endif  // EXAMPLES_REGEX_REGEX_H_
