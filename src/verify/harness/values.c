// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values for arguments, memory and results of externals.
//
// Code is deep behind comparisons: with constants, with null, with itself. So
// an integer is often one that the program compares this very field with, a
// pointer often the one canonical object of its type (s->owner->s == s), and
// text often made of the characters and words that the program knows.

static const uint8_t kPercent[4][4] = {
    {0, 0, 3, 25},     // null
    {0, 50, 90, 100},  // shared
    {0, 0, 60, 100},   // sibling
    {15, 40, 70, 90},  // constant
};

void draw_mood(void) {
  const uint64_t r = mix2(S.input.seed[0], 1);
  mood_t* mood = &S.mood;
  mood->null_percent = kPercent[0][r & 3];
  mood->shared_percent = kPercent[1][(r >> 2) & 3];
  mood->sibling_percent = kPercent[2][(r >> 4) & 3];
  mood->constant_percent = kPercent[3][(r >> 6) & 3];
  mood->size_style = (r >> 8) % 6;
  mood->text_style = (r >> 12) % 8;
  mood->result_style = (r >> 16) % 5;
  mood->tight_percent = (r >> 20) % 8 == 0 ? 60 : 4;
  mood->perturb_globals = (r >> 24) % 3 != 0;
  mood->scarce_memory = (r >> 32) % 16 == 0;
}

static uint64_t clip(uint64_t value, uint32_t bits) {
  return bits >= 64 ? value : value & ((1ull << bits) - 1);
}

static uint64_t boundary(uint32_t bits, uint64_t random) {
  const uint64_t top = bits >= 64 ? 1ull << 63 : 1ull << (bits - 1);
  switch (random % 10) {
    case 0:
      return top;
    case 1:
      return top - 1;
    case 2:
      return ~0ull;
    case 3:
      return 0x7f;
    case 4:
      return 0x80;
    case 5:
      return 0xff;
    case 6:
      return 0x100;
    case 7:
      return 0xffff;
    case 8:
      return (uint64_t)-2;
    default:
      return 1ull << (random >> 8) % bits;
  }
}

uint64_t pick_integer(const hone_domain* domain, uint32_t bits,
                      uint64_t random) {
  const uint64_t more = mix(random);
  if (domain->value_count != 0 &&
      (domain->flags & HONE_EXACT || random % 100 < S.mood.constant_percent)) {
    uint64_t value =
        (uint64_t)S.values[domain->first_value + more % domain->value_count];
    if (!(domain->flags & HONE_EXACT)) {
      if ((more >> 32) % 12 == 0) ++value;
      if ((more >> 32) % 12 == 1) --value;
    }
    return clip(value, bits);
  }
  if (bits == 1) return more & 1;
  const uint32_t dice = (more >> 48) % 100;
  uint64_t value = 0;
  switch (S.mood.size_style) {
    case 0:
      value = more % 4;
      break;
    case 1:
      value = more % 17;
      break;
    case 2:
      value = dice < 70 ? 0 : more % 9;
      break;
    case 3:
      value = dice < 50 ? more % 100 : more % 5000;
      break;
    case 4:
      value = dice < 30   ? more % 4
              : dice < 60 ? more % 64
              : dice < 75 ? more % 1024
              : dice < 88 ? boundary(bits, more)
                          : mix(more);
      break;
    default:
      value = dice < 40 ? more % 20 : mix(more);
      break;
  }
  return clip(value, bits);
}

double pick_double(uint64_t random) {
  const uint64_t more = mix(random);
  switch (random % 16) {
    case 0:
      return 0.0;
    case 1:
      return 1.0;
    case 2:
      return -1.0;
    case 3:
      return 0.5;
    case 4:
      return -0.0;
    case 5:
      return 1e10;
    case 6:
      return 1e-10;
    case 7:
      return more % 8 ? 3.0 : __builtin_inf();
    case 8:
      return more % 8 ? 255.0 : __builtin_nan("");
    case 9:
      return (double)(int64_t)(more % 200) - 100.0;
    case 10:
      return (double)(more % 100000) / 128.0;
    default:
      return ((double)(more >> 11) / (double)(1ull << 53) - 0.5) * 200;
  }
}

uint64_t pick_pointer(const hone_domain* domain, uint64_t random,
                      uint64_t owner, uint32_t rank) {
  const uint64_t more = mix(random);
  if (random % 100 < S.mood.null_percent && !(domain->flags & HONE_NONNULL))
    return 0;
  const uint32_t choice =
      domain->target_count == 0
          ? 0
          : S.targets[domain->first_target + more % domain->target_count];
  const hone_type* type = &S.types[choice];
  const uint64_t mask = (1ull << type->chunk_bits) - 1;
  if (type->responder >= 0) return type->zone + (random >> 40 & 0xff) * 64;
  uint64_t chunk = (mix(more) & mask) | 1;
  uint64_t offset = 0;
  if (!(domain->flags & HONE_UNSHARED)) {
    if ((random >> 16) % 100 < S.mood.sibling_percent && rank != 0) {
      // Of one owner, later pointers lie behind earlier ones: begin, end.
      const uint64_t step = mix2(owner, S.input.seed[0]);
      chunk = (step & mask) | 1;
      offset = rank * ((step >> 32) % 24) * type->size;
    } else if ((random >> 32) % 100 < S.mood.shared_percent) {
      chunk = 0;
    }
  }
  if (!(domain->flags & HONE_REQUIRED) &&
      (more >> 32) % 100 < S.mood.tight_percent) {
    const uint64_t fit = type->usable / type->size;
    const uint64_t count = 1 + (more >> 40) % 16;
    if (count < fit) offset = (fit - count) * type->size;
  }
  if (offset + type->size > type->usable) offset = 0;
  return type->zone + chunk * type->stride + offset;
}

void write_scalar(uint8_t* to, const hone_leaf* leaf, uint32_t seed,
                  uint64_t key, uint64_t owner, uint32_t rank) {
  const uint64_t random = draw(seed, key);
  const hone_domain* domain = &S.domains[leaf->domain];
  switch (leaf->kind) {
    case HONE_INT: {
      uint64_t words[2] = {pick_integer(domain, leaf->bits, random), 0};
      if (leaf->size > 8 && leaf->bits > 64 && random % 4 == 0)
        words[1] = clip(mix(random), leaf->bits - 64);
      copy(to, words, leaf->size > 16 ? 16 : leaf->size);
      break;
    }
    case HONE_F32: {
      const float value = (float)pick_double(random);
      copy(to, &value, 4);
      break;
    }
    case HONE_F64: {
      const double value = pick_double(random);
      copy(to, &value, 8);
      break;
    }
    case HONE_F80: {
      long double value = (long double)pick_double(random);
      uint8_t bytes[16] = {0};
      copy(bytes, &value, 10);
      copy(to, bytes, leaf->size);
      break;
    }
    case HONE_POINTER: {
      const uint64_t value = pick_pointer(domain, random, owner, rank);
      copy(to, &value, 8);
      break;
    }
    default:
      for (uint32_t i = 0; i < leaf->size; ++i)
        to[i] = (uint8_t)mix(random + i / 8) >> i % 8;
  }
}

// Eight bytes of memory that nobody knows the type of.
static void write_unknown(uint8_t* to, uint64_t key) {
  static const hone_leaf pointer = {.kind = HONE_POINTER, .size = 8};
  const uint64_t random = draw(content_seed(key >> 12), key);
  uint64_t word = 0;
  switch (random % 8) {
    case 0:
    case 1:
      break;
    case 2:
      word = mix(random) % 16;
      break;
    case 3:
      word = (mix(random) % 16) << 32 | mix(random + 1) % 16;
      break;
    case 4:
      word = 0x0041424361626320ull + (mix(random) & 0x0f0f0f0f0f);
      break;
    case 5:
      word = mix(random);
      break;
    default:
      write_scalar(to, &pointer, content_seed(key >> 12), key, key & ~255ull,
                   0);
      return;
  }
  copy(to, &word, 8);
}

// Writes the part in [low, high) of one element of the type at address (or
// key) `element`; `to` is where `low` is.
void materialise(uint8_t* to, uint64_t low, uint64_t high, uint64_t element,
                 const hone_type* type) {
  uint8_t bytes[16];
  for (uint32_t i = 0; i < type->leaf_count; ++i) {
    const uint32_t id = type->first_leaf + i;
    const hone_leaf* leaf = &S.leaves[id];
    const uint64_t first = element + leaf->offset;
    if (leaf->kind == HONE_INT && leaf->size == 1 && leaf->count >= 4 &&
        leaf->stride == 1) {
      const uint64_t end = first + leaf->count;
      const uint64_t from = first < low ? low : first;
      const uint64_t until = end < high ? end : high;
      if (from < until) fill_text(to + (from - low), from, until, first, end);
      continue;
    }
    uint64_t n = 0;
    if (first + leaf->size <= low && leaf->stride != 0)
      n = (low - first - leaf->size) / leaf->stride + 1;
    for (; n < leaf->count; ++n) {
      const uint64_t at = first + n * leaf->stride;
      if (at >= high) break;
      if (at + leaf->size <= low) continue;
      if (type == S.types)
        write_unknown(bytes, at);
      else
        write_scalar(bytes, leaf, content_seed(id), at, element, i);
      const uint64_t from = at < low ? low : at;
      const uint64_t until = at + leaf->size < high ? at + leaf->size : high;
      copy(to + (from - low), bytes + (from - at), until - from);
    }
  }
}
