// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Linear forms with exact coefficients, for the replay of proofs. Slow and
// plain on purpose.
#pragma once

#include <map>
#include <vector>

#include "term/integer.h"

namespace hone::verify {

using term::Integer;

// Σ coefficient · atom + constant; no coefficient is 0.
struct ProofForm {
  std::map<int, Integer> parts;
  Integer constant;

  static ProofForm number(const Integer& value) { return {{}, value}; }
  static ProofForm atom(int id) { return {{{id, Integer(1)}}, Integer()}; }

  bool is_constant() const { return parts.empty(); }
  void add(const ProofForm& other, const Integer& factor);
  // gcd of the coefficients; 0 for a constant.
  Integer content() const;
  // Of "form >= 0": divided by the content, the constant rounded down.
  ProofForm tightened() const;

  bool operator==(const ProofForm&) const = default;
};

ProofForm operator+(ProofForm a, const ProofForm& b);
ProofForm operator-(ProofForm a, const ProofForm& b);
ProofForm operator*(const ProofForm& a, const Integer& factor);
// -1 - form: "form >= 0" denied.
ProofForm denial(const ProofForm& form);

// A sum of products of atoms: exponents by atom, and the coefficient.
using Polynomial = std::map<std::map<int, int64_t>, Integer>;

Polynomial product(const Polynomial& a, const Polynomial& b);

}  // namespace hone::verify
