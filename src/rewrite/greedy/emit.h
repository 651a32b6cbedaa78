// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From normal forms back to terms, as small as the known ways of writing them
// allow.
//
// A normal form is made for comparing, not for reading: min(x + 3, 7) is min(x,
// 4) + 3 there, (x*8) % 16 is (x % 2) * 8. For each form the variants below are
// written and the smallest tree is kept; of equal ones the first.
//
//   m*x + m*y          (x + y) * m
//   k + min(a, b)      min(a + k, b + k), and so for each member of the sum
//   -min(a, b)         max(-a, -b) on the other side
//   k + a / c          (a + k*c) / c
//   m * (a % c) + j    (m*a + j) % (m*c) for 0 <= j < m
#pragma once

#include <vector>

#include "rewrite/greedy/normalizer.h"
#include "term/context.h"

namespace hone::rewrite {

class Emitter {
 public:
  void reset(Normalizer& normalizer, term::Context& context);

  term::Term form(FormId form);
  term::Term fact(FactId fact);
  // Nodes of the tree, UINT32_MAX where they are too many to count. Of any
  // term of the context.
  uint32_t size(term::Term term);
  // Nodes of the term as a DAG.
  uint32_t distinct(term::Term term);

 private:
  struct Item {
    term::Term term;
    bool negative;
  };
  using Items = std::vector<Item>;

  term::Term node(term::Op op, term::Term a, term::Term b);
  term::Term number(int64_t value) { return context_->integer(value); }
  term::Term poly(const Poly& poly) {
    return form(normalizer_->store().form(poly));
  }
  void keep_smaller(term::Term& best, term::Term other);
  void keep_shared(term::Term& best, term::Term other);

  term::Term plain(const Poly& poly, const Item* extra = nullptr);
  term::Term join(Items& items, int64_t constant);
  Item atom(AtomId atom, bool negative);
  term::Term extremum(AtomId atom, int64_t factor, const Poly& inside);
  bool share(FormId a, FormId b) const;
  void try_minimum(const Poly& poly, const Mono& mono, term::Term& best);
  void try_quotient(const Poly& poly, const Mono& mono, term::Term& best);
  void try_difference(const Poly& whole, const Mono& mono, term::Term& best);
  void try_shared(const Poly& poly, const Mono& mono, term::Term& best);
  void try_remainder(const Poly& poly, const Mono& mono, term::Term& best);

  term::Term comparison(const Fact& fact);
  void try_sides(FactKind kind, const Poly& left, const Poly& right,
                 int64_t constant, term::Term& best);
  term::Term chain(const Fact& fact, term::Op op);

  Normalizer* normalizer_ = nullptr;
  term::Context* context_ = nullptr;
  std::vector<term::Term> forms_, facts_;  // what was written, by id
  std::vector<uint32_t> sizes_;            // by term; 0 where not known
  std::vector<uint32_t> seen_;  // by term; the last count that met it
  uint32_t sight_ = 0;
  std::vector<term::Term> open_;
  int variants_left_ = 0;
};

}  // namespace hone::rewrite
