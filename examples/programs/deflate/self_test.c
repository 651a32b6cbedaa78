// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The self-test: known answers for the checksums and for hand-made streams,
// round trips of several kinds of data at every level and in every frame,
// truncation at every byte, and damage at random bits.  What the compressor
// produced goes into the final checksum, so that a change of a single output
// byte shows.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"

typedef struct tester {
  uint64_t random;
  uint32_t digest;
  int failures;
  int checks;
} tester;

typedef struct sample {
  const char* name;
  byte_buffer bytes;
} sample;

enum { SAMPLE_COUNT = 7 };

static uint32_t next_random(tester* t) {
  t->random ^= t->random << 13;
  t->random ^= t->random >> 7;
  t->random ^= t->random << 17;
  return (uint32_t)(t->random * UINT64_C(0x2545F4914F6CDD1D) >> 32);
}

static void check(tester* t, bool passed, const char* what,
                  const char* detail) {
  t->checks++;
  if (passed) return;
  t->failures++;
  fprintf(stderr, "deflate: check failed: %s (%s)\n", what, detail);
}

static void digest(tester* t, const uint8_t* data, size_t size) {
  t->digest = crc32_update(t->digest, data, size);
}

// ---- sample data ----------------------------------------------------------

static void make_text(tester* t, byte_buffer* out, size_t size) {
  static const char* const words[] = {
      "the",    "window", "holds", "what",   "was",    "seen", "and",
      "a",      "match",  "names", "length", "of",     "it",   "distance",
      "prefix", "code",   "short", "for",    "common", "long", "rare",
      "symbol", "stream", "block", "header", "ends",   "with", "checksum"};
  while (out->size < size) {
    // The product of two draws makes low indices frequent, as in real text.
    uint32_t count = sizeof words / sizeof words[0];
    uint32_t pick = next_random(t) % count * (next_random(t) % count) / count;
    buffer_append(out, (const uint8_t*)words[pick], strlen(words[pick]));
    buffer_push(out, next_random(t) % 12 == 0 ? '\n' : ' ');
  }
}

static void make_records(tester* t, byte_buffer* out, size_t size) {
  uint32_t number = 1000;
  while (out->size < size) {
    number += next_random(t) % 16;
    for (int i = 0; i < 4; i++) buffer_push(out, (uint8_t)(number >> 8 * i));
    buffer_push(out, (uint8_t)(next_random(t) % 4));
    buffer_append(out, (const uint8_t*)"\0\0\xFF", 3);
  }
}

static void make_samples(tester* t, sample samples[SAMPLE_COUNT]) {
  samples[0].name = "empty";
  samples[1].name = "one byte";
  buffer_push(&samples[1].bytes, 'x');
  samples[2].name = "zeros";
  for (int i = 0; i < 70000; i++) buffer_push(&samples[2].bytes, 0);
  samples[3].name = "text";
  make_text(t, &samples[3].bytes, 60000);
  samples[4].name = "noise";
  for (int i = 0; i < 20000; i++) {
    buffer_push(&samples[4].bytes, (uint8_t)next_random(t));
  }
  samples[5].name = "records";
  make_records(t, &samples[5].bytes, 40000);
  samples[6].name = "mixed";
  // Skewed symbols force long codes; a copy from far back tests the window.
  for (int i = 0; i < 30000; i++) {
    uint32_t draw = next_random(t) | UINT32_C(1) << 24;
    int zeros = 0;
    while ((draw >> zeros & 1) == 0) zeros++;
    buffer_push(&samples[6].bytes, (uint8_t)(zeros * 7));
  }
  buffer_append(&samples[6].bytes, samples[4].bytes.data, 3000);
  buffer_append(&samples[6].bytes, samples[3].bytes.data, 2000);
  buffer_append(&samples[6].bytes, samples[4].bytes.data, 3000);
}

// ---- known answers --------------------------------------------------------

static void test_checksums(tester* t) {
  const uint8_t* digits = (const uint8_t*)"123456789";
  check(t, crc32_update(CRC32_START, digits, 9) == 0xCBF43926, "crc32",
        "digits");
  uint32_t split = crc32_update(CRC32_START, digits, 4);
  check(t, crc32_update(split, digits + 4, 5) == 0xCBF43926, "crc32", "split");
  check(t, adler32_update(ADLER32_START, digits, 9) == 0x091E01DE, "adler32",
        "digits");
  uint8_t full[6000];
  memset(full, 255, sizeof full);
  uint32_t at_once = adler32_update(ADLER32_START, full, sizeof full);
  uint32_t by_byte = ADLER32_START;
  for (size_t i = 0; i < sizeof full; i++) {
    by_byte = adler32_update(by_byte, full + i, 1);
  }
  check(t, at_once == by_byte, "adler32", "largest batch");
}

typedef struct known_stream {
  const char* name;
  const char* bytes;
  size_t size;
  codec_status status;
  const char* output;
} known_stream;

#define STREAM(literal) literal, sizeof literal - 1

static void test_known_streams(tester* t) {
  static const known_stream streams[] = {
      {"empty fixed", STREAM("\x03\x00"), CODEC_OK, ""},
      {"fixed letter", STREAM("\x4B\x04\x00"), CODEC_OK, "a"},
      {"fixed run", STREAM("\x4B\x4C\x84\x01\x00"), CODEC_OK, "aaaaaaaaaa"},
      {"stored", STREAM("\x01\x03\x00\xFC\xFFxyz"), CODEC_OK, "xyz"},
      {"stored twice", STREAM("\x00\x01\x00\xFE\xFFx\x01\x01\x00\xFE\xFFy"),
       CODEC_OK, "xy"},
      {"nothing", STREAM(""), CODEC_TRUNCATED, ""},
      {"block type 3", STREAM("\x07"), CODEC_BAD_BLOCK_TYPE, ""},
      {"bad complement", STREAM("\x01\x03\x00\xFC\xFExyz"),
       CODEC_BAD_STORED_LENGTH, ""},
      {"short stored", STREAM("\x01\x03\x00\xFC\xFFxy"), CODEC_TRUNCATED, ""},
      {"no end", STREAM("\x4B\x04"), CODEC_TRUNCATED, "a"},
      // 1 final, 01 fixed, 0000001 length 3, 00000 distance 1, no output yet.
      {"distance before start", STREAM("\x03\x02\x00"), CODEC_BAD_DISTANCE, ""},
      // Length symbol 286 (11000110) and distance symbol 30 do not exist.
      {"length symbol 286", STREAM("\x1B\x03"), CODEC_BAD_SYMBOL, ""},
      {"distance symbol 30", STREAM("\x4B\x04\x3E"), CODEC_BAD_SYMBOL, "a"},
      // 287 literal codes; then all code length codes zero.
      {"too many literals", STREAM("\xF5\x00\x00\x00"), CODEC_BAD_CODE_LENGTHS,
       ""},
      {"no code lengths", STREAM("\x05\x00\x00\x00"), CODEC_BAD_CODE_LENGTHS,
       ""},
      {"oversubscribed", STREAM("\x05\x00\x92\x04\x00"), CODEC_BAD_CODE_LENGTHS,
       ""},
  };
  for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
    const known_stream* known = &streams[i];
    byte_buffer out = {0};
    size_t used = 0;
    codec_status status = inflate_decompress((const uint8_t*)known->bytes,
                                             known->size, 1000, &out, &used);
    check(t, status == known->status, known->name, codec_status_text(status));
    size_t expected = strlen(known->output);
    check(t,
          out.size == expected &&
              (expected == 0 || memcmp(out.data, known->output, expected) == 0),
          known->name, "output");
    if (status == CODEC_OK) {
      check(t, used == known->size, known->name, "bytes used");
    }
    buffer_free(&out);
  }
}

static codec_status decode(codec_frame frame, const byte_buffer* in,
                           size_t limit, byte_buffer* out) {
  buffer_free(out);
  return frame_decompress(frame, in->data, in->size, limit, out);
}

static void test_headers(tester* t) {
  static const uint8_t fields[] = {
      0x1F, 0x8B, 8,   0x1E, 0,   0,   0, 0,   0,   255,  // all options
      3,    0,    'a', 'b',  'c', 'n', 0, 'c', 'o', 0,  // extra, name, comment
  };
  byte_buffer in = {0};
  byte_buffer out = {0};
  buffer_append(&in, fields, sizeof fields);
  uint32_t crc = crc32_update(CRC32_START, in.data, in.size);
  buffer_push(&in, (uint8_t)crc);
  buffer_push(&in, (uint8_t)(crc >> 8));
  buffer_append(&in, (const uint8_t*)"\x03\x00\0\0\0\0\0\0\0\0", 10);
  check(t, decode(CODEC_FRAME_GZIP, &in, 10, &out) == CODEC_OK, "gzip header",
        "all fields");
  in.data[12] ^= 1;
  check(t, decode(CODEC_FRAME_GZIP, &in, 10, &out) == CODEC_BAD_CHECKSUM,
        "gzip header", "damaged");
  in.data[12] ^= 1;
  in.data[in.size - 1] ^= 1;
  check(t, decode(CODEC_FRAME_GZIP, &in, 10, &out) == CODEC_BAD_LENGTH,
        "gzip trailer", "length");
  in.data[3] |= 0x80;
  check(t, decode(CODEC_FRAME_GZIP, &in, 10, &out) == CODEC_UNSUPPORTED,
        "gzip header", "reserved flag");
  check(t, decode(CODEC_FRAME_ZLIB, &in, 10, &out) == CODEC_BAD_HEADER,
        "zlib header", "gzip data");
  in.size = 0;
  buffer_append(&in, (const uint8_t*)"\x78\x20", 2);
  check(t, decode(CODEC_FRAME_ZLIB, &in, 10, &out) == CODEC_UNSUPPORTED,
        "zlib header", "preset dictionary");

  // Two members make one file.
  in.size = 0;
  frame_compress(CODEC_FRAME_GZIP, (const uint8_t*)"one ", 4, 6, &in);
  frame_compress(CODEC_FRAME_GZIP, (const uint8_t*)"two", 3, 6, &in);
  check(t,
        decode(CODEC_FRAME_GZIP, &in, 10, &out) == CODEC_OK && out.size == 7 &&
            memcmp(out.data, "one two", 7) == 0,
        "gzip", "two members");
  check(t, decode(CODEC_FRAME_GZIP, &in, 6, &out) == CODEC_OUTPUT_LIMIT, "gzip",
        "limit over members");
  buffer_push(&in, 0);
  check(t, decode(CODEC_FRAME_GZIP, &in, 10, &out) == CODEC_TRUNCATED, "gzip",
        "trailing byte");
  in.size = 0;
  frame_compress(CODEC_FRAME_ZLIB, (const uint8_t*)"one", 3, 6, &in);
  buffer_push(&in, 0);
  check(t, decode(CODEC_FRAME_ZLIB, &in, 10, &out) == CODEC_TRAILING_DATA,
        "zlib", "trailing byte");
  buffer_free(&in);
  buffer_free(&out);
}

// ---- round trips and damage -----------------------------------------------

static size_t round_trip(tester* t, const sample* s, codec_frame frame,
                         int level) {
  byte_buffer packed = {0};
  byte_buffer out = {0};
  codec_status status =
      frame_compress(frame, s->bytes.data, s->bytes.size, level, &packed);
  check(t, status == CODEC_OK, "compress", s->name);
  digest(t, packed.data, packed.size);
  status = decode(frame, &packed, s->bytes.size, &out);
  check(t, status == CODEC_OK, s->name, codec_status_text(status));
  check(t,
        out.size == s->bytes.size &&
            (out.size == 0 || memcmp(out.data, s->bytes.data, out.size) == 0),
        "round trip", s->name);
  if (s->bytes.size > 0) {
    status = decode(frame, &packed, s->bytes.size - 1, &out);
    check(t, status == CODEC_OUTPUT_LIMIT, "output limit", s->name);
  }
  size_t size = packed.size;
  buffer_free(&packed);
  buffer_free(&out);
  return size;
}

static void test_round_trips(tester* t, const sample* samples) {
  for (int i = 0; i < SAMPLE_COUNT; i++) {
    const sample* s = &samples[i];
    size_t sizes[10];
    for (int level = 0; level <= 9; level++) {
      // Every level meets every frame on some sample.
      codec_frame frame = (codec_frame)((level + i) % 3);
      sizes[level] = round_trip(t, s, frame, level);
    }
    check(t, sizes[9] <= sizes[0] + 16, "level 9 not larger", s->name);
    printf("  %-9s %6zu bytes: level 0 %6zu, 1 %6zu, 6 %6zu, 9 %6zu\n", s->name,
           s->bytes.size, sizes[0], sizes[1], sizes[6], sizes[9]);
  }
}

static void test_damage(tester* t, const sample* text) {
  byte_buffer packed = {0};
  byte_buffer out = {0};
  size_t size = 3000;
  frame_compress(CODEC_FRAME_ZLIB, text->bytes.data, size, 9, &packed);

  size_t whole = packed.size;
  for (packed.size = 0; packed.size < whole; packed.size++) {
    codec_status status = decode(CODEC_FRAME_ZLIB, &packed, size, &out);
    check(t, status == CODEC_TRUNCATED, "every prefix is truncated",
          codec_status_text(status));
  }

  uint32_t outcomes[CODEC_TRAILING_DATA + 1] = {0};
  for (int round = 0; round < 600; round++) {
    uint32_t bit = next_random(t) % (uint32_t)(8 * whole);
    packed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    codec_status status = decode(CODEC_FRAME_ZLIB, &packed, 2 * size, &out);
    outcomes[status]++;
    // Only bits that carry no meaning may be wrong without notice.
    check(t,
          status != CODEC_OK || (out.size == size &&
                                 memcmp(out.data, text->bytes.data, size) == 0),
          "damage is noticed", "bit flip");
    packed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
  for (int i = 0; i <= CODEC_TRAILING_DATA; i++) {
    uint8_t bytes[2] = {(uint8_t)outcomes[i], (uint8_t)(outcomes[i] >> 8)};
    digest(t, bytes, sizeof bytes);
  }
  printf("  damage: 600 flipped bits, %u harmless, the rest reported\n",
         (unsigned)outcomes[CODEC_OK]);

  // Noise as input: any verdict will do, but it must be the same everywhere.
  for (int round = 0; round < 400; round++) {
    packed.size = 1 + next_random(t) % 300;
    for (size_t i = 0; i < packed.size; i++) {
      packed.data[i] = (uint8_t)next_random(t);
    }
    uint8_t verdict = (uint8_t)decode(CODEC_FRAME_RAW, &packed, 5000, &out);
    digest(t, &verdict, 1);
    if (out.size > 0) digest(t, out.data, out.size);
  }
  buffer_free(&packed);
  buffer_free(&out);
}

int self_test(void) {
  tester t = {.random = UINT64_C(0x9E3779B97F4A7C15)};
  sample samples[SAMPLE_COUNT] = {0};
  printf("deflate self-test\n");
  test_checksums(&t);
  test_known_streams(&t);
  test_headers(&t);
  make_samples(&t, samples);
  test_round_trips(&t, samples);
  test_damage(&t, &samples[3]);
  for (int i = 0; i < SAMPLE_COUNT; i++) buffer_free(&samples[i].bytes);
  printf("%d checks, %d failed\n", t.checks, t.failures);
  printf("checksum: %08x\n", (unsigned)t.digest);
  return t.failures == 0 ? 0 : 1;
}
