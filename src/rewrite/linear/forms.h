// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Linear forms over atoms, the normal form in which index arithmetic is
// compared and decided.
//
// A form is Σ c_i·a_i + k with sorted atoms. An atom is a variable or something
// that is not linear, reduced so that equal things become one atom:
//
//   floor(F / c)   c > 1; F without what c divides, no common divisor, leading
//                  coefficient positive:
//                  (8x + 12y + 5) / 12 = y + floor((2x + 1) / 3)
//   min(0, F)      no common divisor, leading coefficient positive. Every min
//                  and max of two forms is one: min(a, b) = a + min(0, b - a),
//                  max(a, b) = a + b - min(a, b)
//   B ? F : 0      what is left of select, and truth values used as numbers
//   products       of atoms, sorted; sums are multiplied out
//   F / G, F % G   by what is no constant: opaque integers
//
// Each atom has an interval, found when it is made.
//
// All memory is kept from one problem to the next. A number that does not fit,
// or sums that multiply out to more than four million parts, set overflow(),
// and whatever was built is meaningless.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rewrite/linear/number.h"

namespace hone::rewrite::linear {

using FormId = int32_t;
using AtomId = int32_t;

struct Part {
  AtomId atom;
  int64_t coefficient;

  friend bool operator==(const Part&, const Part&) = default;
};

enum class AtomKind : uint8_t {
  Variable,  // source: the caller's name
  Floor,     // floor(first / number)
  Least,     // min(0, first)
  Choice,    // source ? first : 0, source a condition of the caller's
  Product,   // first: the factors, coefficients as exponents
  Quotient,  // first / second
  Remainder  // first % second
};

struct Atom {
  AtomKind kind;
  int32_t source = -1;
  int64_t number = 0;
  FormId first = -1;
  FormId second = -1;
  Interval range;
};

class Forms {
 public:
  Forms();
  void clear();

  // What has been made so far; rewind() forgets all that came later, and an
  // overflow. Ids are then given out as they were after mark().
  struct Mark {
    size_t parts = 0;
    size_t forms = 0;
    size_t atoms = 0;
  };
  Mark mark() const { return {parts_.size(), forms_.size(), atoms_.size()}; }
  void rewind(const Mark& mark);

  bool overflow() const { return overflow_; }

  FormId constant(int64_t value);
  FormId variable(int32_t source, Interval range);
  // sa·a + sb·b + k
  FormId combine(FormId a, int64_t sa, FormId b, int64_t sb, int64_t k = 0);
  FormId add(FormId a, FormId b) { return combine(a, 1, b, 1); }
  FormId subtract(FormId a, FormId b) { return combine(a, 1, b, -1); }
  FormId shift(FormId a, int64_t k);
  FormId scale(FormId a, int64_t factor);
  FormId multiply(FormId a, FormId b);
  FormId divide(FormId a, FormId b);
  FormId remainder(FormId a, FormId b);
  FormId least(FormId a, FormId b);
  FormId greatest(FormId a, FormId b);
  // condition ? a : b
  FormId choose(int32_t condition, FormId a, FormId b);

  std::span<const Part> parts(FormId form) const {
    const Record& r = forms_[form];
    return {parts_.data() + r.begin, static_cast<size_t>(r.size)};
  }
  int64_t constant_of(FormId form) const { return forms_[form].constant; }
  bool is_constant(FormId form) const { return forms_[form].size == 0; }
  bool same(FormId a, FormId b) const;
  Interval range(FormId form) const;
  // gcd of the coefficients; 0 for a constant.
  int64_t content(FormId form) const;
  // The form over `divisor`, which divides its coefficients; the constant is
  // rounded down.
  FormId divide_content(FormId form, int64_t divisor);

  // The atom of a product of atoms, -1 where there is none.
  AtomId find_product(AtomId a, AtomId b) const;
  // The quotient that goes with the remainder F % D.
  AtomId find_quotient(AtomId remainder) const;
  AtomId find_product(std::span<const Part> factors) const;

  size_t atom_count() const { return atoms_.size(); }
  const Atom& atom(AtomId id) const { return atoms_[id]; }
  // coefficient·atom + constant
  FormId atom_form(AtomId id, int64_t coefficient = 1, int64_t constant = 0);
  // A fact from outside. It counts for atoms made later, and for all after
  // refresh_ranges().
  void narrow(AtomId id, Interval range);
  void refresh_ranges();

 private:
  struct Record {
    int32_t begin;
    int32_t size;
    int64_t constant;
  };

  // Parts are appended to parts_ between begin() and end().
  int32_t begin() const { return static_cast<int32_t>(parts_.size()); }
  FormId end(int32_t begin, int64_t constant);
  FormId fail();
  AtomId intern(Atom atom);
  Interval range_of(const Atom& atom) const;
  FormId divide_by(FormId a, int64_t c);
  uint64_t hash(const Atom& atom) const;
  uint64_t hash(FormId form) const;

  std::vector<Part> parts_;
  std::vector<Record> forms_;
  std::vector<Atom> atoms_;
  // Open addressing; a slot counts where its epoch is the current one.
  struct Slot {
    uint32_t epoch = 0;
    AtomId atom = -1;
  };
  std::vector<Slot> slots_;
  uint32_t epoch_ = 1;
  bool overflow_ = false;
};

}  // namespace hone::rewrite::linear
