// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/integer.h"

#include <gmp.h>

#include <utility>

namespace hone::term {

struct Integer::Big {
  Big() { mpz_init(value); }
  ~Big() { mpz_clear(value); }
  Big(const Big& other) { mpz_init_set(value, other.value); }
  Big& operator=(const Big&) = delete;
  mpz_t value;
};

namespace {

constexpr __int128 kMin = static_cast<__int128>(1) << 127;

// Sets `out` from 128 bits.
void set(mpz_t out, __int128 value) {
  const bool negative = value < 0;
  const unsigned __int128 magnitude =
      negative ? -static_cast<unsigned __int128>(value)
               : static_cast<unsigned __int128>(value);
  const uint64_t words[2] = {static_cast<uint64_t>(magnitude),
                             static_cast<uint64_t>(magnitude >> 64)};
  mpz_import(out, 2, -1, sizeof(uint64_t), 0, 0, words);
  if (negative) mpz_neg(out, out);
}

}  // namespace

Integer::Integer(Owned big) : big_(std::move(big)) {}
void Integer::Free::operator()(Big* big) const { delete big; }
Integer::Owned Integer::make_big() { return Owned(new Big); }

Integer::Integer(const Integer& other)
    : small_(other.small_), big_(other.big_ ? new Big(*other.big_) : nullptr) {}

Integer& Integer::operator=(const Integer& other) {
  if (this != &other) *this = Integer(other);
  return *this;
}

Integer Integer::from_int128(__int128 value) {
  Integer result;
  result.small_ = value;
  return result;
}

// A big number whose value fits becomes a small one.
Integer Integer::normal(Owned big) {
  if (mpz_sizeinbase(big->value, 2) > 127) return Integer(std::move(big));
  uint64_t words[2] = {0, 0};
  mpz_export(words, nullptr, -1, sizeof(uint64_t), 0, 0, big->value);
  const auto magnitude = static_cast<__int128>(
      (static_cast<unsigned __int128>(words[1]) << 64) | words[0]);
  return from_int128(mpz_sgn(big->value) < 0 ? -magnitude : magnitude);
}

std::optional<Integer> Integer::parse(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  for (const char c : text)
    if (c < '0' || c > '9') return std::nullopt;
  if (text.size() <= 37) {
    __int128 value = 0;
    for (const char c : text) value = value * 10 + (c - '0');
    return from_int128(negative ? -value : value);
  }
  auto big = Integer::make_big();
  if (mpz_set_str(big->value, std::string(text).c_str(), 10) != 0)
    return std::nullopt;
  if (negative) mpz_neg(big->value, big->value);
  return normal(std::move(big));
}

// Applies a function of GMP to operands of either kind.
#define HONE_WITH_BIG(a, b, function)                               \
  do {                                                              \
    auto left = (a).big_ ? Integer::Owned() : Integer::make_big();  \
    auto right = (b).big_ ? Integer::Owned() : Integer::make_big(); \
    if (left) set(left->value, (a).small_);                         \
    if (right) set(right->value, (b).small_);                       \
    auto out = Integer::make_big();                                 \
    function(out->value, ((a).big_ ? (a).big_ : left)->value,       \
             ((b).big_ ? (b).big_ : right)->value);                 \
    return Integer::normal(std::move(out));                         \
  } while (false)

Integer operator+(const Integer& a, const Integer& b) {
  __int128 sum;
  if (!a.big_ && !b.big_ && !__builtin_add_overflow(a.small_, b.small_, &sum) &&
      sum != kMin)
    return Integer::from_int128(sum);
  HONE_WITH_BIG(a, b, mpz_add);
}

Integer operator-(const Integer& a, const Integer& b) {
  __int128 difference;
  if (!a.big_ && !b.big_ &&
      !__builtin_sub_overflow(a.small_, b.small_, &difference) &&
      difference != kMin)
    return Integer::from_int128(difference);
  HONE_WITH_BIG(a, b, mpz_sub);
}

Integer operator*(const Integer& a, const Integer& b) {
  __int128 product;
  // Words first: the checked product of 128 bits is a call.
  if (!a.big_ && !b.big_) {
    const auto x = static_cast<int64_t>(a.small_);
    const auto y = static_cast<int64_t>(b.small_);
    if (x == a.small_ && y == b.small_)
      return Integer::from_int128(static_cast<__int128>(x) * y);
    if (!__builtin_mul_overflow(a.small_, b.small_, &product) &&
        product != kMin)
      return Integer::from_int128(product);
  }
  HONE_WITH_BIG(a, b, mpz_mul);
}

Integer Integer::operator-() const { return Integer() - *this; }

Integer euclidean_mod(const Integer& a, const Integer& b) {
  if (b.sign() == 0) return {};
  if (!a.big_ && !b.big_) {
    __int128 r = a.small_ % b.small_;
    if (r < 0) r += b.small_ < 0 ? -b.small_ : b.small_;
    return Integer::from_int128(r);
  }
  HONE_WITH_BIG(a, b, mpz_mod);  // never negative
}

Integer euclidean_div(const Integer& a, const Integer& b) {
  if (b.sign() == 0) return {};
  if (!a.big_ && !b.big_) {
    const __int128 q = a.small_ / b.small_;
    if (a.small_ - q * b.small_ >= 0) return Integer::from_int128(q);
    return Integer::from_int128(b.small_ < 0 ? q + 1 : q - 1);
  }
  const Integer multiple = a - euclidean_mod(a, b);
  HONE_WITH_BIG(multiple, b, mpz_divexact);
}

#undef HONE_WITH_BIG

std::strong_ordering operator<=>(const Integer& a, const Integer& b) {
  if (!a.big_ && !b.big_) return a.small_ <=> b.small_;
  if (!a.big_) return 0 <=> b.sign();
  if (!b.big_) return a.sign() <=> 0;
  return mpz_cmp(a.big_->value, b.big_->value) <=> 0;
}

int Integer::sign() const {
  if (big_) return mpz_sgn(big_->value);
  return small_ < 0 ? -1 : small_ > 0;
}

uint64_t Integer::bit_length() const {
  if (big_) return mpz_sizeinbase(big_->value, 2);
  auto magnitude = static_cast<unsigned __int128>(small_);
  if (small_ < 0) magnitude = -magnitude;
  uint64_t bits = 0;
  for (; magnitude != 0; magnitude >>= 1) ++bits;
  return bits;
}

std::optional<int64_t> Integer::to_int64() const {
  const auto word = static_cast<int64_t>(small_);
  if (big_ || word != small_) return std::nullopt;
  return word;
}

uint64_t Integer::hash() const {
  uint64_t h = static_cast<uint64_t>(small_) ^
               (static_cast<uint64_t>(small_ >> 64) * 0x9e3779b97f4a7c15u);
  if (big_) {
    h = mpz_sgn(big_->value) < 0;
    for (size_t i = 0; i < mpz_size(big_->value); ++i)
      h = (h ^ mpz_getlimbn(big_->value, static_cast<mp_size_t>(i))) *
          0x9e3779b97f4a7c15u;
  }
  return h;
}

std::string Integer::text() const {
  Big copy;
  if (!big_) set(copy.value, small_);
  const auto& value = big_ ? big_->value : copy.value;
  std::string out(mpz_sizeinbase(value, 10) + 2, '\0');
  mpz_get_str(out.data(), 10, value);
  out.resize(std::char_traits<char>::length(out.c_str()));
  return out;
}

}  // namespace hone::term
