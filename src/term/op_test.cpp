// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every row of ops.def.
#include "term/op.h"

#include <gtest/gtest.h>

#include "term/parse.h"
#include "term/print.h"
#include "term/verify.h"

namespace hone::term {
namespace {

// A small term with the operator at its root.
Term example(Context& context, Op op) {
  const Term x = context.variable("x", Sort::Int);
  const Term y = context.variable("y", Sort::Int);
  const Term p = context.variable("p", Sort::Bool);
  const Term q = context.variable("q", Sort::Bool);
  switch (info(op).operands) {
    case Operands::Bools:
      return arity(op) == 1 ? context.make(op, p) : context.make(op, p, q);
    case Operands::Ints:
    case Operands::Same:
      return context.make(op, x, y);
    case Operands::Leaf:
      return op == Op::Variable ? x : context.integer(7);
    case Operands::Let:
    case Operands::Select:
      return context.make(op, op == Op::Let ? x : p, x, y);
  }
  return {};
}

TEST(Op, EachIsFoundByItsNamePrintedReadAndVerified) {
#define HONE_OP(identifier, public_name, count, operands, result, level, text) \
  {                                                                            \
    SCOPED_TRACE(public_name);                                                 \
    EXPECT_EQ(name(Op::identifier), public_name);                              \
    if (count > 0) {                                                           \
      EXPECT_EQ(op_named(public_name), Op::identifier);                        \
    }                                                                          \
    Context context;                                                           \
    const Term term = example(context, Op::identifier);                        \
    EXPECT_EQ(context.op(term), Op::identifier);                               \
    EXPECT_TRUE(verify(context, term).ok());                                   \
    for (const Form form : {Form::Infix, Form::Prefix}) {                      \
      const Result<Term> again = parse(context, print(context, term, form));   \
      ASSERT_TRUE(again.ok()) << again.error().message;                        \
      EXPECT_EQ(*again, term);                                                 \
    }                                                                          \
  }
#include "term/ops.def"
#undef HONE_OP
}

TEST(Op, LeavesHaveNoSpelling) {
  EXPECT_FALSE(op_named("constant"));
  EXPECT_FALSE(op_named("variable"));
}

}  // namespace
}  // namespace hone::term
