// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/print.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "term/parse.h"

namespace hone::term {
namespace {

std::string infix_of(std::string_view text) {
  Context context;
  const Result<Term> term = parse(context, text);
  return term ? print(context, *term) : term.error().message;
}

TEST(Print, InfixHasOnlyTheBracketsItNeeds) {
  for (const char* text :
       {"a + b * c - d", "a - (b - c)", "(a + b) * c", "a - -5", "-5 * x",
        "!(p && q) || r", "min(a, b + 1) / 2", "a < b == c < d", "!p",
        "select(p, a, b + c)", "(let x = 1 in x) + 2",
        "let x = let y = 1 in y in x", "(let x = 1 in x < 2) || p",
        "!(let q = true in q)"})
    EXPECT_EQ(infix_of(text), text);
}

TEST(Print, ADagIsCutAtTheLimit) {
  Context context;
  Term term = context.variable("x", Sort::Int);
  for (int i = 0; i < 100; ++i) term = context.make(Op::Add, term, term);
  for (const Form form : {Form::Infix, Form::Prefix}) {
    const std::string text = print(context, term, form, 1000);
    EXPECT_LT(text.size(), 1100u);
    EXPECT_TRUE(text.ends_with(" …"));
  }
}

Term random_term(Context& context, Random& random, Sort sort, int depth) {
  const auto sub = [&](Sort s) {
    return random_term(context, random, s, depth - 1);
  };
  if (depth == 0 || random.chance(0.2)) {
    if (random.chance(0.3))
      return sort == Sort::Bool
                 ? context.boolean(random.chance(0.5))
                 : context.integer(static_cast<int64_t>(random.below(9)) - 4);
    const char* ints[] = {"a", "b"};
    const char* bools[] = {"p", "q"};
    return context.variable(
        (sort == Sort::Bool ? bools : ints)[random.below(2)], sort);
  }
  for (;;) {
    const Op op = static_cast<Op>(random.below(kOpCount));
    if (info(op).result == ResultSort::Bool && sort != Sort::Bool) continue;
    if (info(op).result == ResultSort::Int && sort != Sort::Int) continue;
    switch (info(op).operands) {
      case Operands::Bools:
        if (op == Op::Not) return context.make(op, sub(Sort::Bool));
        return context.make(op, sub(Sort::Bool), sub(Sort::Bool));
      case Operands::Ints:
        return context.make(op, sub(Sort::Int), sub(Sort::Int));
      case Operands::Same: {
        const Sort same = random.chance(0.5) ? Sort::Int : Sort::Bool;
        return context.make(op, sub(same), sub(same));
      }
      case Operands::Select:
        return context.make(op, sub(Sort::Bool), sub(sort), sub(sort));
      case Operands::Let: {
        const Term name = context.variable("a", Sort::Int);
        return context.make(op, name, sub(Sort::Int), sub(sort));
      }
      case Operands::Leaf:
        break;
    }
  }
}

TEST(Print, RandomTermsReadBackInBothForms) {
  Random random(3);
  Context context;
  for (int i = 0; i < 5000; ++i) {
    context.reset();
    const Term term = random_term(
        context, random, random.chance(0.5) ? Sort::Int : Sort::Bool, 5);
    for (const Form form : {Form::Infix, Form::Prefix}) {
      const std::string text = print(context, term, form);
      const Result<Term> again = parse(context, text);
      ASSERT_TRUE(again.ok()) << text << "\n" << again.error().message;
      ASSERT_EQ(*again, term) << text;
    }
  }
}

}  // namespace
}  // namespace hone::term
