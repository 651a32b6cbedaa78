// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Terms in a canonical form modulo equations, for the replay of rule steps.
// Slow and plain on purpose; no code of the engines.
//
// An Int is a ProofForm over atoms, a Bool a literal (a node, perhaps denied).
// Every constructor brings what it makes into its canonical form:
//
//   floor      of F / c without what c divides, by the smaller sign; nested
//              ones joined
//   remainder  F - c·floor(F / c)
//   least      flat, what all members share outside, members that others never
//              exceed dropped; a maximum is -least(-a, -b)
//   choice     p ? F : 0, with p not denied
//   facts      F <= 0 and F == 0 without common divisors, conjunctions sorted;
//              a disjunction is a denied conjunction
//
// define() makes two forms equal from then on: the equation is solved for its
// newest atom, which stands in no older one, so substitution ends. at_most()
// is a bounded search for F <= 0 by ranges, known facts and one case each.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "term/context.h"
#include "verify/proof_form.h"
#include "verify/steps_range.h"

namespace hone::verify {

using StepLiteral = int;  // 2·node, plus 1 where it is denied
inline constexpr StepLiteral kStepTrue = 0;
inline constexpr StepLiteral kStepFalse = 1;

class StepForms {
 public:
  ProofForm variable(term::Term variable);
  StepLiteral bool_variable(term::Term variable);
  ProofForm product_of(const ProofForm& a, const ProofForm& b);
  ProofForm quotient_of(const ProofForm& a, const ProofForm& b);
  ProofForm remainder_of(const ProofForm& a, const ProofForm& b);
  ProofForm least_of(std::vector<ProofForm> members);
  ProofForm choice_of(StepLiteral p, const ProofForm& a, const ProofForm& b);
  StepLiteral at_most_zero(const ProofForm& form);
  StepLiteral equal_zero(ProofForm form);
  StepLiteral both(std::vector<StepLiteral> parts);
  StepLiteral same(StepLiteral a, StepLiteral b);

  // From here on the two are one.
  void define(const ProofForm& a, const ProofForm& b);
  void define(StepLiteral a, StepLiteral b);
  // Of a variable.
  void narrow(term::Term variable, const StepRange& range);
  void align(term::Term variable, const StepAlignment& alignment);

  ProofForm normal(const ProofForm& form);
  StepLiteral normal(StepLiteral literal);

  // What is known of a form: by its atoms, and by facts about it as a whole.
  StepValue seen(const ProofForm& form);
  // From here on the form has this value.
  void note(const ProofForm& form, const StepValue& value);

  // Whether it is found that the form is never above 0.
  bool at_most(const ProofForm& form);

  // A computation was too long or too deep; results mean nothing.
  bool failed() const { return failed_; }

 private:
  enum class Kind {
    Variable,
    Floor,      // floor(forms[0] / number)
    Quotient,   // forms[0] / forms[1]
    Remainder,  // forms[0] % forms[1]
    Least,      // of forms
    Product,    // of the atoms ids
    Choice,     // ids[0] ? forms[0] : 0
    True,
    Boolean,
    AtMost,  // forms[0] <= 0
    Equal,   // forms[0] == 0
    Both,    // of the literals ids
    Same     // of the literals ids
  };
  struct Node {
    Kind kind;
    std::vector<ProofForm> forms = {};
    std::vector<int> ids = {};
    Integer number = {};
    StepRange range = {};  // of a variable, or of a node when it was made
    StepAlignment alignment = {};
  };
  struct Definition {  // multiple · atom = form
    Integer multiple;
    ProofForm form;
  };

  int intern(Node node);
  bool spend();
  ProofForm of_atom(int atom);
  StepLiteral of_node(int node);
  ProofForm normal_atom(int atom);
  ProofForm floor_of(const ProofForm& form, const Integer& divisor);
  ProofForm floor_of_rest(ProofForm rest, Integer divisor);
  bool relate(std::vector<StepLiteral>& parts, size_t i, size_t j);
  std::optional<ProofForm> comparison(StepLiteral literal) const;

  StepRange range_of(const ProofForm& form) const;
  StepRange range_of(const Node& node) const;
  StepAlignment alignment_of(const ProofForm& form) const;
  StepAlignment alignment_of(const Node& node) const;
  bool bounded(ProofForm goal, int& fuel);
  bool is_known(const ProofForm& goal);
  void refresh_known();

  std::vector<Node> nodes_ = {Node{.kind = Kind::True}};
  std::map<std::string, int> known_nodes_;
  std::map<int, Definition> definitions_;
  std::map<int, StepLiteral> facts_;
  std::map<int, ProofForm> normal_atoms_;
  // Known, and brought into canonical form again after a definition.
  std::vector<ProofForm> at_most_zero_;
  std::vector<std::pair<ProofForm, StepAlignment>> aligned_;
  bool is_known_stale_ = false;
  int64_t work_ = 400'000;
  int depth_ = 0;
  bool failed_ = false;
};

}  // namespace hone::verify
