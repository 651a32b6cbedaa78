// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What both directions share: the growable byte buffer, the texts of the error
// codes, the constant tables of the format (RFC 1951, sections 3.2.5 to 3.2.7)
// and the two checksums.
//
// Adler-32 keeps two sums modulo 65521.  The remainder is the costly part, so
// it is taken only as often as 32-bit overflow demands: with both sums below
// 65521 at the start, 5552 bytes of 255 are the most that fit.
//
// CRC-32 is the remainder of a division of polynomials over GF(2), here in the
// reflected form with polynomial 0xEDB88320.  Sixteen table entries, one for
// each value of a nibble, make two look-ups a byte and fit in one cache line,
// which suits a program that is meant to be small.

#include <stdlib.h>
#include <string.h>

#include "codec.h"

bool buffer_reserve(byte_buffer* buffer, size_t extra) {
  if (buffer->failed) return false;
  if (extra <= buffer->capacity - buffer->size) return true;
  size_t wanted = buffer->capacity < 256 ? 256 : buffer->capacity;
  while (wanted - buffer->size < extra) {
    if (wanted > SIZE_MAX / 2) {
      buffer->failed = true;
      return false;
    }
    wanted *= 2;
  }
  uint8_t* data = realloc(buffer->data, wanted);
  if (data == NULL) {
    buffer->failed = true;
    return false;
  }
  buffer->data = data;
  buffer->capacity = wanted;
  return true;
}

void buffer_push(byte_buffer* buffer, uint8_t byte) {
  if (buffer_reserve(buffer, 1)) buffer->data[buffer->size++] = byte;
}

void buffer_append(byte_buffer* buffer, const uint8_t* data, size_t size) {
  if (size == 0 || !buffer_reserve(buffer, size)) return;
  memcpy(buffer->data + buffer->size, data, size);
  buffer->size += size;
}

void buffer_free(byte_buffer* buffer) {
  free(buffer->data);
  *buffer = (byte_buffer){0};
}

static const char* const status_texts[] = {
    [CODEC_OK] = "no error",
    [CODEC_NO_MEMORY] = "out of memory",
    [CODEC_INPUT_TOO_LARGE] = "input is too large",
    [CODEC_OUTPUT_LIMIT] = "output would exceed the limit",
    [CODEC_TRUNCATED] = "input ends too early",
    [CODEC_BAD_BLOCK_TYPE] = "block type 3 does not exist",
    [CODEC_BAD_STORED_LENGTH] = "stored length does not match its complement",
    [CODEC_BAD_CODE_LENGTHS] = "code lengths do not form a prefix code",
    [CODEC_BAD_SYMBOL] = "bits do not spell a symbol",
    [CODEC_BAD_DISTANCE] = "distance reaches before the start of the output",
    [CODEC_BAD_HEADER] = "header is damaged or of another format",
    [CODEC_UNSUPPORTED] = "header asks for a feature that is not supported",
    [CODEC_BAD_CHECKSUM] = "checksum of the output does not match",
    [CODEC_BAD_LENGTH] = "length of the output does not match",
    [CODEC_TRAILING_DATA] = "data follows the end of the stream",
};

const char* codec_status_text(codec_status status) {
  size_t index = (size_t)status;
  size_t count = sizeof status_texts / sizeof status_texts[0];
  return index < count ? status_texts[index] : "unknown error";
}

const uint16_t length_base[LENGTH_CODES] = {
    3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
    31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};

const uint8_t length_extra_bits[LENGTH_CODES] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1,
                                                 1, 1, 2, 2, 2, 2, 3, 3, 3, 3,
                                                 4, 4, 4, 4, 5, 5, 5, 5, 0};

const uint16_t distance_base[DISTANCE_SYMBOLS] = {
    1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
    33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
    1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};

const uint8_t distance_extra_bits[DISTANCE_SYMBOLS] = {
    0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
    6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};

// The order puts lengths that are seldom used last, so that a header can drop
// the tail of zeros.
const uint8_t code_length_order[CODE_LENGTH_SYMBOLS] = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

void fixed_literal_lengths(uint8_t lengths[LITERAL_SYMBOLS]) {
  memset(lengths, 8, 144);
  memset(lengths + 144, 9, 112);
  memset(lengths + 256, 7, 24);
  memset(lengths + 280, 8, 8);
}

enum { ADLER_BATCH = 5552 };
#define ADLER_MODULUS UINT32_C(65521)

uint32_t adler32_update(uint32_t adler, const uint8_t* data, size_t size) {
  uint32_t low = adler & 0xFFFF;
  uint32_t high = adler >> 16;
  while (size > 0) {
    size_t batch = size < ADLER_BATCH ? size : ADLER_BATCH;
    size -= batch;
    while (batch-- > 0) {
      low += *data++;
      high += low;
    }
    low %= ADLER_MODULUS;
    high %= ADLER_MODULUS;
  }
  return high << 16 | low;
}

static const uint32_t crc_nibble[16] = {
    0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4,
    0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
    0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
};

uint32_t crc32_update(uint32_t crc, const uint8_t* data, size_t size) {
  crc = ~crc;
  for (size_t i = 0; i < size; i++) {
    crc ^= data[i];
    crc = crc >> 4 ^ crc_nibble[crc & 15];
    crc = crc >> 4 ^ crc_nibble[crc & 15];
  }
  return ~crc;
}
