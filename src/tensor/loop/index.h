// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Integer expressions of loop trees: where a loop ends, which element a
// statement touches.
//
// An index is a polynomial over atoms in one normal form, so that indices that
// differ only by +, - and * are equal values. An atom is a variable (a loop or
// a symbolic size), a quotient, a remainder, a minimum, a maximum, or an
// element of a tensor of integers (a gather). Quotients round down, as those of
// kernels do; divisors are positive. Quasi-affine is what results where no
// product has two loops in it.
//
//   (8*i + j + 3) / 8   is   i + (j + 3) / 8
//
// Coefficients wrap around like the machine's; text bounds them (parse_loops).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hone::tensor {

class Index;

struct IndexAtom {
  enum class Kind { Variable, Div, Mod, Min, Max, Fetch };
  Kind kind = Kind::Variable;
  std::string name;              // of Variable; the tensor of Fetch
  std::vector<Index> arguments;  // two, or the place of a Fetch
  std::string text;              // what it is sorted and compared by
};

class Index {
 public:
  using AtomRef = std::shared_ptr<const IndexAtom>;
  // coefficient * atoms[0] * atoms[1] * …; atoms sorted, repeated for powers.
  struct Term {
    int64_t coefficient = 0;
    std::vector<AtomRef> atoms;
  };

  Index() = default;                          // 0
  Index(int64_t value) : constant_(value) {}  // NOLINT: a number is an index
  static Index variable(std::string_view name);
  static Index fetch(std::string_view tensor, std::vector<Index> at);

  bool is_constant() const { return terms_.empty(); }
  bool is(int64_t value) const { return is_constant() && constant_ == value; }
  int64_t constant() const { return constant_; }
  const std::vector<Term>& terms() const { return terms_; }
  // Where it is nothing but a variable.
  std::optional<std::string> as_variable() const;

  // The factor of a variable that occurs in one term of its own only; nothing
  // where it occurs otherwise, 0 where it does not occur.
  std::optional<int64_t> coefficient_of(std::string_view variable) const;
  // factor * variable + rest, neither of which mentions the variable; nothing
  // where it is not of that form.
  struct Linear;
  std::optional<Linear> linear_in(std::string_view variable) const;
  bool mentions(std::string_view variable) const;
  bool has_fetch() const;

  // Visits every variable, repeated ones too.
  void visit_variables(
      const std::function<void(const std::string&)>& visit) const;

  friend Index operator+(const Index& a, const Index& b);
  friend Index operator-(const Index& a, const Index& b);
  friend Index operator*(const Index& a, const Index& b);
  friend bool operator==(const Index& a, const Index& b);

  // Of atoms without their factors; not for general use.
  static Index of_term(const Term& term);

 private:
  static Index of_atom(IndexAtom atom);
  friend Index floor_div(const Index& a, const Index& b);
  friend Index floor_mod(const Index& a, const Index& b);
  friend Index min_index(const Index& a, const Index& b);
  friend Index max_index(const Index& a, const Index& b);
  void add(const Term& term);

  int64_t constant_ = 0;
  std::vector<Term> terms_;  // sorted by their atoms, no coefficient 0
};

struct Index::Linear {
  Index factor, rest;
};

Index floor_div(const Index& a, const Index& b);
Index floor_mod(const Index& a, const Index& b);
Index ceil_div(const Index& a, int64_t b);
Index min_index(const Index& a, const Index& b);
Index max_index(const Index& a, const Index& b);

// "2*i + (j + 3) / 8 + x[k]"; parse_loops() reads it back.
std::string to_text(const Index& index);

// Puts an index in place of each variable that `replace` knows.
using Replacement =
    std::function<std::optional<Index>(std::string_view variable)>;
Index substitute(const Index& index, const Replacement& replace);
Index substitute(const Index& index, std::string_view variable,
                 const Index& by);
// The value; `values` knows variables and fetched elements.
struct IndexValues {
  virtual int64_t variable(const std::string& name) = 0;
  virtual int64_t fetch(const std::string& tensor,
                        std::span<const int64_t> at) = 0;

 protected:
  ~IndexValues() = default;
};
int64_t evaluate(const Index& index, IndexValues& values);

}  // namespace hone::tensor
