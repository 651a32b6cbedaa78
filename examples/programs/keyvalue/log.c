// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The log: a sequence of records, each complete in itself.
//
//   checksum  4 bytes, CRC-32C of all that follows in the record
//   type      1 byte
//   expires   variable length
//   key       variable length size, then the bytes
//   value     the same; only for RECORD_PUT
//
// Numbers of variable length have seven bits in each byte, least significant
// first; the high bit says that more follow.  A crash in the middle of a write
// leaves an incomplete last record, whose checksum does not match: recovery
// keeps all records before it.

#include <stdlib.h>
#include <string.h>

#include "store.h"

enum { MAX_HEADER = 4 + 1 + 10 + 5 + 5 };

uint32_t checksum(uint32_t crc, const void* bytes, size_t size) {
  const uint8_t* p = bytes;
  crc = ~crc;
  for (size_t i = 0; i < size; i++) {
    crc ^= p[i];
    for (int bit = 0; bit < 8; bit++) {
      crc = crc >> 1 ^ (UINT32_C(0x82F63B78) & (0 - (crc & 1)));
    }
  }
  return ~crc;
}

static void put_bytes(byte_log* log, const void* bytes, size_t size) {
  if (size > 0) memcpy(log->bytes + log->size, bytes, size);
  log->size += size;
}

static void put_number(byte_log* log, uint64_t number) {
  while (number >= 0x80) {
    log->bytes[log->size++] = (uint8_t)(number | 0x80);
    number >>= 7;
  }
  log->bytes[log->size++] = (uint8_t)number;
}

static bool reserve(byte_log* log, size_t size) {
  if (size <= log->capacity - log->size) return true;
  size_t capacity = log->capacity < 1024 ? 1024 : log->capacity;
  while (capacity - log->size < size) {
    if (capacity > SIZE_MAX / 2) return false;
    capacity *= 2;
  }
  uint8_t* bytes = realloc(log->bytes, capacity);
  if (bytes == NULL) return false;
  log->bytes = bytes;
  log->capacity = capacity;
  return true;
}

store_status log_append(byte_log* log, const record* r) {
  if (!reserve(log, MAX_HEADER + r->key.size + r->value.size)) {
    return STORE_NO_MEMORY;
  }
  size_t start = log->size;
  log->size += 4;
  log->bytes[log->size++] = (uint8_t)r->type;
  put_number(log, r->expires);
  put_number(log, r->key.size);
  put_bytes(log, r->key.bytes, r->key.size);
  if (r->type == RECORD_PUT) {
    put_number(log, r->value.size);
    put_bytes(log, r->value.bytes, r->value.size);
  }
  uint32_t crc = checksum(0, log->bytes + start + 4, log->size - start - 4);
  for (int i = 0; i < 4; i++) log->bytes[start + i] = (uint8_t)(crc >> 8 * i);
  return STORE_OK;
}

typedef struct reader {
  const uint8_t* at;
  const uint8_t* end;
} reader;

static bool get_number(reader* r, uint64_t* number) {
  *number = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (r->at == r->end) return false;
    uint8_t byte = *r->at++;
    *number |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

static bool get_slice(reader* r, size_t limit, slice* s) {
  uint64_t size;
  if (!get_number(r, &size) || size > limit) return false;
  if (size > (uint64_t)(r->end - r->at)) return false;
  s->bytes = (const char*)r->at;
  s->size = (size_t)size;
  r->at += size;
  return true;
}

bool log_read(const uint8_t* bytes, size_t size, size_t* at, record* out) {
  if (size - *at < 5) return false;
  const uint8_t* start = bytes + *at;
  reader r = {start + 4, bytes + size};
  record decoded = {.type = (record_type)*r.at++};
  if (decoded.type < RECORD_PUT || decoded.type > RECORD_CLEAR) return false;
  if (!get_number(&r, &decoded.expires)) return false;
  if (!get_slice(&r, MAX_KEY_SIZE, &decoded.key)) return false;
  if (decoded.type == RECORD_PUT &&
      !get_slice(&r, MAX_VALUE_SIZE, &decoded.value)) {
    return false;
  }
  uint32_t stated = 0;
  for (int i = 0; i < 4; i++) stated |= (uint32_t)start[i] << 8 * i;
  if (stated != checksum(0, start + 4, (size_t)(r.at - start) - 4)) {
    return false;
  }
  *at = (size_t)(r.at - bytes);
  *out = decoded;
  return true;
}
