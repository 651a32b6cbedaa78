// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small scripting language: what its parts share.
//
//   let total = 0;
//   fn add(n) { total += n; return total; }
//   for i in 10 { if i % 2 == 0 { add(i); } }
//   print("total", total, [1, "two", nil], {name: "x", size: 2}.name);
//
// Source is compiled in one pass to bytecode for a stack machine (compiler.c),
// which runs it (vm.c) with the functions of natives.c, on objects that a
// mark-sweep collector owns (object.c).

#ifndef EXAMPLES_INTERPRETER_INTERPRETER_H_
#define EXAMPLES_INTERPRETER_INTERPRETER_H_

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

typedef struct object object;
typedef struct vm vm;
typedef struct function_state function_state;

// ---- values and objects ---------------------------------------------------

typedef enum value_type {
  VALUE_NIL,
  VALUE_BOOLEAN,
  VALUE_NUMBER,
  VALUE_OBJECT,
} value_type;

typedef struct value {
  value_type type;
  union {
    bool boolean;
    double number;
    object* object;
  } as;
} value;

typedef enum object_type {
  OBJECT_STRING,
  OBJECT_ARRAY,
  OBJECT_TABLE,
  OBJECT_FUNCTION,
  OBJECT_CLOSURE,
  OBJECT_UPVALUE,
  OBJECT_NATIVE,
} object_type;

// `gray` links the objects that are marked but not yet scanned, so that the
// collector itself needs no memory.
struct object {
  object_type type;
  bool marked;
  object* next;
  object* gray;
};

// Strings are interned: equal strings are the same object.
typedef struct string {
  object header;
  struct string* chain;  // next of the same hash bucket
  uint32_t hash;
  uint32_t length;
  char bytes[];
} string;

typedef struct array {
  object header;
  value* items;
  uint32_t count;
  uint32_t capacity;
} array;

typedef struct table_entry {
  value key;  // nil once removed
  value value;
} table_entry;

// Entries keep the order of insertion; `index` holds place + 1, open addressed.
typedef struct table {
  object header;
  table_entry* entries;
  uint32_t* index;
  uint32_t used;  // entries in use, removed ones included
  uint32_t live;
  uint32_t capacity;  // of entries; the index is twice as large
} table;

typedef struct function {
  object header;
  string* name;  // NULL for the script itself
  uint8_t* code;
  uint32_t* lines;  // one for each byte of code
  uint32_t code_count;
  uint32_t code_capacity;
  value* constants;
  uint32_t constant_count;
  uint32_t constant_capacity;
  int arity;
  int upvalue_count;
} function;

// A variable of an enclosing function: on the stack while that function runs,
// in `closed` afterwards.
typedef struct upvalue {
  object header;
  value* place;
  value closed;
  struct upvalue* next;  // open ones, by falling place
} upvalue;

typedef struct closure {
  object header;
  function* function;
  int upvalue_count;
  upvalue* upvalues[];
} closure;

typedef value (*native_function)(vm* m, int count, value* arguments);

typedef struct native {
  object header;
  native_function call;
  const char* name;
  int minimum;
  int maximum;
} native;

// ---- bytecode -------------------------------------------------------------

typedef enum opcode {
  OP_NIL,
  OP_TRUE,
  OP_FALSE,
  OP_CONSTANT,  // u16 constant
  OP_POP,
  OP_DUPLICATE_TWO,
  OP_GET_LOCAL,      // u8 slot
  OP_SET_LOCAL,      // u8 slot; all stores pop the value
  OP_GET_UPVALUE,    // u8 index
  OP_SET_UPVALUE,    // u8 index
  OP_GET_GLOBAL,     // u16 constant
  OP_SET_GLOBAL,     // u16 constant
  OP_DEFINE_GLOBAL,  // u16 constant
  OP_GET_INDEX,
  OP_SET_INDEX,
  OP_ADD,
  OP_SUBTRACT,
  OP_MULTIPLY,
  OP_DIVIDE,
  OP_REMAINDER,
  OP_EQUAL,
  OP_NOT_EQUAL,
  OP_LESS,
  OP_LESS_EQUAL,
  OP_GREATER,
  OP_GREATER_EQUAL,
  OP_NEGATE,
  OP_NOT,
  OP_JUMP,           // u16 forward
  OP_JUMP_IF_FALSE,  // u16 forward, pops
  OP_AND,            // u16 forward: keeps a false value, else pops it
  OP_OR,             // u16 forward: keeps a true value, else pops it
  OP_LOOP,           // u16 backward
  OP_ITERATE,        // u8 slot, u16 forward when done
  OP_NEW_ARRAY,
  OP_APPEND,
  OP_NEW_TABLE,
  OP_INSERT,
  OP_CLOSURE,  // u16 constant, then for each upvalue u8 local, u8 index
  OP_CLOSE_UPVALUE,
  OP_CALL,  // u8 count
  OP_RETURN,
} opcode;

// ---- the machine ----------------------------------------------------------

enum { STACK_SIZE = 32768, MAX_FRAMES = 2000, STRING_BUCKETS = 1024 };

typedef struct frame {
  closure* closure;
  const uint8_t* next;
  value* slots;
} frame;

typedef struct text {
  char* bytes;
  size_t length;
  size_t capacity;
} text;

struct vm {
  value* stack;
  value* top;
  frame* frames;
  int frame_count;
  table* globals;
  upvalue* open_upvalues;
  string* strings[STRING_BUCKETS];
  object* objects;
  object* gray;
  size_t allocated;
  size_t next_collection;
  uint32_t collections;
  bool stress;                // collect before every new object
  function_state* compiling;  // the innermost function being compiled
  jmp_buf on_error;
  text error;
  text scratch;
  void (*write)(void* context, const char* bytes, size_t length);
  void* write_context;
};

// object.c
void* resize(vm* m, void* memory, size_t old_size, size_t new_size);
string* make_string(vm* m, const char* bytes, size_t length);
string* concatenate(vm* m, const string* left, const string* right);
array* make_array(vm* m);
void array_append(vm* m, array* a, value item);
table* make_table(vm* m);
value* table_find(const table* t, value key);
void table_set(vm* m, table* t, value key, value item);
bool table_remove(table* t, value key);
function* make_function(vm* m);
closure* make_closure(vm* m, function* f);
upvalue* make_upvalue(vm* m, value* place);
native* make_native(vm* m, const char* name, native_function call, int minimum,
                    int maximum);
void mark_object(vm* m, object* o);
void free_objects(vm* m);
bool is_object(value v, object_type type);
bool is_true(value v);
bool values_equal(value left, value right);
const char* type_name(value v);
void append_text(vm* m, text* out, const char* bytes, size_t length);
void append_value(vm* m, text* out, value v, int depth);

static inline value nil_value(void) { return (value){.type = VALUE_NIL}; }
static inline value boolean_value(bool b) {
  return (value){.type = VALUE_BOOLEAN, .as.boolean = b};
}
static inline value number_value(double n) {
  return (value){.type = VALUE_NUMBER, .as.number = n};
}
static inline value object_value(void* o) {
  return (value){.type = VALUE_OBJECT, .as.object = o};
}

// compiler.c
function* compile(vm* m, const char* source);
void mark_compiling(vm* m);
void abandon_compiling(vm* m);  // after an error

// natives.c
void define_natives(vm* m);

// vm.c: vm_run returns false on an error, and m->error then says which.
vm* vm_new(void);
void vm_free(vm* m);
bool vm_run(vm* m, const char* source);
void push(vm* m, value v);
noreturn void fail(vm* m, const char* format, ...);
noreturn void fail_at(vm* m, uint32_t line, const char* format, ...);

// self_test.c: returns 0 when every check passed, else 1.
int self_test(void);

#endif  // EXAMPLES_INTERPRETER_INTERPRETER_H_
