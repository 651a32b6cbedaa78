// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The decompressor (RFC 1951).
//
// Bits are kept in a 64-bit reservoir, least significant first.  A symbol is
// looked up with the next FAST_BITS bits in a table that gives symbol and
// length at once; codes longer than that are rare and are decoded a bit at a
// time from the counts of the canonical code: at each length, the codes of
// that length are the integers from `first` on, and the symbols that own them
// are stored in the same order.
//
// Nothing in the input is trusted.  Every length, distance and code is checked
// before it is used, and the output is bounded by the caller, because a few
// kilobytes can expand to gigabytes.

#include <string.h>

#include "codec.h"

enum { FAST_BITS = 9, FAST_SIZE = 1 << FAST_BITS };

typedef struct decoder {
  uint16_t fast[FAST_SIZE];  // symbol << 4 | length, 0 where not decided
  uint16_t count[MAX_CODE_BITS + 1];
  uint16_t symbols[LITERAL_SYMBOLS];
} decoder;

typedef struct inflater {
  const uint8_t* next;
  const uint8_t* end;
  uint64_t bit_buffer;
  int bit_count;
  byte_buffer* out;
  size_t out_start;  // distances may not reach before this
  size_t limit;
  decoder literals;
  decoder distances;
} inflater;

// ---- bits -----------------------------------------------------------------

static void refill(inflater* s) {
  while (s->bit_count <= 56 && s->next < s->end) {
    s->bit_buffer |= (uint64_t)*s->next++ << s->bit_count;
    s->bit_count += 8;
  }
}

static void drop_bits(inflater* s, int count) {
  s->bit_buffer >>= count;
  s->bit_count -= count;
}

static bool take_bits(inflater* s, int count, uint32_t* value) {
  if (s->bit_count < count) refill(s);
  if (s->bit_count < count) return false;
  *value = (uint32_t)(s->bit_buffer & ((UINT64_C(1) << count) - 1));
  drop_bits(s, count);
  return true;
}

// ---- prefix codes ---------------------------------------------------------

static uint32_t reverse_bits(uint32_t value, int count) {
  uint32_t reversed = 0;
  for (; count > 0; count--) {
    reversed = reversed << 1 | (value & 1);
    value >>= 1;
  }
  return reversed;
}

// An incomplete code is accepted only where the format needs it: no code at
// all, or one symbol with a code of one bit.
static codec_status build_decoder(decoder* d, const uint8_t* lengths,
                                  int symbol_count, bool may_be_incomplete) {
  memset(d, 0, sizeof *d);
  for (int i = 0; i < symbol_count; i++) d->count[lengths[i]]++;
  d->count[0] = 0;

  int32_t left = 1;
  int used = 0;
  for (int length = 1; length <= MAX_CODE_BITS; length++) {
    left = 2 * left - d->count[length];
    if (left < 0) return CODEC_BAD_CODE_LENGTHS;
    used += d->count[length];
  }
  if (left > 0 && (!may_be_incomplete || used > 1 || used != d->count[1])) {
    return CODEC_BAD_CODE_LENGTHS;
  }

  uint32_t next_code[MAX_CODE_BITS + 2] = {0};
  uint16_t next_place[MAX_CODE_BITS + 2] = {0};
  for (int length = 1; length <= MAX_CODE_BITS; length++) {
    next_code[length + 1] = (next_code[length] + d->count[length]) << 1;
    next_place[length + 1] = (uint16_t)(next_place[length] + d->count[length]);
  }
  for (int symbol = 0; symbol < symbol_count; symbol++) {
    int length = lengths[symbol];
    if (length == 0) continue;
    d->symbols[next_place[length]++] = (uint16_t)symbol;
    uint32_t code = next_code[length]++;
    if (length > FAST_BITS) continue;
    uint32_t step = UINT32_C(1) << length;
    for (uint32_t i = reverse_bits(code, length); i < FAST_SIZE; i += step) {
      d->fast[i] = (uint16_t)(symbol << 4 | length);
    }
  }
  return CODEC_OK;
}

static codec_status decode_slowly(inflater* s, const decoder* d, int* symbol) {
  int32_t code = 0;
  int32_t first = 0;
  int32_t place = 0;
  for (int length = 1; length <= MAX_CODE_BITS; length++) {
    if (s->bit_count < length) return CODEC_TRUNCATED;
    code |= (int32_t)(s->bit_buffer >> (length - 1) & 1);
    int32_t count = d->count[length];
    if (code - first < count) {
      *symbol = d->symbols[place + code - first];
      drop_bits(s, length);
      return CODEC_OK;
    }
    place += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  return CODEC_BAD_SYMBOL;
}

static codec_status decode_symbol(inflater* s, const decoder* d, int* symbol) {
  if (s->bit_count < MAX_CODE_BITS) refill(s);
  uint32_t entry = d->fast[s->bit_buffer & (FAST_SIZE - 1)];
  int length = (int)(entry & 15);
  if (length == 0) return decode_slowly(s, d, symbol);
  if (length > s->bit_count) return CODEC_TRUNCATED;
  *symbol = (int)(entry >> 4);
  drop_bits(s, length);
  return CODEC_OK;
}

// ---- output ---------------------------------------------------------------

static codec_status make_room(inflater* s, size_t count) {
  if (count > s->limit - (s->out->size - s->out_start)) {
    return CODEC_OUTPUT_LIMIT;
  }
  return buffer_reserve(s->out, count) ? CODEC_OK : CODEC_NO_MEMORY;
}

static codec_status copy_match(inflater* s, size_t length, size_t distance) {
  if (distance > s->out->size - s->out_start) return CODEC_BAD_DISTANCE;
  codec_status status = make_room(s, length);
  if (status != CODEC_OK) return status;
  // Source and target overlap when the distance is short, and then the bytes
  // just written must be read again: a byte at a time, in order.
  uint8_t* to = s->out->data + s->out->size;
  const uint8_t* from = to - distance;
  for (size_t i = 0; i < length; i++) to[i] = from[i];
  s->out->size += length;
  return CODEC_OK;
}

// ---- blocks ---------------------------------------------------------------

static codec_status inflate_stored(inflater* s) {
  uint32_t length;
  uint32_t complement;
  drop_bits(s, s->bit_count % 8);
  if (!take_bits(s, 16, &length) || !take_bits(s, 16, &complement)) {
    return CODEC_TRUNCATED;
  }
  if (length != (complement ^ 0xFFFF)) return CODEC_BAD_STORED_LENGTH;
  size_t available = (size_t)(s->end - s->next) + (size_t)(s->bit_count / 8);
  if (length > available) return CODEC_TRUNCATED;
  codec_status status = make_room(s, length);
  if (status != CODEC_OK) return status;
  // Whole bytes may still be in the reservoir.
  while (length > 0 && s->bit_count >= 8) {
    s->out->data[s->out->size++] = (uint8_t)s->bit_buffer;
    drop_bits(s, 8);
    length--;
  }
  buffer_append(s->out, s->next, length);
  s->next += length;
  return CODEC_OK;
}

static codec_status inflate_coded(inflater* s) {
  for (;;) {
    int symbol = 0;
    codec_status status = decode_symbol(s, &s->literals, &symbol);
    if (status != CODEC_OK) return status;
    if (symbol < END_OF_BLOCK) {
      status = make_room(s, 1);
      if (status != CODEC_OK) return status;
      s->out->data[s->out->size++] = (uint8_t)symbol;
      continue;
    }
    if (symbol == END_OF_BLOCK) return CODEC_OK;

    uint32_t extra;
    int code = symbol - END_OF_BLOCK - 1;
    if (code >= LENGTH_CODES) return CODEC_BAD_SYMBOL;
    if (!take_bits(s, length_extra_bits[code], &extra)) return CODEC_TRUNCATED;
    size_t length = length_base[code] + extra;

    status = decode_symbol(s, &s->distances, &symbol);
    if (status != CODEC_OK) return status;
    if (symbol >= DISTANCE_SYMBOLS) return CODEC_BAD_SYMBOL;
    if (!take_bits(s, distance_extra_bits[symbol], &extra)) {
      return CODEC_TRUNCATED;
    }
    size_t distance = distance_base[symbol] + extra;
    status = copy_match(s, length, distance);
    if (status != CODEC_OK) return status;
  }
}

static codec_status inflate_fixed(inflater* s) {
  uint8_t lengths[LITERAL_SYMBOLS];
  fixed_literal_lengths(lengths);
  codec_status status =
      build_decoder(&s->literals, lengths, LITERAL_SYMBOLS, false);
  // The fixed distance code has 32 codes, the last two of them never valid.
  memset(lengths, 5, 32);
  if (status == CODEC_OK) {
    status = build_decoder(&s->distances, lengths, 32, false);
  }
  return status == CODEC_OK ? inflate_coded(s) : status;
}

// Reads the run-length coded lengths of both alphabets into one array.
static codec_status read_lengths(inflater* s, uint8_t* lengths, int total) {
  int done = 0;
  while (done < total) {
    int symbol = 0;
    codec_status status = decode_symbol(s, &s->literals, &symbol);
    if (status != CODEC_OK) return status;
    if (symbol < 16) {
      lengths[done++] = (uint8_t)symbol;
      continue;
    }
    uint8_t value = 0;
    uint32_t repeat;
    bool read;
    if (symbol == 16) {
      if (done == 0) return CODEC_BAD_CODE_LENGTHS;
      value = lengths[done - 1];
      read = take_bits(s, 2, &repeat);
      repeat += 3;
    } else if (symbol == 17) {
      read = take_bits(s, 3, &repeat);
      repeat += 3;
    } else {
      read = take_bits(s, 7, &repeat);
      repeat += 11;
    }
    if (!read) return CODEC_TRUNCATED;
    if (repeat > (uint32_t)(total - done)) return CODEC_BAD_CODE_LENGTHS;
    memset(lengths + done, value, repeat);
    done += (int)repeat;
  }
  return CODEC_OK;
}

static codec_status inflate_dynamic(inflater* s) {
  uint32_t literals;
  uint32_t distances;
  uint32_t length_codes;
  if (!take_bits(s, 5, &literals) || !take_bits(s, 5, &distances) ||
      !take_bits(s, 4, &length_codes)) {
    return CODEC_TRUNCATED;
  }
  literals += 257;
  distances += 1;
  length_codes += 4;
  if (literals > LITERAL_SYMBOLS_USED || distances > DISTANCE_SYMBOLS) {
    return CODEC_BAD_CODE_LENGTHS;
  }

  uint8_t lengths[LITERAL_SYMBOLS_USED + DISTANCE_SYMBOLS] = {0};
  for (uint32_t i = 0; i < length_codes; i++) {
    uint32_t length;
    if (!take_bits(s, 3, &length)) return CODEC_TRUNCATED;
    lengths[code_length_order[i]] = (uint8_t)length;
  }
  // The literal decoder is free until the lengths are known.
  codec_status status =
      build_decoder(&s->literals, lengths, CODE_LENGTH_SYMBOLS, false);
  if (status != CODEC_OK) return status;
  memset(lengths, 0, sizeof lengths);
  status = read_lengths(s, lengths, (int)(literals + distances));
  if (status != CODEC_OK) return status;
  if (lengths[END_OF_BLOCK] == 0) return CODEC_BAD_CODE_LENGTHS;
  status = build_decoder(&s->literals, lengths, (int)literals, true);
  if (status != CODEC_OK) return status;
  status =
      build_decoder(&s->distances, lengths + literals, (int)distances, true);
  return status == CODEC_OK ? inflate_coded(s) : status;
}

codec_status inflate_decompress(const uint8_t* data, size_t size, size_t limit,
                                byte_buffer* out, size_t* consumed) {
  inflater s = {.out = out, .out_start = out->size, .limit = limit};
  s.next = data;
  s.end = size > 0 ? data + size : data;
  codec_status status = CODEC_OK;
  uint32_t final = 0;
  while (status == CODEC_OK && final == 0) {
    uint32_t type;
    if (!take_bits(&s, 1, &final) || !take_bits(&s, 2, &type)) {
      status = CODEC_TRUNCATED;
    } else if (type == 0) {
      status = inflate_stored(&s);
    } else if (type == 1) {
      status = inflate_fixed(&s);
    } else if (type == 2) {
      status = inflate_dynamic(&s);
    } else {
      status = CODEC_BAD_BLOCK_TYPE;
    }
  }
  // Bytes still whole in the reservoir were read ahead and not used.
  *consumed = (size_t)(s.next - data) - (size_t)(s.bit_count / 8);
  return status;
}
