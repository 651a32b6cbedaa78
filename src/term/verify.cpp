// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/verify.h"

#include <fmt/format.h>

#include "term/print.h"
#include "term/walk.h"

namespace hone::term {
namespace {

Error wrong(const Context& context, Term term, std::string_view what) {
  return {
      ErrorKind::Malformed,
      fmt::format("'{}': {}", print(context, term, Form::Prefix, 200), what)};
}

Status verify_node(const Context& context, Term term) {
  const OpInfo& op = info(context.op(term));
  const auto args = context.args(term);
  const auto all = [&](Sort sort) {
    for (const Term arg : args)
      if (context.sort(arg) != sort) return false;
    return true;
  };
  switch (op.operands) {
    case Operands::Bools:
      if (!all(Sort::Bool)) return wrong(context, term, "expected Bools");
      break;
    case Operands::Ints:
      if (!all(Sort::Int)) return wrong(context, term, "expected Ints");
      break;
    case Operands::Same:
      if (!all(context.sort(args[0])))
        return wrong(context, term, "expected two operands of one sort");
      break;
    case Operands::Select:
      if (context.sort(args[0]) != Sort::Bool)
        return wrong(context, term, "expected a Bool as the condition");
      if (context.sort(args[1]) != context.sort(args[2]))
        return wrong(context, term, "expected two branches of one sort");
      break;
    case Operands::Let:
      if (context.op(args[0]) != Op::Variable)
        return wrong(context, term, "expected a name to bind");
      if (context.sort(args[0]) != context.sort(args[1]))
        return wrong(context, term, "expected a value of the name's sort");
      break;
    case Operands::Leaf:
      break;
  }
  return {};
}

}  // namespace

Status verify(const Context& context, Term term) {
  for (const Term each : reachable(context, term))
    HONE_RETURN_IF_ERROR(verify_node(context, each));
  return {};
}

}  // namespace hone::term
