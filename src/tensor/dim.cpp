// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/dim.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace hone::tensor {

// Adds and multiplies terms into normal form; remembers an overflow.
class DimBuilder {
 public:
  void add(int64_t constant) {
    overflow_ |=
        __builtin_add_overflow(dim_.constant_, constant, &dim_.constant_);
  }

  void add(Dim::Term term) {
    if (term.coefficient == 0) return;
    if (term.atoms.empty()) return add(term.coefficient);
    auto& terms = dim_.terms_;
    const auto place = std::lower_bound(
        terms.begin(), terms.end(), term,
        [](const auto& a, const auto& b) { return a.atoms < b.atoms; });
    if (place == terms.end() || place->atoms != term.atoms) {
      terms.insert(place, std::move(term));
      return;
    }
    overflow_ |= __builtin_add_overflow(place->coefficient, term.coefficient,
                                        &place->coefficient);
    if (place->coefficient == 0) terms.erase(place);
  }

  void add(const Dim& dim, int64_t factor) {
    add(Dim::Term{times(dim.constant_, factor), {}});
    for (const Dim::Term& term : dim.terms_)
      add(Dim::Term{times(term.coefficient, factor), term.atoms});
  }

  int64_t times(int64_t a, int64_t b) {
    int64_t product = 0;
    overflow_ |= __builtin_mul_overflow(a, b, &product);
    return product;
  }

  bool overflow() const { return overflow_; }
  Dim take() && { return std::move(dim_); }

 private:
  Dim dim_;
  bool overflow_ = false;
};

namespace {

// An operation that no polynomial says, as an atom. Long texts are cut down to
// an unknown, so that nothing grows without bound.
constexpr size_t kLongestAtom = 400;

Dim opaque(std::string text) {
  if (text.size() > kLongestAtom) {
    uint64_t hash = 1469598103934665603u;
    for (const char c : text)
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return Dim::symbol(fmt::format("?h{:x}", hash));
  }
  return Dim::symbol(text);
}

Dim call(std::string_view name, const Dim& a, const Dim& b) {
  return opaque(fmt::format("{}({}, {})", name, to_text(a), to_text(b)));
}

int64_t floor_number(int64_t a, int64_t b) {
  return a / b - ((a % b != 0) && ((a < 0) != (b < 0)));
}

bool safe_to_divide(int64_t a, int64_t b) {
  return b != 0 && !(a == INT64_MIN && b == -1);
}

}  // namespace

Dim Dim::symbol(std::string_view name) {
  Dim dim;
  dim.terms_.push_back({1, {std::string(name)}});
  return dim;
}

bool Dim::has_unknown() const {
  for (const Term& term : terms_)
    for (const std::string& atom : term.atoms)
      if (atom.find('?') != std::string::npos) return true;
  return false;
}

Dim operator+(const Dim& a, const Dim& b) {
  DimBuilder sum;
  sum.add(a, 1);
  sum.add(b, 1);
  if (sum.overflow()) return call("add", a, b);
  return std::move(sum).take();
}

Dim operator-(const Dim& a, const Dim& b) {
  DimBuilder sum;
  sum.add(a, 1);
  sum.add(b, -1);
  if (sum.overflow()) return call("sub", a, b);
  return std::move(sum).take();
}

Dim operator*(const Dim& a, const Dim& b) {
  // Products of long polynomials are of no use to anyone.
  constexpr size_t kMostTerms = 16;
  if (a.terms_.size() > kMostTerms || b.terms_.size() > kMostTerms)
    return call("mul", a, b);
  DimBuilder product;
  product.add(a, b.constant_);
  for (const Dim::Term& right : b.terms_) {
    product.add({product.times(a.constant_, right.coefficient), right.atoms});
    for (const Dim::Term& left : a.terms_) {
      std::vector<std::string> atoms = left.atoms;
      atoms.insert(atoms.end(), right.atoms.begin(), right.atoms.end());
      if (atoms.size() > kMostTerms) return call("mul", a, b);
      std::sort(atoms.begin(), atoms.end());
      product.add({product.times(left.coefficient, right.coefficient),
                   std::move(atoms)});
    }
  }
  if (product.overflow()) return call("mul", a, b);
  return std::move(product).take();
}

Dim floor_div(const Dim& a, const Dim& b) {
  if (b.is(1)) return a;
  if (a == b && !b.is_constant()) return 1;
  if (b.is_constant() && b.value() != 0) {
    const int64_t d = b.value();
    bool exact = true;
    for (const Dim::Term& term : a.terms())
      exact &= safe_to_divide(term.coefficient, d) && term.coefficient % d == 0;
    if (exact && safe_to_divide(a.constant(), d)) {
      DimBuilder quotient;
      quotient.add(floor_number(a.constant(), d));
      for (const Dim::Term& term : a.terms())
        quotient.add({term.coefficient / d, term.atoms});
      return std::move(quotient).take();
    }
  }
  // A product of which one factor is the divisor: 6*N*M / (2*N).
  if (b.terms().size() == 1 && b.constant() == 0 && a.constant() == 0) {
    const Dim::Term& divisor = b.terms().front();
    DimBuilder quotient;
    bool exact = true;
    for (const Dim::Term& term : a.terms()) {
      std::vector<std::string> rest;
      std::set_difference(term.atoms.begin(), term.atoms.end(),
                          divisor.atoms.begin(), divisor.atoms.end(),
                          std::back_inserter(rest));
      exact &= rest.size() + divisor.atoms.size() == term.atoms.size() &&
               safe_to_divide(term.coefficient, divisor.coefficient) &&
               term.coefficient % divisor.coefficient == 0;
      if (exact)
        quotient.add({term.coefficient / divisor.coefficient, std::move(rest)});
    }
    if (exact) return std::move(quotient).take();
  }
  return opaque(fmt::format("floor(({}) / ({}))", to_text(a), to_text(b)));
}

Dim ceil_div(const Dim& a, const Dim& b) {
  return floor_div(a + b - Dim(1), b);
}

Dim min_dim(const Dim& a, const Dim& b) {
  const Dim gap = a - b;
  if (gap.is_constant()) return gap.value() <= 0 ? a : b;
  return call("min", a, b);
}

Dim max_dim(const Dim& a, const Dim& b) {
  const Dim gap = a - b;
  if (gap.is_constant()) return gap.value() >= 0 ? a : b;
  return call("max", a, b);
}

std::string to_text(const Dim& dim) {
  std::string text;
  const auto sign = [&](bool negative) {
    if (text.empty())
      text = negative ? "-" : "";
    else
      text += negative ? " - " : " + ";
  };
  for (const Dim::Term& term : dim.terms()) {
    sign(term.coefficient < 0);
    const uint64_t size = term.coefficient < 0
                              ? -static_cast<uint64_t>(term.coefficient)
                              : static_cast<uint64_t>(term.coefficient);
    if (size != 1) text += fmt::format("{}*", size);
    text += fmt::format("{}", fmt::join(term.atoms, "*"));
  }
  if (dim.constant() != 0 || text.empty()) {
    if (text.empty()) return fmt::format("{}", dim.constant());
    sign(dim.constant() < 0);
    text += fmt::format("{}", dim.constant() < 0
                                  ? -static_cast<uint64_t>(dim.constant())
                                  : static_cast<uint64_t>(dim.constant()));
  }
  return text;
}

namespace {

// One recursive descent reads a size into any algebra: Dims for parse_dim()
// and substitute(), numbers for evaluate().
template <typename Value, typename Leaf>
class DimReader {
 public:
  DimReader(std::string_view text, const Leaf& leaf)
      : text_(text), leaf_(leaf) {}

  std::optional<Value> read() {
    std::optional<Value> value = sum(0);
    skip();
    if (at_ != text_.size()) return std::nullopt;
    return value;
  }

 private:
  static constexpr int kDeepest = 64;

  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  bool take(char c) {
    skip();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::optional<Value> sum(int depth) {
    if (depth > kDeepest) return std::nullopt;
    const bool negative = take('-');
    std::optional<Value> total = product(depth);
    if (negative && total) total = leaf_.sub(leaf_.number(0), *total);
    while (total) {
      const bool plus = take('+');
      if (!plus && !take('-')) break;
      const std::optional<Value> next = product(depth);
      if (!next) return std::nullopt;
      total = plus ? leaf_.add(*total, *next) : leaf_.sub(*total, *next);
    }
    return total;
  }

  std::optional<Value> product(int depth) {
    std::optional<Value> total = factor(depth);
    while (total && take('*')) {
      const std::optional<Value> next = factor(depth);
      if (!next) return std::nullopt;
      total = leaf_.mul(*total, *next);
    }
    return total;
  }

  std::optional<Value> factor(int depth) {
    skip();
    if (at_ == text_.size()) return std::nullopt;
    if (std::isdigit(static_cast<unsigned char>(text_[at_]))) return number();
    if (take('(')) {
      std::optional<Value> inner = sum(depth + 1);
      if (!take(')')) return std::nullopt;
      return inner;
    }
    const size_t start = at_;
    const auto is_word = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) || c == '_' ||
             c == '?' || c == '.' || c == '$';
    };
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (word.empty()) return std::nullopt;
    if (!take('(')) return leaf_.symbol(word);
    return operation(word, depth);
  }

  std::optional<Value> operation(std::string_view word, int depth) {
    if (word == "floor") {
      const std::optional<Value> a = sum(depth + 1);
      if (!a || !take('/')) return std::nullopt;
      const std::optional<Value> b = factor(depth + 1);
      if (!b || !take(')')) return std::nullopt;
      return leaf_.floor(*a, *b);
    }
    const std::optional<Value> a = sum(depth + 1);
    if (!a || !take(',')) return std::nullopt;
    const std::optional<Value> b = sum(depth + 1);
    if (!b || !take(')')) return std::nullopt;
    if (word == "min") return leaf_.min(*a, *b);
    if (word == "max") return leaf_.max(*a, *b);
    if (word == "add") return leaf_.add(*a, *b);
    if (word == "sub") return leaf_.sub(*a, *b);
    if (word == "mul") return leaf_.mul(*a, *b);
    return std::nullopt;
  }

  std::optional<Value> number() {
    int64_t value = 0;
    while (at_ < text_.size() &&
           std::isdigit(static_cast<unsigned char>(text_[at_]))) {
      if (__builtin_mul_overflow(value, 10, &value) ||
          __builtin_add_overflow(value, text_[at_] - '0', &value))
        return std::nullopt;
      ++at_;
    }
    return leaf_.number(value);
  }

  std::string_view text_;
  const Leaf& leaf_;
  size_t at_ = 0;
};

// Dims, with a size in place of each symbol.
struct DimLeaf {
  const std::function<std::optional<Dim>(std::string_view)>& replace;

  std::optional<Dim> number(int64_t n) const { return Dim(n); }
  std::optional<Dim> symbol(std::string_view name) const {
    const std::optional<Dim> other = replace(name);
    return other ? other : Dim::symbol(name);
  }
  using D = const std::optional<Dim>&;
  std::optional<Dim> add(D a, D b) const { return *a + *b; }
  std::optional<Dim> sub(D a, D b) const { return *a - *b; }
  std::optional<Dim> mul(D a, D b) const { return *a * *b; }
  std::optional<Dim> floor(D a, D b) const { return floor_div(*a, *b); }
  std::optional<Dim> min(D a, D b) const { return min_dim(*a, *b); }
  std::optional<Dim> max(D a, D b) const { return max_dim(*a, *b); }
};

// Numbers, with a check of each operation.
struct NumberLeaf {
  const Bindings& bindings;

  using N = std::optional<int64_t>;
  N number(int64_t n) const { return n; }
  N symbol(std::string_view name) const { return bindings(name); }
  N add(N a, N b) const {
    int64_t r = 0;
    return __builtin_add_overflow(*a, *b, &r) ? N() : N(r);
  }
  N sub(N a, N b) const {
    int64_t r = 0;
    return __builtin_sub_overflow(*a, *b, &r) ? N() : N(r);
  }
  N mul(N a, N b) const {
    int64_t r = 0;
    return __builtin_mul_overflow(*a, *b, &r) ? N() : N(r);
  }
  N floor(N a, N b) const {
    return safe_to_divide(*a, *b) ? N(floor_number(*a, *b)) : N();
  }
  N min(N a, N b) const { return std::min(*a, *b); }
  N max(N a, N b) const { return std::max(*a, *b); }
};

// Entries of a list of operations.
struct StepLeaf {
  std::vector<DimStep>& steps;

  using I = const std::optional<int>&;
  std::optional<int> push(DimStep step) const {
    steps.push_back(std::move(step));
    return static_cast<int>(steps.size()) - 1;
  }
  std::optional<int> pair(DimStep::Kind kind, I a, I b) const {
    return push({.kind = kind, .a = *a, .b = *b});
  }
  std::optional<int> number(int64_t n) const { return push({.number = n}); }
  std::optional<int> symbol(std::string_view name) const {
    return push({.kind = DimStep::Kind::Symbol, .symbol = std::string(name)});
  }
  std::optional<int> add(I a, I b) const {
    return pair(DimStep::Kind::Add, a, b);
  }
  std::optional<int> sub(I a, I b) const {
    return pair(DimStep::Kind::Sub, a, b);
  }
  std::optional<int> mul(I a, I b) const {
    return pair(DimStep::Kind::Mul, a, b);
  }
  std::optional<int> floor(I a, I b) const {
    return pair(DimStep::Kind::FloorDiv, a, b);
  }
  std::optional<int> min(I a, I b) const {
    return pair(DimStep::Kind::Min, a, b);
  }
  std::optional<int> max(I a, I b) const {
    return pair(DimStep::Kind::Max, a, b);
  }
};

}  // namespace

Result<Dim> parse_dim(std::string_view text) {
  const std::function<std::optional<Dim>(std::string_view)> same =
      [](std::string_view) { return std::nullopt; };
  std::optional<Dim> dim = DimReader<Dim, DimLeaf>(text, DimLeaf{same}).read();
  if (dim) return *std::move(dim);
  return Error(ErrorKind::Malformed,
               fmt::format("'{}' is no size; expected a number, a name, or an "
                           "expression such as 2*N + floor((M + 1) / 2)",
                           text));
}

std::optional<int64_t> evaluate(const Dim& dim, const Bindings& bindings) {
  if (dim.is_constant()) return dim.value();
  const NumberLeaf leaf{bindings};
  return DimReader<int64_t, NumberLeaf>(to_text(dim), leaf).read();
}

std::optional<std::vector<DimStep>> steps_of(const Dim& dim) {
  std::vector<DimStep> steps;
  const StepLeaf leaf{steps};
  if (!DimReader<int, StepLeaf>(to_text(dim), leaf).read()) return {};
  return steps;
}

Dim substitute(
    const Dim& dim,
    const std::function<std::optional<Dim>(std::string_view)>& replace) {
  if (dim.is_constant()) return dim;
  std::optional<Dim> result =
      DimReader<Dim, DimLeaf>(to_text(dim), DimLeaf{replace}).read();
  return result ? *std::move(result) : dim;
}

}  // namespace hone::tensor
