// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Terms as linear forms and conditions on them: what the search decides.
//
// Every Int term becomes a form (forms.h), every Bool term a condition. What
// the ranges of atoms and the arithmetic of forms already settle becomes True
// or False here: most index expressions of a compiler end at this point.
//
// Terms are walked with a list, never by recursion.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rewrite/linear/forms.h"
#include "term/context.h"

namespace hone::rewrite::linear {

using CondId = int32_t;

enum class CondKind : uint8_t {
  False,
  True,
  AtLeast,  // form >= 0; no common divisor
  Zero,     // form == 0; no common divisor
  Not,
  And,
  Or
};

struct Cond {
  CondKind kind;
  FormId form = -1;
  CondId a = -1;
  CondId b = -1;
  // The Bool term that it is the meaning of.
  term::Term term = {};
};

constexpr CondId kFalse = 0;
constexpr CondId kTrue = 1;

class Problem {
 public:
  Problem();

  // Forgets everything; terms are of this context from here on.
  void begin(const term::Context& terms);

  // The condition of a Bool term; its lets have been expanded.
  CondId condition(term::Term term);
  // The form of an Int term.
  FormId form(term::Term term);

  // From here on a variable has this range, or means coefficient·atom +
  // constant. Terms read before keep their meaning, which is equal.
  void narrow(AtomId variable, Interval range) {
    forms_.narrow(variable, range);
  }
  void substitute(AtomId variable, AtomId atom, int64_t coefficient,
                  int64_t constant);
  void refresh_ranges() { forms_.refresh_ranges(); }
  // Terms are read anew, so that ranges and substitutions count. What has been
  // read before stays as it is.
  void forget_terms();
  // Forgets what has been read since forget_terms(): the next goal is read as
  // if it were the first.
  void rewind();

  // Numbers that do not fit make all of it meaningless.
  bool overflow() const { return forms_.overflow(); }

  Forms& forms() { return forms_; }
  const Forms& forms() const { return forms_; }
  const Cond& cond(CondId id) const { return conds_[id]; }
  size_t cond_count() const { return conds_.size(); }
  const term::Context& terms() const { return *terms_; }

  // Everything that has been read, operands first: what a proof retells.
  // Those before first_of_goal() were read before forget_terms() was called.
  struct Reading {
    term::Term term;
    int32_t value;  // FormId or CondId, by the term's sort
  };
  std::span<const Reading> readings() const { return readings_; }
  size_t first_of_goal() const { return first_of_goal_; }

  // What a comparison says of its operands: form >= 0, or form == 0 for == and
  // !=.
  FormId comparison(term::Op op, FormId a, FormId b);
  // 1 where the condition holds, else 0.
  FormId number_of(CondId cond);
  // form >= 0 as it stands, whatever the ranges say.
  CondId claim(FormId form);

  CondId at_least(FormId form, term::Term term);
  CondId zero(FormId form, term::Term term);

 private:
  struct Slot {
    uint32_t epoch = 0;
    int32_t value = -1;
  };

  void next_epoch();
  void read(term::Term root);
  int32_t read_node(term::Term term);
  bool is_read(term::Term term) const {
    return slots_[term.id].epoch == epoch_;
  }
  int32_t value(term::Term term) const { return slots_[term.id].value; }
  CondId both(CondId a, CondId b, term::Term term);
  CondId either(CondId a, CondId b, term::Term term);
  CondId negation(CondId a, term::Term term);
  FormId number_of(term::Term term);
  CondId add(Cond cond);

  const term::Context* terms_ = nullptr;
  Forms forms_;
  std::vector<Cond> conds_;
  std::vector<Slot> slots_;
  std::vector<Reading> readings_;
  size_t first_of_goal_ = 0;
  Forms::Mark forms_before_goal_;
  size_t conds_before_goal_ = 0;
  std::vector<term::Term> pending_;
  struct Substitution {
    AtomId variable;
    FormId form;
  };
  std::vector<Substitution> substitutions_;
  uint32_t epoch_ = 0;
};

}  // namespace hone::rewrite::linear
