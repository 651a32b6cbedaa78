// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <algorithm>

#include "term/smtlib/script_reader.h"
#include "term/substitute.h"
#include "term/syntax.h"

namespace hone::term {
namespace {

constexpr size_t kMostDivisions = 200;  // by what may be zero

}  // namespace

// Brackets nest at most limits_.depth deep, and so does this.
Result<Term> ScriptReader::term(uint32_t at) {
  const Sexpr& node = all_[at];
  switch (node.kind) {
    case Sexpr::Kind::Numeral:
      if (node.text.size() > static_cast<size_t>(limits_.digits))
        return error(
            at, ErrorKind::LimitReached,
            fmt::format("a number of more than {} digits", limits_.digits));
      return context_.integer(*Integer::parse(node.text));
    case Sexpr::Kind::Symbol:
      if (const Macro* macro = find(node.text)) return call(at, *macro, {});
      if (node.text == "true" || node.text == "false")
        return context_.boolean(node.text == "true");
      return error(
          at, ErrorKind::Malformed,
          fmt::format("'{}' is not declared", node.text.substr(0, 40)));
    case Sexpr::Kind::List:
      break;
    default:
      return error(at, ErrorKind::Unsupported,
                   fmt::format("'{}' is neither an integer nor a symbol",
                               node.text.substr(0, 40)));
  }
  const Parts parts = all_.parts(at);
  if (parts.empty()) return expected_at(at, "a term");
  if (all_[parts[0]].kind == Sexpr::Kind::List) return divisible(at, parts);
  if (is_symbol(parts[0], "let")) return let(at, parts);
  if (is_symbol(parts[0], "!")) return annotated(at, parts);
  return apply(at, parts);
}

// All values are computed outside of the scope of the names.
Result<Term> ScriptReader::let(uint32_t at, const Parts& parts) {
  HONE_RETURN_IF_ERROR(count_is(at, parts, 3));
  if (all_[parts[1]].kind != Sexpr::Kind::List)
    return expected_at(parts[1], "a list of bindings");
  std::vector<std::pair<std::string, Term>> bindings;
  for (const uint32_t binding : all_.parts(parts[1])) {
    const Parts pair =
        all_[binding].kind == Sexpr::Kind::List ? all_.parts(binding) : Parts();
    if (pair.size() != 2)
      return expected_at(binding, "a binding, as in (x (+ y 1))");
    HONE_ASSIGN_OR_RETURN(std::string name, symbol(pair[0]));
    HONE_ASSIGN_OR_RETURN(const Term value, term(pair[1]));
    bindings.emplace_back(std::move(name), value);
  }
  for (const auto& [name, value] : bindings)
    symbols_[name].push_back({{}, value});
  Result<Term> body = term(parts[2]);
  for (const auto& [name, value] : bindings) symbols_[name].pop_back();
  return body;
}

// (! t :named n …)
Result<Term> ScriptReader::annotated(uint32_t at, const Parts& parts) {
  if (parts.size() < 2) return expected_at(at, "a term behind '!'");
  HONE_ASSIGN_OR_RETURN(const Term inner, term(parts[1]));
  for (size_t i = 2; i + 1 < parts.size(); ++i) {
    const Sexpr& attribute = all_[parts[i]];
    if (attribute.kind != Sexpr::Kind::Keyword || attribute.text != ":named")
      continue;
    HONE_ASSIGN_OR_RETURN(std::string name, symbol(parts[i + 1]));
    if (find(name))
      return error(parts[i + 1], ErrorKind::Malformed,
                   fmt::format("'{}' is declared already", name));
    symbols_[name].push_back({{}, inner});
    defined_.push_back(std::move(name));
  }
  return inner;
}

// ((_ divisible n) t)
Result<Term> ScriptReader::divisible(uint32_t at, const Parts& parts) {
  const Parts head = all_.parts(parts[0]);
  if (head.size() != 3 || !is_symbol(head[0], "_") ||
      !is_symbol(head[1], "divisible") || parts.size() != 2)
    return error(at, ErrorKind::Unsupported,
                 "the only indexed function is ((_ divisible n) t)");
  HONE_ASSIGN_OR_RETURN(const int64_t n, numeral(head[2], INT64_MAX));
  if (n == 0)
    return error(head[2], ErrorKind::Malformed,
                 "expected a numeral greater than 0");
  HONE_ASSIGN_OR_RETURN(const Term inner, term(parts[1]));
  HONE_RETURN_IF_ERROR(demand(parts[1], "divisible", {inner}, Sort::Int));
  return context_.make(Op::Eq,
                       context_.make(Op::Mod, inner, context_.integer(n)),
                       context_.integer(0));
}

Result<Term> ScriptReader::apply(uint32_t at, const Parts& parts) {
  HONE_ASSIGN_OR_RETURN(const std::string name, symbol(parts[0]));
  if (name == "forall" || name == "exists")
    return error(at, ErrorKind::Unsupported, "quantifiers are not supported");
  std::vector<Term> args;
  for (size_t i = 1; i < parts.size(); ++i) {
    HONE_ASSIGN_OR_RETURN(args.emplace_back(), term(parts[i]));
  }
  if (const Macro* macro = find(name)) {
    if (args.empty())
      return error(at, ErrorKind::Malformed,
                   fmt::format("expected {} without brackets", name));
    HONE_ASSIGN_OR_RETURN(const Term result, call(at, *macro, args));
    HONE_RETURN_IF_ERROR(check_depth(at, result));
    return result;
  }
  HONE_ASSIGN_OR_RETURN(const Term result, built_in(at, name, args));
  HONE_RETURN_IF_ERROR(check_depth(at, result));
  return result;
}

// Functions and lets nest terms deeper than brackets.
Status ScriptReader::check_depth(uint32_t at, Term term) {
  for (auto id = static_cast<uint32_t>(depths_.size()); id <= term.id; ++id) {
    int32_t deepest = 0;
    for (const Term arg : context_.args({id}))
      deepest = std::max(deepest, depths_[arg.id]);
    depths_.push_back(deepest + 1);
  }
  if (depths_[term.id] <= limits_.depth) return {};
  return error(at, ErrorKind::LimitReached,
               fmt::format("a term nested deeper than {}", limits_.depth));
}

Result<Term> ScriptReader::call(uint32_t at, const Macro& macro,
                                const std::vector<Term>& args) {
  if (args.size() != macro.parameters.size())
    return error(at, ErrorKind::Malformed,
                 fmt::format("a function of {} arguments, found {}",
                             macro.parameters.size(), args.size()));
  if (args.empty()) return macro.body;
  std::vector<std::pair<Term, Term>> replaced;
  for (size_t i = 0; i < args.size(); ++i) {
    HONE_RETURN_IF_ERROR(demand(at, all_[at + 1].text, {args[i]},
                                context_.sort(macro.parameters[i])));
    replaced.emplace_back(macro.parameters[i], args[i]);
  }
  return substitute(context_, macro.body, replaced,
                    static_cast<uint64_t>(limits_.nodes));
}

Status ScriptReader::demand(uint32_t at, std::string_view name,
                            const std::vector<Term>& args, Sort sort) const {
  for (const Term arg : args)
    if (context_.sort(arg) != sort)
      return error(at, ErrorKind::Malformed,
                   fmt::format("'{}' takes {} here, found {}", name,
                               sort_name(sort), sort_name(context_.sort(arg))));
  return {};
}

Term ScriptReader::fold(Op op, const std::vector<Term>& args) {
  Term all = args[0];
  for (size_t i = 1; i < args.size(); ++i)
    all = context_.make(op, all, args[i]);
  return all;
}

// a < b < c; distinct compares every pair.
Result<Term> ScriptReader::chain(uint32_t at, std::string_view name, Op op,
                                 const std::vector<Term>& args) {
  if (args.size() < 2)
    return error(at, ErrorKind::Malformed,
                 fmt::format("'{}' takes two arguments or more", name));
  const bool same = op == Op::Eq || op == Op::Ne;
  HONE_RETURN_IF_ERROR(
      demand(at, name, args, same ? context_.sort(args[0]) : Sort::Int));
  std::vector<Term> pairs;
  for (size_t i = 0; i < args.size(); ++i)
    for (size_t j = i + 1; j < args.size(); ++j) {
      if (op != Op::Ne && j != i + 1) break;
      if (pairs.size() >= static_cast<size_t>(limits_.nodes))
        return error(at, ErrorKind::LimitReached,
                     fmt::format("more than {} nodes", limits_.nodes));
      pairs.push_back(context_.make(op, args[i], args[j]));
    }
  return fold(Op::And, pairs);
}

Result<Term> ScriptReader::built_in(uint32_t at, std::string_view name,
                                    const std::vector<Term>& args) {
  struct Row {
    std::string_view name;
    Op op;
  };
  static constexpr Row kChains[] = {{"<", Op::Lt}, {"<=", Op::Le},
                                    {">", Op::Gt}, {">=", Op::Ge},
                                    {"=", Op::Eq}, {"distinct", Op::Ne}};
  static constexpr Row kFolds[] = {
      {"and", Op::And}, {"or", Op::Or}, {"xor", Op::Ne},  {"+", Op::Add},
      {"-", Op::Sub},   {"*", Op::Mul}, {"div", Op::Div}, {"mod", Op::Mod}};
  for (const Row& row : kChains)
    if (row.name == name) return chain(at, name, row.op, args);
  const auto count = [&](size_t least, size_t most) -> Status {
    if (args.size() >= least && args.size() <= most) return {};
    return error(at, ErrorKind::Malformed,
                 fmt::format("'{}' with {} arguments", name, args.size()));
  };
  const auto zero = [&] { return context_.integer(0); };
  for (const Row& row : kFolds) {
    if (row.name != name) continue;
    const bool ints = info(row.op).operands == Operands::Ints;
    HONE_RETURN_IF_ERROR(demand(at, name, args, ints ? Sort::Int : Sort::Bool));
    const bool one = name == "-" || name == "and" || name == "or" ||
                     name == "+" || name == "*";
    HONE_RETURN_IF_ERROR(count(one ? 1 : 2, row.op == Op::Mod ? 2 : SIZE_MAX));
    if (row.op == Op::Sub && args.size() == 1) {
      if (context_.is_constant(args[0]))
        return context_.integer(-context_.value(args[0]));
      return context_.make(Op::Sub, zero(), args[0]);
    }
    if (row.op != Op::Div && row.op != Op::Mod) return fold(row.op, args);
    Term quotient = args[0];
    for (size_t i = 1; i < args.size(); ++i) {
      HONE_ASSIGN_OR_RETURN(quotient, divide(at, row.op, quotient, args[i]));
    }
    return quotient;
  }
  if (name == "not") {
    HONE_RETURN_IF_ERROR(count(1, 1));
    HONE_RETURN_IF_ERROR(demand(at, name, args, Sort::Bool));
    return context_.make(Op::Not, args[0]);
  }
  if (name == "=>") {  // to the right
    HONE_RETURN_IF_ERROR(count(2, SIZE_MAX));
    HONE_RETURN_IF_ERROR(demand(at, name, args, Sort::Bool));
    Term whole = args.back();
    for (size_t i = args.size() - 1; i-- > 0;)
      whole = context_.make(Op::Or, context_.make(Op::Not, args[i]), whole);
    return whole;
  }
  if (name == "abs") {
    HONE_RETURN_IF_ERROR(count(1, 1));
    HONE_RETURN_IF_ERROR(demand(at, name, args, Sort::Int));
    return context_.make(Op::Max, args[0],
                         context_.make(Op::Sub, zero(), args[0]));
  }
  if (name == "ite") {
    HONE_RETURN_IF_ERROR(count(3, 3));
    HONE_RETURN_IF_ERROR(demand(at, name, {args[0]}, Sort::Bool));
    HONE_RETURN_IF_ERROR(demand(at, name, {args[2]}, context_.sort(args[1])));
    return context_.make(Op::Select, args[0], args[1], args[2]);
  }
  return error(at, ErrorKind::Unsupported,
               fmt::format("the function '{}' is neither declared nor "
                           "supported",
                           name.substr(0, 40)));
}

// Where the divisor is zero, the dividend's own constant.
Result<Term> ScriptReader::divide(uint32_t at, Op op, Term a, Term b) {
  const bool is_constant = context_.is_constant(b);
  const Term quotient = context_.make(op, a, b);
  if (is_constant && context_.value(b).sign() != 0) return quotient;
  if (in_function_)
    return error(at, ErrorKind::Unsupported,
                 "a division by what may be zero, within a function with "
                 "parameters, is not supported");
  if (by_zero_.size() >= kMostDivisions)
    return error(at, ErrorKind::LimitReached,
                 fmt::format("more than {} divisions by what may be zero",
                             kMostDivisions));
  Term value;
  for (const ByZero& known : by_zero_)
    if (known.op == op && known.dividend == a) value = known.value;
  if (!value.valid()) {
    value = fresh(op == Op::Div ? "div0" : "mod0", Sort::Int);
    for (const ByZero& known : by_zero_)
      if (known.op == op)
        script_.axioms.push_back(
            context_.make(Op::Or, context_.make(Op::Ne, known.dividend, a),
                          context_.make(Op::Eq, known.value, value)));
    by_zero_.push_back({op, a, value});
  }
  if (is_constant) return value;
  return context_.make(Op::Select,
                       context_.make(Op::Eq, b, context_.integer(0)), value,
                       quotient);
}

}  // namespace hone::term
