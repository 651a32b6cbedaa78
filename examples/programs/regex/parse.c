// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From pattern to syntax tree, by recursive descent over the grammar
//
//   choice   := sequence ('|' sequence)*
//   sequence := repeat*
//   repeat   := atom (quantifier '?'?)*
//   atom     := byte | '.' | class | escape | anchor | group
//
// Nodes live in one array and refer to each other by index.  The only recursion
// is through groups, whose depth is limited, so no pattern can exhaust the
// stack.  Case folding happens here: a folded letter is a set of two bytes.

#include <stdlib.h>
#include <string.h>

#include "regex.h"

typedef struct parser {
  const char* text;
  size_t length;
  size_t at;
  unsigned flags;
  int depth;
  regex_status status;
  syntax_tree* tree;
} parser;

static uint32_t parse_choice(parser* p);

static bool more(const parser* p) {
  return p->status == REGEX_OK && p->at < p->length;
}

static bool accept(parser* p, char c) {
  if (!more(p) || p->text[p->at] != c) return false;
  p->at++;
  return true;
}

static uint32_t fail(parser* p, regex_status status, size_t at) {
  if (p->status == REGEX_OK) {
    p->status = status;
    p->at = at;
  }
  return NO_NODE;
}

// ---- nodes and sets -------------------------------------------------------

static void* grow(void* array, uint32_t count, uint32_t* capacity,
                  size_t item_size) {
  if (count < *capacity) return array;
  uint32_t wanted = *capacity == 0 ? 16 : *capacity * 2;
  void* grown = realloc(array, wanted * item_size);
  if (grown != NULL) *capacity = wanted;
  return grown;
}

static uint32_t add_node(parser* p, node_kind kind, uint32_t value) {
  syntax_tree* tree = p->tree;
  node* nodes =
      grow(tree->nodes, tree->node_count, &tree->node_capacity, sizeof *nodes);
  if (nodes == NULL) return fail(p, REGEX_NO_MEMORY, p->at);
  tree->nodes = nodes;
  nodes[tree->node_count] = (node){
      .kind = kind, .first_child = NO_NODE, .next = NO_NODE, .value = value};
  return tree->node_count++;
}

static void fold_case(byte_set* set) {
  for (unsigned c = 'a'; c <= 'z'; c++) {
    unsigned upper = c - 'a' + 'A';
    if (byte_set_has(set, c) || byte_set_has(set, upper)) {
      byte_set_add(set, c);
      byte_set_add(set, upper);
    }
  }
}

static void invert(byte_set* set) {
  for (int i = 0; i < 8; i++) set->words[i] = ~set->words[i];
}

static uint32_t add_set_node(parser* p, const byte_set* set) {
  syntax_tree* tree = p->tree;
  for (uint32_t i = 0; i < tree->set_count; i++) {
    if (memcmp(&tree->sets[i], set, sizeof *set) == 0) {
      return add_node(p, NODE_SET, i);
    }
  }
  byte_set* sets =
      grow(tree->sets, tree->set_count, &tree->set_capacity, sizeof *sets);
  if (sets == NULL) return fail(p, REGEX_NO_MEMORY, p->at);
  tree->sets = sets;
  sets[tree->set_count] = *set;
  return add_node(p, NODE_SET, tree->set_count++);
}

static uint32_t add_byte_node(parser* p, unsigned byte) {
  byte_set set = {{0}};
  byte_set_add(&set, byte);
  if (p->flags & REGEX_IGNORE_CASE) fold_case(&set);
  return add_set_node(p, &set);
}

// ---- classes and escapes --------------------------------------------------

static void add_range(byte_set* set, unsigned low, unsigned high) {
  for (unsigned c = low; c <= high; c++) byte_set_add(set, c);
}

typedef struct named_class {
  const char* name;
  const char* ranges;  // pairs of bytes, low and high
} named_class;

static bool add_named_class(byte_set* set, const char* name, size_t length) {
  static const named_class classes[] = {
      {"alnum", "azAZ09"},   {"alpha", "azAZ"},
      {"blank", "  \t\t"},   {"cntrl", "\1\37\177\177"},
      {"digit", "09"},       {"graph", "!~"},
      {"lower", "az"},       {"print", " ~"},
      {"punct", "!/:@[`{~"}, {"space", "  \t\r"},
      {"upper", "AZ"},       {"word", "azAZ09__"},
      {"xdigit", "09afAF"},
  };
  for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
    if (strlen(classes[i].name) != length) continue;
    if (memcmp(classes[i].name, name, length) != 0) continue;
    for (const char* r = classes[i].ranges; *r != '\0'; r += 2) {
      add_range(set, (unsigned char)r[0], (unsigned char)r[1]);
    }
    return true;
  }
  return false;
}

// \d \w \s and their complements.
static bool class_escape(char c, byte_set* set) {
  *set = (byte_set){{0}};
  switch (c) {
    case 'd':
    case 'D':
      add_named_class(set, "digit", 5);
      break;
    case 'w':
    case 'W':
      add_named_class(set, "word", 4);
      break;
    case 's':
    case 'S':
      add_named_class(set, "space", 5);
      break;
    default:
      return false;
  }
  if (c < 'a') invert(set);
  return true;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that an escape names; `at` is after the backslash.
static unsigned byte_escape(parser* p) {
  size_t start = p->at - 1;
  if (!more(p)) {
    fail(p, REGEX_BAD_ESCAPE, start);
    return 0;
  }
  char c = p->text[p->at++];
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    case 'x': {
      int high = p->length - p->at >= 2 ? hex_digit(p->text[p->at]) : -1;
      int low = high >= 0 ? hex_digit(p->text[p->at + 1]) : -1;
      if (low < 0) fail(p, REGEX_BAD_ESCAPE, start);
      p->at += low < 0 ? 0 : 2;
      return (unsigned)(high * 16 + low) & 0xFF;
    }
    default:
      break;
  }
  // Letters and digits are kept for escapes yet unknown.
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (letter || (c >= '0' && c <= '9')) fail(p, REGEX_BAD_ESCAPE, start);
  return (unsigned char)c;
}

// Reads a single byte of a class; false if it was a whole set instead.
static bool class_item(parser* p, byte_set* set, unsigned* byte) {
  size_t start = p->at;
  if (p->text[p->at] == '[' && p->at + 1 < p->length &&
      p->text[p->at + 1] == ':') {
    size_t name = p->at + 2;
    size_t end = name;
    while (end < p->length && p->text[end] != ':') end++;
    if (end + 1 >= p->length || p->text[end + 1] != ']' ||
        !add_named_class(set, p->text + name, end - name)) {
      fail(p, REGEX_BAD_CLASS_NAME, start);
    } else {
      p->at = end + 2;
    }
    return false;
  }
  if (!accept(p, '\\')) {
    *byte = (unsigned char)p->text[p->at++];
    return true;
  }
  byte_set escaped;
  if (more(p) && class_escape(p->text[p->at], &escaped)) {
    p->at++;
    for (int i = 0; i < 8; i++) set->words[i] |= escaped.words[i];
    return false;
  }
  *byte = byte_escape(p);
  return true;
}

static uint32_t parse_class(parser* p) {
  size_t start = p->at - 1;
  byte_set set = {{0}};
  bool negated = accept(p, '^');
  bool first = true;  // a ']' in the first place is a member
  for (;; first = false) {
    if (!more(p)) return fail(p, REGEX_MISSING_BRACKET, start);
    if (!first && accept(p, ']')) break;
    size_t item = p->at;
    unsigned low = 0;
    unsigned high = 0;
    if (!class_item(p, &set, &low)) continue;
    high = low;
    if (p->length - p->at >= 2 && p->text[p->at] == '-' &&
        p->text[p->at + 1] != ']') {
      p->at++;
      if (!class_item(p, &set, &high) || high < low) {
        return fail(p, REGEX_BAD_RANGE, item);
      }
    }
    add_range(&set, low, high);
  }
  if (p->flags & REGEX_IGNORE_CASE) fold_case(&set);
  if (negated) invert(&set);
  return add_set_node(p, &set);
}

static uint32_t parse_escape(parser* p) {
  static const char letters[] = "AzbB";
  static const assertion meanings[] = {ASSERT_TEXT_START, ASSERT_TEXT_END,
                                       ASSERT_WORD_EDGE, ASSERT_NO_WORD_EDGE};
  if (more(p) && p->text[p->at] != '\0') {
    const char* found = strchr(letters, p->text[p->at]);
    byte_set set;
    if (found != NULL) {
      p->at++;
      return add_node(p, NODE_ASSERT, (uint32_t)meanings[found - letters]);
    }
    if (class_escape(p->text[p->at], &set)) {
      p->at++;
      return add_set_node(p, &set);
    }
  }
  return add_byte_node(p, byte_escape(p));
}

// ---- groups ---------------------------------------------------------------

// Reads "ims-ims" and what ends it.  Returns true for ':' and false for ')'.
static bool parse_flags(parser* p) {
  static const char letters[] = "ims";
  size_t start = p->at;
  bool remove = false;
  while (more(p)) {
    char c = p->text[p->at++];
    const char* found = c != '\0' ? strchr(letters, c) : NULL;
    if (c == ':' || c == ')') return c == ':';
    if (c == '-' && !remove) {
      remove = true;
    } else if (found == NULL) {
      break;
    } else if (remove) {
      p->flags &= ~(1u << (found - letters));
    } else {
      p->flags |= 1u << (found - letters);
    }
  }
  fail(p, REGEX_BAD_GROUP, start);
  return false;
}

static uint32_t parse_group(parser* p) {
  size_t start = p->at - 1;
  unsigned outer_flags = p->flags;
  bool capture = !accept(p, '?');
  if (!capture && !parse_flags(p)) {
    return add_node(p, NODE_EMPTY, 0);  // (?i) holds to the end of the group
  }
  if (++p->depth > REGEX_MAX_DEPTH) return fail(p, REGEX_TOO_DEEP, start);
  uint32_t number = p->tree->group_count;
  if (capture && ++p->tree->group_count > REGEX_MAX_GROUPS) {
    return fail(p, REGEX_TOO_LARGE, start);
  }
  uint32_t inner = parse_choice(p);
  if (!accept(p, ')')) return fail(p, REGEX_MISSING_PARENTHESIS, start);
  p->depth--;
  p->flags = outer_flags;
  if (!capture) return inner;
  uint32_t group = add_node(p, NODE_GROUP, number);
  if (group != NO_NODE) p->tree->nodes[group].first_child = inner;
  return group;
}

// ---- the grammar ----------------------------------------------------------

static uint32_t parse_atom(parser* p) {
  size_t start = p->at;
  bool lines = (p->flags & REGEX_MULTI_LINE) != 0;
  char c = p->text[p->at++];
  switch (c) {
    case '(':
      return parse_group(p);
    case '[':
      return parse_class(p);
    case '\\':
      return parse_escape(p);
    case '^':
      return add_node(p, NODE_ASSERT,
                      lines ? ASSERT_LINE_START : ASSERT_TEXT_START);
    case '$':
      return add_node(p, NODE_ASSERT,
                      lines ? ASSERT_LINE_END : ASSERT_TEXT_END);
    case '.': {
      byte_set set = {{0}};
      if (!(p->flags & REGEX_DOT_ALL)) byte_set_add(&set, '\n');
      invert(&set);
      return add_set_node(p, &set);
    }
    case '*':
    case '+':
    case '?':
    case '{':
      return fail(p, REGEX_NOTHING_TO_REPEAT, start);
    default:
      return add_byte_node(p, (unsigned char)c);
  }
}

static int32_t parse_number(parser* p) {
  int32_t number = UNBOUNDED;
  while (more(p) && p->text[p->at] >= '0' && p->text[p->at] <= '9') {
    int digit = p->text[p->at++] - '0';
    if (number < 0) number = 0;
    if (number <= REGEX_MAX_REPEAT) number = number * 10 + digit;
  }
  return number;
}

static bool parse_quantifier(parser* p, int32_t* minimum, int32_t* maximum) {
  size_t start = p->at;
  if (accept(p, '*')) {
    *minimum = 0;
    *maximum = UNBOUNDED;
  } else if (accept(p, '+')) {
    *minimum = 1;
    *maximum = UNBOUNDED;
  } else if (accept(p, '?')) {
    *minimum = 0;
    *maximum = 1;
  } else if (accept(p, '{')) {
    *minimum = parse_number(p);
    *maximum = accept(p, ',') ? parse_number(p) : *minimum;
    if (!accept(p, '}') || *minimum < 0 || *minimum > REGEX_MAX_REPEAT ||
        *maximum > REGEX_MAX_REPEAT ||
        (*maximum != UNBOUNDED && *maximum < *minimum)) {
      fail(p, REGEX_BAD_REPEAT, start);
    }
  } else {
    return false;
  }
  return p->status == REGEX_OK;
}

static uint32_t parse_repeat(parser* p) {
  uint32_t atom = parse_atom(p);
  int32_t minimum;
  int32_t maximum;
  // Each quantifier applies to all that precedes it, so they nest.
  for (int depth = 0; parse_quantifier(p, &minimum, &maximum); depth++) {
    if (depth == REGEX_MAX_DEPTH) return fail(p, REGEX_TOO_DEEP, p->at);
    uint32_t repeat = add_node(p, NODE_REPEAT, 0);
    if (repeat == NO_NODE) return NO_NODE;
    node* n = &p->tree->nodes[repeat];
    n->first_child = atom;
    n->minimum = minimum;
    n->maximum = maximum;
    n->lazy = accept(p, '?');
    atom = repeat;
  }
  return atom;
}

static void append_child(parser* p, uint32_t parent, uint32_t* last,
                         uint32_t child) {
  if (parent == NO_NODE || child == NO_NODE) return;
  node* nodes = p->tree->nodes;
  if (*last == NO_NODE) {
    nodes[parent].first_child = child;
  } else {
    nodes[*last].next = child;
  }
  *last = child;
}

static uint32_t parse_sequence(parser* p) {
  uint32_t sequence = add_node(p, NODE_SEQUENCE, 0);
  uint32_t last = NO_NODE;
  while (more(p) && p->text[p->at] != '|' && p->text[p->at] != ')') {
    append_child(p, sequence, &last, parse_repeat(p));
  }
  return sequence;
}

static uint32_t parse_choice(parser* p) {
  uint32_t first = parse_sequence(p);
  if (!more(p) || p->text[p->at] != '|') return first;
  uint32_t choice = add_node(p, NODE_CHOICE, 0);
  uint32_t last = NO_NODE;
  append_child(p, choice, &last, first);
  while (accept(p, '|')) append_child(p, choice, &last, parse_sequence(p));
  return choice;
}

regex_status regex_parse(const char* pattern, size_t length, unsigned flags,
                         syntax_tree* tree, size_t* error_offset) {
  parser p = {.text = pattern, .length = length, .flags = flags, .tree = tree};
  *tree = (syntax_tree){.group_count = 1};
  tree->root = parse_choice(&p);
  if (more(&p)) fail(&p, REGEX_EXTRA_PARENTHESIS, p.at);
  *error_offset = p.at;
  return p.status;
}

void syntax_tree_free(syntax_tree* tree) {
  free(tree->nodes);
  free(tree->sets);
  *tree = (syntax_tree){0};
}
