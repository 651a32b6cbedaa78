// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The self-test: single operations with known results, then many random
// operations on the store and on a model of it, a plain array of a few hundred
// possible keys.  The two are compared, the invariants of table and index are
// checked, and the log is replayed, cut at every byte and damaged.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

enum { MODEL_KEYS = 400, MODEL_VALUE = 24 };

typedef struct model_entry {
  char key[16];
  char value[MODEL_VALUE];
  bool present;
  uint64_t expires;
} model_entry;

typedef struct tester {
  uint64_t random;
  uint32_t digest;
  int failures;
  int checks;
  model_entry model[MODEL_KEYS];  // in the order of the keys
} tester;

static uint32_t next_random(tester* t) {
  t->random ^= t->random << 13;
  t->random ^= t->random >> 7;
  t->random ^= t->random << 17;
  return (uint32_t)(t->random * UINT64_C(0x2545F4914F6CDD1D) >> 32);
}

static void check(tester* t, bool passed, const char* what) {
  t->checks++;
  if (passed) return;
  t->failures++;
  fprintf(stderr, "keyvalue: check failed: %s\n", what);
}

static void digest(tester* t, const void* bytes, size_t size) {
  t->digest = checksum(t->digest, bytes, size);
}

static slice as_slice(const char* text) { return (slice){text, strlen(text)}; }

static bool holds(store* s, const char* key, const char* expected) {
  slice value;
  if (store_get(s, as_slice(key), &value) != STORE_OK) return expected == NULL;
  return expected != NULL && compare_slices(value, as_slice(expected)) == 0;
}

static store_status put(store* s, const char* key, const char* value,
                        uint64_t ttl) {
  return store_put(s, as_slice(key), as_slice(value), ttl);
}

// ---- single operations ----------------------------------------------------

typedef struct collected {
  char text[256];
  size_t size;
  size_t limit;
} collected;

static bool collect(void* context, slice key, slice value) {
  collected* c = context;
  int size = snprintf(c->text + c->size, sizeof c->text - c->size, "%.*s=%.*s ",
                      (int)key.size, key.bytes, (int)value.size, value.bytes);
  c->size += (size_t)size;
  return c->limit == 0 || --c->limit > 0;
}

static void test_operations(tester* t) {
  store s;
  int64_t number = 0;
  check(t, checksum(0, "123456789", 9) == 0xE3069283, "crc-32c of digits");
  check(t, store_open(&s) == STORE_OK, "open");
  check(t, holds(&s, "a", NULL), "get from empty store");
  check(t, put(&s, "a", "1", 0) == STORE_OK && holds(&s, "a", "1"), "put");
  check(t, put(&s, "a", "22", 0) == STORE_OK && holds(&s, "a", "22"),
        "overwrite");
  check(t,
        put(&s, "", "empty key", 0) == STORE_OK && holds(&s, "", "empty key"),
        "empty key");
  check(t, put(&s, "b", "", 0) == STORE_OK && holds(&s, "b", ""),
        "empty value");
  check(t, store_remove(&s, as_slice("b")) == STORE_OK, "remove");
  check(t, store_remove(&s, as_slice("b")) == STORE_NOT_FOUND, "remove again");
  check(t, store_count(&s) == 2, "count");

  check(t, store_add(&s, as_slice("n"), 5, &number) == STORE_OK && number == 5,
        "add to nothing");
  check(t,
        store_add(&s, as_slice("n"), -7, &number) == STORE_OK && number == -2,
        "add a negative number");
  check(t, store_add(&s, as_slice(""), 1, &number) == STORE_NOT_A_NUMBER,
        "add to text");
  put(&s, "max", "9223372036854775807", 0);
  check(t, store_add(&s, as_slice("max"), 1, &number) == STORE_NOT_A_NUMBER,
        "add beyond the range");

  static char large[MAX_VALUE_SIZE + 1];
  check(t,
        store_put(&s, (slice){large, MAX_KEY_SIZE + 1}, as_slice("x"), 0) ==
            STORE_KEY_TOO_LONG,
        "long key");
  check(t,
        store_put(&s, as_slice("x"), (slice){large, sizeof large}, 0) ==
            STORE_VALUE_TOO_LONG,
        "long value");
  check(t,
        store_put(&s, (slice){large, MAX_KEY_SIZE},
                  (slice){large, MAX_VALUE_SIZE}, 0) == STORE_OK,
        "largest key and value");
  check(t, store_is_sound(&s), "soundness");
  check(t, store_clear(&s) == STORE_OK && store_count(&s) == 0, "clear");
  store_close(&s);
}

static void test_expiry(tester* t) {
  store s;
  int64_t number;
  store_open(&s);
  store_set_time(&s, 100);
  put(&s, "short", "1", 10);
  put(&s, "long", "2", 50);
  put(&s, "forever", "3", 0);
  s.now = 109;
  check(t, holds(&s, "short", "1"), "alive before its time");
  s.now = 110;
  check(t, holds(&s, "short", NULL), "gone at its time");
  check(t, store_count(&s) == 2, "removed when met");
  check(t, store_add(&s, as_slice("long"), 5, &number) == STORE_OK, "add");
  store_set_time(&s, 149);
  check(t, holds(&s, "long", "7"), "addition keeps the time");
  store_set_time(&s, 150);
  check(t, store_count(&s) == 1 && holds(&s, "forever", "3"), "clock sweeps");
  check(t, put(&s, "huge", "x", UINT64_MAX) == STORE_OK, "time overflows");
  store_set_time(&s, UINT64_MAX);
  check(t, holds(&s, "huge", "x"), "no expiry beyond the end of time");
  store_close(&s);
}

static void test_scans(tester* t) {
  static const char* const keys[] = {"b",     "ab",        "a", "abc",
                                     "b\xFF", "b\xFF\xFF", "c", "ac"};
  store s;
  store_open(&s);
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    put(&s, keys[i], "v", 0);
  }
  collected c = {0};
  store_scan(&s, as_slice("ab"), as_slice("b"), collect, &c);
  check(t, strcmp(c.text, "ab=v abc=v ac=v ") == 0, "range");
  c = (collected){0};
  check(t, store_scan(&s, as_slice(""), as_slice(""), collect, &c) == 8,
        "whole range");
  c = (collected){0};
  store_scan_prefix(&s, as_slice("ab"), collect, &c);
  check(t, strcmp(c.text, "ab=v abc=v ") == 0, "prefix");
  c = (collected){0};
  check(t, store_scan_prefix(&s, as_slice("b\xFF"), collect, &c) == 2,
        "prefix that ends with byte 255");
  c = (collected){.limit = 2};
  check(t, store_scan(&s, as_slice(""), as_slice(""), collect, &c) == 2,
        "scan stopped by the visitor");
  store_close(&s);
}

// ---- the model ------------------------------------------------------------

static bool model_alive(const model_entry* e, uint64_t now) {
  return e->present && (e->expires == 0 || e->expires > now);
}

typedef struct comparison {
  tester* t;
  uint64_t now;
  size_t at;
  size_t end;
  bool same;
} comparison;

static bool compare_with_model(void* context, slice key, slice value) {
  comparison* c = context;
  const model_entry* model = c->t->model;
  while (c->at < c->end && !model_alive(&model[c->at], c->now)) c->at++;
  c->same = c->same && c->at < c->end &&
            compare_slices(key, as_slice(model[c->at].key)) == 0 &&
            compare_slices(value, as_slice(model[c->at].value)) == 0;
  c->at++;
  digest(c->t, key.bytes, key.size);
  digest(c->t, value.bytes, value.size);
  return c->same;
}

static void compare_range(tester* t, store* s, size_t from, size_t end,
                          const char* what) {
  comparison c = {.t = t, .now = s->now, .at = from, .end = end, .same = true};
  slice to = end < MODEL_KEYS ? as_slice(t->model[end].key) : as_slice("");
  store_scan(s, as_slice(t->model[from].key), to, compare_with_model, &c);
  while (c.at < end && !model_alive(&t->model[c.at], s->now)) c.at++;
  check(t, c.same && c.at >= end, what);
}

static void random_operation(tester* t, store* s) {
  model_entry* e = &t->model[next_random(t) % MODEL_KEYS];
  uint32_t kind = next_random(t) % 16;
  bool alive = model_alive(e, s->now);
  if (kind < 7) {
    uint64_t ttl = next_random(t) % 3 == 0 ? 1 + next_random(t) % 60 : 0;
    snprintf(e->value, sizeof e->value, "value %u",
             (unsigned)(next_random(t) % 100000));
    e->present = true;
    e->expires = ttl == 0 ? 0 : s->now + ttl;
    check(t, put(s, e->key, e->value, ttl) == STORE_OK, "random put");
  } else if (kind < 11) {
    check(t, holds(s, e->key, alive ? e->value : NULL), "random get");
  } else if (kind < 14) {
    store_status status = store_remove(s, as_slice(e->key));
    check(t, status == (alive ? STORE_OK : STORE_NOT_FOUND), "random remove");
    e->present = false;
  } else if (kind == 14) {
    size_t from = next_random(t) % MODEL_KEYS;
    size_t end = from + next_random(t) % (MODEL_KEYS - from + 1);
    if (end > from) compare_range(t, s, from, end, "random range");
  } else {
    store_set_time(s, s->now + next_random(t) % 5);
  }
}

static void compare_all(tester* t, store* s, const char* what) {
  compare_range(t, s, 0, MODEL_KEYS, what);
  check(t, store_is_sound(s), what);
}

static void test_random_operations(tester* t, store* s) {
  enum { OPERATIONS = 12000 };
  for (int i = 0; i < MODEL_KEYS; i++) {
    snprintf(t->model[i].key, sizeof t->model[i].key, "key/%04d", i * 7);
  }
  for (int i = 0; i < OPERATIONS; i++) {
    random_operation(t, s);
    if (i % 500 == 0) compare_all(t, s, "state agrees with the model");
  }
  compare_all(t, s, "state agrees with the model at the end");
  digest(t, s->log.bytes, s->log.size);
  printf("  random operations: %d on %d keys, %u compactions\n", OPERATIONS,
         MODEL_KEYS, (unsigned)s->compactions);
}

// ---- growth and recovery --------------------------------------------------

static void test_growth(tester* t) {
  enum { KEYS = 3000 };
  store s;
  char key[32];
  int growing = 0;
  store_open(&s);
  for (int i = 0; i < KEYS; i++) {
    snprintf(key, sizeof key, "%x", (unsigned)i * 2654435761u);
    put(&s, key, "x", 0);
    growing += s.table.old.buckets != NULL;
    if (i % 3 == 2) {
      snprintf(key, sizeof key, "%x", (unsigned)(i / 2) * 2654435761u);
      store_remove(&s, as_slice(key));
    }
    if (i % 250 == 0) check(t, store_is_sound(&s), "sound while growing");
  }
  int found = 0;
  for (int i = 0; i < KEYS; i++) {
    snprintf(key, sizeof key, "%x", (unsigned)i * 2654435761u);
    found += holds(&s, key, "x");
  }
  check(t, (size_t)found == store_count(&s), "all keys found after growth");
  check(t, growing > 0, "growth is spread over several insertions");
  printf("  growth: %d keys, two tables during %d insertions\n", found,
         growing);
  store_close(&s);
}

static void test_recovery(tester* t, store* s) {
  store copy;
  size_t sound = 0;
  store_open(&copy);
  copy.now = s->now;
  store_status status = store_recover(&copy, s->log.bytes, s->log.size, &sound);
  check(t, status == STORE_OK && sound == s->log.size, "recovery");
  compare_all(t, &copy, "recovered state agrees with the model");
  store_close(&copy);

  // A short log of every kind of record, cut at every byte.
  store small;
  store_open(&small);
  put(&small, "one", "1", 0);
  put(&small, "two", "2", 1000);
  store_remove(&small, as_slice("one"));
  store_clear(&small);
  put(&small, "three", "3", 0);
  size_t previous = 0;
  int records = 0;
  for (size_t size = 0; size <= small.log.size; size++) {
    store_open(&copy);
    status = store_recover(&copy, small.log.bytes, size, &sound);
    check(t, (status == STORE_OK) == (sound == size), "cut log is noticed");
    check(t, sound >= previous && store_is_sound(&copy), "cut log");
    records += sound > previous;
    previous = sound;
    store_close(&copy);
  }
  check(t, records == 5, "each record is kept once complete");

  // A flipped bit loses its record and what follows, and nothing before.
  for (size_t bit = 0; bit < 8 * small.log.size; bit++) {
    store_open(&copy);
    small.log.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    status = store_recover(&copy, small.log.bytes, small.log.size, &sound);
    check(t, status == STORE_BAD_LOG && sound <= bit / 8, "damage is noticed");
    small.log.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    store_close(&copy);
  }
  printf("  recovery: log of %zu bytes replayed, %zu flipped bits noticed\n",
         s->log.size, 8 * small.log.size);
  store_close(&small);
}

int self_test(void) {
  static tester state = {.random = UINT64_C(0xE7037ED1A0B428DB)};
  tester* t = &state;
  store s;
  printf("keyvalue self-test\n");
  test_operations(t);
  test_expiry(t);
  test_scans(t);
  test_growth(t);
  store_open(&s);
  test_random_operations(t, &s);
  test_recovery(t, &s);
  store_close(&s);
  printf("%d checks, %d failed\n", t->checks, t->failures);
  printf("checksum: %08x\n", (unsigned)t->digest);
  return t->failures == 0 ? 0 : 1;
}
