// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls that leave the module: recorded, and answered by a draw.

static void add_trace(uint64_t word) {
  if (S.trace_words == kMaxTrace) {
    S.trace[kMaxTrace - 1] = mix2(S.trace[kMaxTrace - 1], word);
    return;
  }
  S.trace[S.trace_words++] = word;
}

void forget_calls(void) {
  S.trace_words = 0;
  S.call_count = 0;
  for (uint32_t i = 0; i < S.plan->external_count && i < 4096; ++i)
    S.occurrences[i] = 0;
}

static void count_call(void) {
  if (++S.call_count > kMaxCalls) hone_rt_leave(HONE_OUT_OF_FUEL);
}

// The words behind a pointer that was handed out. Behind a stack pointer only
// what the call sites agree on.
static void add_window(uint64_t pointer, const hone_leaf* leaf) {
  enum { kMost = 8 };
  uint64_t words = 0, tail = 0, soft = 0;
  if (pointer >= HONE_ZONES && pointer < HONE_ZONES_END) {
    const hone_type* type = type_of_address(pointer);
    if (!type || type->responder >= 0) return;
    const uint64_t rest = type->usable - (pointer - type->zone) % type->stride;
    if ((pointer - type->zone) % type->stride < type->usable)
      words = rest / 8 < kMost ? rest / 8 : kMost;
  } else if (pointer >= HONE_HEAP && pointer < HONE_HEAP_END) {
    const uint64_t size = heap_size((void*)pointer);
    words = size / 8 < kMost ? size / 8 : kMost;
    soft = 1;
  } else if (pointer >= HONE_STACK && pointer < HONE_STACK + HONE_STACK_SIZE) {
    words = leaf->count / 8;
    tail = leaf->count % 8;
    if (words >= 16) words = 16, tail = 0;
    soft = 1;
  }
  if (words == 0 && tail == 0) return;
  add_trace(HONE_SOFT_WORDS | (words + (tail != 0)) | soft << 32);
  for (uint64_t i = 0; i < words; ++i)
    add_trace(is_jump_buffer(pointer + i * 8)
                  ? 0
                  : normal(load64((void*)(pointer + i * 8))));
  if (tail) {
    uint64_t word = 0;
    copy(&word, (void*)(pointer + words * 8), tail);
    add_trace(word);
  }
}

// A constant string says more than its address, which no two images share.
static uint64_t normal_argument(uint64_t word) {
  const uint64_t name = normal(word);
  if (name != HONE_NORMAL_IMAGE || global_of(word)) return name;
  uint64_t hash = 0xcbf29ce484222325ull;
  const uint8_t* text = (const uint8_t*)word;
  for (int i = 0; i < 256; ++i) {
    if (text[i] == 0) return HONE_NORMAL_TEXT | hash >> 4;
    if (text[i] < 9 || text[i] > 126) break;
    hash = (hash ^ text[i]) * 0x100000001b3ull;
  }
  return HONE_NORMAL_IMAGE;
}

static uint64_t slot_word(const hone_leaf* leaf, const uint8_t* slots) {
  uint64_t word = 0;
  copy(&word, slots + leaf->offset, leaf->size < 8 ? leaf->size : 8);
  if (leaf->kind == HONE_INT && leaf->bits < 64)
    word &= (1ull << leaf->bits) - 1;
  return word;
}

static void answer(const hone_external* external, uint64_t key,
                   const uint8_t* slots, uint8_t* result) {
  if (external->flags & HONE_RETURNS_ARGUMENT) {
    const hone_leaf* leaf = &S.leaves[external->first_argument];
    copy(result, slots + leaf->offset, leaf->size);
    return;
  }
  const uint64_t random = draw(2, key);
  for (uint32_t i = 0; i < external->result_count; ++i) {
    const hone_leaf* leaf = &S.leaves[external->first_result + i];
    uint8_t* to = result + leaf->offset;
    const int zero = (S.mood.result_style == 0 && random % 10 < 8) ||
                     (S.mood.result_style == 1 && random % 10 < 4);
    const hone_domain* domain = &S.domains[leaf->domain];
    if (leaf->kind == HONE_INT && zero && !(domain->flags & HONE_EXACT)) {
      set(to, 0, leaf->size);
      continue;
    }
    write_scalar(to, leaf, 2, mix2(key, i), key, 0);
  }
}

// Objects of the caller that only this call could have filled.
static void write_objects(const hone_external* external, uint64_t key,
                          const uint8_t* slots) {
  for (uint32_t i = 0; i < external->argument_count; ++i) {
    const hone_leaf* leaf = &S.leaves[external->first_argument + i];
    if (leaf->kind != HONE_POINTER || leaf->count == 0) continue;
    if (S.domains[leaf->domain].flags & HONE_UNSHARED) continue;
    const uint64_t pointer = slot_word(leaf, slots);
    if (pointer < HONE_STACK || pointer >= HONE_STACK + HONE_STACK_SIZE)
      continue;
    const hone_type* type = &S.types[leaf->stride];
    const uint64_t base = mix2(key, i) & 0xffffffffff00ull;
    for (uint64_t at = 0; at + type->size <= leaf->count; at += type->size)
      materialise((uint8_t*)pointer + at, base + at, base + at + type->size,
                  base + at, type);
  }
}

static void handle(uint32_t id, uint64_t identity, const uint8_t* slots,
                   uint8_t* result) {
  const hone_external* external = &S.externals[id];
  count_call();
  uint64_t key = mix2(id, identity);
  if (external->flags & HONE_PURE) {
    for (uint32_t i = 0; i < external->argument_count; ++i)
      key = mix2(key, normal_argument(slot_word(
                          &S.leaves[external->first_argument + i], slots)));
    answer(external, key, slots, result);
    return;
  }
  const uint32_t begin = S.trace_words;
  add_trace(HONE_EVENT_CALL | id);
  if (external->flags & HONE_INDIRECT) add_trace(identity);
  for (uint32_t i = 0; i < external->argument_count; ++i) {
    const hone_leaf* leaf = &S.leaves[external->first_argument + i];
    const uint64_t word = slot_word(leaf, slots);
    if (leaf->kind != HONE_POINTER) {
      add_trace(word);
      continue;
    }
    add_trace(normal_argument(word));
    if (word >= HONE_HEAP && word < HONE_HEAP_END &&
        S.escaped_count < kMaxEscaped)
      S.escaped[S.escaped_count++] = word;
    add_window(word, leaf);
  }
  if (S.trace_words < kMaxTrace)
    S.trace[begin] |= (uint64_t)(S.trace_words - begin - 1) << 32;
  if (external->flags & HONE_NORETURN) hone_rt_leave(HONE_ENDED);
  key = mix2(key, S.occurrences[id & 4095]++);
  write_objects(external, key, slots);
  answer(external, key, slots, result);
}

// Called by the interceptors of the driver.
void hone_rt_external(uint32_t id, const uint8_t* slots, uint8_t* result) {
  handle(id, 0, slots, result);
}

void hone_rt_indirect(uint32_t id, const uint8_t* slots, uint8_t* result) {
  handle(id, S.indirect_target, slots, result);
}

// Called by the instrumented reference.
void hone_rt_out_of_fuel(void) { hone_rt_leave(HONE_OUT_OF_FUEL); }
void hone_rt_undefined(void) { hone_rt_leave(HONE_UNDEFINED); }
void hone_rt_fill(uint8_t* to, uint64_t size) { fill_unwritten(to, size); }
void hone_rt_check_copy(uint64_t to, uint64_t from, uint64_t size) {
  if (to != from && to < from + size && from < to + size)
    hone_rt_leave(HONE_UNDEFINED);
}

// An address that leaves its object is undefined even when nothing is read
// there. Programs compute such addresses all the time (`out + (room - 257)`),
// and as long as nothing wraps around, all builds agree on them: rejecting them
// cost a twentieth of the code its inputs. An access behind an object faults.
void hone_rt_check_address(uint64_t base, uint64_t address, uint32_t forward) {
  const int64_t distance = (int64_t)(address - base);
  if (distance == 0) return;
  if ((forward && distance < 0) || base < kPage || distance > 1ll << 40 ||
      distance < -(1ll << 40))
    hone_rt_leave(HONE_UNDEFINED);
}

void record_output(uint64_t stream, const char* bytes, uint64_t size) {
  enum { kMost = 512 };
  if (size == 0) return;
  count_call();
  const uint64_t shown = size < kMost ? size : kMost;
  const uint64_t words = 1 + (shown + 7) / 8 + (size > kMost);
  if (S.trace_words + words + 1 >= kMaxTrace) hone_rt_leave(HONE_OUT_OF_FUEL);
  add_trace(HONE_EVENT_OUTPUT | words << 32 | (size & 0xffffffff));
  add_trace(stream);
  for (uint64_t at = 0; at < shown; at += 8) {
    uint64_t word = 0;
    copy(&word, bytes + at, shown - at < 8 ? shown - at : 8);
    add_trace(word);
  }
  if (size <= kMost) return;
  uint64_t hash = 0;
  for (uint64_t at = kMost; at < size; ++at)
    hash = (hash ^ (uint8_t)bytes[at]) * 0x100000001b3ull;
  add_trace(hash);
}
