// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The store: every change is first appended to the log and then made in the
// table and the ordered index.  Rebuilding from a log makes the same changes
// without logging them.
//
// An entry past its time is removed when it is next met, or all at once when
// the clock is set.  Nothing is logged for that, because the log holds the time
// of expiry, and whoever replays it comes to the same conclusion.
//
// When more than half of a log of some size is no longer needed, it is written
// anew from the live entries.

#include "store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MIN_LOG_TO_COMPACT = 4096, RECORD_OVERHEAD = 8 };

// ---- entries --------------------------------------------------------------

// One block of memory: the entry, its key, and after that its links.
static entry* make_entry(slice key, uint32_t hash, uint32_t levels) {
  size_t links = sizeof(entry) + key.size;
  links = (links + sizeof(entry*) - 1) / sizeof(entry*) * sizeof(entry*);
  char* block = malloc(links + levels * sizeof(entry*));
  if (block == NULL) return NULL;
  entry* e = (entry*)(void*)block;
  *e = (entry){.hash = hash, .levels = levels};
  e->key_size = (uint32_t)key.size;
  e->next = (entry**)(void*)(block + links);
  if (key.size > 0) memcpy(e->key, key.bytes, key.size);
  return e;
}

static void free_entry(entry* e) {
  free(e->value);
  free(e);
}

static bool replace_value(entry* e, slice value) {
  char* copy = malloc(value.size > 0 ? value.size : 1);
  if (copy == NULL) return false;
  if (value.size > 0) memcpy(copy, value.bytes, value.size);
  free(e->value);
  e->value = copy;
  e->value_size = (uint32_t)value.size;
  return true;
}

static slice entry_value(const entry* e) {
  return (slice){e->value, e->value_size};
}

static size_t record_size(const entry* e) {
  return RECORD_OVERHEAD + (size_t)e->key_size + e->value_size;
}

// ---- changes without logging ----------------------------------------------

static store_status apply_put(store* s, slice key, slice value,
                              uint64_t expires) {
  uint32_t hash = hash_slice(key);
  entry* e = hash_table_find(&s->table, key, hash);
  if (e != NULL) {
    size_t before = record_size(e);
    if (!replace_value(e, value)) return STORE_NO_MEMORY;
    s->live_bytes = s->live_bytes - before + record_size(e);
  } else {
    e = make_entry(key, hash, skip_list_draw_levels(&s->list));
    if (e == NULL) return STORE_NO_MEMORY;
    if (!replace_value(e, value) || !hash_table_insert(&s->table, e)) {
      free_entry(e);
      return STORE_NO_MEMORY;
    }
    skip_list_insert(&s->list, e);
    s->live_bytes += record_size(e);
  }
  e->expires = expires;
  return STORE_OK;
}

static bool apply_remove(store* s, slice key) {
  entry* e = hash_table_remove(&s->table, key, hash_slice(key));
  if (e == NULL) return false;
  skip_list_remove(&s->list, e);
  s->live_bytes -= record_size(e);
  free_entry(e);
  return true;
}

static store_status apply_clear(store* s) {
  hash_table fresh;
  if (!hash_table_init(&fresh)) return STORE_NO_MEMORY;
  entry* e = s->list.head[0];
  while (e != NULL) {
    entry* next = e->next[0];
    free_entry(e);
    e = next;
  }
  hash_table_free(&s->table);
  s->table = fresh;
  skip_list_init(&s->list);
  s->live_bytes = 0;
  return STORE_OK;
}

static bool has_expired(const store* s, const entry* e) {
  return e->expires != 0 && e->expires <= s->now;
}

static entry* find_live(store* s, slice key) {
  entry* e = hash_table_find(&s->table, key, hash_slice(key));
  if (e != NULL && has_expired(s, e)) {
    apply_remove(s, key);
    return NULL;
  }
  return e;
}

// ---- the log --------------------------------------------------------------

store_status store_compact(store* s) {
  byte_log fresh = {0};
  for (const entry* e = s->list.head[0]; e != NULL; e = e->next[0]) {
    if (has_expired(s, e)) continue;
    record r = {RECORD_PUT, entry_key(e), entry_value(e), e->expires};
    if (log_append(&fresh, &r) != STORE_OK) {
      free(fresh.bytes);
      return STORE_NO_MEMORY;
    }
  }
  free(s->log.bytes);
  s->log = fresh;
  s->compactions++;
  return STORE_OK;
}

static void compact_if_wasteful(store* s) {
  if (s->log.size > MIN_LOG_TO_COMPACT && s->log.size / 2 > s->live_bytes) {
    // Failing is no harm: the old log stays and is complete.
    (void)store_compact(s);
  }
}

store_status store_recover(store* s, const uint8_t* log, size_t size,
                           size_t* sound) {
  record r;
  store_status status = apply_clear(s);
  *sound = 0;
  while (status == STORE_OK && log_read(log, size, sound, &r)) {
    if (r.type == RECORD_PUT) {
      status = apply_put(s, r.key, r.value, r.expires);
    } else if (r.type == RECORD_REMOVE) {
      apply_remove(s, r.key);
    } else {
      status = apply_clear(s);
    }
  }
  if (status != STORE_OK) return status;
  store_set_time(s, s->now);
  status = store_compact(s);
  if (status != STORE_OK) return status;
  return *sound == size ? STORE_OK : STORE_BAD_LOG;
}

// ---- operations -----------------------------------------------------------

store_status store_open(store* s) {
  memset(s, 0, sizeof *s);
  skip_list_init(&s->list);
  return hash_table_init(&s->table) ? STORE_OK : STORE_NO_MEMORY;
}

void store_close(store* s) {
  entry* e = s->list.head[0];
  while (e != NULL) {
    entry* next = e->next[0];
    free_entry(e);
    e = next;
  }
  hash_table_free(&s->table);
  free(s->log.bytes);
  memset(s, 0, sizeof *s);
}

store_status store_put(store* s, slice key, slice value, uint64_t ttl) {
  if (key.size > MAX_KEY_SIZE) return STORE_KEY_TOO_LONG;
  if (value.size > MAX_VALUE_SIZE) return STORE_VALUE_TOO_LONG;
  uint64_t expires = 0;
  if (ttl != 0) expires = ttl > UINT64_MAX - s->now ? 0 : s->now + ttl;
  record r = {RECORD_PUT, key, value, expires};
  size_t before = s->log.size;
  store_status status = log_append(&s->log, &r);
  if (status != STORE_OK) return status;
  status = apply_put(s, key, value, expires);
  if (status != STORE_OK) {
    s->log.size = before;
    return status;
  }
  compact_if_wasteful(s);
  return STORE_OK;
}

store_status store_get(store* s, slice key, slice* value) {
  const entry* e = find_live(s, key);
  if (e == NULL) return STORE_NOT_FOUND;
  *value = entry_value(e);
  return STORE_OK;
}

store_status store_remove(store* s, slice key) {
  if (find_live(s, key) == NULL) return STORE_NOT_FOUND;
  record r = {.type = RECORD_REMOVE, .key = key};
  store_status status = log_append(&s->log, &r);
  if (status != STORE_OK) return status;
  apply_remove(s, key);
  compact_if_wasteful(s);
  return STORE_OK;
}

// Adds to a value that is a decimal number; a missing one counts as zero.  The
// time of expiry stays.
store_status store_add(store* s, slice key, int64_t amount, int64_t* result) {
  char digits[32];
  int64_t number = 0;
  const entry* e = find_live(s, key);
  uint64_t ttl = 0;
  if (e != NULL) {
    if (e->expires != 0) ttl = e->expires - s->now;
    if (e->value_size == 0 || e->value_size >= sizeof digits) {
      return STORE_NOT_A_NUMBER;
    }
    memcpy(digits, e->value, e->value_size);
    digits[e->value_size] = '\0';
    char* end;
    errno = 0;
    long long parsed = strtoll(digits, &end, 10);
    if (errno != 0 || end != digits + e->value_size) return STORE_NOT_A_NUMBER;
    number = parsed;
  }
  if (amount > 0 ? number > INT64_MAX - amount : number < INT64_MIN - amount) {
    return STORE_NOT_A_NUMBER;
  }
  number += amount;
  int size = snprintf(digits, sizeof digits, "%" PRId64, number);
  store_status status = store_put(s, key, (slice){digits, (size_t)size}, ttl);
  if (status == STORE_OK) *result = number;
  return status;
}

store_status store_clear(store* s) {
  record r = {.type = RECORD_CLEAR};
  store_status status = log_append(&s->log, &r);
  if (status != STORE_OK) return status;
  status = apply_clear(s);
  compact_if_wasteful(s);
  return status;
}

// Visits the keys from `from` on and before `to`; an empty `to` means no end.
size_t store_scan(store* s, slice from, slice to, visitor visit,
                  void* context) {
  size_t visited = 0;
  const entry* e = skip_list_first(&s->list, from);
  for (; e != NULL; e = e->next[0]) {
    if (to.size > 0 && compare_slices(entry_key(e), to) >= 0) break;
    if (has_expired(s, e)) continue;
    visited++;
    if (!visit(context, entry_key(e), entry_value(e))) break;
  }
  return visited;
}

size_t store_scan_prefix(store* s, slice prefix, visitor visit, void* context) {
  // The first key after all with the prefix: the last byte that is not 255 is
  // raised by one and what follows is dropped.
  char after[MAX_KEY_SIZE];
  if (prefix.size > MAX_KEY_SIZE) return 0;
  size_t size = prefix.size;
  if (size > 0) memcpy(after, prefix.bytes, size);
  while (size > 0 && (uint8_t)after[size - 1] == 0xFF) size--;
  if (size > 0) after[size - 1] = (char)((uint8_t)after[size - 1] + 1);
  return store_scan(s, prefix, (slice){after, size}, visit, context);
}

void store_set_time(store* s, uint64_t now) {
  s->now = now;
  entry* e = s->list.head[0];
  while (e != NULL) {
    entry* next = e->next[0];
    if (has_expired(s, e)) apply_remove(s, entry_key(e));
    e = next;
  }
  compact_if_wasteful(s);
}

size_t store_count(const store* s) { return hash_table_count(&s->table); }

bool store_is_sound(const store* s) {
  size_t listed;
  size_t bytes = 0;
  if (!hash_table_is_sound(&s->table)) return false;
  if (!skip_list_is_sound(&s->list, &listed)) return false;
  for (const entry* e = s->list.head[0]; e != NULL; e = e->next[0]) {
    if (hash_table_find(&s->table, entry_key(e), e->hash) != e) return false;
    bytes += record_size(e);
  }
  return listed == store_count(s) && bytes == s->live_bytes;
}

static const char* const status_texts[] = {
    [STORE_OK] = "ok",
    [STORE_NOT_FOUND] = "not found",
    [STORE_NO_MEMORY] = "out of memory",
    [STORE_KEY_TOO_LONG] = "key is too long",
    [STORE_VALUE_TOO_LONG] = "value is too long",
    [STORE_NOT_A_NUMBER] = "value is not a number in range",
    [STORE_BAD_LOG] = "log is damaged",
};

const char* store_status_text(store_status status) {
  size_t index = (size_t)status;
  size_t count = sizeof status_texts / sizeof status_texts[0];
  return index < count ? status_texts[index] : "unknown error";
}
