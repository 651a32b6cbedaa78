// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Text and bytes: what a pointer to characters points to.

enum { kLine = 256 };

typedef struct {
  uint8_t* to;
  uint32_t size, limit;
  uint64_t random;
} writer_t;

static uint64_t next(writer_t* w) { return w->random = mix(w->random); }

static void put(writer_t* w, uint8_t byte) {
  if (w->size < w->limit) w->to[w->size++] = byte;
}

static void put_chars(writer_t* w, const char* text) {
  while (*text) put(w, (uint8_t)*text++);
}

static void put_letter(writer_t* w) {
  const char* letters = (const char*)S.plan + S.plan->letters;
  const uint64_t random = next(w);
  if (S.plan->letter_count != 0 && random % 3 == 0)
    put(w, (uint8_t)letters[(random >> 8) % S.plan->letter_count]);
  else
    put(w, (uint8_t)('a' + (random >> 8) % 26));
}

static void put_number(writer_t* w) {
  const uint64_t random = next(w);
  if (random % 4 == 0) put(w, '-');
  uint64_t value = (random >> 8) % (random % 3 ? 100 : 1000000);
  char digits[24];
  int n = 0;
  do digits[n++] = (char)('0' + value % 10);
  while (value /= 10);
  while (n) put(w, (uint8_t)digits[--n]);
  if (random % 7 == 0) put_chars(w, ".25");
  if (random % 13 == 0) put_chars(w, "e3");
}

static void put_word(writer_t* w) {
  const uint64_t random = next(w);
  if (S.plan->word_count != 0 && random % 2 == 0) {
    const uint32_t* words =
        (const uint32_t*)((const char*)S.plan + S.plan->words);
    put_chars(w, (const char*)S.plan + S.plan->names +
                     words[(random >> 8) % S.plan->word_count]);
    return;
  }
  for (uint64_t n = 1 + (random >> 8) % 6; n; --n) put_letter(w);
}

// Nested brackets, quotes and separators, as most notations have them.
static void put_structure(writer_t* w, int depth) {
  const uint64_t random = next(w);
  switch (depth > 4 ? random % 6 : random % 10) {
    case 0:
    case 1:
      put_number(w);
      break;
    case 2:
      put_word(w);
      break;
    case 3:
      put_chars(w, random & 64 ? "true" : "null");
      break;
    case 4:
    case 5:
      put(w, '"');
      put_word(w);
      if ((random & 0x700) == 0) put_chars(w, "\\n\\u0041");
      put(w, '"');
      break;
    case 6:
    case 7: {
      put(w, '[');
      for (uint64_t n = (random >> 16) % 4; n; --n) {
        put_structure(w, depth + 1);
        if (n > 1) put(w, ',');
      }
      put(w, ']');
      break;
    }
    case 8: {
      put(w, '{');
      for (uint64_t n = (random >> 16) % 3; n; --n) {
        put(w, '"');
        put_word(w);
        put_chars(w, "\":");
        put_structure(w, depth + 1);
        if (n > 1) put(w, ',');
      }
      put(w, '}');
      break;
    }
    default: {
      put(w, '(');
      put_word(w);
      put(w, " +-*/=<"[(random >> 16) % 7]);
      put_structure(w, depth + 1);
      put(w, ')');
    }
  }
}

static void put_line(uint8_t* to, uint64_t random, uint32_t style, int first) {
  writer_t w = {to, 0, kLine, random};
  const uint64_t shape = next(&w);
  switch (style) {
    case 0:
      set(to, 0, kLine);
      return;
    case 1:  // random bytes
      for (uint32_t i = 0; i < kLine; ++i) put(&w, (uint8_t)next(&w));
      return;
    case 2:  // small ones
      for (uint32_t i = 0; i < kLine; ++i) put(&w, next(&w) % 4);
      return;
    case 3:  // runs
      while (w.size < kLine) {
        const uint8_t byte = (uint8_t)('a' + next(&w) % 3);
        for (uint64_t n = 1 + next(&w) % 40; n; --n) put(&w, byte);
      }
      return;
    default:
      break;
  }
  static const uint8_t lengths[] = {0, 1, 2, 4, 8, 16, 40, 200};
  w.limit = first ? lengths[shape % 8] + 1 : kLine;
  while (w.size + 1 < w.limit) {
    switch (style) {
      case 4:
        put_letter(&w);
        break;
      case 5:
        put_structure(&w, 0);
        break;
      case 6:
        put_number(&w);
        break;
      default:
        put_word(&w);
        if (next(&w) % 2) put(&w, " \t\n,;:=/.-"[next(&w) % 10]);
    }
    if (style == 5 && next(&w) % 3) break;
    if (style == 6 && next(&w) % 2) break;
    if (next(&w) % 32 == 0) put(&w, 0);
  }
  w.limit = kLine;
  put(&w, 0);
  while (w.size < kLine)
    put(&w, shape & 1024 ? 0 : (uint8_t)('a' + next(&w) % 26));
  to[kLine - 1] = 0;
}

void fill_text(uint8_t* to, uint64_t low, uint64_t high, uint64_t begin,
               uint64_t end) {
  if (high > end) high = end;
  const uint64_t key = draw(content_seed(begin >> 16), begin);
  // Half of the texts of an input are of one style.
  const uint32_t style =
      key & 1 ? S.mood.text_style : (uint32_t)((key >> 8) % 8);
  uint8_t line[kLine];
  for (uint64_t at = low; at < high;) {
    const uint64_t number = (at - begin) / kLine;
    put_line(line, mix2(key, number), style, number == 0);
    const uint64_t start = begin + number * kLine;
    const uint64_t until = start + kLine < high ? start + kLine : high;
    copy(to + (at - low), line + (at - start), until - at);
    at = until;
  }
  // A string without an end is undefined to search, even where it is found.
  if (high == end && end - begin > 1) to[high - low - 1] = 0;
}
