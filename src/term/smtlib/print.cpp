// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "term/smtlib/smtlib.h"
#include "term/walk.h"

namespace hone::term {
namespace {

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A solver's own words begin so or are so; a name of ours must not be one.
bool may_mean_something(std::string_view name) {
  static constexpr std::string_view kWords[] = {
      "Bool",   "Int",   "Real",    "abs",      "and",  "as",     "assert",
      "bv",     "const", "default", "distinct", "div",  "exists", "false",
      "forall", "if",    "iff",     "implies",  "int",  "is",     "ite",
      "lambda", "let",   "map",     "match",    "mod",  "not",    "or",
      "par",    "pop",   "push",    "re",       "rem",  "select", "seq",
      "set",    "store", "str",     "to",       "true", "xor"};
  const std::string_view head =
      name.substr(0, name.find_first_of("_.0123456789"));
  return std::ranges::find(kWords, head) != std::end(kWords) ||
         name.starts_with("bv") || name.starts_with("fp");
}

// Text of subterms, operands first. What is used more than once gets a name.
class Printer {
 public:
  explicit Printer(const Context& context) : context_(context) {}

  void declare(std::span<const Term> roots) {
    std::vector<bool> seen(context_.size());
    for (const Term root : roots)
      for (const Term term : reachable(context_, root))
        if (!seen[term.id]) {
          seen[term.id] = true;
          terms_.push_back(term);
        }
    std::ranges::sort(terms_);
    uses_.resize(context_.size());
    text_.resize(context_.size());
    for (const Term term : terms_) count_uses(term);
    for (const Term root : roots) ++uses_[root.id];
    ++uses_[roots.back().id];  // the goal is asked twice
    std::vector<Term> variables;
    for (const Term term : terms_)
      if (context_.op(term) == Op::Variable) variables.push_back(term);
    std::ranges::sort(variables, [&](Term a, Term b) {
      return context_.compare(a, b) == std::strong_ordering::less;
    });
    for (const Term v : variables)
      line("(declare-const {} {})\n", name_of(v), sort_name(context_.sort(v)));
    for (const Term term : terms_) write(term);
  }

  const std::string& text(Term term) const { return text_[term.id]; }
  std::string& out() { return out_; }

  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format,
                   std::forward<Args>(args)...);
  }

 private:
  std::string name_of(Term variable) const {
    const std::string_view name = context_.name(variable);
    // No name of ours has a question mark.
    return may_mean_something(name) ? fmt::format("?{}", name)
                                    : smtlib_symbol(name);
  }

  bool is_nonzero(Term term) const {
    return context_.is_constant(term) && context_.value(term).sign() != 0;
  }

  void count_uses(Term term) {
    const Op op = context_.op(term);
    const auto args = context_.args(term);
    for (size_t i = 0; i < args.size(); ++i) {
      const bool twice =
          op == Op::Min || op == Op::Max ||
          ((op == Op::Div || op == Op::Mod) && i == 1 && !is_nonzero(args[1]));
      uses_[args[i].id] += twice ? 2 : 1;
    }
  }

  void write(Term term) {
    std::string text = expression(term);
    if (!is_leaf(context_.op(term)) && uses_[term.id] > 1) {
      line("(define-fun ?{} () {} {})\n", named_,
           sort_name(context_.sort(term)), text);
      text = fmt::format("?{}", named_++);
    }
    text_[term.id] = std::move(text);
  }

  std::string expression(Term term) const {
    const Op op = context_.op(term);
    if (op == Op::Variable) return name_of(term);
    if (op == Op::Constant) {
      if (context_.sort(term) == Sort::Bool)
        return context_.word(term) != 0 ? "true" : "false";
      return smtlib_number(context_.value(term));
    }
    const auto arg = [&](int i) -> const std::string& {
      return text_[context_.arg(term, i).id];
    };
    const auto plain = [&](std::string_view word) {
      return fmt::format("({} {} {})", word, arg(0), arg(1));
    };
    switch (op) {
      case Op::Not:
        return fmt::format("(not {})", arg(0));
      case Op::Ne:
        return fmt::format("(not (= {} {}))", arg(0), arg(1));
      case Op::Eq:
        return plain("=");
      case Op::And:
        return plain("and");
      case Op::Or:
        return plain("or");
      case Op::Select:
        return fmt::format("(ite {} {} {})", arg(0), arg(1), arg(2));
      case Op::Min:
        return fmt::format("(ite (<= {0} {1}) {0} {1})", arg(0), arg(1));
      case Op::Max:
        return fmt::format("(ite (>= {0} {1}) {0} {1})", arg(0), arg(1));
      case Op::Div:
      case Op::Mod: {
        const std::string quotient = plain(op == Op::Div ? "div" : "mod");
        if (is_nonzero(context_.arg(term, 1))) return quotient;
        return fmt::format("(ite (= {} 0) 0 {})", arg(1), quotient);
      }
      default:  // + - * < <= > >=
        return plain(name(op));
    }
  }

  const Context& context_;
  std::vector<Term> terms_;
  std::vector<uint32_t> uses_;     // by term
  std::vector<std::string> text_;  // likewise
  std::string out_;
  int named_ = 0;
};

}  // namespace

std::string smtlib_symbol(std::string_view symbol) {
  const auto is_simple = [](char c) {
    return is_letter(c) || is_digit(c) ||
           std::string_view("~!@$%^&*_-+=<>.?/").find(c) !=
               std::string_view::npos;
  };
  if (!symbol.empty() && !is_digit(symbol[0]) &&
      std::ranges::all_of(symbol, is_simple))
    return std::string(symbol);
  return fmt::format("|{}|", symbol);
}

std::string smtlib_number(const Integer& value) {
  return value.sign() < 0 ? fmt::format("(- {})", (-value).text())
                          : value.text();
}

std::string print_smtlib(const Context& context,
                         std::span<const Term> assumptions, Term goal) {
  Printer printer(context);
  std::vector<Term> roots(assumptions.begin(), assumptions.end());
  roots.push_back(goal);
  printer.declare(roots);
  for (const Term assumption : assumptions)
    printer.line("(assert {})\n", printer.text(assumption));
  for (const char* claim : {"(not {})", "{}"})
    printer.line("(push 1)\n(assert {})\n(check-sat)\n(pop 1)\n",
                 fmt::format(fmt::runtime(claim), printer.text(goal)));
  return std::move(printer.out());
}

}  // namespace hone::term
