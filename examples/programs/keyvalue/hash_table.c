// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A hash table with open addressing in the robin hood manner.
//
// Each key has a home bucket and lies there or a little after it.  On
// insertion, an entry that is farther from its home takes the bucket of one
// that is nearer, which moves on.  Distances stay short and even, and a search
// may stop at the first bucket whose entry is nearer to its home than the key
// sought would be.  Removal shifts the following entries back, so no marks of
// removed entries remain.
//
// Growth is spread out: when the array is full a larger one is made, and every
// later insertion or removal moves the contents of a few buckets.  Until all
// have moved, a search looks in both.  No single operation pays for the whole
// growth.

#include <stdlib.h>
#include <string.h>

#include "store.h"

enum { FIRST_SIZE = 16, MOVES_EACH_TIME = 8 };

slice entry_key(const entry* e) { return (slice){e->key, e->key_size}; }

int compare_slices(slice left, slice right) {
  size_t shorter = left.size < right.size ? left.size : right.size;
  int order = shorter > 0 ? memcmp(left.bytes, right.bytes, shorter) : 0;
  if (order != 0) return order;
  return (left.size > right.size) - (left.size < right.size);
}

uint32_t hash_slice(slice key) {
  uint64_t hash = UINT64_C(0xCBF29CE484222325);
  for (size_t i = 0; i < key.size; i++) {
    hash = (hash ^ (uint8_t)key.bytes[i]) * UINT64_C(0x100000001B3);
  }
  // The low bits choose the bucket and must depend on all of the key.
  hash ^= hash >> 32;
  hash *= UINT64_C(0xD6E8FEB86659FD93);
  return (uint32_t)(hash >> 32);
}

// ---- one array ------------------------------------------------------------

static bool array_init(bucket_array* array, uint32_t size) {
  array->buckets = calloc(size, sizeof *array->buckets);
  array->mask = size - 1;
  array->count = 0;
  return array->buckets != NULL;
}

static bucket* array_find(const bucket_array* array, slice key, uint32_t hash) {
  uint32_t place = hash & array->mask;
  for (uint32_t distance = 1;; distance++) {
    bucket* b = &array->buckets[place];
    if (b->distance < distance) return NULL;
    if (b->hash == hash && compare_slices(entry_key(b->entry), key) == 0) {
      return b;
    }
    place = (place + 1) & array->mask;
  }
}

static void array_insert(bucket_array* array, entry* e) {
  bucket carried = {e, e->hash, 1};
  uint32_t place = e->hash & array->mask;
  for (;; carried.distance++) {
    bucket* b = &array->buckets[place];
    if (b->distance == 0) {
      *b = carried;
      array->count++;
      return;
    }
    if (b->distance < carried.distance) {
      bucket richer = *b;
      *b = carried;
      carried = richer;
    }
    place = (place + 1) & array->mask;
  }
}

static void array_remove(bucket_array* array, bucket* b) {
  uint32_t place = (uint32_t)(b - array->buckets);
  for (;;) {
    uint32_t following = (place + 1) & array->mask;
    const bucket* next = &array->buckets[following];
    if (next->distance <= 1) break;  // empty, or at home
    array->buckets[place] = *next;
    array->buckets[place].distance--;
    place = following;
  }
  array->buckets[place] = (bucket){0};
  array->count--;
}

// ---- growth ---------------------------------------------------------------

static void move_some(hash_table* table, uint32_t limit) {
  if (table->old.buckets == NULL) return;
  // Removal shifts the next entry of a run into the bucket, so a bucket is
  // emptied until it stays empty.
  while (limit > 0 && table->old.count > 0) {
    bucket* b = &table->old.buckets[table->moved];
    if (b->distance == 0) {
      table->moved++;
      limit--;
      continue;
    }
    entry* e = b->entry;
    array_remove(&table->old, b);
    array_insert(&table->now, e);
  }
  if (table->old.count == 0) {
    free(table->old.buckets);
    table->old = (bucket_array){0};
  }
}

static bool grow(hash_table* table) {
  bucket_array larger;
  if (table->now.mask >= UINT32_MAX / 4) return false;
  if (!array_init(&larger, 2 * (table->now.mask + 1))) return false;
  move_some(table, UINT32_MAX);  // done long before, but cheap to be sure
  table->old = table->now;
  table->now = larger;
  table->moved = 0;
  return true;
}

// ---- the table ------------------------------------------------------------

bool hash_table_init(hash_table* table) {
  *table = (hash_table){0};
  return array_init(&table->now, FIRST_SIZE);
}

void hash_table_free(hash_table* table) {
  free(table->now.buckets);
  free(table->old.buckets);
  *table = (hash_table){0};
}

size_t hash_table_count(const hash_table* table) {
  return (size_t)table->now.count + table->old.count;
}

entry* hash_table_find(const hash_table* table, slice key, uint32_t hash) {
  const bucket* b = array_find(&table->now, key, hash);
  if (b == NULL && table->old.buckets != NULL) {
    b = array_find(&table->old, key, hash);
  }
  return b != NULL ? b->entry : NULL;
}

// The key must not be in the table yet.
bool hash_table_insert(hash_table* table, entry* e) {
  move_some(table, MOVES_EACH_TIME);
  size_t size = (size_t)table->now.mask + 1;
  if ((hash_table_count(table) + 1) * 8 > size * 7 && !grow(table)) {
    return false;
  }
  array_insert(&table->now, e);
  return true;
}

entry* hash_table_remove(hash_table* table, slice key, uint32_t hash) {
  move_some(table, MOVES_EACH_TIME);
  bucket_array* array = &table->now;
  bucket* b = array_find(array, key, hash);
  if (b == NULL && table->old.buckets != NULL) {
    array = &table->old;
    b = array_find(array, key, hash);
  }
  if (b == NULL) return NULL;
  entry* e = b->entry;
  array_remove(array, b);
  return e;
}

static bool array_is_sound(const bucket_array* array) {
  uint32_t count = 0;
  if (array->buckets == NULL) return array->count == 0;
  for (uint32_t i = 0; i <= array->mask; i++) {
    const bucket* b = &array->buckets[i];
    const bucket* before = &array->buckets[(i - 1) & array->mask];
    if (b->distance == 0) continue;
    count++;
    if (((b->hash + b->distance - 1) & array->mask) != i) return false;
    if (b->hash != b->entry->hash) return false;
    if (b->distance > before->distance + 1) return false;
  }
  return count == array->count;
}

bool hash_table_is_sound(const hash_table* table) {
  return array_is_sound(&table->now) && array_is_sound(&table->old);
}
