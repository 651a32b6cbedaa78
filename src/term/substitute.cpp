// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/substitute.h"

#include <fmt/format.h>

#include <unordered_map>
#include <vector>

namespace hone::term {
namespace {

using Bindings = std::unordered_map<Term, Term>;

class Replacer {
 public:
  Replacer(Context& context, uint64_t max_steps)
      : context_(context), steps_left_(max_steps), max_steps_(max_steps) {}

  Result<Term> replace(Term term, const Bindings& bindings) {
    std::unordered_map<Term, Term> done = bindings;
    std::vector<Term> open = {term};
    while (!open.empty()) {
      const Term top = open.back();
      if (done.contains(top)) {
        open.pop_back();
        continue;
      }
      if (steps_left_-- == 0) {
        steps_left_ = 0;
        return Error(ErrorKind::LimitReached,
                     fmt::format("expanding the lets took more than {} steps",
                                 max_steps_));
      }
      const Op op = context_.op(top);
      const size_t before = open.size();
      const bool let = op == Op::Let;
      for (int i = 0; i < arity(op); ++i) {
        const Term arg = context_.arg(top, i);
        if ((!let || i == 1) && !done.contains(arg)) open.push_back(arg);
      }
      if (open.size() != before) continue;
      Term result = top;
      if (let) {
        Bindings inner = bindings;
        inner.insert_or_assign(context_.arg(top, 0),
                               done.at(context_.arg(top, 1)));
        HONE_ASSIGN_OR_RETURN(result, replace(context_.arg(top, 2), inner));
      } else if (!is_leaf(op)) {
        result = rebuild(top, done);
      }
      done.emplace(top, result);
      open.pop_back();
    }
    return done.at(term);
  }

 private:
  Term rebuild(Term term, const Bindings& done) {
    const Op op = context_.op(term);
    const Term a = done.at(context_.arg(term, 0));
    if (arity(op) == 1) return context_.make(op, a);
    const Term b = done.at(context_.arg(term, 1));
    if (arity(op) == 2) return context_.make(op, a, b);
    return context_.make(op, a, b, done.at(context_.arg(term, 2)));
  }

  Context& context_;
  uint64_t steps_left_;
  uint64_t max_steps_;
};

}  // namespace

Result<Term> substitute(Context& context, Term term, Substitution replacements,
                        uint64_t max_steps) {
  return Replacer(context, max_steps)
      .replace(term, Bindings(replacements.begin(), replacements.end()));
}

Result<Term> expand_lets(Context& context, Term term, uint64_t max_steps) {
  if (!context.has_let(term)) return term;
  return substitute(context, term, {}, max_steps);
}

}  // namespace hone::term
