// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known of F / D and F % D by a divisor that is no constant, by cases
// of signs. With q = F / D and r = F % D, and q = r = 0 where D = 0:
//
//   D >= 1                 0 <= F - qD <= D - 1
//   D <= -1                0 <= F - qD <= -D - 1
//   F >= 0                 0 <= ±q <= F, the sign of q being that of D
//   F <= -1                1 <= ±q <= -F, the other sign; 0 <= where D <= 0
//   F >= 0                 r <= F
//
// The product qD is made of atoms that Forms::divide() has made.
#include <algorithm>

#include "rewrite/linear/search.h"
#include "term/integer.h"

namespace hone::rewrite::linear {

const Search::DivisionCase* Search::division_case(NodeKind kind,
                                                  AtomId atom) const {
  for (const DivisionCase& c : division_cases_)
    if (c.kind == kind && c.atom == atom) return &c;
  return nullptr;
}

// The case to be told apart next, where the tableau gives the quotient or
// remainder a value that it does not have. A remainder for which its own cases
// are not enough needs those of its quotient, which takes its place in `id`.
std::optional<NodeKind> Search::missing_case(AtomId& id,
                                             bool& left_first) const {
  const Atom& atom = problem_->forms().atom(id);
  const int64_t dividend = relaxed_form(atom.first);
  const int64_t divisor = relaxed_form(atom.second);
  const int64_t value = relaxed(id);
  const auto is_open = [&](NodeKind kind, bool left) {
    left_first = left;
    return division_case(kind, id) == nullptr;
  };
  if (atom.kind == AtomKind::Remainder) {
    if (value > (divisor >= 1 ? divisor - 1 : -divisor) &&
        is_open(NodeKind::CaseDivisor, divisor >= 1))
      return NodeKind::CaseDivisor;
    if (dividend >= 0 && value > dividend &&
        is_open(NodeKind::CaseDividend, true))
      return NodeKind::CaseDividend;
    if (value == term::euclidean_mod(dividend, divisor)) return std::nullopt;
    id = problem_->forms().find_quotient(id);
    if (id < 0) return std::nullopt;
  } else if (value == term::euclidean_div(dividend, divisor)) {
    return std::nullopt;
  }
  if (is_open(NodeKind::CaseDivisor, divisor >= 1))
    return NodeKind::CaseDivisor;
  if (is_open(NodeKind::CaseDividend, dividend >= 0))
    return NodeKind::CaseDividend;
  if (!division_case(NodeKind::CaseDivisor, id)->left &&
      is_open(NodeKind::CaseNegative, divisor <= -1))
    return NodeKind::CaseNegative;
  return std::nullopt;
}

bool Search::enter_division(NodeKind kind, AtomId id, bool left, Cases cases) {
  division_cases_.push_back({kind, id, left, cases});
  const Atom atom = problem_->forms().atom(id);
  const bool is_quotient = atom.kind == AtomKind::Quotient;
  const int64_t sign = left ? 1 : -1;
  switch (kind) {
    case NodeKind::CaseDivisor:
      if (!assert_form(atom.second, sign, left ? -1 : 0,
                       {Origin::DivisorCase, id}, cases))
        return false;
      if (is_quotient)
        return (!left || assert_quotient(id, true, cases)) &&
               assert_sizes(id, cases);
      // D - 1 - r >= 0, or -D - r >= 0.
      load_form(atom.second, sign);
      sum_.push_back({id, -1});
      return assert_sum(
          sign * problem_->forms().constant_of(atom.second) - (left ? 1 : 0),
          {Origin::RemainderValue, id}, cases);
    case NodeKind::CaseNegative: {
      if (!assert_form(atom.second, -sign, left ? -1 : 0,
                       {Origin::NegativeCase, id}, cases))
        return false;
      const DivisionCase& divisor = *division_case(NodeKind::CaseDivisor, id);
      if (left) return assert_quotient(id, false, cases | divisor.cases);
      const Cases both = cases | divisor.cases;
      return assert_value(id, -1, 1, {Origin::QuotientNoneLow, id}, both) &&
             assert_value(id, -1, -1, {Origin::QuotientNoneHigh, id}, both);
    }
    default:  // CaseDividend
      if (!assert_form(atom.first, sign, left ? 0 : -1,
                       {Origin::DividendCase, id}, cases))
        return false;
      if (is_quotient) return assert_sizes(id, cases);
      return !left || assert_value(id, atom.first, -1,
                                   {Origin::RemainderForm, id}, cases);
  }
}

// sum_ becomes sign · (F - qD); false where a product is not there.
bool Search::load_division(AtomId id, int64_t sign) {
  const Forms& forms = problem_->forms();
  const Atom& atom = forms.atom(id);
  load_form(atom.first, sign);
  const int64_t k = forms.constant_of(atom.second);
  if (k != 0) sum_.push_back({id, -sign * k});
  for (const Part& part : forms.parts(atom.second)) {
    const AtomId product = forms.find_product(id, part.atom);
    if (product < 0) return false;
    sum_.push_back({product, -sign * part.coefficient});
  }
  std::ranges::sort(sum_, {}, &Part::atom);
  return true;
}

// 0 <= F - qD <= |D| - 1, and r where F % D is there too.
bool Search::assert_quotient(AtomId id, bool positive, Cases cases) {
  const Forms& forms = problem_->forms();
  const Atom atom = forms.atom(id);
  const int64_t k = forms.constant_of(atom.first);
  if (!load_division(id, 1)) return true;
  if (!assert_sum(k, {Origin::QuotientLow, id}, cases)) return false;
  load_division(id, -1);
  const int64_t sign = positive ? 1 : -1;
  for (const Part& part : forms.parts(atom.second))
    sum_.push_back({part.atom, sign * part.coefficient});
  std::ranges::sort(sum_, {}, &Part::atom);
  for (size_t i = 0; i + 1 < sum_.size();) {
    if (sum_[i].atom != sum_[i + 1].atom) {
      ++i;
      continue;
    }
    sum_[i].coefficient += sum_[i + 1].coefficient;
    sum_.erase(sum_.begin() + static_cast<ptrdiff_t>(i) + 1);
  }
  std::erase_if(sum_, [](const Part& part) { return part.coefficient == 0; });
  if (!assert_sum(sign * forms.constant_of(atom.second) - 1 - k,
                  {Origin::QuotientHigh, id}, cases))
    return false;
  for (size_t i = 0; i < active_.size(); ++i) {
    const AtomId rest = active_[i];
    const Atom& other = forms.atom(rest);
    if (other.kind != AtomKind::Remainder ||
        !forms.same(other.first, atom.first) ||
        !forms.same(other.second, atom.second))
      continue;
    for (const int64_t side : {1, -1}) {
      load_division(id, side);
      sum_.push_back({rest, -side});
      std::ranges::sort(sum_, {}, &Part::atom);
      if (!assert_sum(
              side * k,
              {side > 0 ? Origin::DivisionLow : Origin::DivisionHigh, rest},
              cases))
        return false;
    }
  }
  return true;
}

// Where the signs of D and F are known: the sign of q, and |q| <= |F|.
bool Search::assert_sizes(AtomId id, Cases cases) {
  const DivisionCase* divisor = division_case(NodeKind::CaseDivisor, id);
  const DivisionCase* dividend = division_case(NodeKind::CaseDividend, id);
  if (!divisor || !dividend) return true;
  cases |= divisor->cases | dividend->cases;
  const Forms& forms = problem_->forms();
  const FormId form = forms.atom(id).first;
  // |q| = sign·q and |F| = size·F.
  const int64_t sign = divisor->left == dividend->left ? 1 : -1;
  const int64_t size = dividend->left ? 1 : -1;
  const bool is_least_one = !dividend->left && divisor->left;
  sum_.assign({{id, sign}});
  if (!assert_sum(is_least_one ? -1 : 0, {Origin::QuotientSign, id}, cases))
    return false;
  load_form(form, size);
  sum_.push_back({id, -sign});
  return assert_sum(size * forms.constant_of(form), {Origin::QuotientSize, id},
                    cases);
}

}  // namespace hone::rewrite::linear
