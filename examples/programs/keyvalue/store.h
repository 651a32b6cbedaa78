// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An in-memory key-value store: a hash table for single keys (hash_table.c), an
// ordered index for ranges and prefixes (skip_list.c), and a log from which the
// state can be rebuilt (log.c), put together in store.c.
//
// Time is a number given by the caller, so that a run can be repeated exactly.

#ifndef EXAMPLES_KEYVALUE_STORE_H_
#define EXAMPLES_KEYVALUE_STORE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum store_status {
  STORE_OK = 0,
  STORE_NOT_FOUND,
  STORE_NO_MEMORY,
  STORE_KEY_TOO_LONG,
  STORE_VALUE_TOO_LONG,
  STORE_NOT_A_NUMBER,
  STORE_BAD_LOG,
} store_status;

enum {
  MAX_KEY_SIZE = 1024,
  MAX_VALUE_SIZE = 1 << 20,
  MAX_SKIP_LEVELS = 16,
};

typedef struct slice {
  const char* bytes;
  size_t size;
} slice;

// An entry is owned by the hash table and linked in the skip list.  It never
// moves, so both can point to it.
typedef struct entry {
  uint32_t hash;
  uint32_t key_size;
  uint32_t value_size;
  uint32_t levels;   // of the skip list
  uint64_t expires;  // 0 means never
  char* value;
  struct entry** next;  // one for each level
  char key[];
} entry;

slice entry_key(const entry* e);
int compare_slices(slice left, slice right);
uint32_t hash_slice(slice key);

// ---- hash_table.c ---------------------------------------------------------

typedef struct bucket {
  entry* entry;
  uint32_t hash;
  uint32_t distance;  // from the home bucket, plus 1; 0 means empty
} bucket;

typedef struct bucket_array {
  bucket* buckets;
  uint32_t mask;
  uint32_t count;
} bucket_array;

typedef struct hash_table {
  bucket_array now;
  bucket_array old;  // being emptied, while old.buckets is not NULL
  uint32_t moved;    // buckets of `old` below this are empty
} hash_table;

bool hash_table_init(hash_table* table);
void hash_table_free(hash_table* table);
entry* hash_table_find(const hash_table* table, slice key, uint32_t hash);
bool hash_table_insert(hash_table* table, entry* e);
entry* hash_table_remove(hash_table* table, slice key, uint32_t hash);
size_t hash_table_count(const hash_table* table);
bool hash_table_is_sound(const hash_table* table);

// ---- skip_list.c ----------------------------------------------------------

typedef struct skip_list {
  entry* head[MAX_SKIP_LEVELS];
  uint32_t levels;
  uint64_t random;
} skip_list;

void skip_list_init(skip_list* list);
uint32_t skip_list_draw_levels(skip_list* list);
void skip_list_insert(skip_list* list, entry* e);
void skip_list_remove(skip_list* list, const entry* e);
entry* skip_list_first(const skip_list* list, slice key);  // not before `key`
bool skip_list_is_sound(const skip_list* list, size_t* count);

// ---- log.c ----------------------------------------------------------------

typedef enum record_type {
  RECORD_PUT = 1,
  RECORD_REMOVE = 2,
  RECORD_CLEAR = 3,
} record_type;

typedef struct record {
  record_type type;
  slice key;
  slice value;
  uint64_t expires;
} record;

typedef struct byte_log {
  uint8_t* bytes;
  size_t size;
  size_t capacity;
} byte_log;

store_status log_append(byte_log* log, const record* r);
// Decodes the record at `*at` and moves past it.  False at the end and at a
// damaged or incomplete record; the two are told apart by `*at`.
bool log_read(const uint8_t* bytes, size_t size, size_t* at, record* r);
uint32_t checksum(uint32_t crc, const void* bytes, size_t size);

// ---- store.c --------------------------------------------------------------

typedef struct store {
  hash_table table;
  skip_list list;
  byte_log log;
  size_t live_bytes;  // size the log would have if written anew
  uint64_t now;
  uint32_t compactions;
} store;

// Called for each entry of a scan; false stops it.
typedef bool (*visitor)(void* context, slice key, slice value);

store_status store_open(store* s);
void store_close(store* s);
// Rebuilds the state from a log and says how many of its bytes are sound.
store_status store_recover(store* s, const uint8_t* log, size_t size,
                           size_t* sound);
store_status store_put(store* s, slice key, slice value, uint64_t ttl);
store_status store_get(store* s, slice key, slice* value);
store_status store_remove(store* s, slice key);
store_status store_add(store* s, slice key, int64_t amount, int64_t* result);
store_status store_clear(store* s);
store_status store_compact(store* s);
size_t store_scan(store* s, slice from, slice to, visitor visit, void* context);
size_t store_scan_prefix(store* s, slice prefix, visitor visit, void* context);
void store_set_time(store* s, uint64_t now);  // removes what expired
size_t store_count(const store* s);
bool store_is_sound(const store* s);
const char* store_status_text(store_status status);

// self_test.c: returns 0 when every check passed, else 1.
int self_test(void);

#endif  // EXAMPLES_KEYVALUE_STORE_H_
