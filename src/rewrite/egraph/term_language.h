// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Terms (term/context.h) as terms of an e-graph, and back.
//
// Every operator is one of the e-graph's, except that `==`, `!=` and `select`
// of Bools have names of their own (`iff`, `xor`, `choose`): a rule of Ints
// must not match them. Lets are expanded before. Literals are numbers, truth
// values and variables; a payload is the number itself where that is small, so
// that rules mean the same with every context.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "rewrite/egraph/egraph.h"
#include "rewrite/egraph/proof.h"
#include "term/context.h"

namespace hone::rewrite::egraph {

class TermLanguage {
 public:
  TermLanguage();

  const Signature& signature() const { return signature_; }
  OpId integer() const { return integer_; }
  OpId boolean() const { return boolean_; }
  OpId variable() const { return variable_; }
  // For operators of terms; the sort is that of the last operand.
  OpId op(term::Op op, term::Sort sort) const;
  // The term's operator of an e-graph's operator that is no literal.
  term::Op term_op(OpId op) const { return term_ops_[op]; }

  // Whether its terms are Bools; of a variable only its context knows.
  bool is_boolean(OpId op) const { return is_boolean_[op]; }

  // A number in [-2^30, 2^30), or nothing.
  std::optional<Literal> number(int64_t value) const;
  Literal truth(bool value) const { return {boolean_, value}; }
  // Of a small number's payload.
  static int64_t value_of(uint32_t payload) { return int64_t{payload} - kBias; }
  static bool is_small(uint32_t payload) { return payload < 2 * kBias; }

  // The literal of a word in a rule: a small number, true or false.
  std::optional<Literal> read(std::string_view word) const;

 private:
  static constexpr int64_t kBias = int64_t{1} << 30;
  Signature signature_;
  OpId integer_, boolean_, variable_;
  std::vector<term::Op> term_ops_;        // by e-graph operator
  std::vector<uint8_t> is_boolean_;       // likewise
  std::vector<OpId> of_ints_, of_bools_;  // by term operator
};

// Adds terms of one context to an e-graph over a TermLanguage and reads them
// back. Numbers that are not small are kept here.
class TermBridge {
 public:
  TermBridge(const TermLanguage& language, term::Context& context)
      : language_(language), context_(context) {}

  // The term must have no lets.
  ClassId add(EGraph& graph, term::Term term);
  // The term of a pool (an extracted one, or one of a proof).
  term::Term read(const TermPool& terms, TermId term);
  term::Term variable(uint32_t payload) const { return {payload}; }
  term::Term literal(Literal literal);

 private:
  const TermLanguage& language_;
  term::Context& context_;
  std::vector<term::Term> large_;  // numbers by payload, from 2^31 on
};

}  // namespace hone::rewrite::egraph
