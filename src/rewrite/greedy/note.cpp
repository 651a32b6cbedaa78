// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What goes into the log, where there is one. Tables have rules on pairs; a
// list of members is logged as nested pairs.
#include <algorithm>

#include "rewrite/greedy/normalizer.h"

namespace hone::rewrite {

void Normalizer::note_step(Rule rule, std::initializer_list<int64_t> numbers,
                           std::array<FactId, 3> facts,
                           std::initializer_list<Log::Int> ints) {
  Log::Step step{.rule = rule, .facts = facts};
  std::copy(numbers.begin(), numbers.end(), step.numbers.begin());
  std::copy(ints.begin(), ints.end(), step.ints.begin());
  log_->add(step);
}

void Normalizer::note_pairs(Rule rule, std::initializer_list<int64_t> numbers,
                            Ids& forms, const Poly* z) {
  if (!log_) return;
  Ids members;
  for (const FormId form : forms) members.push(logged(form));
  const Log::Int rest = z ? log_->of(*z) : 0;
  const auto all = members.span();
  for (size_t i = all.size() - 1; i > 0; --i)
    note_step(rule, numbers, kNoFacts,
              {all[i - 1],
               rule == Rule::MaximumAsMinimum ? log_->maximum(all.subspan(i))
                                              : log_->minimum(all.subspan(i)),
               rest});
}

void Normalizer::note_member(Rule rule, std::initializer_list<int64_t> numbers,
                             FormId member, Ids& others, const Poly& z) {
  if (!log_) return;
  Ids rest;
  for (const FormId other : others) rest.push(logged(other));
  const Log::Int x = logged(member);
  note_step(rule, numbers, kNoFacts,
            {x, log_->minimum(rest.span()), logged(z)});
}

void Normalizer::note_dominated(FormId kept, FormId dropped, Ids& forms) {
  Ids rest;
  for (const FormId form : forms) rest.push(logged(form));
  note_step(Rule::MinimumDominated, {}, kNoFacts,
            {logged(kept), logged(dropped), log_->minimum(rest.span())});
}

// min(a / c + j, b / c + k) = min(a + c*j, b + c*k) / c, pair by pair: y's
// dividend is the minimum of the dividends behind it.
void Normalizer::note_quotients(Ids& forms, int64_t divisor) {
  Ids dividends, behind;
  for (const FormId form : forms)
    dividends.push(store_.atom_at(store_.monos(form)[0].atom).a);
  const uint32_t last = forms.size() - 1;
  const auto whole = [&](uint32_t i) {
    Poly poly = store_.poly(dividends[i]);
    poly.add_constant(static_cast<__int128>(store_[forms[i]].constant) *
                      divisor);
    return poly;
  };
  for (uint32_t i = last; i > 0; --i) {
    const bool first = i == last;
    const Log::Int y =
        first ? logged(dividends[i]) : log_->minimum(behind.span());
    note_step(Rule::MinimumOfQuotients,
              {divisor, store_[forms[i - 1]].constant,
               first ? store_[forms[i]].constant : 0},
              kNoFacts, {logged(dividends[i - 1]), y});
    if (first) behind.push(logged(whole(i)));
    behind.push(logged(whole(i - 1)));
  }
}

}  // namespace hone::rewrite
