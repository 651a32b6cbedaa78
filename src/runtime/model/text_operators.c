/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Operators of ONNX on text, called by models that have them. What they mean is
 * what the reference interpreter does (src/tensor/interpreter/text.cpp): bytes
 * of UTF-8; case changes of ASCII and of Latin letters with accents. */
#define _GNU_SOURCE /* uselocale */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hone_operator.h"

/* The attribute of a name; null where it is not given. */
static const hone_attribute* find(const hone_operator_call* call,
                                  const char* name) {
  for (size_t i = 0; i < call->attribute_count; ++i)
    if (strcmp(call->attributes[i].name, name) == 0)
      return &call->attributes[i];
  return NULL;
}

static int64_t integer(const hone_operator_call* call, const char* name) {
  const hone_attribute* const found = find(call, name);
  return found == NULL ? 0 : found->ints[0];
}

static hone_text text(const hone_operator_call* call, const char* name) {
  const hone_attribute* const found = find(call, name);
  return found == NULL || found->count == 0 ? (hone_text){"", 0}
                                            : found->texts[0];
}

static int same(hone_text a, hone_text b) {
  return a.length == b.length &&
         (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

/* --- StringConcat ---------------------------------------- */

/* The element of a broadcast operand for element `at` of the result. */
static size_t element(const hone_value* x, int32_t rank, const int64_t* dims,
                      size_t at) {
  size_t place = 0, stride = 1;
  for (int32_t i = 0; i < x->rank; ++i) {
    const int32_t own = x->rank - 1 - i;
    const size_t size = (size_t)dims[rank - 1 - i];
    if (x->dims[own] != 1) place += at % size * stride;
    stride *= (size_t)x->dims[own];
    at /= size;
  }
  return place;
}

hone_status hone_text_concat(hone_operator_call* call) {
  const hone_value *a = &call->inputs[0], *b = &call->inputs[1];
  const int32_t rank = a->rank > b->rank ? a->rank : b->rank;
  int64_t* const dims = call->scratch(call, (size_t)rank * sizeof(int64_t));
  if (dims == NULL) return HONE_NO_MEMORY;
  size_t count = 1;
  for (int32_t i = 1; i <= rank; ++i) {
    const int64_t p = i <= a->rank ? a->dims[a->rank - i] : 1;
    const int64_t q = i <= b->rank ? b->dims[b->rank - i] : 1;
    if (p != q && p != 1 && q != 1)
      return call->fail(call, "sizes that cannot be broadcast");
    dims[rank - i] = p == 1 ? q : p;
    count *= (size_t)dims[rank - i];
  }
  hone_text* const y = call->make(call, 0, HONE_TEXT, rank, dims);
  if (y == NULL) return HONE_NO_MEMORY;
  for (size_t i = 0; i < count; ++i) {
    const hone_text p = ((const hone_text*)a->data)[element(a, rank, dims, i)];
    const hone_text q = ((const hone_text*)b->data)[element(b, rank, dims, i)];
    char* const bytes = call->scratch(call, p.length + q.length);
    if (bytes == NULL) return HONE_NO_MEMORY;
    memcpy(bytes, p.bytes, p.length);
    memcpy(bytes + p.length, q.bytes, q.length);
    y[i] = (hone_text){bytes, p.length + q.length};
  }
  return HONE_OK;
}

/* --- StringNormalizer ---------------------------------------- */

/* ASCII, and U+00C0 to U+00DE (in UTF-8 two bytes from 0xC3 0x80 on). Null:
 * no memory. */
static char* change_case(hone_operator_call* call, hone_text from, int upper) {
  char* const to = call->scratch(call, from.length);
  if (to == NULL) return NULL;
  memcpy(to, from.bytes, from.length);
  for (size_t i = 0; i < from.length; ++i) {
    const unsigned char c = (unsigned char)to[i];
    if (upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z')
      to[i] = (char)(c ^ 0x20);
    if (c != 0xc3 || i + 1 == from.length) continue;
    const unsigned char next = (unsigned char)to[++i];
    const int is_sign = next == 0x97 || next == 0xb7; /* the operators */
    if (!is_sign &&
        (upper ? next >= 0xa0 && next <= 0xbe : next >= 0x80 && next <= 0x9e))
      to[i] = (char)(next ^ 0x20);
  }
  return to;
}

/* Stop words come in the case that they are compared in. */
hone_status hone_text_normalize(hone_operator_call* call) {
  const hone_value* const x = &call->inputs[0];
  const hone_attribute* const stopwords = find(call, "stopwords");
  const hone_text action = text(call, "case_change_action");
  const int upper = same(action, (hone_text){"UPPER", 5});
  const int keeps = same(action, (hone_text){"NONE", 4});
  const int sensitive = integer(call, "is_case_sensitive") != 0;
  if (x->rank != 1 && !(x->rank == 2 && x->dims[0] == 1))
    return call->fail(call, "expected a vector, or a matrix of one row");
  hone_text* const kept =
      call->scratch(call, (x->count + 1) * sizeof(hone_text));
  if (kept == NULL) return HONE_NO_MEMORY;
  size_t count = 0;
  for (size_t i = 0; i < x->count; ++i) {
    const hone_text word = ((const hone_text*)x->data)[i];
    hone_text key = word;
    if (!sensitive) key.bytes = change_case(call, word, 0);
    if (key.bytes == NULL) return HONE_NO_MEMORY;
    int stops = 0;
    for (size_t k = 0; stopwords != NULL && k < stopwords->count; ++k)
      stops = stops || same(key, stopwords->texts[k]);
    if (stops) continue;
    kept[count] = word;
    if (!keeps) kept[count].bytes = change_case(call, word, upper);
    if (kept[count++].bytes == NULL) return HONE_NO_MEMORY;
  }
  if (count == 0) kept[count++] = (hone_text){"", 0};
  const int64_t dims[] = {1, (int64_t)count};
  hone_text* const y =
      call->make(call, 0, HONE_TEXT, x->rank, x->rank == 1 ? dims + 1 : dims);
  if (y == NULL) return HONE_NO_MEMORY;
  memcpy(y, kept, count * sizeof(hone_text));
  return HONE_OK;
}

/* --- StringSplit ---------------------------------------- */

static int is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static hone_text behind(hone_text from, size_t bytes) {
  return (hone_text){from.bytes + bytes, from.length - bytes};
}

static hone_text before(hone_text from, size_t bytes) {
  return (hone_text){from.bytes, bytes};
}

/* Where `part` begins; the length where it does not. */
static size_t place_of(hone_text in, hone_text part) {
  for (size_t at = 0; at + part.length <= in.length; ++at)
    if (memcmp(in.bytes + at, part.bytes, part.length) == 0) return at;
  return in.length;
}

/* The pieces between delimiters, of runs of blanks where it is empty; after
 * `most` cuts (any number: -1) the rest is one piece. Null: only counts. */
static size_t split(hone_text rest, hone_text delimiter, int64_t most,
                    hone_text* pieces) {
  size_t count = 0;
  if (delimiter.length > 0) {
    while (most-- != 0) {
      const size_t at = place_of(rest, delimiter);
      if (at == rest.length) break;
      if (pieces != NULL) pieces[count] = before(rest, at);
      ++count;
      rest = behind(rest, at + delimiter.length);
    }
    if (pieces != NULL) pieces[count] = rest;
    return count + 1;
  }
  while (1) {
    while (rest.length > 0 && is_space(rest.bytes[0])) rest = behind(rest, 1);
    if (rest.length == 0) return count;
    size_t end = 0;
    if (most-- == 0) {
      end = rest.length;
      while (is_space(rest.bytes[end - 1])) --end;
      if (pieces != NULL) pieces[count] = before(rest, end);
      return count + 1;
    }
    while (end < rest.length && !is_space(rest.bytes[end])) ++end;
    if (pieces != NULL) pieces[count] = before(rest, end);
    ++count;
    rest = behind(rest, end);
  }
}

hone_status hone_text_split(hone_operator_call* call) {
  const hone_value* const x = &call->inputs[0];
  const hone_text* const texts = x->data;
  const hone_text delimiter = text(call, "delimiter");
  const hone_attribute* const given = find(call, "maxsplit");
  const int64_t most =
      given == NULL || given->ints[0] < 0 ? -1 : given->ints[0];
  int64_t* const dims =
      call->scratch(call, ((size_t)x->rank + 1) * sizeof(int64_t));
  int64_t* const counts = call->make(call, 1, HONE_I64, x->rank, x->dims);
  if (dims == NULL || counts == NULL) return HONE_NO_MEMORY;
  int64_t longest = 0;
  for (size_t i = 0; i < x->count; ++i) {
    counts[i] = (int64_t)split(texts[i], delimiter, most, NULL);
    if (counts[i] > longest) longest = counts[i];
  }
  for (int32_t i = 0; i < x->rank; ++i) dims[i] = x->dims[i];
  dims[x->rank] = longest;
  hone_text* const y = call->make(call, 0, HONE_TEXT, x->rank + 1, dims);
  if (y == NULL) return HONE_NO_MEMORY;
  for (size_t i = 0; i < x->count; ++i)
    split(texts[i], delimiter, most, y + i * (size_t)longest);
  return HONE_OK;
}

/* --- RegexFullMatch
 * ----------------------------------------------------------- */

/* The pattern is an automaton: for each byte its class, for each state and
 * class the next state (-1: none), for each state whether the text may end
 * there. */
hone_status hone_text_matches(hone_operator_call* call) {
  const hone_value* const x = &call->inputs[0];
  const hone_attribute* const classes = find(call, "classes");
  const hone_attribute* const ends = find(call, "ends");
  const hone_attribute* const next = find(call, "next");
  uint8_t* const y = call->make(call, 0, HONE_U8, x->rank, x->dims);
  if (y == NULL) return HONE_NO_MEMORY;
  const size_t width = next->count / ends->count;
  for (size_t i = 0; i < x->count; ++i) {
    const hone_text word = ((const hone_text*)x->data)[i];
    int64_t state = 0;
    for (size_t k = 0; k < word.length && state >= 0; ++k)
      state = next->ints[(size_t)state * width +
                         (size_t)classes->ints[(unsigned char)word.bytes[k]]];
    y[i] = state >= 0 && ends->ints[state] != 0;
  }
  return HONE_OK;
}

/* --- Unique
 * ------------------------------------------------------------------- */

static int order_of(hone_text a, hone_text b) {
  const size_t length = a.length < b.length ? a.length : b.length;
  const int order = length == 0 ? 0 : memcmp(a.bytes, b.bytes, length);
  return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

/* A slice, for sorting: its elements stand `stride` apart in groups. */
typedef struct {
  const hone_text* texts;
  int64_t index, count, stride, elements;
} slice;

static hone_text of_slice(const slice* s, int64_t k) {
  return s->texts[k / s->stride * s->count * s->stride + s->index * s->stride +
                  k % s->stride];
}

static int content_order(const slice* a, const slice* b) {
  for (int64_t k = 0; k < a->elements; ++k) {
    const int order = order_of(of_slice(a, k), of_slice(b, k));
    if (order != 0) return order;
  }
  return 0;
}

static int compare_slices(const void* a, const void* b) {
  const slice *p = a, *q = b;
  const int order = content_order(p, q);
  return order != 0 ? order : (p->index > q->index) - (p->index < q->index);
}

static int compare_numbers(const void* a, const void* b) {
  const int64_t p = *(const int64_t*)a, q = *(const int64_t*)b;
  return (p > q) - (p < q);
}

hone_status hone_text_unique(hone_operator_call* call) {
  const hone_value* const x = &call->inputs[0];
  const hone_attribute* const given = find(call, "axis");
  const int64_t whole = (int64_t)x->count;
  int64_t axis = given == NULL ? 0 : given->ints[0];
  if (axis < 0) axis += x->rank;
  if (given != NULL && (axis < 0 || axis >= x->rank))
    return call->fail(call, "an axis that the tensor does not have");
  const int32_t rank = given == NULL ? 1 : x->rank;
  const int64_t* const own = given == NULL ? &whole : x->dims;
  const int64_t count = own[axis];
  int64_t stride = 1;
  for (int64_t i = axis + 1; i < rank; ++i) stride *= own[i];
  const int64_t each = count == 0 ? 0 : whole / count;
  const size_t room = (size_t)(count + 1);
  slice* const order = call->scratch(call, room * sizeof(slice));
  /* Of each group: its first slice and how many there are; of each slice its
   * group; of each group its place in the result, and back. */
  int64_t* const first = call->scratch(call, 5 * room * sizeof(int64_t));
  int64_t* const dims = call->scratch(call, (size_t)rank * sizeof(int64_t));
  if (order == NULL || first == NULL || dims == NULL) return HONE_NO_MEMORY;
  int64_t *const counts = first + room, *const group = counts + room;
  int64_t *const sorted = group + room, *const place = sorted + room;
  for (int64_t i = 0; i < count; ++i)
    order[i] = (slice){x->data, i, count, stride, each};
  qsort(order, (size_t)count, sizeof(slice), compare_slices);
  int64_t found = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (i == 0 || content_order(&order[i - 1], &order[i]) != 0)
      first[found++] = order[i].index;
    ++counts[found - 1];
    group[order[i].index] = found - 1;
  }
  memcpy(sorted, first, (size_t)found * sizeof(int64_t));
  if (integer(call, "sorted") == 0)
    qsort(sorted, (size_t)found, sizeof(int64_t), compare_numbers);
  for (int64_t i = 0; i < found; ++i) place[group[sorted[i]]] = i;
  for (int32_t i = 0; i < rank; ++i) dims[i] = i == axis ? found : own[i];
  hone_text* const y = call->make(call, 0, HONE_TEXT, rank, dims);
  if (y == NULL) return HONE_NO_MEMORY;
  const hone_text* const texts = x->data;
  for (int64_t i = 0; i < found; ++i)
    for (int64_t k = 0; k < each; ++k)
      y[k / stride * found * stride + i * stride + k % stride] =
          texts[k / stride * count * stride + sorted[i] * stride + k % stride];
  for (size_t out = 1; out < call->output_count; ++out) {
    const int64_t size = out == 2 ? count : found;
    int64_t* const to = call->make(call, out, HONE_I64, 1, &size);
    if (to == NULL) return HONE_NO_MEMORY;
    for (int64_t i = 0; i < size; ++i)
      to[i] = out == 1   ? sorted[i]
              : out == 2 ? place[group[i]]
                         : counts[group[sorted[i]]];
  }
  return HONE_OK;
}

/* --- Cast
 * --------------------------------------------------------------------- */

/* The fewest digits that are read back as the same number; an exponent below
 * 1e-4 and from 1e16 on. Returns the length. */
static size_t write_number(double value, int is_f32, char* to) {
  if (value != value) return (size_t)sprintf(to, "NaN");
  if (value - value != 0)
    return (size_t)sprintf(to, value > 0 ? "INF" : "-INF");
  char digits[40];
  for (int precision = 0; precision < 17; ++precision) {
    sprintf(digits, "%.*e", precision, value);
    const double again = strtod(digits, NULL);
    if (is_f32 ? (float)again == (float)value : again == value) break;
  }
  char* const e = strchr(digits, 'e');
  const int exponent = atoi(e + 1);
  *e = 0;
  if (exponent < -4 || exponent >= 16)
    return (size_t)sprintf(to, "%se%+03d", digits, exponent);
  const char* from = digits;
  char* at = to;
  if (*from == '-') *at++ = *from++;
  char plain[40];
  int count = 0;
  for (; *from != 0; ++from)
    if (*from != '.') plain[count++] = *from;
  if (exponent < 0) {
    *at++ = '0';
    *at++ = '.';
    for (int i = -1; i > exponent; --i) *at++ = '0';
  }
  for (int i = 0; i < count || i <= exponent; ++i) {
    if (i == exponent + 1 && exponent >= 0) *at++ = '.';
    *at++ = i < count ? plain[i] : '0';
  }
  *at = 0;
  return (size_t)(at - to);
}

/* Numbers have a point whatever the program's language is. */
static hone_status in_plain_locale(
    hone_operator_call* call, hone_status (*convert)(hone_operator_call*)) {
  const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (plain == (locale_t)0) return HONE_NO_MEMORY;
  const locale_t before = uselocale(plain);
  const hone_status status = convert(call);
  uselocale(before);
  freelocale(plain);
  return status;
}

static hone_status write_numbers(hone_operator_call* call) {
  const hone_value* const x = &call->inputs[0];
  hone_text* const y = call->make(call, 0, HONE_TEXT, x->rank, x->dims);
  if (y == NULL) return HONE_NO_MEMORY;
  for (size_t i = 0; i < x->count; ++i) {
    char* const to = call->scratch(call, 64);
    if (to == NULL) return HONE_NO_MEMORY;
    size_t length = 0;
    if (x->type == HONE_F32)
      length = write_number(((const float*)x->data)[i], 1, to);
    else if (x->type == HONE_F64)
      length = write_number(((const double*)x->data)[i], 0, to);
    else if (x->type == HONE_U64)
      length = (size_t)sprintf(
          to, "%llu", (unsigned long long)((const uint64_t*)x->data)[i]);
    else
      length =
          (size_t)sprintf(to, "%lld", (long long)((const int64_t*)x->data)[i]);
    y[i] = (hone_text){to, length};
  }
  return HONE_OK;
}

/* A text as a number, a whole one where `whole` is asked for, of which a double
 * has no room for all: 1; -1 where it is none, 0 without memory. */
static int read_number(hone_operator_call* call, hone_text word, double* real,
                       int64_t* whole) {
  char* const copy = call->scratch(call, word.length + 1);
  if (copy == NULL) return 0;
  if (word.length > 0) memcpy(copy, word.bytes, word.length);
  copy[word.length] = 0;
  char* end;
  if (whole != NULL) {
    errno = 0;
    *whole = strtoll(copy, &end, 10);
    if (errno == 0 && end != copy && end == copy + word.length) return 1;
  }
  *real = strtod(copy, &end);
  if (end == copy || end != copy + word.length) return -1;
  if (whole == NULL) return 1;
  /* As a conversion instruction has it, without C's undefined cases. */
  *whole = *real != *real                   ? 0
           : *real >= 9223372036854775808.0 ? INT64_MAX
           : *real < -9223372036854775808.0 ? INT64_MIN
                                            : (int64_t)*real;
  return 1;
}

static hone_status read_all(hone_operator_call* call, double* reals,
                            int64_t* integers) {
  const hone_value* const x = &call->inputs[0];
  if (reals == NULL && integers == NULL) return HONE_NO_MEMORY;
  for (size_t i = 0; i < x->count; ++i) {
    double real;
    const int found = read_number(call, ((const hone_text*)x->data)[i],
                                  reals == NULL ? &real : &reals[i],
                                  integers == NULL ? NULL : &integers[i]);
    if (found < 0) return call->fail(call, "a text that is no number");
    if (found == 0) return HONE_NO_MEMORY;
  }
  return HONE_OK;
}

static hone_status read_numbers(hone_operator_call* call) {
  const hone_value* const x = &call->inputs[0];
  return read_all(call, call->make(call, 0, HONE_F64, x->rank, x->dims), NULL);
}

static hone_status read_integers(hone_operator_call* call) {
  const hone_value* const x = &call->inputs[0];
  return read_all(call, NULL, call->make(call, 0, HONE_I64, x->rank, x->dims));
}

hone_status hone_text_from_numbers(hone_operator_call* call) {
  return in_plain_locale(call, write_numbers);
}

hone_status hone_text_to_numbers(hone_operator_call* call) {
  return in_plain_locale(call, read_numbers);
}

/* To i64, exactly. */
hone_status hone_text_to_integers(hone_operator_call* call) {
  return in_plain_locale(call, read_integers);
}
