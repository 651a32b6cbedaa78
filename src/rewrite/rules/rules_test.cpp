// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every rule, proved by Z3 with its condition; one bounded query each.
//
// Division by a term is beyond what Z3 decides by itself. It is therefore
// spelt out: for each quotient and remainder there are numbers q and r with
//
//   d != 0  =>  n = d*q + r, 0 <= r < |d|         d == 0  =>  q = r = 0
//
// and where the row has a hint "n / d = a, b", Z3 first confirms that n = d*a +
// b and 0 <= b < |d| follow, which by the uniqueness of Euclidean division
// (proved below as well) gives q = a and r = b. "p => n / d = a, b" is the same
// under the condition p. "x by d" writes x as d*q + r everywhere.
#include "rewrite/rules/rule.h"

#include <gtest/gtest.h>
#include <z3++.h>

#include <map>

#include "base/text.h"
#include "rewrite/z3_test_tools.h"
#include "term/parse.h"

namespace hone::rewrite {
namespace {

using term::Context;
using term::Op;
using term::Term;

// Steps of Z3, not seconds: the same on every machine.
constexpr unsigned kSteps = 8'000'000;

class Prover {
 public:
  explicit Prover(const RuleInfo& rule) : rule_(rule) {}

  // "" where it is proved.
  std::string prove() {
    const Result<RuleTerms> terms = parse_rule(context_, rule_);
    if (!terms) return terms.error().message;
    const z3::expr condition = expr(terms->condition);
    facts_.push_back(condition);
    for (const std::string& hint : split(rule_.hint, ';'))
      if (std::string problem = use(hint); !problem.empty()) return problem;
    return follows(expr(terms->left) == expr(terms->right))
               ? ""
               : "the two sides are not proved equal";
  }

 private:
  bool follows(const z3::expr& goal) {
    z3::solver solver(z3_);
    z3::params limits(z3_);
    limits.set("rlimit", kSteps);
    solver.set(limits);
    // Products multiplied out, so that equal ones are seen to be equal.
    z3::params flat(z3_);
    flat.set("som", true);
    for (const z3::expr& fact : facts_) solver.add(fact.simplify(flat));
    solver.add((!goal).simplify(flat));
    return solver.check() == z3::unsat;
  }

  // "n / d = a, b", "p => n / d = a, b" or "x by d".
  std::string use(std::string_view hint) {
    hint = trim(hint);
    if (hint.empty()) return "";
    if (const size_t by = hint.find(" by "); by != std::string::npos)
      return take_apart(term(hint.substr(0, by)), term(hint.substr(by + 4)))
                 ? ""
                 : "not confirmed: " + std::string(hint);
    z3::expr when = z3_.bool_val(true);
    if (const size_t arrow = hint.find(" => "); arrow != std::string::npos) {
      when = expr(term(hint.substr(0, arrow)));
      hint.remove_prefix(arrow + 4);
    }
    const size_t equals = hint.find(" = ");
    size_t comma = std::string::npos;
    int depth = 0;
    for (size_t i = equals; i < hint.size(); ++i) {
      depth += (hint[i] == '(') - (hint[i] == ')');
      if (hint[i] == ',' && depth == 0) comma = i;
    }
    const Term quotient = term(hint.substr(0, equals));
    const z3::expr a = expr(term(hint.substr(equals + 3, comma - equals - 3)));
    const z3::expr b = expr(term(hint.substr(comma + 1)));
    const z3::expr n = expr(context_.arg(quotient, 0));
    const z3::expr d = expr(context_.arg(quotient, 1));
    const z3::expr q = expr(quotient);
    const z3::expr r = expr(context_.make(Op::Mod, context_.arg(quotient, 0),
                                          context_.arg(quotient, 1)));
    when = when && d != 0;
    // One at a time: each is easy alone.
    for (const z3::expr& goal :
         {n == d * a + b, b >= 0, b < z3::ite(d < 0, -d, d)}) {
      if (!follows(z3::implies(when, goal)))
        return "not confirmed: " + std::string(hint);
      facts_.push_back(z3::implies(when, goal));
    }
    facts_.push_back(z3::implies(when, q == a && r == b));
    return "";
  }

  // Writes d * (x / d) + x % d in place of the variable x everywhere.
  bool take_apart(Term x, Term d) {
    const z3::expr quotient = divided(x, d, true);
    const z3::expr remainder = divided(x, d, false);
    if (!follows(expr(d) != 0)) return false;
    z3::expr_vector from(z3_), to(z3_);
    from.push_back(expr(x));
    to.push_back(expr(d) * quotient + remainder);
    for (z3::expr& fact : facts_) fact = fact.substitute(from, to);
    for (auto& [id, known] : exprs_.known()) known = known.substitute(from, to);
    return true;
  }

  Term term(std::string_view text) { return *term::parse(context_, text); }

  z3::expr expr(Term term) { return exprs_(term); }

  z3::expr divided(Term a, Term b, bool quotient) {
    const auto key = std::pair{a.id, b.id};
    auto found = divisions_.find(key);
    if (found == divisions_.end()) {
      const z3::expr n = expr(a), d = expr(b);
      const std::string number = std::to_string(divisions_.size());
      const z3::expr q = z3_.int_const(("quotient" + number).c_str());
      const z3::expr r = z3_.int_const(("remainder" + number).c_str());
      const z3::expr meaning =
          n == d * q + r && r >= 0 && r < z3::ite(d < 0, -d, d);
      if (follows(d != 0)) {
        facts_.push_back(meaning);
      } else {
        facts_.push_back(z3::implies(d != 0, meaning));
        facts_.push_back(z3::implies(d == 0, q == 0 && r == 0));
      }
      found = divisions_.emplace(key, std::pair{q, r}).first;
    }
    return quotient ? found->second.first : found->second.second;
  }

  z3::context z3_;
  Context context_;
  Z3Terms exprs_{context_, z3_, [this](Term a, Term b, bool quotient) {
                   return divided(a, b, quotient);
                 }};
  const RuleInfo& rule_;
  std::vector<z3::expr> facts_;
  std::map<std::pair<uint32_t, uint32_t>, std::pair<z3::expr, z3::expr>>
      divisions_;
};

class EveryRule : public ::testing::TestWithParam<size_t> {};

TEST_P(EveryRule, IsProvedByZ3) {
  const RuleInfo& rule = rules()[GetParam()];
  EXPECT_EQ(Prover(rule).prove(), "") << rule.name;
}

TEST_P(EveryRule, HoldsOnSamplesThatReachItsCondition) {
  const RuleInfo& rule = rules()[GetParam()];
  const RuleCheck check = check_rule(rule, 3000, 1);
  EXPECT_EQ(check.counterexample, "") << rule.name;
  EXPECT_GT(check.applied, 0) << rule.name;
}

INSTANTIATE_TEST_SUITE_P(Rules, EveryRule,
                         ::testing::Range<size_t>(0, rules().size()),
                         [](const ::testing::TestParamInfo<size_t>& info) {
                           std::string name(rules()[info.param].name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Rules, EachIsFoundByItsName) {
#define HONE_RULE(identifier, public_name, left, right, condition, hint, \
                  engines)                                               \
  EXPECT_EQ(rule_named(public_name), Rule::identifier);                  \
  EXPECT_EQ(info(Rule::identifier).name, public_name);
#include "rewrite/rules/bound.def"
#include "rewrite/rules/comparison.def"
#include "rewrite/rules/logic.def"
#include "rewrite/rules/minimum.def"
#include "rewrite/rules/quotient.def"
#include "rewrite/rules/remainder.def"
#include "rewrite/rules/sum.def"
#undef HONE_RULE
  EXPECT_FALSE(rule_named("no-such-rule"));
}

TEST(Rules, AFalseRowIsNotProved) {
  const RuleInfo truncating{.name = "truncating",
                            .family = "",
                            .left = "(0 - x) / c0",
                            .right = "0 - x / c0",
                            .condition = "c0 > 0",
                            .hint = ""};
  EXPECT_NE(Prover(truncating).prove(), "");
  EXPECT_NE(check_rule(truncating, 3000, 1).counterexample, "");
  const RuleInfo hinted{.name = "hinted",
                        .family = "",
                        .left = "(c0*x + y) / c0",
                        .right = "x",
                        .condition = "c0 > 0",
                        .hint = "(c0*x + y) / c0 = x, y"};
  EXPECT_NE(Prover(hinted).prove(), "");
}

TEST(Rules, EuclideanDivisionIsUnique) {
  z3::context z3;
  const z3::expr d = z3.int_const("d"), k = z3.int_const("k");
  // Two quotients that differ by k leave remainders that differ by d*k, and
  // those are less than |d| apart.
  for (const z3::expr& goal : {z3::implies(d > 0 && k >= 1, d * k >= d),
                               z3::implies(d > 0 && k <= -1, d * k <= -d),
                               z3::implies(d < 0 && k >= 1, d * k <= d),
                               z3::implies(d < 0 && k <= -1, d * k >= -d)}) {
    z3::solver solver(z3);
    solver.add(!goal);
    EXPECT_EQ(solver.check(), z3::unsat) << goal;
  }
  const z3::expr q = z3.int_const("q"), p = z3.int_const("p");
  const z3::expr r = z3.int_const("r"), s = z3.int_const("s");
  const z3::expr dk = z3.int_const("dk");  // d * (q - p), of which only the
                                           // above is used
  const z3::expr size = z3::ite(d < 0, -d, d);
  z3::solver solver(z3);
  solver.add(d != 0 && r >= 0 && r < size && s >= 0 && s < size);
  solver.add(dk == s - r && q - p == k);
  solver.add(z3::implies(k >= 1, z3::ite(d > 0, dk >= d, dk <= d)));
  solver.add(z3::implies(k <= -1, z3::ite(d > 0, dk <= -d, dk >= -d)));
  solver.add(z3::implies(k == 0, dk == 0));
  solver.add(!(q == p && r == s));
  EXPECT_EQ(solver.check(), z3::unsat);
}

}  // namespace
}  // namespace hone::rewrite
