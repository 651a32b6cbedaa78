// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From source to bytecode in one pass, without a syntax tree.
//
// Binary operators are parsed by precedence climbing: parse an operand, then
// take operators as long as they bind at least as tightly as asked, each with
// a right operand that binds tighter.  What can be assigned to is not known
// until the '=' after it, so a parsed place (variable or element) is kept as a
// `target` and its load is emitted only when it is known to be no assignment.
//
// Local variables are stack slots known at compile time.  A variable of an
// enclosing function is reached through an upvalue; every function in between
// gets one too, so that at run time a closure only ever captures from the
// function that creates it.

#include <stdlib.h>
#include <string.h>

#include "interpreter.h"

enum {
  MAX_LOCALS = 240,
  MAX_UPVALUES = 240,
  MAX_ARGUMENTS = 60,
  MAX_CONSTANTS = 65535,
  MAX_JUMP = 65535,
  MAX_NESTING = 150,
  MAX_BREAKS = 60,
};

typedef enum token_type {
  TOKEN_END,
  TOKEN_NAME,
  TOKEN_NUMBER,
  TOKEN_STRING,
  TOKEN_SYMBOL,   // `symbol` holds its one or two characters
  TOKEN_KEYWORD,  // `symbol` holds one of KEY_...
} token_type;

enum {
  KEY_AND,
  KEY_BREAK,
  KEY_CONTINUE,
  KEY_ELSE,
  KEY_FALSE,
  KEY_FN,
  KEY_FOR,
  KEY_IF,
  KEY_IN,
  KEY_LET,
  KEY_NIL,
  KEY_NOT,
  KEY_OR,
  KEY_RETURN,
  KEY_TRUE,
  KEY_WHILE,
};

static const char* const keywords[] = {
    "and", "break", "continue", "else", "false", "fn",     "for",  "if",
    "in",  "let",   "nil",      "not",  "or",    "return", "true", "while"};

#define PAIR(first, second) ((first) | (second) << 8)

typedef struct token {
  token_type type;
  int symbol;
  const char* start;
  size_t length;
  uint32_t line;
} token;

typedef struct local {
  token name;
  int depth;
  bool captured;
} local;

typedef struct captured_variable {
  uint8_t index;
  bool is_local;  // of the directly enclosing function
} captured_variable;

typedef struct loop {
  struct loop* outer;
  uint32_t start;
  int depth;
  uint32_t breaks[MAX_BREAKS];
  int break_count;
} loop;

struct function_state {
  function_state* outer;
  function* function;
  local locals[MAX_LOCALS];
  int local_count;
  captured_variable captured[MAX_UPVALUES];
  int depth;
  loop* loop;
};

typedef struct compiler {
  vm* m;
  const char* at;
  uint32_t line;
  token current;
  token previous;
  int nesting;
} compiler;

typedef enum target_kind {
  TARGET_VALUE,  // on the stack already
  TARGET_LOCAL,
  TARGET_UPVALUE,
  TARGET_GLOBAL,
  TARGET_INDEX,  // container and key on the stack
} target_kind;

typedef struct target {
  target_kind kind;
  uint32_t operand;
} target;

static void expression(compiler* c);
static void block(compiler* c);
static void statement(compiler* c);
static void function_body(compiler* c, string* name);

// ---- tokens ---------------------------------------------------------------

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static noreturn void fail_near(compiler* c, const char* what) {
  const token* t = &c->current;
  if (t->type == TOKEN_END) fail_at(c->m, t->line, "%s at the end", what);
  int length = t->length < 30 ? (int)t->length : 30;
  fail_at(c->m, t->line, "%s near '%.*s'", what, length, t->start);
}

static void skip_space(compiler* c) {
  for (;; c->at++) {
    if (*c->at == '#') {
      while (*c->at != '\n' && *c->at != '\0') c->at++;
    }
    if (*c->at == '\n') {
      c->line++;
    } else if (*c->at != ' ' && *c->at != '\t' && *c->at != '\r') {
      return;
    }
  }
}

static void skip_digits(compiler* c) {
  while (is_digit(*c->at)) c->at++;
}

static void scan_number(compiler* c) {
  skip_digits(c);
  if (c->at[0] == '.' && is_digit(c->at[1])) {
    c->at++;
    skip_digits(c);
  }
  if (*c->at == 'e' || *c->at == 'E') {
    int sign = c->at[1] == '+' || c->at[1] == '-';
    if (is_digit(c->at[1 + sign])) {
      c->at += 1 + sign;
      skip_digits(c);
    }
  }
}

static void scan_string(compiler* c) {
  uint32_t line = c->line;
  for (c->at++; *c->at != '"'; c->at++) {
    if (*c->at == '\\' && c->at[1] != '\0') c->at++;
    if (*c->at == '\n') c->line++;
    if (*c->at == '\0') fail_at(c->m, line, "string is not closed");
  }
  c->at++;
}

static void scan_symbol(compiler* c, token* t) {
  static const char singles[] = "+-*/%<>=()[]{},;:.";
  static const char doubles[][3] = {"==", "!=", "<=", ">=", "+=", "-="};
  for (size_t i = 0; i < sizeof doubles / sizeof doubles[0]; i++) {
    if (c->at[0] == doubles[i][0] && c->at[1] == doubles[i][1]) {
      t->symbol = PAIR(doubles[i][0], doubles[i][1]);
      c->at += 2;
      return;
    }
  }
  if (strchr(singles, *c->at) == NULL) {
    fail_at(c->m, c->line, "character 0x%02x is not understood",
            (unsigned)(unsigned char)*c->at);
  }
  t->symbol = *c->at++;
}

static void advance(compiler* c) {
  c->previous = c->current;
  skip_space(c);
  token t = {.start = c->at, .line = c->line};
  if (*c->at == '\0') {
    t.type = TOKEN_END;
  } else if (is_digit(*c->at)) {
    t.type = TOKEN_NUMBER;
    scan_number(c);
  } else if (*c->at == '"') {
    t.type = TOKEN_STRING;
    scan_string(c);
  } else if (is_letter(*c->at)) {
    t.type = TOKEN_NAME;
    while (is_letter(*c->at) || is_digit(*c->at)) c->at++;
  } else {
    t.type = TOKEN_SYMBOL;
    scan_symbol(c, &t);
  }
  t.length = (size_t)(c->at - t.start);
  if (t.type == TOKEN_NAME) {
    for (int i = 0; i <= KEY_WHILE; i++) {
      if (strlen(keywords[i]) == t.length &&
          memcmp(keywords[i], t.start, t.length) == 0) {
        t.type = TOKEN_KEYWORD;
        t.symbol = i;
      }
    }
  }
  c->current = t;
}

static bool check(const compiler* c, token_type type, int symbol) {
  return c->current.type == type &&
         (c->current.symbol == symbol ||
          (type != TOKEN_SYMBOL && type != TOKEN_KEYWORD));
}

static bool accept(compiler* c, token_type type, int symbol) {
  if (!check(c, type, symbol)) return false;
  advance(c);
  return true;
}

static bool accept_symbol(compiler* c, int symbol) {
  return accept(c, TOKEN_SYMBOL, symbol);
}

static void expect_symbol(compiler* c, int symbol, const char* what) {
  if (!accept_symbol(c, symbol)) fail_near(c, what);
}

static token expect_name(compiler* c) {
  if (!accept(c, TOKEN_NAME, 0)) fail_near(c, "expected a name");
  return c->previous;
}

static void enter(compiler* c) {
  if (++c->nesting > MAX_NESTING) fail_near(c, "nested too deeply");
}

// ---- emitting code --------------------------------------------------------

static void emit(compiler* c, unsigned byte) {
  function* f = c->m->compiling->function;
  if (f->code_count == f->code_capacity) {
    uint32_t capacity = f->code_capacity < 32 ? 32 : 2 * f->code_capacity;
    f->code = resize(c->m, f->code, f->code_capacity, capacity);
    f->lines = resize(c->m, f->lines, f->code_capacity * sizeof *f->lines,
                      capacity * sizeof *f->lines);
    f->code_capacity = capacity;
  }
  f->code[f->code_count] = (uint8_t)byte;
  f->lines[f->code_count++] = c->previous.line;
}

static void emit_short(compiler* c, opcode op, uint32_t operand) {
  emit(c, op);
  emit(c, operand & 0xFF);
  emit(c, operand >> 8);
}

static uint32_t add_constant(compiler* c, value v) {
  function* f = c->m->compiling->function;
  for (uint32_t i = 0; i < f->constant_count; i++) {
    // Not for numbers: zero equals minus zero.
    if (v.type == VALUE_OBJECT && values_equal(f->constants[i], v)) return i;
  }
  if (f->constant_count == MAX_CONSTANTS) fail_near(c, "too many constants");
  if (f->constant_count == f->constant_capacity) {
    uint32_t capacity = f->constant_capacity < 8 ? 8 : 2 * f->constant_capacity;
    f->constants = resize(c->m, f->constants, f->constant_capacity * sizeof v,
                          capacity * sizeof v);
    f->constant_capacity = capacity;
  }
  f->constants[f->constant_count] = v;
  return f->constant_count++;
}

static uint32_t name_constant(compiler* c, const token* name) {
  return add_constant(
      c, object_value(make_string(c->m, name->start, name->length)));
}

static uint32_t emit_jump(compiler* c, opcode op) {
  emit_short(c, op, 0);
  return c->m->compiling->function->code_count - 2;
}

static void land_jump(compiler* c, uint32_t operand) {
  function* f = c->m->compiling->function;
  uint32_t distance = f->code_count - operand - 2;
  if (distance > MAX_JUMP) fail_near(c, "too much code to jump over");
  f->code[operand] = (uint8_t)distance;
  f->code[operand + 1] = (uint8_t)(distance >> 8);
}

static void emit_loop(compiler* c, uint32_t start) {
  uint32_t distance = c->m->compiling->function->code_count + 3 - start;
  if (distance > MAX_JUMP) fail_near(c, "too much code to jump over");
  emit_short(c, OP_LOOP, distance);
}

// ---- variables ------------------------------------------------------------

static void add_local(compiler* c, token name) {
  function_state* s = c->m->compiling;
  if (s->local_count == MAX_LOCALS) fail_near(c, "too many local variables");
  s->locals[s->local_count++] = (local){.name = name, .depth = s->depth};
}

static void pop_locals(compiler* c, int depth, bool forget) {
  function_state* s = c->m->compiling;
  int count = s->local_count;
  while (count > 0 && s->locals[count - 1].depth > depth) {
    emit(c, s->locals[--count].captured ? OP_CLOSE_UPVALUE : OP_POP);
  }
  if (forget) s->local_count = count;
}

static int find_local(const function_state* s, const token* name) {
  int i = s->local_count - 1;
  while (i >= 0 &&
         (s->locals[i].name.length != name->length ||
          memcmp(s->locals[i].name.start, name->start, name->length) != 0)) {
    i--;
  }
  return i;
}

static int capture(compiler* c, function_state* s, int index, bool is_local) {
  int count = s->function->upvalue_count;
  for (int i = 0; i < count; i++) {
    if (s->captured[i].index == index && s->captured[i].is_local == is_local) {
      return i;
    }
  }
  if (count == MAX_UPVALUES) fail_near(c, "too many captured variables");
  s->captured[count].index = (uint8_t)index;
  s->captured[count].is_local = is_local;
  return s->function->upvalue_count++;
}

static int find_upvalue(compiler* c, function_state* s, const token* name) {
  if (s->outer == NULL) return -1;
  int index = find_local(s->outer, name);
  if (index >= 0) {
    s->outer->locals[index].captured = true;
    return capture(c, s, index, true);
  }
  index = find_upvalue(c, s->outer, name);
  return index < 0 ? -1 : capture(c, s, index, false);
}

static target variable(compiler* c, const token* name) {
  int index = find_local(c->m->compiling, name);
  if (index >= 0) return (target){TARGET_LOCAL, (uint32_t)index};
  index = find_upvalue(c, c->m->compiling, name);
  if (index >= 0) return (target){TARGET_UPVALUE, (uint32_t)index};
  return (target){TARGET_GLOBAL, name_constant(c, name)};
}

static void emit_access(compiler* c, target t, bool store) {
  static const opcode ops[][2] = {
      [TARGET_LOCAL] = {OP_GET_LOCAL, OP_SET_LOCAL},
      [TARGET_UPVALUE] = {OP_GET_UPVALUE, OP_SET_UPVALUE},
      [TARGET_GLOBAL] = {OP_GET_GLOBAL, OP_SET_GLOBAL},
      [TARGET_INDEX] = {OP_GET_INDEX, OP_SET_INDEX},
  };
  if (t.kind == TARGET_VALUE) return;
  opcode op = ops[t.kind][store];
  if (t.kind == TARGET_GLOBAL) {
    emit_short(c, op, t.operand);
  } else {
    emit(c, op);
    if (t.kind != TARGET_INDEX) emit(c, t.operand);
  }
}

// A local variable is the value just pushed; a global one must be stored.
static void define_variable(compiler* c, token name) {
  if (c->m->compiling->depth > 0) {
    add_local(c, name);
  } else {
    emit_short(c, OP_DEFINE_GLOBAL, name_constant(c, &name));
  }
}

// ---- expressions ----------------------------------------------------------

static void string_literal(compiler* c) {
  static const char names[] = "nt\"\\";
  static const char values[] = "\n\t\"\\";
  text* out = &c->m->scratch;
  const char* end = c->previous.start + c->previous.length - 1;
  out->length = 0;
  for (const char* p = c->previous.start + 1; p < end; p++) {
    if (*p == '\\') {
      const char* found = strchr(names, *++p);
      if (found == NULL) {
        fail_at(c->m, c->previous.line, "unknown escape '\\%c'", *p);
      }
      append_text(c->m, out, &values[found - names], 1);
    } else {
      append_text(c->m, out, p, 1);
    }
  }
  append_text(c->m, out, "", 0);
  string* s =
      make_string(c->m, out->bytes != NULL ? out->bytes : "", out->length);
  emit_short(c, OP_CONSTANT, add_constant(c, object_value(s)));
}

static void array_literal(compiler* c) {
  emit(c, OP_NEW_ARRAY);
  while (!check(c, TOKEN_SYMBOL, ']')) {
    expression(c);
    emit(c, OP_APPEND);
    if (!accept_symbol(c, ',')) break;
  }
  expect_symbol(c, ']', "expected ',' or ']'");
}

static void table_literal(compiler* c) {
  emit(c, OP_NEW_TABLE);
  while (!check(c, TOKEN_SYMBOL, '}')) {
    if (accept_symbol(c, '[')) {
      expression(c);
      expect_symbol(c, ']', "expected ']' after the key");
    } else if (accept(c, TOKEN_STRING, 0)) {
      string_literal(c);
    } else {
      token name = expect_name(c);
      emit_short(c, OP_CONSTANT, name_constant(c, &name));
    }
    expect_symbol(c, ':', "expected ':' after the key");
    expression(c);
    emit(c, OP_INSERT);
    if (!accept_symbol(c, ',')) break;
  }
  expect_symbol(c, '}', "expected ',' or '}'");
}

static target primary(compiler* c) {
  target none = {TARGET_VALUE, 0};
  if (accept(c, TOKEN_NAME, 0)) {
    token name = c->previous;
    return variable(c, &name);
  }
  if (accept(c, TOKEN_NUMBER, 0)) {
    double number = strtod(c->previous.start, NULL);
    emit_short(c, OP_CONSTANT, add_constant(c, number_value(number)));
  } else if (accept(c, TOKEN_STRING, 0)) {
    string_literal(c);
  } else if (accept(c, TOKEN_KEYWORD, KEY_NIL)) {
    emit(c, OP_NIL);
  } else if (accept(c, TOKEN_KEYWORD, KEY_TRUE)) {
    emit(c, OP_TRUE);
  } else if (accept(c, TOKEN_KEYWORD, KEY_FALSE)) {
    emit(c, OP_FALSE);
  } else if (accept(c, TOKEN_KEYWORD, KEY_FN)) {
    function_body(c, NULL);
  } else if (accept_symbol(c, '(')) {
    expression(c);
    expect_symbol(c, ')', "expected ')'");
  } else if (accept_symbol(c, '[')) {
    array_literal(c);
  } else if (accept_symbol(c, '{')) {
    table_literal(c);
  } else {
    fail_near(c, "expected an expression");
  }
  return none;
}

static void arguments(compiler* c) {
  int count = 0;
  while (!check(c, TOKEN_SYMBOL, ')')) {
    if (++count > MAX_ARGUMENTS) fail_near(c, "too many arguments");
    expression(c);
    if (!accept_symbol(c, ',')) break;
  }
  expect_symbol(c, ')', "expected ',' or ')'");
  emit(c, OP_CALL);
  emit(c, (unsigned)count);
}

static target postfix(compiler* c) {
  target t = primary(c);
  for (;;) {
    if (accept_symbol(c, '(')) {
      emit_access(c, t, false);
      arguments(c);
      t.kind = TARGET_VALUE;
    } else if (accept_symbol(c, '[')) {
      emit_access(c, t, false);
      expression(c);
      expect_symbol(c, ']', "expected ']'");
      t.kind = TARGET_INDEX;
    } else if (accept_symbol(c, '.')) {
      emit_access(c, t, false);
      token name = expect_name(c);
      emit_short(c, OP_CONSTANT, name_constant(c, &name));
      t.kind = TARGET_INDEX;
    } else {
      return t;
    }
  }
}

static void unary(compiler* c) {
  enter(c);
  if (accept_symbol(c, '-')) {
    unary(c);
    emit(c, OP_NEGATE);
  } else if (accept(c, TOKEN_KEYWORD, KEY_NOT)) {
    unary(c);
    emit(c, OP_NOT);
  } else {
    emit_access(c, postfix(c), false);
  }
  c->nesting--;
}

typedef struct binary_operator {
  int symbol;
  int level;
  opcode op;
} binary_operator;

static const binary_operator* find_operator(const token* t) {
  static const binary_operator operators[] = {
      {PAIR('=', '='), 3, OP_EQUAL},
      {PAIR('!', '='), 3, OP_NOT_EQUAL},
      {'<', 4, OP_LESS},
      {PAIR('<', '='), 4, OP_LESS_EQUAL},
      {'>', 4, OP_GREATER},
      {PAIR('>', '='), 4, OP_GREATER_EQUAL},
      {'+', 5, OP_ADD},
      {'-', 5, OP_SUBTRACT},
      {'*', 6, OP_MULTIPLY},
      {'/', 6, OP_DIVIDE},
      {'%', 6, OP_REMAINDER},
  };
  static const binary_operator logic_and = {KEY_AND, 2, OP_AND};
  static const binary_operator logic_or = {KEY_OR, 1, OP_OR};
  if (t->type == TOKEN_KEYWORD) {
    if (t->symbol == KEY_AND) return &logic_and;
    return t->symbol == KEY_OR ? &logic_or : NULL;
  }
  if (t->type != TOKEN_SYMBOL) return NULL;
  for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
    if (operators[i].symbol == t->symbol) return &operators[i];
  }
  return NULL;
}

// The operators and right operands after a left operand already emitted.
static void binary_rest(compiler* c, int level) {
  for (;;) {
    const binary_operator* found = find_operator(&c->current);
    if (found == NULL || found->level < level) return;
    advance(c);
    token at = c->previous;
    uint32_t jump = 0;
    bool logic = found->op == OP_AND || found->op == OP_OR;
    if (logic) jump = emit_jump(c, found->op);
    unary(c);
    binary_rest(c, found->level + 1);
    if (logic) {
      land_jump(c, jump);
    } else {
      // Errors are reported at the operator, not at the end of its operand.
      token last = c->previous;
      c->previous = at;
      emit(c, found->op);
      c->previous = last;
    }
  }
}

static void expression(compiler* c) {
  enter(c);
  unary(c);
  binary_rest(c, 1);
  c->nesting--;
}

static void function_body(compiler* c, string* name) {
  function_state* s = resize(c->m, NULL, 0, sizeof *s);
  memset(s, 0, sizeof *s);
  s->outer = c->m->compiling;
  s->function = make_function(c->m);
  s->function->name = name;
  s->depth = 1;
  c->m->compiling = s;
  add_local(c, (token){.start = "", .length = 0});  // slot 0: the closure
  expect_symbol(c, '(', "expected '(' before the parameters");
  while (!check(c, TOKEN_SYMBOL, ')')) {
    if (++s->function->arity > MAX_ARGUMENTS) {
      fail_near(c, "too many parameters");
    }
    add_local(c, expect_name(c));
    if (!accept_symbol(c, ',')) break;
  }
  expect_symbol(c, ')', "expected ',' or ')'");
  block(c);
  emit(c, OP_NIL);
  emit(c, OP_RETURN);
  c->m->compiling = s->outer;
  emit_short(c, OP_CLOSURE, add_constant(c, object_value(s->function)));
  for (int i = 0; i < s->function->upvalue_count; i++) {
    emit(c, s->captured[i].is_local);
    emit(c, s->captured[i].index);
  }
  resize(c->m, s, sizeof *s, 0);
}

// ---- statements -----------------------------------------------------------

static void block(compiler* c) {
  enter(c);
  expect_symbol(c, '{', "expected '{'");
  c->m->compiling->depth++;
  while (!check(c, TOKEN_SYMBOL, '}') && c->current.type != TOKEN_END) {
    statement(c);
  }
  expect_symbol(c, '}', "expected '}'");
  c->m->compiling->depth--;
  pop_locals(c, c->m->compiling->depth, true);
  c->nesting--;
}

static void if_statement(compiler* c) {
  enter(c);
  expression(c);
  uint32_t skip = emit_jump(c, OP_JUMP_IF_FALSE);
  block(c);
  if (accept(c, TOKEN_KEYWORD, KEY_ELSE)) {
    uint32_t end = emit_jump(c, OP_JUMP);
    land_jump(c, skip);
    if (accept(c, TOKEN_KEYWORD, KEY_IF)) {
      if_statement(c);
    } else {
      block(c);
    }
    land_jump(c, end);
  } else {
    land_jump(c, skip);
  }
  c->nesting--;
}

static void loop_body(compiler* c, uint32_t start, uint32_t exit) {
  loop l = {.outer = c->m->compiling->loop,
            .start = start,
            .depth = c->m->compiling->depth};
  c->m->compiling->loop = &l;
  block(c);
  c->m->compiling->loop = l.outer;
  emit_loop(c, start);
  land_jump(c, exit);
  for (int i = 0; i < l.break_count; i++) land_jump(c, l.breaks[i]);
}

static void while_statement(compiler* c) {
  uint32_t start = c->m->compiling->function->code_count;
  expression(c);
  loop_body(c, start, emit_jump(c, OP_JUMP_IF_FALSE));
}

// The values iterated over and the position in them are hidden variables.
static void for_statement(compiler* c) {
  token name = expect_name(c);
  token hidden = {.start = "", .length = 0};
  if (!accept(c, TOKEN_KEYWORD, KEY_IN)) fail_near(c, "expected 'in'");
  expression(c);
  c->m->compiling->depth++;
  add_local(c, hidden);
  int slot = c->m->compiling->local_count - 1;
  emit_short(c, OP_CONSTANT, add_constant(c, number_value(0)));
  add_local(c, hidden);
  uint32_t start = c->m->compiling->function->code_count;
  emit(c, OP_ITERATE);
  emit(c, (unsigned)slot);
  emit(c, 0);
  emit(c, 0);
  uint32_t exit = c->m->compiling->function->code_count - 2;
  // Each round has its own variable, so closures made in it stay apart.
  loop l = {.outer = c->m->compiling->loop,
            .start = start,
            .depth = c->m->compiling->depth};
  c->m->compiling->loop = &l;
  c->m->compiling->depth++;
  add_local(c, name);
  block(c);
  c->m->compiling->depth--;
  pop_locals(c, c->m->compiling->depth, true);
  c->m->compiling->loop = l.outer;
  emit_loop(c, start);
  land_jump(c, exit);
  for (int i = 0; i < l.break_count; i++) land_jump(c, l.breaks[i]);
  c->m->compiling->depth--;
  pop_locals(c, c->m->compiling->depth, true);
}

static void loop_exit(compiler* c, bool is_break) {
  loop* l = c->m->compiling->loop;
  if (l == NULL) {
    fail_at(c->m, c->previous.line, "'%s' outside of a loop",
            is_break ? "break" : "continue");
  }
  pop_locals(c, l->depth, false);
  if (is_break) {
    if (l->break_count == MAX_BREAKS) fail_near(c, "too many breaks");
    l->breaks[l->break_count++] = emit_jump(c, OP_JUMP);
  } else {
    emit_loop(c, l->start);
  }
  expect_symbol(c, ';', "expected ';'");
}

static void expression_statement(compiler* c) {
  target t = {TARGET_VALUE, 0};
  if (check(c, TOKEN_SYMBOL, '-') || check(c, TOKEN_KEYWORD, KEY_NOT)) {
    unary(c);
  } else {
    t = postfix(c);
  }
  bool add = check(c, TOKEN_SYMBOL, PAIR('+', '='));
  bool update = add || check(c, TOKEN_SYMBOL, PAIR('-', '='));
  if (update || check(c, TOKEN_SYMBOL, '=')) {
    if (t.kind == TARGET_VALUE) fail_near(c, "cannot assign to this");
    advance(c);
    if (update) {
      if (t.kind == TARGET_INDEX) emit(c, OP_DUPLICATE_TWO);
      emit_access(c, t, false);
    }
    expression(c);
    if (update) emit(c, add ? OP_ADD : OP_SUBTRACT);
    emit_access(c, t, true);
  } else {
    emit_access(c, t, false);
    binary_rest(c, 1);
    emit(c, OP_POP);
  }
  expect_symbol(c, ';', "expected ';'");
}

static void let_statement(compiler* c) {
  token name = expect_name(c);
  if (accept_symbol(c, '=')) {
    expression(c);
  } else {
    emit(c, OP_NIL);
  }
  define_variable(c, name);
  expect_symbol(c, ';', "expected ';'");
}

static void function_statement(compiler* c) {
  token name = expect_name(c);
  // A local function is declared first, so that it can call itself.
  bool is_local = c->m->compiling->depth > 0;
  if (is_local) {
    emit(c, OP_NIL);
    add_local(c, name);
  }
  int slot = c->m->compiling->local_count - 1;
  uint32_t constant = name_constant(c, &name);
  function_body(
      c, (string*)c->m->compiling->function->constants[constant].as.object);
  if (is_local) {
    emit_access(c, (target){TARGET_LOCAL, (uint32_t)slot}, true);
  } else {
    emit_short(c, OP_DEFINE_GLOBAL, constant);
  }
}

static void return_statement(compiler* c) {
  if (check(c, TOKEN_SYMBOL, ';')) {
    emit(c, OP_NIL);
  } else {
    expression(c);
  }
  expect_symbol(c, ';', "expected ';'");
  emit(c, OP_RETURN);
}

static void statement(compiler* c) {
  if (c->current.type == TOKEN_KEYWORD) {
    int key = c->current.symbol;
    if (key == KEY_LET || key == KEY_FN || key == KEY_IF || key == KEY_WHILE ||
        key == KEY_FOR || key == KEY_RETURN || key == KEY_BREAK ||
        key == KEY_CONTINUE) {
      advance(c);
      switch (key) {
        case KEY_LET:
          let_statement(c);
          return;
        case KEY_FN:
          function_statement(c);
          return;
        case KEY_IF:
          if_statement(c);
          return;
        case KEY_WHILE:
          while_statement(c);
          return;
        case KEY_FOR:
          for_statement(c);
          return;
        case KEY_RETURN:
          return_statement(c);
          return;
        default:
          loop_exit(c, key == KEY_BREAK);
          return;
      }
    }
  }
  if (check(c, TOKEN_SYMBOL, '{')) {
    block(c);
  } else {
    expression_statement(c);
  }
}

void mark_compiling(vm* m) {
  for (function_state* s = m->compiling; s != NULL; s = s->outer) {
    mark_object(m, (object*)s->function);
  }
}

void abandon_compiling(vm* m) {
  while (m->compiling != NULL) {
    function_state* outer = m->compiling->outer;
    resize(m, m->compiling, sizeof *m->compiling, 0);
    m->compiling = outer;
  }
}

function* compile(vm* m, const char* source) {
  compiler c = {.m = m, .at = source, .line = 1};
  function_state* script = resize(m, NULL, 0, sizeof *script);
  memset(script, 0, sizeof *script);
  script->function = make_function(m);
  m->compiling = script;
  add_local(&c, (token){.start = "", .length = 0});
  advance(&c);
  while (c.current.type != TOKEN_END) statement(&c);
  emit(&c, OP_NIL);
  emit(&c, OP_RETURN);
  function* f = script->function;
  abandon_compiling(m);
  return f;
}
