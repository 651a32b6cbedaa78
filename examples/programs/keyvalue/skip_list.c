// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The ordered index: a skip list.
//
// All entries form a list in the order of their keys.  About a quarter of them
// are also in a second, faster list, a quarter of those in a third, and so on.
// A search begins in the fastest list and changes to the next slower one when
// the next step would go too far, which takes logarithmic time on average and
// needs no balancing.

#include <string.h>

#include "store.h"

void skip_list_init(skip_list* list) {
  memset(list, 0, sizeof *list);
  list->levels = 1;
  list->random = UINT64_C(0x9E3779B97F4A7C15);
}

uint32_t skip_list_draw_levels(skip_list* list) {
  list->random ^= list->random << 13;
  list->random ^= list->random >> 7;
  list->random ^= list->random << 17;
  uint64_t bits = list->random;
  uint32_t levels = 1;
  while (levels < MAX_SKIP_LEVELS && (bits & 3) == 0) {
    levels++;
    bits >>= 2;
  }
  return levels;
}

// Fills `links` with the places, one for each level, that point to the first
// entry not before `key`.
static void find_links(skip_list* list, slice key,
                       entry** links[MAX_SKIP_LEVELS]) {
  entry** level_links = list->head;
  for (uint32_t level = list->levels; level-- > 0;) {
    entry* next = level_links[level];
    while (next != NULL && compare_slices(entry_key(next), key) < 0) {
      level_links = next->next;
      next = level_links[level];
    }
    links[level] = &level_links[level];
  }
}

void skip_list_insert(skip_list* list, entry* e) {
  entry** links[MAX_SKIP_LEVELS];
  while (list->levels < e->levels) list->head[list->levels++] = NULL;
  find_links(list, entry_key(e), links);
  for (uint32_t level = 0; level < e->levels; level++) {
    e->next[level] = *links[level];
    *links[level] = e;
  }
}

void skip_list_remove(skip_list* list, const entry* e) {
  entry** links[MAX_SKIP_LEVELS];
  find_links(list, entry_key(e), links);
  for (uint32_t level = 0; level < e->levels; level++) {
    *links[level] = e->next[level];
  }
  while (list->levels > 1 && list->head[list->levels - 1] == NULL) {
    list->levels--;
  }
}

entry* skip_list_first(const skip_list* list, slice key) {
  entry* const* links = list->head;
  for (uint32_t level = list->levels; level-- > 0;) {
    entry* next = links[level];
    while (next != NULL && compare_slices(entry_key(next), key) < 0) {
      links = next->next;
      next = links[level];
    }
  }
  return links[0];
}

bool skip_list_is_sound(const skip_list* list, size_t* count) {
  *count = 0;
  for (uint32_t level = 0; level < list->levels; level++) {
    const entry* previous = NULL;
    for (const entry* e = list->head[level]; e != NULL; e = e->next[level]) {
      if (e->levels <= level) return false;
      if (previous != NULL &&
          compare_slices(entry_key(previous), entry_key(e)) >= 0) {
        return false;
      }
      previous = e;
      if (level == 0) ++*count;
    }
  }
  return true;
}
