// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From syntax tree to program.  The shapes are the classic ones:
//
//   e|f     split L1, L2;  L1: e; jump L3;  L2: f;  L3:
//   e*      L1: split L2, L3;  L2: e; jump L1;  L3:
//   e+      L1: e; split L1, L2;  L2:
//   e?      split L1, L2;  L1: e;  L2:
//   e{2,4}  e; e; split L1, L3;  L1: e; split L2, L3;  L2: e;  L3:
//
// A lazy quantifier swaps the two targets of its splits.  Counted repetition
// copies its operand, so the size of the program is limited, and so is the
// work, because an operand without instructions could be copied for ever
// without growing the program.

#include <stdlib.h>
#include <string.h>

#include "regex.h"

enum { MAX_WORK = 8 * REGEX_MAX_PROGRAM };

typedef struct compiler {
  const syntax_tree* tree;
  regex* program;
  uint32_t capacity;
  uint32_t work;
  regex_status status;
} compiler;

static void compile_node(compiler* c, uint32_t index);

static uint32_t emit(compiler* c, opcode op, uint32_t a, uint32_t b) {
  regex* program = c->program;
  if (c->status != REGEX_OK) return 0;
  if (program->code_count == c->capacity) {
    uint32_t capacity = c->capacity == 0 ? 32 : 2 * c->capacity;
    instruction* code = realloc(program->code, capacity * sizeof *code);
    if (code == NULL || program->code_count >= REGEX_MAX_PROGRAM) {
      if (code != NULL) program->code = code;
      c->status = code == NULL ? REGEX_NO_MEMORY : REGEX_TOO_LARGE;
      return 0;
    }
    program->code = code;
    c->capacity = capacity;
  }
  program->code[program->code_count] = (instruction){op, a, b};
  return program->code_count++;
}

static uint32_t here(const compiler* c) { return c->program->code_count; }

// A split enters the operand, which follows it, or leaves for `out`.
static void set_split(compiler* c, uint32_t at, uint32_t enter, uint32_t out,
                      bool lazy) {
  if (c->status != REGEX_OK) return;
  c->program->code[at].a = lazy ? out : enter;
  c->program->code[at].b = lazy ? enter : out;
}

static void compile_choice(compiler* c, const node* n) {
  // The jumps to the common end are chained through their target until the
  // end is known.
  uint32_t jumps = NO_NODE;
  uint32_t child = n->first_child;
  while (c->tree->nodes[child].next != NO_NODE) {
    uint32_t split = emit(c, OP_SPLIT, 0, 0);
    set_split(c, split, here(c), 0, false);
    compile_node(c, child);
    jumps = emit(c, OP_JUMP, jumps, 0);
    set_split(c, split, split + 1, here(c), false);
    child = c->tree->nodes[child].next;
  }
  compile_node(c, child);
  if (c->status != REGEX_OK) return;
  while (jumps != NO_NODE) {
    uint32_t next = c->program->code[jumps].a;
    c->program->code[jumps].a = here(c);
    jumps = next;
  }
}

static void compile_repeat(compiler* c, const node* n) {
  uint32_t last_copy = here(c);
  for (int32_t i = 0; i < n->minimum && c->status == REGEX_OK; i++) {
    last_copy = here(c);
    compile_node(c, n->first_child);
  }
  if (n->maximum == UNBOUNDED) {
    uint32_t split = emit(c, OP_SPLIT, 0, 0);
    if (n->minimum > 0) {
      set_split(c, split, last_copy, here(c), n->lazy);
      return;
    }
    compile_node(c, n->first_child);
    emit(c, OP_JUMP, split, 0);
    set_split(c, split, split + 1, here(c), n->lazy);
    return;
  }
  // As with choices, the splits are chained, here through b.
  uint32_t splits = NO_NODE;
  for (int32_t i = n->minimum; i < n->maximum && c->status == REGEX_OK; i++) {
    splits = emit(c, OP_SPLIT, 0, splits);
    compile_node(c, n->first_child);
  }
  while (splits != NO_NODE && c->status == REGEX_OK) {
    uint32_t next = c->program->code[splits].b;
    set_split(c, splits, splits + 1, here(c), n->lazy);
    splits = next;
  }
}

static void compile_set(compiler* c, uint32_t index) {
  const byte_set* set = &c->tree->sets[index];
  int members = 0;
  uint32_t member = 0;
  for (unsigned byte = 0; byte < 256; byte++) {
    if (!byte_set_has(set, byte)) continue;
    members++;
    member = byte;
  }
  if (members == 1) {
    emit(c, OP_BYTE, member, 0);
  } else {
    emit(c, OP_SET, index, 0);
  }
}

static void compile_node(compiler* c, uint32_t index) {
  const node* n = &c->tree->nodes[index];
  if (c->status == REGEX_OK && ++c->work > MAX_WORK) {
    c->status = REGEX_TOO_LARGE;
  }
  if (c->status != REGEX_OK) return;
  switch (n->kind) {
    case NODE_EMPTY:
      break;
    case NODE_SET:
      compile_set(c, n->value);
      break;
    case NODE_ASSERT:
      emit(c, OP_ASSERT, n->value, 0);
      break;
    case NODE_SEQUENCE:
      for (uint32_t i = n->first_child; i != NO_NODE;
           i = c->tree->nodes[i].next) {
        compile_node(c, i);
      }
      break;
    case NODE_CHOICE:
      compile_choice(c, n);
      break;
    case NODE_REPEAT:
      compile_repeat(c, n);
      break;
    case NODE_GROUP:
      emit(c, OP_SAVE, 2 * n->value, 0);
      compile_node(c, n->first_child);
      emit(c, OP_SAVE, 2 * n->value + 1, 0);
      break;
  }
}

// Collects the bytes that can begin a match.  Assertions are taken to hold,
// which can only make the set too large.
static regex_status find_first(regex* program) {
  uint32_t* stack = malloc(2 * program->code_count * sizeof *stack);
  bool* seen = calloc(program->code_count, sizeof *seen);
  if (stack == NULL || seen == NULL) {
    free(stack);
    free(seen);
    return REGEX_NO_MEMORY;
  }
  uint32_t depth = 0;
  stack[depth++] = 0;
  while (depth > 0) {
    uint32_t pc = stack[--depth];
    if (seen[pc]) continue;
    seen[pc] = true;
    const instruction* i = &program->code[pc];
    switch (i->op) {
      case OP_SET:
        for (int w = 0; w < 8; w++) {
          program->first.words[w] |= program->sets[i->a].words[w];
        }
        break;
      case OP_BYTE:
        byte_set_add(&program->first, i->a);
        break;
      case OP_JUMP:
        stack[depth++] = i->a;
        break;
      case OP_SPLIT:
        stack[depth++] = i->a;
        stack[depth++] = i->b;
        break;
      case OP_SAVE:
      case OP_ASSERT:
        stack[depth++] = pc + 1;
        break;
      case OP_MATCH:
        program->may_be_empty = true;
        break;
    }
  }
  free(stack);
  free(seen);
  return REGEX_OK;
}

regex_status regex_compile(const char* pattern, size_t length, unsigned flags,
                           regex* program, regex_error* error) {
  syntax_tree tree;
  *program = (regex){0};
  *error = (regex_error){0};
  error->status = regex_parse(pattern, length, flags, &tree, &error->offset);
  if (error->status == REGEX_OK) {
    compiler c = {.tree = &tree, .program = program};
    emit(&c, OP_SAVE, 0, 0);
    compile_node(&c, tree.root);
    emit(&c, OP_SAVE, 1, 0);
    emit(&c, OP_MATCH, 0, 0);
    error->status = c.status;
    program->slot_count = 2 * tree.group_count;
    program->sets = tree.sets;
    program->set_count = tree.set_count;
    tree.sets = NULL;
    if (error->status == REGEX_OK) error->status = find_first(program);
  }
  syntax_tree_free(&tree);
  if (error->status != REGEX_OK) regex_free(program);
  return error->status;
}

void regex_free(regex* program) {
  free(program->code);
  free(program->sets);
  *program = (regex){0};
}

static bool is_word(int c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_';
}

bool assertion_holds(uint32_t which, int before, int after) {
  switch ((assertion)which) {
    case ASSERT_TEXT_START:
      return before < 0;
    case ASSERT_TEXT_END:
      return after < 0;
    case ASSERT_LINE_START:
      return before < 0 || before == '\n';
    case ASSERT_LINE_END:
      return after < 0 || after == '\n';
    case ASSERT_WORD_EDGE:
      return is_word(before) != is_word(after);
    case ASSERT_NO_WORD_EDGE:
      return is_word(before) == is_word(after);
  }
  return false;
}

static const char* const status_texts[] = {
    [REGEX_OK] = "no error",
    [REGEX_NO_MATCH] = "no match",
    [REGEX_NO_MEMORY] = "out of memory",
    [REGEX_TOO_LARGE] = "pattern is too large",
    [REGEX_TOO_DEEP] = "groups are nested too deeply",
    [REGEX_MISSING_PARENTHESIS] = "group has no ')'",
    [REGEX_EXTRA_PARENTHESIS] = "')' without a group",
    [REGEX_MISSING_BRACKET] = "class has no ']'",
    [REGEX_NOTHING_TO_REPEAT] = "nothing to repeat",
    [REGEX_BAD_REPEAT] = "malformed or too large repetition",
    [REGEX_BAD_RANGE] = "malformed range in a class",
    [REGEX_BAD_CLASS_NAME] = "unknown class name",
    [REGEX_BAD_ESCAPE] = "unknown or incomplete escape",
    [REGEX_BAD_GROUP] = "unknown kind of group",
};

const char* regex_status_text(regex_status status) {
  size_t index = (size_t)status;
  size_t count = sizeof status_texts / sizeof status_texts[0];
  return index < count ? status_texts[index] : "unknown error";
}
