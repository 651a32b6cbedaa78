// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The stack machine.
//
// Each call has a frame: its closure, the next instruction, and where its slots
// begin on the stack.  Slot 0 holds the closure, then come the arguments, the
// other local variables, and temporary values.
//
// A variable that a closure captured stays on the stack while its function
// runs; all closures share one open upvalue that points to it.  When the
// variable goes out of scope the upvalue is closed: the value moves into it.
//
// Errors unwind with longjmp to vm_run, which leaves the machine usable.  All
// memory belongs to the collector or to the machine, so nothing leaks.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interpreter.h"

enum { MAX_TRACE = 8 };

// ---- errors ---------------------------------------------------------------

static void append_formatted(vm* m, const char* format, va_list arguments) {
  char message[256];
  int length = vsnprintf(message, sizeof message, format, arguments);
  if (length >= (int)sizeof message) length = (int)sizeof message - 1;
  append_text(m, &m->error, message, (size_t)length);
}

static void append_error(vm* m, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  append_formatted(m, format, arguments);
  va_end(arguments);
}

noreturn void fail_at(vm* m, uint32_t line, const char* format, ...) {
  va_list arguments;
  append_error(m, "line %u: ", (unsigned)line);
  va_start(arguments, format);
  append_formatted(m, format, arguments);
  va_end(arguments);
  longjmp(m->on_error, 1);
}

static uint32_t line_of(const frame* f) {
  const function* code = f->closure->function;
  return code->lines[f->next - code->code - 1];
}

noreturn void fail(vm* m, const char* format, ...) {
  va_list arguments;
  const frame* f = &m->frames[m->frame_count - 1];
  append_error(m, "line %u: ", (unsigned)line_of(f));
  va_start(arguments, format);
  append_formatted(m, format, arguments);
  va_end(arguments);
  for (int i = m->frame_count - 1; i > 0; i--) {
    if (m->frame_count - i > MAX_TRACE) {
      append_error(m, "\n  and %d more calls", i);
      break;
    }
    const string* name = m->frames[i].closure->function->name;
    append_error(m, "\n  in %s, called on line %u",
                 name != NULL ? name->bytes : "a function",
                 (unsigned)line_of(&m->frames[i - 1]));
  }
  longjmp(m->on_error, 1);
}

// ---- stack and calls ------------------------------------------------------

void push(vm* m, value v) {
  if (m->top == m->stack + STACK_SIZE) fail(m, "stack overflow");
  *m->top++ = v;
}

static value pop(vm* m) { return *--m->top; }

static void call_closure(vm* m, closure* c, int count) {
  if (count != c->function->arity) {
    fail(m, "%s takes %d arguments, not %d",
         c->function->name != NULL ? c->function->name->bytes : "function",
         c->function->arity, count);
  }
  if (m->frame_count == MAX_FRAMES) fail(m, "calls are nested too deeply");
  frame* f = &m->frames[m->frame_count++];
  f->closure = c;
  f->next = c->function->code;
  f->slots = m->top - count - 1;
}

static void call_value(vm* m, int count) {
  value callee = m->top[-count - 1];
  if (is_object(callee, OBJECT_CLOSURE)) {
    call_closure(m, (closure*)callee.as.object, count);
  } else if (is_object(callee, OBJECT_NATIVE)) {
    const native* n = (native*)callee.as.object;
    if (count < n->minimum || count > n->maximum) {
      fail(m, "%s does not take %d arguments", n->name, count);
    }
    value result = n->call(m, count, m->top - count);
    m->top -= count + 1;
    push(m, result);
  } else {
    fail(m, "cannot call a value of type %s", type_name(callee));
  }
}

static upvalue* capture(vm* m, value* place) {
  upvalue** link = &m->open_upvalues;
  while (*link != NULL && (*link)->place > place) link = &(*link)->next;
  if (*link != NULL && (*link)->place == place) return *link;
  // Making the object may collect, which leaves open upvalues where they are.
  upvalue* u = make_upvalue(m, place);
  u->next = *link;
  *link = u;
  return u;
}

static void close_upvalues(vm* m, const value* from) {
  while (m->open_upvalues != NULL && m->open_upvalues->place >= from) {
    upvalue* u = m->open_upvalues;
    m->open_upvalues = u->next;
    u->closed = *u->place;
    u->place = &u->closed;
  }
}

// ---- operations -----------------------------------------------------------

static bool whole_number(value v, int64_t* whole) {
  if (v.type != VALUE_NUMBER) return false;
  if (!(v.as.number >= -9007199254740992.0 &&
        v.as.number <= 9007199254740992.0)) {
    return false;
  }
  *whole = (int64_t)v.as.number;
  return (double)*whole == v.as.number;
}

static value remainder_of(vm* m, value left, value right) {
  int64_t a;
  int64_t b;
  if (!whole_number(left, &a) || !whole_number(right, &b)) {
    fail(m, "'%%' needs whole numbers");
  }
  if (b == 0) fail(m, "remainder of a division by zero");
  int64_t rest = a % b;
  // The result has the sign of the divisor, so that it can be an index.
  if (rest != 0 && (rest < 0) != (b < 0)) rest += b;
  return number_value((double)rest);
}

static void binary(vm* m, opcode op) {
  value right = m->top[-1];
  value left = m->top[-2];
  value result = nil_value();
  if (is_object(left, OBJECT_STRING) && is_object(right, OBJECT_STRING)) {
    const string* a = (string*)left.as.object;
    const string* b = (string*)right.as.object;
    // The zero byte after each string makes shorter ones come first.
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->bytes, b->bytes, shorter + 1);
    if (order == 0) order = (a->length > b->length) - (a->length < b->length);
    switch (op) {
      case OP_ADD:
        result = object_value(concatenate(m, a, b));
        break;
      case OP_LESS:
        result = boolean_value(order < 0);
        break;
      case OP_LESS_EQUAL:
        result = boolean_value(order <= 0);
        break;
      case OP_GREATER:
        result = boolean_value(order > 0);
        break;
      case OP_GREATER_EQUAL:
        result = boolean_value(order >= 0);
        break;
      default:
        fail(m, "strings cannot be operands here");
    }
  } else if (left.type == VALUE_NUMBER && right.type == VALUE_NUMBER) {
    double a = left.as.number;
    double b = right.as.number;
    switch (op) {
      case OP_ADD:
        result = number_value(a + b);
        break;
      case OP_SUBTRACT:
        result = number_value(a - b);
        break;
      case OP_MULTIPLY:
        result = number_value(a * b);
        break;
      case OP_DIVIDE:
        if (b == 0) fail(m, "division by zero");
        result = number_value(a / b);
        break;
      case OP_REMAINDER:
        result = remainder_of(m, left, right);
        break;
      case OP_LESS:
        result = boolean_value(a < b);
        break;
      case OP_LESS_EQUAL:
        result = boolean_value(a <= b);
        break;
      case OP_GREATER:
        result = boolean_value(a > b);
        break;
      default:
        result = boolean_value(a >= b);
        break;
    }
  } else {
    fail(m, "operands are %s and %s", type_name(left), type_name(right));
  }
  m->top -= 2;
  push(m, result);
}

static void check_key(vm* m, value key) {
  bool number = key.type == VALUE_NUMBER && key.as.number == key.as.number;
  if (!number && key.type != VALUE_BOOLEAN && !is_object(key, OBJECT_STRING)) {
    fail(m, "key is a %s", type_name(key));
  }
}

static uint32_t check_index(vm* m, value key, uint32_t count) {
  int64_t index;
  if (!whole_number(key, &index)) fail(m, "index is not a whole number");
  if (index < 0 || index >= (int64_t)count) {
    fail(m, "index %lld is out of range, length is %u", (long long)index,
         (unsigned)count);
  }
  return (uint32_t)index;
}

static value get_index(vm* m, value container, value key) {
  if (is_object(container, OBJECT_ARRAY)) {
    const array* a = (array*)container.as.object;
    return a->items[check_index(m, key, a->count)];
  }
  if (is_object(container, OBJECT_STRING)) {
    const string* s = (string*)container.as.object;
    uint32_t index = check_index(m, key, s->length);
    return object_value(make_string(m, s->bytes + index, 1));
  }
  if (is_object(container, OBJECT_TABLE)) {
    check_key(m, key);
    const value* found = table_find((table*)container.as.object, key);
    return found != NULL ? *found : nil_value();
  }
  fail(m, "cannot index a value of type %s", type_name(container));
}

static void set_index(vm* m, value container, value key, value item) {
  if (is_object(container, OBJECT_ARRAY)) {
    array* a = (array*)container.as.object;
    a->items[check_index(m, key, a->count)] = item;
  } else if (is_object(container, OBJECT_TABLE)) {
    check_key(m, key);
    table_set(m, (table*)container.as.object, key, item);
  } else {
    fail(m, "cannot store into a value of type %s", type_name(container));
  }
}

// Pushes the next value of the iteration, or returns false at its end.
static bool iterate(vm* m, value* slot) {
  value over = slot[0];
  uint32_t at = (uint32_t)slot[1].as.number;
  value next = nil_value();
  if (over.type == VALUE_NUMBER) {
    if (!((double)at < over.as.number)) return false;
    next = number_value(at);
  } else if (is_object(over, OBJECT_ARRAY)) {
    const array* a = (array*)over.as.object;
    if (at >= a->count) return false;
    next = a->items[at];
  } else if (is_object(over, OBJECT_STRING)) {
    const string* s = (string*)over.as.object;
    if (at >= s->length) return false;
    next = object_value(make_string(m, s->bytes + at, 1));
  } else if (is_object(over, OBJECT_TABLE)) {
    const table* t = (table*)over.as.object;
    while (at < t->used && t->entries[at].key.type == VALUE_NIL) at++;
    if (at >= t->used) return false;
    next = t->entries[at].key;
  } else {
    fail(m, "cannot iterate over a value of type %s", type_name(over));
  }
  slot[1] = number_value((double)at + 1);
  push(m, next);
  return true;
}

static value* find_global(vm* m, value name) {
  value* found = table_find(m->globals, name);
  if (found == NULL) {
    fail(m, "'%s' is not defined", ((string*)name.as.object)->bytes);
  }
  return found;
}

// ---- the loop -------------------------------------------------------------

static uint32_t read_short(frame* f) {
  f->next += 2;
  return (uint32_t)f->next[-2] | (uint32_t)f->next[-1] << 8;
}

static value read_constant(frame* f) {
  return f->closure->function->constants[read_short(f)];
}

static void new_closure(vm* m, frame* f) {
  value code = read_constant(f);
  closure* c = make_closure(m, (function*)code.as.object);
  push(m, object_value(c));
  for (int i = 0; i < c->upvalue_count; i++) {
    bool is_local = *f->next++ != 0;
    uint8_t index = *f->next++;
    c->upvalues[i] =
        is_local ? capture(m, f->slots + index) : f->closure->upvalues[index];
  }
}

static void run(vm* m) {
  frame* f = &m->frames[m->frame_count - 1];
  for (;;) {
    opcode op = (opcode)*f->next++;
    switch (op) {
      case OP_NIL:
        push(m, nil_value());
        break;
      case OP_TRUE:
      case OP_FALSE:
        push(m, boolean_value(op == OP_TRUE));
        break;
      case OP_CONSTANT:
        push(m, read_constant(f));
        break;
      case OP_POP:
        m->top--;
        break;
      case OP_DUPLICATE_TWO:
        push(m, m->top[-2]);
        push(m, m->top[-2]);
        break;
      case OP_GET_LOCAL:
        push(m, f->slots[*f->next++]);
        break;
      case OP_SET_LOCAL:
        f->slots[*f->next++] = pop(m);
        break;
      case OP_GET_UPVALUE:
        push(m, *f->closure->upvalues[*f->next++]->place);
        break;
      case OP_SET_UPVALUE:
        *f->closure->upvalues[*f->next++]->place = pop(m);
        break;
      case OP_GET_GLOBAL:
        push(m, *find_global(m, read_constant(f)));
        break;
      case OP_SET_GLOBAL: {
        value* found = find_global(m, read_constant(f));
        *found = pop(m);
        break;
      }
      case OP_DEFINE_GLOBAL:
        table_set(m, m->globals, read_constant(f), m->top[-1]);
        m->top--;
        break;
      case OP_GET_INDEX: {
        value found = get_index(m, m->top[-2], m->top[-1]);
        m->top -= 2;
        push(m, found);
        break;
      }
      case OP_SET_INDEX:
        set_index(m, m->top[-3], m->top[-2], m->top[-1]);
        m->top -= 3;
        break;
      case OP_ADD:
      case OP_SUBTRACT:
      case OP_MULTIPLY:
      case OP_DIVIDE:
      case OP_REMAINDER:
      case OP_LESS:
      case OP_LESS_EQUAL:
      case OP_GREATER:
      case OP_GREATER_EQUAL:
        binary(m, op);
        break;
      case OP_EQUAL:
      case OP_NOT_EQUAL: {
        bool equal = values_equal(m->top[-2], m->top[-1]);
        m->top -= 2;
        push(m, boolean_value(equal == (op == OP_EQUAL)));
        break;
      }
      case OP_NEGATE:
        if (m->top[-1].type != VALUE_NUMBER) {
          fail(m, "cannot negate a value of type %s", type_name(m->top[-1]));
        }
        m->top[-1].as.number = -m->top[-1].as.number;
        break;
      case OP_NOT:
        m->top[-1] = boolean_value(!is_true(m->top[-1]));
        break;
      case OP_JUMP: {
        uint32_t distance = read_short(f);
        f->next += distance;
        break;
      }
      case OP_JUMP_IF_FALSE: {
        uint32_t distance = read_short(f);
        if (!is_true(pop(m))) f->next += distance;
        break;
      }
      case OP_AND:
      case OP_OR: {
        uint32_t distance = read_short(f);
        if (is_true(m->top[-1]) == (op == OP_OR)) {
          f->next += distance;
        } else {
          m->top--;
        }
        break;
      }
      case OP_LOOP: {
        uint32_t distance = read_short(f);
        f->next -= distance;
        break;
      }
      case OP_ITERATE: {
        value* slot = f->slots + *f->next++;
        uint32_t distance = read_short(f);
        if (!iterate(m, slot)) f->next += distance;
        break;
      }
      case OP_NEW_ARRAY:
        push(m, object_value(make_array(m)));
        break;
      case OP_APPEND:
        array_append(m, (array*)m->top[-2].as.object, m->top[-1]);
        m->top--;
        break;
      case OP_NEW_TABLE:
        push(m, object_value(make_table(m)));
        break;
      case OP_INSERT:
        set_index(m, m->top[-3], m->top[-2], m->top[-1]);
        m->top -= 2;
        break;
      case OP_CLOSURE:
        new_closure(m, f);
        break;
      case OP_CLOSE_UPVALUE:
        close_upvalues(m, m->top - 1);
        m->top--;
        break;
      case OP_CALL:
        call_value(m, *f->next++);
        f = &m->frames[m->frame_count - 1];
        break;
      case OP_RETURN: {
        value result = pop(m);
        close_upvalues(m, f->slots);
        m->top = f->slots;
        if (--m->frame_count == 0) return;
        push(m, result);
        f = &m->frames[m->frame_count - 1];
        break;
      }
    }
  }
}

// ---- the machine ----------------------------------------------------------

vm* vm_new(void) {
  vm* m = calloc(1, sizeof *m);
  if (m == NULL) return NULL;
  m->stack = malloc(STACK_SIZE * sizeof *m->stack);
  m->frames = malloc(MAX_FRAMES * sizeof *m->frames);
  if (m->stack == NULL || m->frames == NULL) {
    vm_free(m);
    return NULL;
  }
  m->top = m->stack;
  m->globals = make_table(m);
  define_natives(m);
  return m;
}

void vm_free(vm* m) {
  free_objects(m);
  resize(m, m->error.bytes, m->error.capacity, 0);
  resize(m, m->scratch.bytes, m->scratch.capacity, 0);
  free(m->stack);
  free(m->frames);
  free(m);
}

bool vm_run(vm* m, const char* source) {
  m->error.length = 0;
  if (setjmp(m->on_error) != 0) {
    append_text(m, &m->error, "", 1);
    abandon_compiling(m);
    // Closures that outlive the error keep the variables they captured.
    close_upvalues(m, m->stack);
    m->top = m->stack;
    m->frame_count = 0;
    return false;
  }
  push(m, object_value(compile(m, source)));
  closure* script = make_closure(m, (function*)m->top[-1].as.object);
  m->top[-1] = object_value(script);
  call_closure(m, script, 0);
  run(m);
  return true;
}
