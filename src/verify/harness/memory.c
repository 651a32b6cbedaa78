// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory that is invented when it is first touched.
//
// Every pointer that an input holds lies in the zone of some type; a fault
// there maps the page and fills it with values of that type, a function of the
// address and the input alone. So all images see the same contents at the same
// addresses, in whatever order they look. Chunks are arrays of their type with
// an unmapped gap behind; heap blocks end at an unmapped page likewise.

const hone_type* type_of_address(uint64_t address) {
  uint32_t low = 0, high = S.plan->type_count;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    if (S.types[middle].zone <= address)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == 0) return 0;
  const hone_type* type = &S.types[low - 1];
  const uint64_t offset = address - type->zone;
  if (offset >= type->stride << type->chunk_bits) return 0;
  return type;
}

// Maps one more page and makes room for its first contents.
static page_t* take_page(uint64_t at) {
  if (S.page_count == kMaxPages) hone_rt_leave(HONE_OUT_OF_MEMORY);
  if (map_at(at, kPage) == MAP_FAILED) hone_rt_leave(HONE_OUT_OF_MEMORY);
  page_t* page = &S.pages[S.page_count];
  page->address = at;
  page->shadow = (uint8_t*)HONE_SHADOW + (uint64_t)S.page_count * kPage;
  page->scanned = 0;
  ++S.page_count;
  return page;
}

static void fill_zone_page(uint8_t* to, uint64_t at, const hone_type* type) {
  const uint64_t begin =
      type->zone + (at - type->zone) / type->stride * type->stride;
  const uint64_t end = begin + type->usable;
  if (type->is_text) {
    fill_text(to, at, at + kPage, begin, end);
    return;
  }
  uint64_t element = begin + (at - begin) / type->size * type->size;
  for (; element < at + kPage && element + type->size <= end;
       element += type->size)
    materialise(to, at, at + kPage, element, type);
}

void touch_zone(uint64_t address) {
  const hone_type* type = type_of_address(address);
  const uint64_t offset = type ? (address - type->zone) % type->stride : 0;
  if (!type || offset >= type->usable) {
    S.fault = address;
    hone_rt_leave(HONE_SIGNALLED + SIGSEGV);
  }
  const uint64_t at = address & ~(uint64_t)(kPage - 1);
  for (uint32_t i = 0; i < S.page_count; ++i)
    if (S.pages[i].address == at) {  // mapped, so the access was no data
      S.fault = address;
      hone_rt_leave(HONE_SIGNALLED + SIGSEGV);
    }
  page_t* page = take_page(at);
  fill_zone_page((uint8_t*)at, at, type);
  copy(page->shadow, (void*)at, kPage);
}

void poke(uint64_t address, const void* bytes, uint32_t size) {
  const uint64_t at = address & ~(uint64_t)(kPage - 1);
  for (uint32_t i = 0; i < S.page_count; ++i)
    if (S.pages[i].address == at) {
      copy((void*)address, bytes, size);
      copy(S.pages[i].shadow + (address - at), bytes, size);
      return;
    }
  touch_zone(address);
  poke(address, bytes, size);
}

// ---------------------------------------------------------------- heap

// A block's address depends on its size class and on how many of that class
// came before, so that a build which needs one allocation less moves few.
enum { kClassShift = 35 };

static uint64_t class_stride(uint32_t class) {
  const uint64_t span = (uint64_t)2 << class;
  return (span < kPage ? kPage : span) + kPage;
}

static uint64_t block_start(uint32_t class, uint32_t index) {
  const uint64_t slot = HONE_HEAP + ((uint64_t)class << kClassShift) +
                        class_stride(class) * index;
  const uint64_t end =
      (slot + class_stride(class) - kPage) & ~(uint64_t)(kPage - 1);
  return (end - S.blocks[class][index].size) & ~15ull;
}

static block_t* find_block(uint64_t address, uint32_t* class_out,
                           uint32_t* index_out) {
  if (address < HONE_HEAP || address >= HONE_HEAP_END) return 0;
  const uint32_t class = (address - HONE_HEAP) >> kClassShift;
  if (class >= kHeapClasses) return 0;
  const uint64_t offset = (address - HONE_HEAP) & ((1ull << kClassShift) - 1);
  const uint64_t index = offset / class_stride(class);
  if (index >= S.block_count[class]) return 0;
  *class_out = class;
  *index_out = (uint32_t)index;
  return &S.blocks[class][index];
}

void* heap_take(uint64_t size, int zeroed) {
  if (size == 0) size = 1;
  uint32_t class = 4;
  while (class < kHeapClasses && (1ull << class) < size) ++class;
  ++S.allocations;
  // Scarcity is a matter of the size alone: how many calls there are is up to
  // the optimiser. It may also drop a call and take it for granted that it
  // would have been granted, so refusals are counted.
  if (size > 1ull << 26 || S.block_count[class] == kMaxBlocks ||
      (S.mood.scarce_memory && mix2(S.input.seed[2], size) % 4 == 0)) {
    ++S.refusals;
    return 0;
  }
  const uint32_t index = S.block_count[class]++;
  block_t* block = &S.blocks[class][index];
  block->size = size;
  block->live = 1;
  block->zeroed = (uint8_t)zeroed;
  block->reachable = 0;
  return (void*)block_start(class, index);
}

uint64_t heap_size(const void* pointer) {
  uint32_t class, index;
  const block_t* block = find_block((uint64_t)pointer, &class, &index);
  if (!block || !block->live) return 0;
  return block_start(class, index) == (uint64_t)pointer ? block->size : 0;
}

int heap_give(void* pointer) {
  uint32_t class, index;
  block_t* block = find_block((uint64_t)pointer, &class, &index);
  if (!block || !block->live || block_start(class, index) != (uint64_t)pointer)
    return 0;
  block->live = 0;
  const uint64_t begin = (uint64_t)pointer & ~(uint64_t)(kPage - 1);
  for (uint32_t i = 0; i < S.page_count; ++i) {
    page_t* page = &S.pages[i];
    if (page->address < begin ||
        page->address >= (uint64_t)pointer + block->size)
      continue;
    munmap((void*)page->address, kPage);
    page->address = 0;
  }
  return 1;
}

int touch_heap(uint64_t address) {
  uint32_t class, index;
  const block_t* block = find_block(address, &class, &index);
  if (!block || !block->live) return 0;
  const uint64_t begin = block_start(class, index);
  const uint64_t at = address & ~(uint64_t)(kPage - 1);
  if (at + kPage <= begin || at >= begin + block->size) return 0;
  page_t* page = take_page(at);
  if (!block->zeroed) fill_unwritten((void*)at, kPage);
  copy(page->shadow, (void*)at, kPage);
  return 1;
}

// ---------------------------------------------------------------- effects

// A word that is not what it was: its key, what it is and what it was.
void add_effect(uint64_t key, uint64_t now, uint64_t then) {
  if (S.effect_words + 3 > kMaxEffects) {
    // Too many to list: the rest is one word.
    uint64_t* last = &S.effects[kMaxEffects - 3];
    last[0] = ~0ull;
    last[1] = mix2(last[1] ^ key, now);
    return;
  }
  S.effects[S.effect_words++] = key;
  S.effects[S.effect_words++] = now;
  S.effects[S.effect_words++] = then;
}

// What setjmp keeps is its own affair: saved registers are anybody's.
int is_jump_buffer(uint64_t address) {
  enum { kBufferBytes = 200 };
  for (uint32_t i = 0; i < kMaxJumps && i < S.jump_count; ++i)
    if (address + 8 > S.jumps[i] && address < S.jumps[i] + kBufferBytes)
      return 1;
  return 0;
}

static void sort_pages(void) {
  for (uint32_t i = 1; i < S.page_count; ++i)
    for (uint32_t j = i; j > 0 && S.pages[j].address < S.pages[j - 1].address;
         --j) {
      const page_t swap = S.pages[j];
      S.pages[j] = S.pages[j - 1];
      S.pages[j - 1] = swap;
    }
}

// A block that nothing points to any more has no contents: stores to it are
// dead, and optimisers know.
void mark_reachable(uint64_t word) {
  uint32_t class, index;
  block_t* block = find_block(word, &class, &index);
  if (block && block->live) block->reachable = 1;
}

static block_t* block_of_page(const page_t* page) {
  uint32_t class, index;
  return find_block(page->address, &class, &index);
}

// From the result, arguments of externals, and what was written to memory that
// was there before the call. Not from stack objects that were handed out: they
// may hold leftovers.
static void mark_blocks(void) {
  for (uint32_t i = 0; i < S.escaped_count; ++i) mark_reachable(S.escaped[i]);
  for (uint32_t i = 0; i < sizeof S.result / 8; ++i)
    mark_reachable(load64(S.result + i * 8));
  mark_image_roots();
  for (int grown = 1; grown;) {
    grown = 0;
    for (uint32_t i = 0; i < S.page_count; ++i) {
      page_t* page = &S.pages[i];
      const block_t* block = page->address ? block_of_page(page) : 0;
      if (page->address == 0 || page->scanned || (block && !block->reachable))
        continue;
      page->scanned = grown = 1;
      for (uint32_t j = 0; j < kPage / 8; ++j)
        mark_reachable(load64((void*)(page->address + j * 8)));
    }
  }
}

// A build may have made calloc of malloc and memset, or the reverse, so zero is
// no change in any block, and neither is what nobody wrote.
static void list_heap_page(const page_t* page, uint32_t class, uint32_t index) {
  const uint64_t begin = block_start(class, index) & ~7ull;
  const uint64_t end = block_start(class, index) + S.blocks[class][index].size;
  for (uint64_t at = page->address; at < page->address + kPage; at += 8) {
    const uint64_t now = load64((void*)at);
    if (at >= begin && at < end && now != 0 &&
        now != load64(page->shadow + (at - page->address)) &&
        !is_jump_buffer(at))
      add_effect(at, normal(now), 0);
  }
}

void list_memory_effects(void) {
  sort_pages();
  mark_blocks();
  for (uint32_t i = 0; i < S.page_count; ++i) {
    const page_t* page = &S.pages[i];
    if (page->address == 0) continue;
    uint32_t class, index;
    const block_t* block = find_block(page->address, &class, &index);
    if (block) {
      if (block->reachable) list_heap_page(page, class, index);
      continue;
    }
    const uint64_t* now = (const uint64_t*)page->address;
    const uint64_t* then = (const uint64_t*)page->shadow;
    for (uint32_t j = 0; j < kPage / 8; ++j)
      if (now[j] != then[j] && !is_jump_buffer(page->address + j * 8))
        add_effect(page->address + j * 8, normal(now[j]), then[j]);
  }
  for (uint32_t i = 0; i < S.freed_count; ++i)
    add_effect(HONE_KEY_FREED | S.freed[i], 1, 0);
}

void forget_memory(void) {
  for (uint32_t i = 0; i < S.page_count; ++i)
    if (S.pages[i].address != 0) munmap((void*)S.pages[i].address, kPage);
  S.page_count = 0;
  S.freed_count = 0;
  S.allocations = S.refusals = S.escaped_count = 0;
  for (uint32_t class = 0; class < kHeapClasses; ++class)
    S.block_count[class] = 0;
}
