// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Public interface of the DEFLATE codec: a growable byte buffer, the two
// checksums, the raw RFC 1951 compressor and decompressor, and the zlib
// (RFC 1950) and gzip (RFC 1952) frames around them.

#ifndef EXAMPLES_DEFLATE_CODEC_H_
#define EXAMPLES_DEFLATE_CODEC_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum codec_status {
  CODEC_OK = 0,
  CODEC_NO_MEMORY,
  CODEC_INPUT_TOO_LARGE,
  CODEC_OUTPUT_LIMIT,
  CODEC_TRUNCATED,
  CODEC_BAD_BLOCK_TYPE,
  CODEC_BAD_STORED_LENGTH,
  CODEC_BAD_CODE_LENGTHS,
  CODEC_BAD_SYMBOL,
  CODEC_BAD_DISTANCE,
  CODEC_BAD_HEADER,
  CODEC_UNSUPPORTED,
  CODEC_BAD_CHECKSUM,
  CODEC_BAD_LENGTH,
  CODEC_TRAILING_DATA,
} codec_status;

typedef enum codec_frame {
  CODEC_FRAME_RAW,
  CODEC_FRAME_ZLIB,
  CODEC_FRAME_GZIP,
} codec_frame;

// Bytes that grow on demand.  An allocation failure is remembered in `failed`
// instead of being returned by every append, so that an encoder can write a
// whole block and test once.
typedef struct byte_buffer {
  uint8_t* data;
  size_t size;
  size_t capacity;
  bool failed;
} byte_buffer;

// support.c
bool buffer_reserve(byte_buffer* buffer, size_t extra);
void buffer_push(byte_buffer* buffer, uint8_t byte);
void buffer_append(byte_buffer* buffer, const uint8_t* data, size_t size);
void buffer_free(byte_buffer* buffer);
const char* codec_status_text(codec_status status);

// Both take the value so far, which starts at the given constant.
#define ADLER32_START UINT32_C(1)
#define CRC32_START UINT32_C(0)
uint32_t adler32_update(uint32_t adler, const uint8_t* data, size_t size);
uint32_t crc32_update(uint32_t crc, const uint8_t* data, size_t size);

// deflate.c: appends a complete raw stream to `out`.  Level 0 only stores,
// 1 to 3 match greedily, 4 to 9 match lazily with ever longer searches.
codec_status deflate_compress(const uint8_t* data, size_t size, int level,
                              byte_buffer* out);

// inflate.c: appends the decoded bytes of one raw stream to `out`, never more
// than `limit` of them, and reports how many input bytes the stream used.
codec_status inflate_decompress(const uint8_t* data, size_t size, size_t limit,
                                byte_buffer* out, size_t* consumed);

// frame.c: whole files.  A gzip file may hold several members.
codec_status frame_compress(codec_frame frame, const uint8_t* data, size_t size,
                            int level, byte_buffer* out);
codec_status frame_decompress(codec_frame frame, const uint8_t* data,
                              size_t size, size_t limit, byte_buffer* out);

// self_test.c: returns 0 when every check passed, else 1.
int self_test(void);

// Facts of the format that both directions need.
enum {
  WINDOW_SIZE = 32768,
  MIN_MATCH = 3,
  MAX_MATCH = 258,
  MAX_CODE_BITS = 15,
  MAX_LENGTH_CODE_BITS = 7,
  LITERAL_SYMBOLS = 288,
  LITERAL_SYMBOLS_USED = 286,
  DISTANCE_SYMBOLS = 30,
  CODE_LENGTH_SYMBOLS = 19,
  END_OF_BLOCK = 256,
  LENGTH_CODES = 29,
};

// support.c
extern const uint16_t length_base[LENGTH_CODES];
extern const uint8_t length_extra_bits[LENGTH_CODES];
extern const uint16_t distance_base[DISTANCE_SYMBOLS];
extern const uint8_t distance_extra_bits[DISTANCE_SYMBOLS];
extern const uint8_t code_length_order[CODE_LENGTH_SYMBOLS];
void fixed_literal_lengths(uint8_t lengths[LITERAL_SYMBOLS]);

#endif  // EXAMPLES_DEFLATE_CODEC_H_
