// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compressor (RFC 1951).
//
// 1. Matching.  Every position is entered in a hash table under its next three
//    bytes; positions with the same hash are chained from newest to oldest.  A
//    search walks the chain for the longest match.  Lazy matching holds a match
//    back for one byte and drops it for a literal if the next position has a
//    longer one.  The result is a list of tokens, each a literal or a pair of
//    length and distance.
// 2. Coding.  The tokens of a block are counted and a Huffman code of limited
//    length is built for each alphabet with the package-merge algorithm, which
//    is optimal.  The code lengths themselves are run-length coded and then
//    Huffman coded, as the format demands.
// 3. Choosing.  The size of the block in bits is computed for the three kinds
//    of block (stored, fixed code, dynamic code) and the smallest is written.

#include <stdlib.h>
#include <string.h>

#include "codec.h"

enum {
  HASH_BITS = 15,
  HASH_SIZE = 1 << HASH_BITS,
  BLOCK_TOKENS = 12288,
  MAX_STORED = 65535,
  MAX_HEADER_SYMBOLS = LITERAL_SYMBOLS_USED + DISTANCE_SYMBOLS,
};

typedef struct search_effort {
  uint16_t chain_length;  // positions tried for each search
  uint16_t good_length;   // a match in hand of this length cuts the search
  uint16_t nice_length;   // a match of this length ends the search
  bool lazy;
} search_effort;

static const search_effort efforts[10] = {
    {0, 0, 0, false},       {4, 8, 16, false},    {8, 16, 32, false},
    {32, 32, 64, false},    {16, 8, 32, true},    {32, 8, 64, true},
    {128, 8, 128, true},    {256, 16, 192, true}, {1024, 32, 258, true},
    {4096, 258, 258, true},
};

typedef struct token {
  uint16_t length;    // 0 for a literal
  uint16_t distance;  // or the literal
} token;

typedef struct prefix_code {
  uint16_t bits[LITERAL_SYMBOLS];  // already in the order they are sent
  uint8_t lengths[LITERAL_SYMBOLS];
} prefix_code;

typedef struct header_symbol {
  uint8_t symbol;
  uint8_t extra;
} header_symbol;

typedef struct block_header {
  prefix_code length_code;
  header_symbol symbols[MAX_HEADER_SYMBOLS];
  int symbol_count;
  int literal_count;
  int distance_count;
  int length_code_count;
  uint64_t bits;
} block_header;

typedef struct compressor {
  const uint8_t* data;
  size_t size;
  size_t block_start;
  search_effort effort;
  byte_buffer* out;
  uint64_t bit_buffer;
  int bit_count;
  int token_count;
  uint32_t literal_frequency[LITERAL_SYMBOLS];
  uint32_t distance_frequency[DISTANCE_SYMBOLS];
  prefix_code literals;
  prefix_code distances;
  block_header header;
  token tokens[BLOCK_TOKENS];
  uint32_t newest[HASH_SIZE];      // position + 1; 0 means none
  uint32_t previous[WINDOW_SIZE];  // position + 1 of the next older one
} compressor;

typedef struct match {
  int length;
  int distance;
} match;

// ---- bits -----------------------------------------------------------------

static void put_bits(compressor* c, uint32_t value, int count) {
  c->bit_buffer |= (uint64_t)value << c->bit_count;
  c->bit_count += count;
  while (c->bit_count >= 8) {
    buffer_push(c->out, (uint8_t)c->bit_buffer);
    c->bit_buffer >>= 8;
    c->bit_count -= 8;
  }
}

static void align_to_byte(compressor* c) {
  if (c->bit_count > 0) put_bits(c, 0, 8 - c->bit_count);
}

// ---- prefix codes ---------------------------------------------------------

typedef struct weighted_symbol {
  uint32_t weight;
  uint16_t symbol;
} weighted_symbol;

static int compare_weights(const void* left, const void* right) {
  const weighted_symbol* a = left;
  const weighted_symbol* b = right;
  if (a->weight != b->weight) return a->weight < b->weight ? -1 : 1;
  return (int)a->symbol - (int)b->symbol;
}

// Package-merge.  Think of a coin of every denomination 2^-1 .. 2^-limit for
// each symbol, priced at its weight; the cheapest set of 2n-2 items at the top
// level is an optimal code, and a symbol's length is the number of its coins
// in the set.  Within a level coins are taken in order of weight, so the only
// thing to remember is which places of the sorted list hold packages.
static void limited_lengths(const weighted_symbol* leaves, int count, int limit,
                            uint8_t* lengths) {
  bool is_package[MAX_CODE_BITS][2 * LITERAL_SYMBOLS];
  uint64_t level[2 * LITERAL_SYMBOLS];
  uint64_t packages[LITERAL_SYMBOLS];
  int package_count = 0;
  for (int depth = 0; depth < limit; depth++) {
    int leaf = 0;
    int package = 0;
    int size = 0;
    while (leaf < count || package < package_count) {
      bool take_package =
          leaf == count ||
          (package < package_count && packages[package] < leaves[leaf].weight);
      is_package[depth][size] = take_package;
      level[size++] =
          take_package ? packages[package++] : leaves[leaf++].weight;
    }
    package_count = size / 2;
    for (int i = 0; i < package_count; i++) {
      packages[i] = level[2 * i] + level[2 * i + 1];
    }
  }
  int taken = 2 * count - 2;
  for (int depth = limit - 1; depth >= 0 && taken > 0; depth--) {
    int leaf_count = 0;
    for (int i = 0; i < taken; i++) leaf_count += !is_package[depth][i];
    for (int i = 0; i < leaf_count; i++) lengths[leaves[i].symbol]++;
    taken = 2 * (taken - leaf_count);
  }
}

static uint16_t reverse_bits(uint32_t value, int count) {
  uint32_t reversed = 0;
  for (int i = 0; i < count; i++) {
    reversed = reversed << 1 | (value & 1);
    value >>= 1;
  }
  return (uint16_t)reversed;
}

// Canonical codes: shorter before longer, then by symbol.
static void assign_codes(prefix_code* code, int symbol_count) {
  uint32_t count[MAX_CODE_BITS + 1] = {0};
  uint32_t next[MAX_CODE_BITS + 1] = {0};
  for (int i = 0; i < symbol_count; i++) count[code->lengths[i]]++;
  count[0] = 0;
  for (int length = 1; length <= MAX_CODE_BITS; length++) {
    next[length] = (next[length - 1] + count[length - 1]) << 1;
  }
  for (int i = 0; i < symbol_count; i++) {
    int length = code->lengths[i];
    if (length > 0) code->bits[i] = reverse_bits(next[length]++, length);
  }
}

static void build_code(const uint32_t* frequency, int symbol_count, int limit,
                       prefix_code* code) {
  weighted_symbol leaves[LITERAL_SYMBOLS];
  int count = 0;
  memset(code, 0, sizeof *code);
  for (int i = 0; i < symbol_count; i++) {
    if (frequency[i] == 0) continue;
    leaves[count].weight = frequency[i];
    leaves[count++].symbol = (uint16_t)i;
  }
  // A code of fewer than two symbols is incomplete and some decoders refuse
  // it, so unused symbols fill it up.
  for (int i = 0; count < 2; i++) {
    if (frequency[i] != 0) continue;
    leaves[count].weight = 0;
    leaves[count++].symbol = (uint16_t)i;
  }
  qsort(leaves, (size_t)count, sizeof leaves[0], compare_weights);
  limited_lengths(leaves, count, limit, code->lengths);
  assign_codes(code, symbol_count);
}

// ---- symbols of lengths and distances -------------------------------------

static int length_code(int length) {
  int code = LENGTH_CODES - 1;
  while (length_base[code] > length) code--;
  return code;
}

// From distance 5 on, each power of two is split in two codes, so the code
// follows from the highest bit and the one below it.
static int distance_code(int distance) {
  uint32_t rest = (uint32_t)distance - 1;
  if (rest < 4) return (int)rest;
  int high = 0;
  while (rest >> (high + 1) != 0) high++;
  return 2 * high + (int)(rest >> (high - 1) & 1);
}

// ---- block headers --------------------------------------------------------

static void add_header_symbol(block_header* header, uint32_t* frequency,
                              int symbol, int extra) {
  header_symbol* entry = &header->symbols[header->symbol_count++];
  entry->symbol = (uint8_t)symbol;
  entry->extra = (uint8_t)extra;
  frequency[symbol]++;
}

static int header_extra_bits(int symbol) {
  return symbol == 16 ? 2 : symbol == 17 ? 3 : symbol == 18 ? 7 : 0;
}

// Run-length codes the lengths of both alphabets as one sequence; runs may
// cross from the first to the second.
static void plan_header(compressor* c) {
  block_header* header = &c->header;
  uint8_t lengths[MAX_HEADER_SYMBOLS];
  uint32_t frequency[CODE_LENGTH_SYMBOLS] = {0};

  int literals = LITERAL_SYMBOLS_USED;
  while (literals > 257 && c->literals.lengths[literals - 1] == 0) literals--;
  int distances = DISTANCE_SYMBOLS;
  while (distances > 1 && c->distances.lengths[distances - 1] == 0) distances--;
  header->literal_count = literals;
  header->distance_count = distances;
  header->symbol_count = 0;
  memcpy(lengths, c->literals.lengths, (size_t)literals);
  memcpy(lengths + literals, c->distances.lengths, (size_t)distances);

  int total = literals + distances;
  for (int i = 0; i < total;) {
    int value = lengths[i];
    int run = 1;
    while (i + run < total && lengths[i + run] == value) run++;
    i += run;
    if (value == 0) {
      while (run >= 3) {
        int part = run < 138 ? run : 138;
        if (part <= 10) {
          add_header_symbol(header, frequency, 17, part - 3);
        } else {
          add_header_symbol(header, frequency, 18, part - 11);
        }
        run -= part;
      }
    } else {
      add_header_symbol(header, frequency, value, 0);
      run--;
      while (run >= 3) {
        int part = run < 6 ? run : 6;
        add_header_symbol(header, frequency, 16, part - 3);
        run -= part;
      }
    }
    while (run-- > 0) add_header_symbol(header, frequency, value, 0);
  }

  build_code(frequency, CODE_LENGTH_SYMBOLS, MAX_LENGTH_CODE_BITS,
             &header->length_code);
  int used = CODE_LENGTH_SYMBOLS;
  while (used > 4 &&
         header->length_code.lengths[code_length_order[used - 1]] == 0) {
    used--;
  }
  header->length_code_count = used;
  header->bits = 5 + 5 + 4 + 3 * (uint64_t)used;
  for (int i = 0; i < CODE_LENGTH_SYMBOLS; i++) {
    header->bits += (uint64_t)frequency[i] *
                    (header->length_code.lengths[i] + header_extra_bits(i));
  }
}

static void write_header(compressor* c) {
  const block_header* header = &c->header;
  put_bits(c, (uint32_t)header->literal_count - 257, 5);
  put_bits(c, (uint32_t)header->distance_count - 1, 5);
  put_bits(c, (uint32_t)header->length_code_count - 4, 4);
  for (int i = 0; i < header->length_code_count; i++) {
    put_bits(c, header->length_code.lengths[code_length_order[i]], 3);
  }
  for (int i = 0; i < header->symbol_count; i++) {
    const header_symbol* entry = &header->symbols[i];
    put_bits(c, header->length_code.bits[entry->symbol],
             header->length_code.lengths[entry->symbol]);
    put_bits(c, entry->extra, header_extra_bits(entry->symbol));
  }
}

// ---- blocks ---------------------------------------------------------------

static uint64_t coded_bits(const compressor* c, const uint8_t* literal_lengths,
                           const uint8_t* distance_lengths) {
  uint64_t bits = 0;
  for (int i = 0; i < LITERAL_SYMBOLS_USED; i++) {
    int extra = i > END_OF_BLOCK ? length_extra_bits[i - END_OF_BLOCK - 1] : 0;
    bits += (uint64_t)c->literal_frequency[i] *
            (uint64_t)(literal_lengths[i] + extra);
  }
  for (int i = 0; i < DISTANCE_SYMBOLS; i++) {
    bits += (uint64_t)c->distance_frequency[i] *
            (uint64_t)(distance_lengths[i] + distance_extra_bits[i]);
  }
  return bits;
}

static void write_tokens(compressor* c) {
  for (int i = 0; i < c->token_count; i++) {
    const token* t = &c->tokens[i];
    if (t->length == 0) {
      put_bits(c, c->literals.bits[t->distance],
               c->literals.lengths[t->distance]);
      continue;
    }
    int code = length_code(t->length);
    int symbol = END_OF_BLOCK + 1 + code;
    put_bits(c, c->literals.bits[symbol], c->literals.lengths[symbol]);
    put_bits(c, (uint32_t)t->length - length_base[code],
             length_extra_bits[code]);
    code = distance_code(t->distance);
    put_bits(c, c->distances.bits[code], c->distances.lengths[code]);
    put_bits(c, (uint32_t)t->distance - distance_base[code],
             distance_extra_bits[code]);
  }
  put_bits(c, c->literals.bits[END_OF_BLOCK],
           c->literals.lengths[END_OF_BLOCK]);
}

static void write_stored(compressor* c, size_t end, bool final) {
  do {
    size_t part = end - c->block_start;
    if (part > MAX_STORED) part = MAX_STORED;
    bool last = final && c->block_start + part == end;
    put_bits(c, last, 1);
    put_bits(c, 0, 2);
    align_to_byte(c);
    put_bits(c, (uint32_t)part, 16);
    put_bits(c, (uint32_t)part ^ 0xFFFF, 16);
    if (part > 0) buffer_append(c->out, c->data + c->block_start, part);
    c->block_start += part;
  } while (c->block_start < end);
}

static void use_fixed_codes(compressor* c) {
  fixed_literal_lengths(c->literals.lengths);
  memset(c->distances.lengths, 5, DISTANCE_SYMBOLS);
  assign_codes(&c->literals, LITERAL_SYMBOLS);
  assign_codes(&c->distances, DISTANCE_SYMBOLS);
}

static void write_block(compressor* c, size_t end, bool final) {
  uint8_t fixed_literals[LITERAL_SYMBOLS];
  uint8_t fixed_distances[DISTANCE_SYMBOLS];
  fixed_literal_lengths(fixed_literals);
  memset(fixed_distances, 5, sizeof fixed_distances);

  c->literal_frequency[END_OF_BLOCK] = 1;
  build_code(c->literal_frequency, LITERAL_SYMBOLS_USED, MAX_CODE_BITS,
             &c->literals);
  build_code(c->distance_frequency, DISTANCE_SYMBOLS, MAX_CODE_BITS,
             &c->distances);
  plan_header(c);

  uint64_t dynamic_bits =
      c->header.bits + coded_bits(c, c->literals.lengths, c->distances.lengths);
  uint64_t fixed_bits = coded_bits(c, fixed_literals, fixed_distances);
  size_t size = end - c->block_start;
  size_t pieces = size / MAX_STORED + 1;
  uint64_t stored_bits = 8 * (uint64_t)size + 40 * (uint64_t)pieces;

  if (stored_bits < dynamic_bits && stored_bits < fixed_bits) {
    write_stored(c, end, final);
  } else if (fixed_bits <= dynamic_bits) {
    put_bits(c, final, 1);
    put_bits(c, 1, 2);
    use_fixed_codes(c);
    write_tokens(c);
  } else {
    put_bits(c, final, 1);
    put_bits(c, 2, 2);
    write_header(c);
    write_tokens(c);
  }

  c->block_start = end;
  c->token_count = 0;
  memset(c->literal_frequency, 0, sizeof c->literal_frequency);
  memset(c->distance_frequency, 0, sizeof c->distance_frequency);
}

// `end` is where the input covered by the tokens ends, this one included.
static void add_token(compressor* c, int length, int distance, size_t end) {
  token* t = &c->tokens[c->token_count++];
  t->length = (uint16_t)length;
  t->distance = (uint16_t)distance;
  if (length == 0) {
    c->literal_frequency[distance]++;
  } else {
    c->literal_frequency[END_OF_BLOCK + 1 + length_code(length)]++;
    c->distance_frequency[distance_code(distance)]++;
  }
  // The last block of the input is written by the caller, who alone knows
  // that it is the last.
  if (c->token_count == BLOCK_TOKENS && end < c->size) {
    write_block(c, end, false);
  }
}

// ---- matching -------------------------------------------------------------

static uint32_t hash_at(const uint8_t* p) {
  uint32_t value = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
  return value * UINT32_C(0x9E3779B1) >> (32 - HASH_BITS);
}

static void insert_position(compressor* c, size_t position) {
  if (c->size - position < MIN_MATCH) return;
  uint32_t* head = &c->newest[hash_at(c->data + position)];
  c->previous[position % WINDOW_SIZE] = *head;
  *head = (uint32_t)position + 1;
}

// Looks for a match longer than `in_hand`.
static match find_match(const compressor* c, size_t position, int in_hand) {
  match best = {0, 0};
  size_t left = c->size - position;
  if (left < MIN_MATCH) return best;
  int limit = left < MAX_MATCH ? (int)left : MAX_MATCH;
  int tries = c->effort.chain_length;
  if (in_hand >= c->effort.good_length) tries /= 4;
  int best_length = in_hand < MIN_MATCH ? MIN_MATCH - 1 : in_hand;
  const uint8_t* here = c->data + position;

  uint32_t candidate = c->newest[hash_at(here)];
  while (candidate != 0 && tries-- > 0 && best_length < limit) {
    size_t at = candidate - 1;
    if (position - at > WINDOW_SIZE) break;
    const uint8_t* there = c->data + at;
    // A longer match must agree where the best one stops.
    if (there[best_length] == here[best_length] && there[0] == here[0]) {
      int length = 0;
      while (length < limit && there[length] == here[length]) length++;
      if (length > best_length) {
        best_length = length;
        best.length = length;
        best.distance = (int)(position - at);
        if (length >= c->effort.nice_length) break;
      }
    }
    uint32_t older = c->previous[at % WINDOW_SIZE];
    // A slot of the ring that was used again points forward: the chain ends.
    if (older >= candidate) break;
    candidate = older;
  }
  // Three bytes far away cost more bits than three literals.
  if (best.length == MIN_MATCH && best.distance > 4096) best.length = 0;
  return best;
}

static void insert_range(compressor* c, size_t from, size_t to) {
  for (size_t i = from; i < to; i++) insert_position(c, i);
}

static void compress_greedy(compressor* c) {
  size_t position = 0;
  while (position < c->size) {
    match found = find_match(c, position, 0);
    int step = found.length >= MIN_MATCH ? found.length : 1;
    size_t end = position + (size_t)step;
    insert_range(c, position, end);
    if (step > 1) {
      add_token(c, found.length, found.distance, end);
    } else {
      add_token(c, 0, c->data[position], end);
    }
    position = end;
  }
}

static void compress_lazy(compressor* c) {
  size_t position = 0;
  bool pending = false;  // a decision on position - 1 is open
  match held = {0, 0};
  while (position < c->size) {
    match found = {0, 0};
    if (held.length < c->effort.nice_length) {
      found = find_match(c, position, held.length);
    }
    insert_position(c, position);
    if (pending && held.length >= MIN_MATCH && found.length <= held.length) {
      size_t end = position - 1 + (size_t)held.length;
      insert_range(c, position + 1, end);
      add_token(c, held.length, held.distance, end);
      position = end;
      pending = false;
      held = (match){0, 0};
      continue;
    }
    if (pending) add_token(c, 0, c->data[position - 1], position);
    pending = true;
    held = found;
    position++;
  }
  if (pending) add_token(c, 0, c->data[position - 1], position);
}

codec_status deflate_compress(const uint8_t* data, size_t size, int level,
                              byte_buffer* out) {
  if (size >= UINT32_MAX) return CODEC_INPUT_TOO_LARGE;
  compressor* c = calloc(1, sizeof *c);
  if (c == NULL) return CODEC_NO_MEMORY;
  if (level < 0) level = 0;
  if (level > 9) level = 9;
  c->data = data;
  c->size = size;
  c->out = out;
  c->effort = efforts[level];
  if (level == 0) {
    write_stored(c, size, true);
  } else {
    if (c->effort.lazy) {
      compress_lazy(c);
    } else {
      compress_greedy(c);
    }
    write_block(c, size, true);
  }
  align_to_byte(c);
  free(c);
  return out->failed ? CODEC_NO_MEMORY : CODEC_OK;
}
