// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/smtlib.h"

#include <fmt/format.h>

#include <iterator>

#include "term/smtlib/smtlib.h"
#include "term/substitute.h"
#include "toolkit/prove.h"

namespace hone::toolkit {

using rewrite::Answer;
using term::SmtCommand;
using term::Sort;
using term::Term;

namespace {

class Runner {
 public:
  Result<SmtRun> run(std::string_view text) {
    HONE_ASSIGN_OR_RETURN(const term::SmtScript script,
                          term::read_smtlib(context_.terms(), text));
    asserted_ = script.axioms;
    for (const SmtCommand& command : script.commands) {
      switch (command.kind) {
        case SmtCommand::Kind::Assert:
          asserted_.push_back(command.term);
          break;
        case SmtCommand::Kind::Push:
          levels_.insert(levels_.end(), static_cast<size_t>(command.count),
                         asserted_.size());
          break;
        case SmtCommand::Kind::Pop:
          for (int64_t i = 0; i < command.count; ++i) {
            asserted_.resize(levels_.back());
            levels_.pop_back();
          }
          break;
        case SmtCommand::Kind::CheckSat:
          HONE_RETURN_IF_ERROR(check());
          continue;
        case SmtCommand::Kind::GetModel:
          HONE_RETURN_IF_ERROR(print_model(command));
          continue;
      }
      model_.reset();
    }
    return std::move(run_);
  }

 private:
  // The assertions can hold together where their conjunction is not False.
  Status check() {
    term::Context& terms = context_.terms();
    Term all = terms.boolean(true);
    for (const Term claim : asserted_)
      all = terms.make(term::Op::And, all, claim);
    HONE_ASSIGN_OR_RETURN(rewrite::Judgement judgement, context_.prove(all));
    model_.reset();
    if (judgement.answer == Answer::False) {
      run_.text += "unsat\n";
      ++run_.unsat;
    } else if (judgement.answer == Answer::True || judgement.when_true) {
      run_.text += "sat\n";
      ++run_.sat;
      // Where it is always true any values will do.
      model_ = judgement.when_true.value_or(term::Model());
    } else {
      run_.text += "unknown\n";
      ++run_.unknown;
    }
    return {};
  }

  Status print_model(const SmtCommand& command) {
    if (!model_)
      return Error(ErrorKind::InvalidArgument,
                   "get-model: there is a model only right after an answer "
                   "sat");
    const auto out = std::back_inserter(run_.text);
    run_.text += "(\n";
    for (const auto& [symbol, constant] : command.constants) {
      const auto found = model_->find(constant);
      const term::Integer value =
          found == model_->end() ? term::Integer(0) : found->second;
      const bool is_bool = context_.terms().sort(constant) == Sort::Bool;
      fmt::format_to(out, "  (define-fun {} () {} {})\n",
                     term::smtlib_symbol(symbol), is_bool ? "Bool" : "Int",
                     !is_bool            ? term::smtlib_number(value)
                     : value.sign() != 0 ? "true"
                                         : "false");
    }
    run_.text += ")\n";
    return {};
  }

  rewrite::Context context_;
  std::vector<Term> asserted_;
  std::vector<size_t> levels_;
  std::optional<term::Model> model_;
  SmtRun run_;
};

}  // namespace

Result<SmtRun> run_smtlib(std::string_view script) {
  return Runner().run(script);
}

Result<std::string> smtlib_of(std::span<const std::string> assumptions,
                              std::span<const std::string> expressions) {
  std::string script = "(set-logic ALL)\n";
  for (const std::string& expression : expressions) {
    TextContext text;
    HONE_RETURN_IF_ERROR(assume_all(text, assumptions));
    HONE_ASSIGN_OR_RETURN(const Term goal,
                          text.context().parse(expression, Sort::Bool));
    HONE_ASSIGN_OR_RETURN(const Term plain,
                          term::expand_lets(text.terms(), goal));
    script +=
        "(push 1)\n" +
        term::print_smtlib(text.terms(), text.context().assumptions(), plain) +
        "(pop 1)\n";
  }
  return script;
}

}  // namespace hone::toolkit
