// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The state of a replay; proof.h says what the rules are.
//
// proof.cpp reads the lines, proof_read.cpp checks what becomes of terms,
// proof_tree.cpp checks trees of cases, proof_division.cpp what is known of
// products and quotients of variables.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "term/context.h"
#include "verify/proof.h"
#include "verify/proof_form.h"

namespace hone::verify {

// The words of one line, taken one after the other.
class ProofWords {
 public:
  ProofWords() = default;
  explicit ProofWords(std::string_view line) : rest_(line) { skip(); }

  bool empty() const { return rest_.empty(); }
  std::string_view peek() const;
  std::string_view take();
  // -1 where it is no number of at most nine digits.
  int take_index();
  std::optional<Integer> take_integer();
  // Up to the end, or a word that is no part of a form.
  std::optional<ProofForm> take_form();

 private:
  void skip();

  std::string_view rest_;
};

class Replay {
 public:
  Replay(term::Context& terms, const Claim& claim, std::string_view proof,
         const ReplayLimits& limits)
      : terms_(terms), claim_(claim), proof_(proof), limits_(limits) {}

  Status run();

 private:
  enum class AtomKind {
    Unknown,
    Variable,
    Floor,
    Least,
    Choice,
    Product,
    Quotient,
    Remainder
  };
  struct Atom {
    AtomKind kind = AtomKind::Unknown;
    term::Term variable;
    Integer divisor;
    int condition = -1;
    ProofForm first;
    ProofForm second;
  };
  struct Reading {
    term::Op op;
    term::Term term;
    int args[3] = {-1, -1, -1};
    ProofForm form;  // of an Int
    // Of a Bool: its value in every case, or the reading that it equals.
    std::optional<bool> known;
    int same_as = -1;
  };
  // proof.cpp
  Error wrong(std::string_view what) const;      // Rejected
  Error malformed(std::string_view what) const;  // Malformed
  bool next_line();
  Status read_atom();
  Status read_lemma();
  Status read_assumption();
  Status read_refutation();
  Result<ProofForm> known_form();

  // proof_read.cpp
  Status read_reading();
  Status read_leaf(Reading& reading, std::string_view word);
  Status read_operands(Reading& reading);
  Status check_int(const Reading& reading);
  Status check_division(const Reading& reading);
  bool is_minimum(const ProofForm& form, const ProofForm& a,
                  const ProofForm& b) const;
  Status settle(Reading& reading);
  Status settle_comparison(Reading& reading);
  bool is_proved(const ProofForm& form) const;
  Polynomial expanded(const ProofForm& form) const;
  int resolved(int reading) const;
  Result<ProofForm> number_of(int reading) const;
  Result<ProofForm> chosen(int condition, const ProofForm& a,
                           const ProofForm& b) const;
  // What a Bool says: form >= 0, or form == 0 for == and !=.
  Result<ProofForm> comparison(const Reading& reading) const;
  int variable_atom(term::Term variable) const;

  // proof_tree.cpp
  Status check_tree(int depth);
  Status skip_tree();
  Status check_sides(int depth);
  Status check_sum();
  Status check_parity();
  Status check_case(int depth);
  Status check_least(int depth);
  Status check_zero(int depth);
  Status check_split(int depth);
  Status check_cut(int depth);
  Result<ProofForm> take_sum();
  Result<ProofForm> fact(std::string_view name) const;
  std::optional<ProofForm> atom_fact(std::string_view kind, int id,
                                     const Atom& atom) const;
  Result<ProofForm> literal(int reading, bool back) const;
  // proof_division.cpp
  Status check_division_case(int depth, std::map<int, bool>& cases);
  Status check_product(int depth);
  std::optional<ProofForm> division_fact(std::string_view kind, int id,
                                         const Atom& atom) const;
  std::optional<ProofForm> quotient_fact(std::string_view kind, int id,
                                         const Atom& atom) const;
  std::optional<ProofForm> collected(const Polynomial& polynomial) const;
  void assign(int reading, bool value);
  std::optional<bool> value_of(int reading) const;
  std::optional<std::pair<int, bool>> find_forced();
  void undo(size_t size);

  term::Context& terms_;
  const Claim& claim_;
  std::string_view proof_;
  ReplayLimits limits_;
  size_t at_ = 0;
  int line_ = 0;
  ProofWords words_;

  std::map<int, Atom> atoms_;
  std::vector<Reading> readings_;
  std::vector<ProofForm> lemmas_;
  std::vector<ProofForm> cited_;  // by the reading at hand

  // The case at hand.
  std::map<int, bool> values_;  // of readings
  std::vector<int> assigned_;
  bool contradicted_ = false;
  std::map<int, bool> least_cases_;
  // Of quotients and remainders: D >= 1, D <= -1, F >= 0; or the opposite.
  std::map<int, bool> divisor_cases_;
  std::map<int, bool> negative_cases_;
  std::map<int, bool> dividend_cases_;
  std::map<int, bool> zero_cases_;
  std::map<int, ProofForm> splits_;
  std::map<int, ProofForm> cuts_;
  std::optional<ProofForm> denied_;
};

}  // namespace hone::verify
