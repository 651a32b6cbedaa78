// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Terms as SMT-LIB 2 scripts, and scripts as terms.
//
// Of the standard (Barrett, Fontaine, Tinelli, "The SMT-LIB Standard", 2.6) the
// Ints and the core theory are read: and or xor not => = distinct ite, + - *
// div mod abs < <= > >=, (_ divisible n), let, (! t …), define-fun as a macro,
// declare-const, declare-fun without arguments, assert, push, pop, check-sat,
// get-model. Other sorts, functions with arguments and quantifiers are
// Unsupported. min and max are written as ite.
//
// Division by zero differs: SMT-LIB leaves (div a 0) and (mod a 0) to the
// model, as a function of a; here both are 0. So quotients are written with an
// ite wherever the divisor may be zero, and read with a constant of its own for
// each dividend; two dividends that are equal have equal ones (Ackermann 1954),
// which Script::axioms says.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "term/context.h"
#include "term/parse.h"

namespace hone::term {

struct SmtCommand {
  enum class Kind : uint8_t { Assert, CheckSat, GetModel, Push, Pop };
  Kind kind;
  Term term = {};     // of Assert
  int64_t count = 1;  // of Push and Pop
  // Of GetModel: what is declared there, by its symbol in the script.
  std::vector<std::pair<std::string, Term>> constants = {};
};

struct SmtScript {
  std::vector<SmtCommand> commands;
  // What always holds of the constants that stand for divisions by zero.
  std::vector<Term> axioms;
};

// The script up to its end or an (exit). Names that are none here get one that
// is. Malformed and Unsupported say the place.
Result<SmtScript> read_smtlib(Context& context, std::string_view text,
                              const ParseLimits& limits = {});

// The part of a script that asks whether a Bool can be false, then whether it
// can be true, where the assumptions hold: the answers are unsat and sat for
// what is always true, sat and unsat for what is always false, sat twice for
// what is contingent. The terms have no lets; shared subterms are written once.
std::string print_smtlib(const Context& context,
                         std::span<const Term> assumptions, Term goal);

// A symbol, quoted where it has to be.
std::string smtlib_symbol(std::string_view symbol);
// A number: 3, (- 3).
std::string smtlib_number(const Integer& value);

}  // namespace hone::term
