// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes of tensors that may be known only when the model runs.
//
// A Dim is an integer polynomial over atoms, in one normal form: equal sizes
// that differ only by +, - and * are equal values. An atom is a named symbol
// ("N"), or what no polynomial says, written out: "floor((N + 1) / 2)",
// "max(N, 4)". A size about which nothing is known has a symbol of its own
// that begins with '?' ("?12"); nothing else begins so.
//
//   2*N + 1 - (N - 3)   is   N + 4
//
// Symbols stand for non-negative integers. Coefficients wrap around never:
// where a sum or product leaves 63 bits, the result is an unknown atom of that
// text.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::tensor {

class Dim {
 public:
  // coefficient * atoms[0] * atoms[1] * …; atoms sorted, repeated for powers.
  struct Term {
    int64_t coefficient = 0;
    std::vector<std::string> atoms;
    bool operator==(const Term&) const = default;
  };

  Dim() = default;                           // 0
  Dim(int64_t value) : constant_(value) {}   // NOLINT: a number is a size
  static Dim symbol(std::string_view name);  // an atom, as it is
  bool operator==(const Dim& other) const = default;

  bool is_constant() const { return terms_.empty(); }
  // The number; only where is_constant().
  int64_t value() const { return constant_; }
  // Where it is a number equal to this.
  bool is(int64_t value) const { return is_constant() && constant_ == value; }

  int64_t constant() const { return constant_; }
  const std::vector<Term>& terms() const { return terms_; }
  // Whether an unknown ('?') occurs in it.
  bool has_unknown() const;

  friend Dim operator+(const Dim& a, const Dim& b);
  friend Dim operator-(const Dim& a, const Dim& b);
  friend Dim operator*(const Dim& a, const Dim& b);

 private:
  friend class DimBuilder;
  int64_t constant_ = 0;
  std::vector<Term> terms_;  // sorted by atoms, no coefficient 0
};

inline Dim& operator+=(Dim& a, const Dim& b) { return a = a + b; }
inline Dim& operator*=(Dim& a, const Dim& b) { return a = a * b; }

// Rounds towards minus infinity; exact where every coefficient divides.
Dim floor_div(const Dim& a, const Dim& b);
Dim ceil_div(const Dim& a, const Dim& b);
Dim min_dim(const Dim& a, const Dim& b);
Dim max_dim(const Dim& a, const Dim& b);

// "2*N + floor((M + 1) / 2) + 4"; parse_dim() reads it back.
std::string to_text(const Dim& dim);
Result<Dim> parse_dim(std::string_view text);

// Puts a number in place of each symbol. Nothing where one has no number, or
// the arithmetic overflows or divides by zero.
using Bindings = std::function<std::optional<int64_t>(std::string_view symbol)>;
std::optional<int64_t> evaluate(const Dim& dim, const Bindings& bindings);

// The same as a list of operations, for code that computes it: `a` and `b` are
// earlier entries, the last one is the result. Nothing where an atom is no
// expression.
struct DimStep {
  enum class Kind { Number, Symbol, Add, Sub, Mul, FloorDiv, Min, Max };
  Kind kind = Kind::Number;
  int64_t number = 0;
  std::string symbol;
  int a = -1, b = -1;
};
std::optional<std::vector<DimStep>> steps_of(const Dim& dim);

// Puts a size in place of each symbol that `replace` knows.
Dim substitute(
    const Dim& dim,
    const std::function<std::optional<Dim>(std::string_view symbol)>& replace);

}  // namespace hone::tensor
