// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Normal forms: what terms are to the greedy pass.
//
// An Int is a *form*, constant + Σ factor * atom. An atom is what addition
// cannot see into: a variable, a quotient, a remainder, a minimum, a product, a
// select. A maximum is a minimum: max(a, b) = -min(-a, -b), which halves the
// rules. A Bool is a *fact*: a form at most 0, a form equal or unequal to 0, a
// conjunction, a disjunction. All three are hash-consed in flat arrays and
// carry their analyses: an interval and an alignment.
//
//   (x + 3) * 2 <= max(y, 7)     2*x - (-1)*min(-y, -7) + 6 <= 0
//
// Ids follow creation: what a thing is made of has smaller ids of its kind.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rewrite/analysis/alignment.h"
#include "rewrite/analysis/interval.h"
#include "rewrite/greedy/poly.h"
#include "term/context.h"

namespace hone::rewrite {

using FormId = uint32_t;
using FactId = uint32_t;

enum class AtomKind : uint8_t {
  Variable,  // a: the term
  Div,       // a / b, forms
  Mod,       // a % b, forms; where b is a number it is positive
  Min,       // of the forms in the list, two or more, sorted
  Product,   // of the atoms in the list, two or more, sorted
  Select     // a: the fact; b and c: the forms
};

struct Atom {
  AtomKind kind;
  uint32_t a = 0, b = 0, c = 0;
  uint32_t begin = 0, count = 0;  // the list
  Interval range;
  Alignment alignment;
};

struct Form {
  int64_t constant = 0;
  uint32_t begin = 0, count = 0;  // of its monos
  Interval range;
  Alignment alignment;
};

enum class FactKind : uint8_t {
  False,
  True,
  Variable,  // a: the term
  NotVariable,
  Le,   // form a <= 0
  Eq,   // form a == 0
  Ne,   // form a != 0
  And,  // of the facts in the list
  Or,
  Iff  // a == b, facts
};

struct Fact {
  FactKind kind;
  uint32_t a = 0, b = 0;
  uint32_t begin = 0, count = 0;
};

inline constexpr FactId kFalse = 0;
inline constexpr FactId kTrue = 1;

class Store {
 public:
  Store();
  void reset();

  FormId form(const Poly& poly);
  FormId constant(int64_t value) { return form(Poly(value)); }
  FormId of_atom(AtomId atom);
  AtomId atom(const Atom& key, std::span<const uint32_t> list = {});
  FactId fact(const Fact& key, std::span<const uint32_t> list = {});

  const Form& operator[](FormId form) const { return forms_[form]; }
  const Atom& atom_at(AtomId atom) const { return atoms_[atom]; }
  Atom& atom_at(AtomId atom) { return atoms_[atom]; }
  const Fact& fact_at(FactId fact) const { return facts_[fact]; }
  std::span<const Mono> monos(FormId form) const {
    return {monos_.data() + forms_[form].begin, forms_[form].count};
  }
  std::span<const uint32_t> list(const Atom& atom) const {
    return {lists_.data() + atom.begin, atom.count};
  }
  std::span<const uint32_t> list(const Fact& fact) const {
    return {lists_.data() + fact.begin, fact.count};
  }

  bool is_constant(FormId form) const { return forms_[form].count == 0; }
  int64_t value(FormId constant) const { return forms_[constant].constant; }

  Poly poly(FormId form) const {
    Poly out;
    out.add_scaled(1, forms_[form].constant, monos(form));
    return out;
  }
  void add(Poly& to, int64_t factor, FormId form) const {
    to.add_scaled(factor, forms_[form].constant, monos(form));
  }
  // Of any combination, by its atoms.
  Interval range(const Poly& poly) const;
  Alignment alignment(const Poly& poly) const;

  // Set by anything that left 62 bits; what was computed since means nothing.
  bool failed() const { return failed_; }
  void fail() { failed_ = true; }

  size_t form_count() const { return forms_.size(); }
  size_t fact_count() const { return facts_.size(); }

 private:
  struct Slot {
    uint32_t epoch = 0;
    uint32_t id = 0;
    uint32_t hash = 0;
  };
  template <typename Same, typename Make>
  uint32_t intern(std::vector<Slot>& slots, size_t size, uint32_t hash,
                  const Same& same, const Make& make);

  std::vector<Form> forms_;
  std::vector<Atom> atoms_;
  std::vector<Fact> facts_;
  std::vector<Mono> monos_;
  std::vector<uint32_t> lists_;
  std::vector<Slot> form_slots_, atom_slots_, fact_slots_;
  uint32_t epoch_ = 0;
  bool failed_ = false;
};

}  // namespace hone::rewrite
