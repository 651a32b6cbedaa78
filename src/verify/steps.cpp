// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <variant>

#include "term/parse.h"
#include "verify/steps_forms.h"

namespace hone::verify {

using term::Context;
using term::Op;
using term::Sort;
using term::Term;

namespace {

// The canonical form of an Int, or that of a Bool.
using Value = std::variant<ProofForm, StepLiteral>;
using Names = std::map<std::string, Value, std::less<>>;

class Reader {
 public:
  // Names of the terms stand for values, or for themselves where there are
  // none.
  Reader(StepForms& forms, const Context& terms, const Names* names = nullptr)
      : forms_(forms), terms_(terms), names_(names) {}

  Result<Value> read(Term root) {
    std::vector<Term> open = {root};
    while (!open.empty()) {
      const Term term = open.back();
      if (values_.contains(term)) {
        open.pop_back();
        continue;
      }
      const size_t before = open.size();
      for (const Term arg : terms_.args(term))
        if (!values_.contains(arg)) open.push_back(arg);
      if (open.size() != before) continue;
      open.pop_back();
      HONE_ASSIGN_OR_RETURN(Value value, node(term));
      if (forms_.failed())
        return Error(ErrorKind::LimitReached,
                     "the terms of the proof grow too large to be compared");
      values_.emplace(term, std::move(value));
    }
    return values_.at(root);
  }

 private:
  const ProofForm& number(Term term, int i) {
    return std::get<ProofForm>(values_.at(terms_.arg(term, i)));
  }
  StepLiteral truth(Term term, int i) {
    return std::get<StepLiteral>(values_.at(terms_.arg(term, i)));
  }
  Result<Value> variable(Term term) {
    if (names_) {
      const auto found = names_->find(terms_.name(term));
      if (found == names_->end())
        return Error(ErrorKind::Malformed,
                     fmt::format("nothing stands for {}", terms_.name(term)));
      return found->second;
    }
    if (terms_.sort(term) == Sort::Bool)
      return Value(forms_.bool_variable(term));
    return Value(forms_.variable(term));
  }
  Result<Value> node(Term term) {
    const bool of_ints =
        terms_.arity(term) > 0 && terms_.sort(terms_.arg(term, 0)) == Sort::Int;
    const auto difference = [&] { return number(term, 0) - number(term, 1); };
    const ProofForm one = ProofForm::number(Integer(1));
    switch (terms_.op(term)) {
      case Op::Constant:
        if (terms_.sort(term) == Sort::Bool)
          return Value(terms_.word(term) != 0 ? kStepTrue : kStepFalse);
        return Value(ProofForm::number(terms_.value(term)));
      case Op::Variable:
        return variable(term);
      case Op::Add:
        return Value(number(term, 0) + number(term, 1));
      case Op::Sub:
        return Value(difference());
      case Op::Mul:
        return Value(forms_.product_of(number(term, 0), number(term, 1)));
      case Op::Div:
        return Value(forms_.quotient_of(number(term, 0), number(term, 1)));
      case Op::Mod:
        return Value(forms_.remainder_of(number(term, 0), number(term, 1)));
      case Op::Min:
        return Value(forms_.least_of({number(term, 0), number(term, 1)}));
      case Op::Max: {
        const ProofForm none;
        return Value(none - forms_.least_of({none - number(term, 0),
                                             none - number(term, 1)}));
      }
      case Op::Lt:
        return Value(forms_.at_most_zero(forms_.normal(difference() + one)));
      case Op::Le:
        return Value(forms_.at_most_zero(forms_.normal(difference())));
      case Op::Gt:
        return Value(forms_.at_most_zero(
            forms_.normal(ProofForm() - difference() + one)));
      case Op::Ge:
        return Value(
            forms_.at_most_zero(forms_.normal(ProofForm() - difference())));
      case Op::Eq:
      case Op::Ne: {
        const StepLiteral equal =
            of_ints ? forms_.equal_zero(forms_.normal(difference()))
                    : forms_.same(truth(term, 0), truth(term, 1));
        return Value(terms_.op(term) == Op::Eq ? equal : equal ^ 1);
      }
      case Op::Not:
        return Value(truth(term, 0) ^ 1);
      case Op::And:
        return Value(forms_.both({truth(term, 0), truth(term, 1)}));
      case Op::Or:
        return Value(forms_.both({truth(term, 0) ^ 1, truth(term, 1) ^ 1}) ^ 1);
      case Op::Select: {
        const StepLiteral p = truth(term, 0);
        if (terms_.sort(term) == Sort::Int)
          return Value(forms_.choice_of(p, number(term, 1), number(term, 2)));
        const StepLiteral a = forms_.both({p, truth(term, 1)});
        const StepLiteral b = forms_.both({p ^ 1, truth(term, 2)});
        return Value(forms_.both({a ^ 1, b ^ 1}) ^ 1);
      }
      case Op::Let:
        break;
    }
    return Error(ErrorKind::InvalidArgument,
                 "a let in a proof: expected terms whose lets are expanded");
  }

  StepForms& forms_;
  const Context& terms_;
  const Names* names_;
  std::unordered_map<Term, Value> values_;
};

class Steps {
 public:
  Steps(Context& terms, const Claim& claim) : terms_(terms), claim_(claim) {}

  Status run(std::string_view proof) {
    for (const Term assumption : claim_.assumptions) read_ranges(assumption);
    for (const Term assumption : claim_.assumptions) {
      HONE_ASSIGN_OR_RETURN(const Value value,
                            Reader(forms_, terms_).read(assumption));
      assume(std::get<StepLiteral>(value));
    }
    for (size_t at = 0; at < proof.size(); ++line_) {
      const size_t end = std::min(proof.find('\n', at), proof.size());
      HONE_RETURN_IF_ERROR(step(proof.substr(at, end - at)));
      at = end + 1;
    }
    HONE_ASSIGN_OR_RETURN(const Value goal,
                          Reader(forms_, terms_).read(claim_.goal));
    if (std::get<StepLiteral>(goal) == (claim_.value ? kStepTrue : kStepFalse))
      return {};
    return Error(
        ErrorKind::Rejected,
        fmt::format("the steps do not show that the goal is {}", claim_.value));
  }

 private:
  Error malformed(std::string_view what) const {
    return Error(ErrorKind::Malformed,
                 fmt::format("line {} of the proof: {}", line_, what));
  }

  void assume(StepLiteral literal) { forms_.define(literal, kStepTrue); }

  // v >= 0, v < 64 and v % 8 == 3, conjunctions of such.
  void read_ranges(Term term) {
    const Op op = terms_.op(term);
    if (op == Op::And) {
      read_ranges(terms_.arg(term, 0));
      read_ranges(terms_.arg(term, 1));
      return;
    }
    if (!term::is_comparison(op)) return;
    Term a = terms_.arg(term, 0), b = terms_.arg(term, 1);
    const bool swapped = terms_.is_constant(a);
    if (swapped) std::swap(a, b);
    if (!terms_.is_constant(b) || terms_.sort(b) != Sort::Int) return;
    const Integer k = terms_.value(b), one(1);
    if (op == Op::Eq && terms_.op(a) == Op::Mod &&
        terms_.op(terms_.arg(a, 0)) == Op::Variable &&
        terms_.is_constant(terms_.arg(a, 1))) {
      const Integer c = terms_.value(terms_.arg(a, 1));
      if (c.sign() > 0 && euclidean_mod(k, c) == k)
        forms_.align(terms_.arg(a, 0), {c, k});
      return;
    }
    if (terms_.op(a) != Op::Variable) return;
    const bool up =
        swapped ? op == Op::Lt || op == Op::Le : op == Op::Gt || op == Op::Ge;
    const bool strict = op == Op::Lt || op == Op::Gt;
    if (op == Op::Eq)
      forms_.narrow(a, {k, k});
    else if (op == Op::Ne)
      return;
    else if (up)
      forms_.narrow(a, {strict ? k + one : k, {}});
    else
      forms_.narrow(a, {{}, strict ? k - one : k});
  }

  // What stands for the names of a row.
  Result<Names> bindings(std::string_view text) {
    Names names;
    while (!text.empty()) {
      const size_t equals = text.find(" = ");
      const size_t end = text.find(" ;", equals);
      if (equals == std::string_view::npos || end == std::string_view::npos)
        return malformed("expected: NAME = TERM ;");
      const std::string_view name = text.substr(0, equals);
      auto term =
          term::parse_prefix(terms_, text.substr(equals + 3, end - equals - 3));
      if (!term.ok()) return malformed(term.error().message);
      HONE_ASSIGN_OR_RETURN(Value value, Reader(forms_, terms_).read(*term));
      names.emplace(name, std::move(value));
      text.remove_prefix(std::min(end + 3, text.size()));
    }
    return names;
  }

  // The value of an operator over what is known of its arguments.
  Status range(std::string_view text) {
    auto term = term::parse_prefix(terms_, text);
    if (!term.ok()) return malformed(term.error().message);
    Reader reader(forms_, terms_);
    HONE_ASSIGN_OR_RETURN(const Value whole, reader.read(*term));
    std::vector<StepValue> args;
    for (const Term arg : terms_.args(*term)) {
      HONE_ASSIGN_OR_RETURN(const Value value, reader.read(arg));
      if (std::holds_alternative<ProofForm>(value))
        args.push_back(forms_.seen(std::get<ProofForm>(value)));
    }
    const Op op = terms_.op(*term);
    // Connectives of Bools are known by their canonical form.
    if (args.size() < 2) return {};
    if (std::holds_alternative<ProofForm>(whole)) {
      forms_.note(forms_.normal(std::get<ProofForm>(whole)),
                  value_of(op, args));
    } else if (const auto truth = compared(op, args)) {
      forms_.define(forms_.normal(std::get<StepLiteral>(whole)),
                    *truth ? kStepTrue : kStepFalse);
    }
    if (forms_.failed())
      return Error(ErrorKind::LimitReached,
                   "the terms of the proof grow too large to be compared");
    return {};
  }

  // Of a comparison, where the values alone decide it.
  static std::optional<bool> compared(Op op, std::span<const StepValue> args) {
    const StepValue difference = value_of(Op::Sub, args);
    const auto& [low, high] = difference.range;
    const bool above = low && low->sign() > 0, below = high && high->sign() < 0;
    const bool not_below = low && low->sign() >= 0;
    const bool not_above = high && high->sign() <= 0;
    const auto& [modulus, remainder] = difference.alignment;
    const bool apart =
        above || below ||
        (modulus.sign() == 0 ? remainder.sign() != 0
                             : euclidean_mod(remainder, modulus).sign() != 0);
    const auto decided = [](bool yes, bool no) -> std::optional<bool> {
      if (yes || no) return yes;
      return std::nullopt;
    };
    switch (op) {
      case Op::Lt:
        return decided(below, not_below);
      case Op::Le:
        return decided(not_above, above);
      case Op::Gt:
        return decided(above, not_above);
      case Op::Ge:
        return decided(not_below, below);
      case Op::Eq:
        return decided(not_below && not_above, apart);
      case Op::Ne:
        return decided(apart, not_below && not_above);
      default:
        return std::nullopt;
    }
  }

  Status step(std::string_view line) {
    if (line.starts_with("range ")) return range(line.substr(6));
    if (!line.starts_with("step "))
      return malformed("expected: step RULE …, or range TERM");
    line.remove_prefix(5);
    const std::string_view name = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(name.size() + 1, line.size()));
    const auto rule = std::ranges::find(claim_.rules, name, &ProofRule::name);
    if (rule == claim_.rules.end())
      return malformed(fmt::format("{} is none of the rules", name));
    HONE_ASSIGN_OR_RETURN(Names names, bindings(line));
    HONE_RETURN_IF_ERROR(use(*rule, names));
    // What else is in a list may be nothing, too.
    if (names.contains("p") && rule->left.starts_with("p && ")) {
      names["p"] = kStepTrue;
      return use(*rule, names);
    }
    return {};
  }

  Status use(const ProofRule& rule, const Names& names) {
    Context row;
    for (const auto& [name, value] : names)
      row.variable(name, std::holds_alternative<ProofForm>(value) ? Sort::Int
                                                                  : Sort::Bool);
    Reader reader(forms_, row, &names);
    const auto side = [&](std::string_view text,
                          std::optional<Sort> sort) -> Result<Value> {
      auto term = term::parse(row, text, {}, sort);
      if (!term.ok()) return malformed(term.error().message);
      return reader.read(*term);
    };
    HONE_ASSIGN_OR_RETURN(const Value condition,
                          side(rule.condition, Sort::Bool));
    if (std::get<StepLiteral>(condition) != kStepTrue)
      return Error(ErrorKind::Rejected,
                   fmt::format("the proof fails at line {}: {} where {} is not "
                               "seen to hold",
                               line_, rule.name, rule.condition));
    HONE_ASSIGN_OR_RETURN(const Value left, side(rule.left, {}));
    const bool is_int = std::holds_alternative<ProofForm>(left);
    HONE_ASSIGN_OR_RETURN(const Value right,
                          side(rule.right, is_int ? Sort::Int : Sort::Bool));
    if (is_int)
      forms_.define(forms_.normal(std::get<ProofForm>(left)),
                    forms_.normal(std::get<ProofForm>(right)));
    else
      forms_.define(std::get<StepLiteral>(left), std::get<StepLiteral>(right));
    return {};
  }

  Context& terms_;
  const Claim& claim_;
  StepForms forms_;
  int line_ = 2;
};

}  // namespace

Status replay_steps(Context& terms, const Claim& claim,
                    std::string_view proof) {
  constexpr std::string_view kHeader = "hone-steps 1\n";
  if (!proof.starts_with(kHeader))
    return Error(ErrorKind::Malformed, "expected: hone-steps 1");
  return Steps(terms, claim).run(proof.substr(kHeader.size()));
}

}  // namespace hone::verify
