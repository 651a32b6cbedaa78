// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The zlib (RFC 1950) and gzip (RFC 1952) frames: a header, a raw stream, and
// a checksum of the uncompressed bytes.  gzip adds the length, optional header
// fields, and files made of several members one after the other.

#include "codec.h"

enum {
  METHOD_DEFLATE = 8,
  ZLIB_WINDOW_32K = 7,
  ZLIB_PRESET_DICTIONARY = 0x20,
  GZIP_HEADER_CRC = 0x02,
  GZIP_EXTRA = 0x04,
  GZIP_NAME = 0x08,
  GZIP_COMMENT = 0x10,
  GZIP_RESERVED = 0xE0,
  GZIP_UNKNOWN_SYSTEM = 255,
};

static void push_big_endian(byte_buffer* out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    buffer_push(out, (uint8_t)(value >> shift));
  }
}

static void push_little_endian(byte_buffer* out, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    buffer_push(out, (uint8_t)(value >> shift));
  }
}

static uint32_t big_endian(const uint8_t* p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
         p[3];
}

static uint32_t little_endian(const uint8_t* p) {
  return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 |
         p[0];
}

codec_status frame_compress(codec_frame frame, const uint8_t* data, size_t size,
                            int level, byte_buffer* out) {
  if (frame == CODEC_FRAME_ZLIB) {
    uint32_t hint = level < 2 ? 0 : level < 6 ? 1 : level == 6 ? 2 : 3;
    uint32_t header = (ZLIB_WINDOW_32K << 4 | METHOD_DEFLATE) << 8 | hint << 6;
    header += 31 - header % 31;
    buffer_push(out, (uint8_t)(header >> 8));
    buffer_push(out, (uint8_t)header);
  } else if (frame == CODEC_FRAME_GZIP) {
    buffer_push(out, 0x1F);
    buffer_push(out, 0x8B);
    buffer_push(out, METHOD_DEFLATE);
    buffer_push(out, 0);         // no optional fields
    push_little_endian(out, 0);  // no time: equal input gives equal output
    buffer_push(out, level == 9 ? 2 : level == 1 ? 4 : 0);
    buffer_push(out, GZIP_UNKNOWN_SYSTEM);
  }

  codec_status status = deflate_compress(data, size, level, out);
  if (status != CODEC_OK) return status;

  if (frame == CODEC_FRAME_ZLIB) {
    push_big_endian(out, adler32_update(ADLER32_START, data, size));
  } else if (frame == CODEC_FRAME_GZIP) {
    push_little_endian(out, crc32_update(CRC32_START, data, size));
    push_little_endian(out, (uint32_t)size);
  }
  return out->failed ? CODEC_NO_MEMORY : CODEC_OK;
}

static codec_status zlib_header(const uint8_t* data, size_t size,
                                size_t* header_size) {
  if (size < 2) return CODEC_TRUNCATED;
  uint32_t header = (uint32_t)data[0] << 8 | data[1];
  if (header % 31 != 0 || (data[0] & 15) != METHOD_DEFLATE ||
      data[0] >> 4 > ZLIB_WINDOW_32K) {
    return CODEC_BAD_HEADER;
  }
  if (data[1] & ZLIB_PRESET_DICTIONARY) return CODEC_UNSUPPORTED;
  *header_size = 2;
  return CODEC_OK;
}

// Moves `at` past a text that ends with a zero byte.
static bool skip_text(const uint8_t* data, size_t size, size_t* at) {
  while (*at < size) {
    if (data[(*at)++] == 0) return true;
  }
  return false;
}

static codec_status gzip_header(const uint8_t* data, size_t size,
                                size_t* header_size) {
  if (size < 10) return CODEC_TRUNCATED;
  if (data[0] != 0x1F || data[1] != 0x8B || data[2] != METHOD_DEFLATE) {
    return CODEC_BAD_HEADER;
  }
  uint8_t flags = data[3];
  if (flags & GZIP_RESERVED) return CODEC_UNSUPPORTED;
  size_t at = 10;
  if (flags & GZIP_EXTRA) {
    if (size - at < 2) return CODEC_TRUNCATED;
    size_t extra = (size_t)data[at] | (size_t)data[at + 1] << 8;
    at += 2;
    if (size - at < extra) return CODEC_TRUNCATED;
    at += extra;
  }
  if ((flags & GZIP_NAME) && !skip_text(data, size, &at)) {
    return CODEC_TRUNCATED;
  }
  if ((flags & GZIP_COMMENT) && !skip_text(data, size, &at)) {
    return CODEC_TRUNCATED;
  }
  if (flags & GZIP_HEADER_CRC) {
    if (size - at < 2) return CODEC_TRUNCATED;
    uint32_t stated = (uint32_t)data[at] | (uint32_t)data[at + 1] << 8;
    if (stated != (crc32_update(CRC32_START, data, at) & 0xFFFF)) {
      return CODEC_BAD_CHECKSUM;
    }
    at += 2;
  }
  *header_size = at;
  return CODEC_OK;
}

// Decodes one member and moves `at` past it.
static codec_status read_member(codec_frame frame, const uint8_t* data,
                                size_t size, size_t limit, byte_buffer* out,
                                size_t* at) {
  size_t used = 0;
  codec_status status = CODEC_OK;
  if (frame == CODEC_FRAME_ZLIB) {
    status = zlib_header(data + *at, size - *at, &used);
  } else if (frame == CODEC_FRAME_GZIP) {
    status = gzip_header(data + *at, size - *at, &used);
  }
  if (status != CODEC_OK) return status;
  *at += used;

  size_t start = out->size;
  status = inflate_decompress(data + *at, size - *at, limit, out, &used);
  if (status != CODEC_OK) return status;
  *at += used;

  const uint8_t* made = out->size > start ? out->data + start : data;
  size_t made_size = out->size - start;
  const uint8_t* trailer = data + *at;
  size_t left = size - *at;
  if (frame == CODEC_FRAME_ZLIB) {
    if (left < 4) return CODEC_TRUNCATED;
    *at += 4;
    if (big_endian(trailer) != adler32_update(ADLER32_START, made, made_size)) {
      return CODEC_BAD_CHECKSUM;
    }
  } else if (frame == CODEC_FRAME_GZIP) {
    if (left < 8) return CODEC_TRUNCATED;
    *at += 8;
    if (little_endian(trailer) != crc32_update(CRC32_START, made, made_size)) {
      return CODEC_BAD_CHECKSUM;
    }
    if (little_endian(trailer + 4) != (uint32_t)made_size) {
      return CODEC_BAD_LENGTH;
    }
  }
  return CODEC_OK;
}

codec_status frame_decompress(codec_frame frame, const uint8_t* data,
                              size_t size, size_t limit, byte_buffer* out) {
  size_t at = 0;
  size_t start = out->size;
  codec_status status;
  do {
    size_t left = limit - (out->size - start);
    status = read_member(frame, data, size, left, out, &at);
  } while (status == CODEC_OK && frame == CODEC_FRAME_GZIP && at < size);
  if (status == CODEC_OK && at != size) return CODEC_TRAILING_DATA;
  return status;
}
