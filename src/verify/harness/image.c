// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The writable segments of the images: found, restored, compared.

static uint64_t text_hash(const char* text) {
  uint64_t hash = 0xcbf29ce484222325ull;
  for (; *text; ++text) hash = (hash ^ (uint8_t)*text) * 0x100000001b3ull;
  return hash;
}

static int is_subject(const char* path) {
  const char* name = path;
  for (const char* p = path; *p; ++p)
    if (*p == '/') name = p + 1;
  return text_hash(name) == text_hash("subject.so");
}

static void add_segment(uint64_t begin, uint64_t end) {
  if (begin >= end || S.segment_count == kMaxSegments) return;
  segment_t* segment = &S.segments[S.segment_count++];
  segment->begin = begin;
  segment->end = end;
}

// Writable after relocation: the loadable segment less its RELRO part.
static int visit_image(struct dl_phdr_info* info, size_t size, void* first) {
  (void)size;
  const int is_exe = *(int*)first;
  *(int*)first = 0;
  const int is_library = S.layout->is_shared && is_subject(info->dlpi_name);
  if (!is_exe && !is_library) return 0;
  uint64_t relro = 0, low = ~0ull, high = 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)* header = &info->dlpi_phdr[i];
    const uint64_t begin = info->dlpi_addr + header->p_vaddr;
    const uint64_t end = begin + header->p_memsz;
    if (header->p_type == PT_LOAD) {
      if (begin < low) low = begin;
      if (end > high) high = end;
    }
    if (header->p_type == PT_GNU_RELRO)
      relro = (end + kPage - 1) & ~(uint64_t)(kPage - 1);
    if (header->p_type == PT_TLS && is_library == (int)S.layout->is_shared) {
      S.tls_begin = (uint64_t)info->dlpi_tls_data;
      S.tls_size = S.tls_begin ? header->p_memsz : 0;
    }
  }
  if (is_exe) S.exe_bias = info->dlpi_addr;
  if (is_library || !S.layout->is_shared) S.subject_bias = info->dlpi_addr;
  S.image_begin[is_library] = low & ~(uint64_t)(kPage - 1);
  S.image_end[is_library] = (high + kPage - 1) & ~(uint64_t)(kPage - 1);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)* header = &info->dlpi_phdr[i];
    if (header->p_type != PT_LOAD || !(header->p_flags & PF_W)) continue;
    uint64_t begin = info->dlpi_addr + header->p_vaddr;
    const uint64_t end = begin + header->p_memsz;
    if (relro > begin && relro <= ((end + kPage - 1) & ~(uint64_t)(kPage - 1)))
      begin = relro < end ? relro : end;
    // Whole words: the rest of the last page is mapped too.
    add_segment(begin & ~7ull, (end + 7) & ~7ull);
  }
  return 0;
}

static uint64_t global_address(uint32_t id) {
  if (hone_storage[id]) return (uint64_t)hone_storage[id];
  return S.global_at[id] ? S.global_at[id] + S.subject_bias : 0;
}

static void place_globals(void) {
  for (uint32_t id = 0; id < S.plan->global_count; ++id) {
    const uint64_t address = global_address(id);
    if (address == 0 || S.placed_count == kMaxGlobals) continue;
    uint32_t at = S.placed_count++;
    for (; at > 0 && S.placed[at - 1].address > address; --at)
      S.placed[at] = S.placed[at - 1];
    S.placed[at] = (placed_t){address, S.globals[id].size, id};
  }
}

void find_images(void) {
  int first = 1;
  dl_iterate_phdr(visit_image, &first);
  place_globals();
}

void snapshot_images(void) {
  for (uint32_t i = 0; i < S.segment_count; ++i) {
    segment_t* segment = &S.segments[i];
    const uint64_t size = segment->end - segment->begin;
    segment->pristine =
        mmap(0, size, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    segment->initial = mmap(0, size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    // Untouched zero pages of a large .bss stay unmapped.
    for (uint64_t at = 0; at < size; at += 8) {
      const uint64_t rest = size - at;
      if (rest < 8) {
        copy(segment->pristine + at, (void*)(segment->begin + at), rest);
        copy(segment->initial + at, (void*)(segment->begin + at), rest);
      } else {
        const uint64_t word = load64((void*)(segment->begin + at));
        if (word == 0) continue;
        copy(segment->pristine + at, &word, 8);
        copy(segment->initial + at, &word, 8);
      }
    }
    segment->tracked = size > 8 * kPage;
    if (segment->tracked) {
      const uint64_t begin =
          (segment->begin + kPage - 1) & ~(uint64_t)(kPage - 1);
      const uint64_t end = segment->end & ~(uint64_t)(kPage - 1);
      mprotect((void*)begin, end - begin, PROT_READ);
    }
  }
  if (S.tls_size != 0) {
    S.tls_pristine = mmap(0, S.tls_size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    copy(S.tls_pristine, (void*)S.tls_begin, S.tls_size);
  }
}

static segment_t* segment_of(uint64_t address) {
  for (uint32_t i = 0; i < S.segment_count; ++i)
    if (address >= S.segments[i].begin && address < S.segments[i].end)
      return &S.segments[i];
  return 0;
}

int touch_image(uint64_t address) {
  const segment_t* segment = segment_of(address);
  const uint64_t at = address & ~(uint64_t)(kPage - 1);
  if (!segment || !segment->tracked) return 0;
  for (uint32_t i = 0; i < S.dirty_count; ++i)
    if (S.dirty[i] == at) return 0;
  if (S.dirty_count == kMaxImagePages) hone_rt_leave(HONE_OUT_OF_MEMORY);
  S.dirty[S.dirty_count++] = at;
  mprotect((void*)at, kPage, PROT_READ | PROT_WRITE);
  return 1;
}

// Calls visit(begin, end, segment) for the parts that may have changed.
static void each_changed(void (*visit)(uint64_t, uint64_t, segment_t*)) {
  for (uint32_t i = 0; i < S.segment_count; ++i) {
    segment_t* segment = &S.segments[i];
    if (!segment->tracked) {
      visit(segment->begin, segment->end, segment);
      continue;
    }
    // Its first and last page may be shared with others: never protected.
    const uint64_t begin =
        (segment->begin + kPage - 1) & ~(uint64_t)(kPage - 1);
    const uint64_t end = segment->end & ~(uint64_t)(kPage - 1);
    visit(segment->begin, begin, segment);
    for (uint32_t j = 0; j < S.dirty_count; ++j)
      if (S.dirty[j] >= begin && S.dirty[j] < end)
        visit(S.dirty[j], S.dirty[j] + kPage, segment);
    visit(end, segment->end, segment);
  }
}

static void restore(uint64_t begin, uint64_t end, segment_t* segment) {
  const uint64_t offset = begin - segment->begin;
  copy((void*)begin, segment->pristine + offset, end - begin);
  copy(segment->initial + offset, segment->pristine + offset, end - begin);
}

void reset_images(void) {
  each_changed(restore);
  for (uint32_t i = 0; i < S.dirty_count; ++i)
    mprotect((void*)S.dirty[i], kPage, PROT_READ);
  S.dirty_count = 0;
  if (S.tls_size != 0) copy((void*)S.tls_begin, S.tls_pristine, S.tls_size);
}

// Any other part of the program may have set a visible variable; a local one
// holds what the module itself puts there.
void perturb_globals(void) {
  enum { kMost = 8192 };
  for (uint32_t id = 0; id < S.plan->global_count; ++id) {
    const hone_global* global = &S.globals[id];
    const int undefined = (global->flags & HONE_GLOBAL_UNDEFINED) != 0;
    if (global->flags & HONE_GLOBAL_LOCAL ||
        (global->flags & HONE_GLOBAL_CONSTANT && !undefined))
      continue;
    const uint64_t random = draw(3, id);
    if (!undefined && (!S.mood.perturb_globals || random % 3 == 0)) continue;
    const uint64_t address = global_address(id);
    const hone_type* type = &S.types[global->type];
    if (address == 0 || type->size == 0 || segment_of(address) == 0) continue;
    const uint64_t size = global->size < kMost ? global->size : kMost;
    const uint64_t key = (uint64_t)id << 32;
    for (uint64_t at = 0; at + type->size <= size; at += type->size) {
      uint8_t* to = (uint8_t*)(address + at);
      materialise(to, key + at, key + at + type->size, key + at, type);
      const segment_t* segment = segment_of((uint64_t)to);
      copy(segment->initial + ((uint64_t)to - segment->begin), to, type->size);
    }
  }
}

static const placed_t* global_of(uint64_t address) {
  uint32_t low = 0, high = S.placed_count;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    if (S.placed[middle].address <= address)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == 0) return 0;
  const placed_t* placed = &S.placed[low - 1];
  return address - placed->address < (placed->size ? placed->size : 1) ? placed
                                                                       : 0;
}

static void list_changed(uint64_t begin, uint64_t end, segment_t* segment) {
  const uint8_t* initial = segment->initial + (begin - segment->begin);
  for (uint64_t at = begin; at + 8 <= end; at += 8) {
    const uint64_t now = load64((void*)at);
    if (now == load64(initial + (at - begin)) || is_jump_buffer(at)) continue;
    // A word may hold several small variables.
    for (uint64_t byte = at; byte < at + 8;) {
      const placed_t* placed = global_of(byte);
      if (!placed) {
        ++byte;
        continue;
      }
      uint64_t stop = placed->address + placed->size;
      if (stop > at + 8) stop = at + 8;
      uint64_t part = 0, then = 0;
      copy(&part, (void*)byte, stop - byte);
      copy(&then, initial + (byte - begin), stop - byte);
      if (part != then)
        add_effect(HONE_KEY_GLOBAL | (uint64_t)placed->id << 32 |
                       (byte - placed->address),
                   stop - byte == 8 ? normal(part) : part, then);
      byte = stop > byte ? stop : byte + 1;
    }
  }
}

void list_image_effects(void) { each_changed(list_changed); }

static void mark_changed(uint64_t begin, uint64_t end, segment_t* segment) {
  const uint8_t* initial = segment->initial + (begin - segment->begin);
  for (uint64_t at = begin; at + 8 <= end; at += 8) {
    const uint64_t now = load64((void*)at);
    if (now < HONE_HEAP || now >= HONE_HEAP_END ||
        now == load64(initial + (at - begin)))
      continue;
    const placed_t* placed = global_of(at);
    if (placed && !(S.globals[placed->id].flags & HONE_GLOBAL_LOCAL))
      mark_reachable(now);
  }
}

// Local variables are no roots: a build may have got rid of them.
void mark_image_roots(void) { each_changed(mark_changed); }

// ---------------------------------------------------------------- addresses

static int in_image(uint64_t word) {
  return (word >= S.image_begin[0] && word < S.image_end[0]) ||
         (word >= S.image_begin[1] && word < S.image_end[1]);
}

static uint64_t code_name(uint64_t address) {
  uint32_t low = 0, high = S.layout->symbol_count;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    if (S.symbols[middle].address + S.subject_bias < address)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == S.layout->symbol_count) return 0;
  return S.symbols[low].address + S.subject_bias == address
             ? S.symbols[low].name
             : 0;
}

// The name of an address that is the same in every image.
uint64_t normal(uint64_t word) {
  if (word < 0x10000) return word;
  if (word >= HONE_STACK && word < HONE_STACK + HONE_STACK_SIZE)
    return HONE_NORMAL_STACK;
  if (in_image(word)) {
    const placed_t* placed = global_of(word);
    if (placed && !(S.globals[placed->id].flags & HONE_GLOBAL_CONSTANT &&
                    S.globals[placed->id].flags & HONE_GLOBAL_LOCAL))
      return HONE_NORMAL_DATA | (uint64_t)placed->id << 32 |
             (word - placed->address);
    const uint64_t name = code_name(word);
    if (name) return HONE_NORMAL_CODE | (name & 0x0fffffffffffffffull);
    return HONE_NORMAL_IMAGE;
  }
  return in_libraries(word) ? HONE_NORMAL_LIBRARY : word;
}
