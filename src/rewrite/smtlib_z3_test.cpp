// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Questions as SMT-LIB: Z3 reads them and gives our verdict, and so do we after
// reading them again.
#include "term/smtlib/smtlib.h"

#include "rewrite/context.h"
#include "rewrite/test_tools.h"
#include "rewrite/z3_test_tools.h"
#include "term/print.h"

namespace hone::rewrite {
namespace {

using term::Op;
using term::SmtCommand;
using term::Sort;
using term::Term;

class Solver {
 public:
  Solver() {
    Z3_config config = Z3_mk_config();
    z3_ = Z3_mk_context(config);
    Z3_del_config(config);
  }
  ~Solver() { Z3_del_context(z3_); }
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;

  // "unsat\nsat\n", whatever was asked before.
  std::string says(const std::string& script) {
    const std::string whole = "(reset)\n(set-option :rlimit 500000)\n" + script;
    return Z3_eval_smtlib2_string(z3_, whole.c_str());
  }

 private:
  Z3_context z3_;
};

std::string expected_of(Answer answer) {
  switch (answer) {
    case Answer::True:
      return "unsat\nsat\n";
    case Answer::False:
      return "sat\nunsat\n";
    case Answer::Contingent:
      return "sat\nsat\n";
    case Answer::Open:
      return "";
  }
  return "";
}

TEST(SmtlibZ3, APrintedQuestionHasTheSameVerdict) {
  Solver solver;
  RandomTerms random(21);
  int decided = 0;
  for (int i = 0; i < 150; ++i) {
    Context context;
    term::Context& terms = context.terms();
    if (i % 2 == 1) {
      ASSERT_TRUE(context.assume("a in [0, 20)").ok());
      ASSERT_TRUE(context.assume("b % 4 == 1").ok());
    }
    const Term goal = random.next(terms, Sort::Bool, 2 + i % 3);
    const auto judgement = context.prove(goal);
    ASSERT_TRUE(judgement.ok());
    const std::string expected = expected_of(judgement->answer);
    const std::string said =
        solver.says(term::print_smtlib(terms, context.assumptions(), goal));
    if (expected.empty() || said.find("unknown") != std::string::npos) continue;
    ASSERT_EQ(said, expected) << term::print(terms, goal);
    ++decided;
  }
  EXPECT_GT(decided, 140);
}

// x / 0 is 0 here and anything there; the printed question must say which.
TEST(SmtlibZ3, DivisionByZeroIsOursInWhatIsPrinted) {
  Solver solver;
  Context context;
  for (const char* text : {"x / y * 0 == 0", "x / 0 == 0", "x % (y - y) == 0",
                           "y != 0 || x / y + x % y == 0"}) {
    const Term goal = *context.parse(text);
    EXPECT_EQ(solver.says(term::print_smtlib(context.terms(), {}, goal)),
              "unsat\nsat\n")
        << text;
  }
}

// The last assertion of a script, and Z3's answer to it.
void expect_same(const std::string& script) {
  const std::string said = Solver().says(script + "(check-sat)");
  Context context;
  term::Context& terms = context.terms();
  const auto read = term::read_smtlib(terms, script);
  ASSERT_TRUE(read.ok()) << read.error().message;
  Term all = terms.boolean(true);
  for (const Term axiom : read->axioms) all = terms.make(Op::And, all, axiom);
  for (const SmtCommand& command : read->commands)
    if (command.kind == SmtCommand::Kind::Assert)
      all = terms.make(Op::And, all, command.term);
  const auto judgement = context.prove(all);
  ASSERT_TRUE(judgement.ok());
  const bool sat =
      judgement->answer == Answer::True || judgement->when_true.has_value();
  EXPECT_EQ(said, sat ? "sat\n" : "unsat\n") << script;
}

TEST(SmtlibZ3, DivisionByZeroIsTheModelsInWhatIsRead) {
  const std::string declared =
      "(declare-const x Int)(declare-const y Int)(declare-const z Int)";
  expect_same(declared + "(assert (= (div x 0) 7))");
  expect_same(declared +
              "(assert (not (= (mod x y) (mod x z))))"
              "(assert (= y 0))(assert (= z 0))");
  expect_same(declared +
              "(assert (not (= (div x 0) (div y 0))))"
              "(assert (= x y))");
  expect_same(declared + "(assert (not (= (div x 0) (div y 0))))");
  expect_same(declared + "(assert (= (div x 0) 1))(assert (= (mod x 0) 2))");
  expect_same(declared +
              "(assert (distinct (div x y) (div x z)))"
              "(assert (= (* y y) 0))(assert (= z y))");
}

// What is printed and read again keeps its verdict.
TEST(SmtlibZ3, AQuestionSurvivesItsText) {
  RandomTerms random(8);
  for (int i = 0; i < 300; ++i) {
    Context context;
    const Term goal = random.next(context.terms(), Sort::Bool, 3);
    const auto here = context.prove(goal);
    Context other;
    const auto read = term::read_smtlib(
        other.terms(), term::print_smtlib(context.terms(), {}, goal));
    ASSERT_TRUE(read.ok()) << read.error().message;
    for (const Term axiom : read->axioms) ASSERT_TRUE(other.assume(axiom).ok());
    // The second assertion is the goal itself.
    int seen = 0;
    for (const SmtCommand& command : read->commands) {
      if (command.kind != SmtCommand::Kind::Assert || ++seen != 2) continue;
      const auto there = other.prove(command.term);
      ASSERT_TRUE(here.ok() && there.ok());
      EXPECT_EQ(answer_name(here->answer), answer_name(there->answer))
          << term::print(context.terms(), goal);
    }
  }
}

}  // namespace
}  // namespace hone::rewrite
