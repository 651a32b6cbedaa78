// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/proof_form.h"

namespace hone::verify {

void ProofForm::add(const ProofForm& other, const Integer& factor) {
  if (factor.sign() == 0) return;
  constant = constant + other.constant * factor;
  for (const auto& [atom, coefficient] : other.parts) {
    Integer& own = parts[atom];
    own = own + coefficient * factor;
    if (own.sign() == 0) parts.erase(atom);
  }
}

Integer ProofForm::content() const {
  Integer shared;
  for (const auto& [atom, coefficient] : parts) {
    Integer a = shared;
    Integer b = coefficient.sign() < 0 ? -coefficient : coefficient;
    while (b.sign() != 0) {
      Integer rest = euclidean_mod(a, b);
      a = std::move(b);
      b = std::move(rest);
    }
    shared = std::move(a);
  }
  return shared;
}

ProofForm ProofForm::tightened() const {
  const Integer shared = content();
  if (shared.sign() == 0) return *this;
  // Euclidean division by a positive number rounds down.
  ProofForm form;
  form.constant = euclidean_div(constant, shared);
  for (const auto& [atom, coefficient] : parts)
    form.parts[atom] = euclidean_div(coefficient, shared);
  return form;
}

ProofForm operator+(ProofForm a, const ProofForm& b) {
  a.add(b, Integer(1));
  return a;
}

ProofForm operator-(ProofForm a, const ProofForm& b) {
  a.add(b, Integer(-1));
  return a;
}

ProofForm operator*(const ProofForm& a, const Integer& factor) {
  ProofForm form;
  form.add(a, factor);
  return form;
}

ProofForm denial(const ProofForm& form) {
  return ProofForm::number(Integer(-1)) - form;
}

Polynomial product(const Polynomial& a, const Polynomial& b) {
  Polynomial sum;
  for (const auto& [left, x] : a)
    for (const auto& [right, y] : b) {
      std::map<int, int64_t> exponents = left;
      for (const auto& [atom, exponent] : right) exponents[atom] += exponent;
      Integer& own = sum[exponents];
      own = own + x * y;
      if (own.sign() == 0) sum.erase(exponents);
    }
  return sum;
}

}  // namespace hone::verify
