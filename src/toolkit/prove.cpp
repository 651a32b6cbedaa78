// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/prove.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "rewrite/rules/rule.h"
#include "term/parse.h"
#include "term/print.h"
#include "term/substitute.h"
#include "term/width.h"
#include "toolkit/z3.h"
#include "verify/proof.h"

namespace hone::toolkit {

using rewrite::Answer;
using term::Op;
using term::Sort;
using term::Term;

namespace {

Result<Term> parse_sort(term::Context& terms, std::string_view text,
                        Sort sort) {
  return term::parse(terms, text, {}, sort);
}

std::vector<NamedValue> named(const term::Context& terms,
                              const std::optional<term::Model>& model) {
  std::vector<NamedValue> values;
  if (!model) return values;
  for (const auto& [variable, value] : *model) {
    const bool is_bool = terms.sort(variable) == Sort::Bool;
    values.push_back(
        {std::string(terms.name(variable)),
         is_bool ? (value.sign() != 0 ? "true" : "false") : value.text()});
  }
  std::ranges::sort(values, {}, &NamedValue::name);
  return values;
}

// What steps of a proof may use: rows that Z3 proves in the tests.
const std::vector<verify::ProofRule>& proof_rules() {
  static const std::vector<verify::ProofRule> rules = [] {
    std::vector<verify::ProofRule> rows;
    for (const rewrite::RuleInfo& row : rewrite::rules())
      rows.push_back({row.name, row.left, row.right, row.condition});
    return rows;
  }();
  return rules;
}

// A section of a proof file: what is proved, then the proof.
std::string section(const term::Context& terms,
                    const rewrite::Prover::Proof& proof) {
  std::string text;
  for (const Term assumption : proof.assumptions)
    text += fmt::format("given {}\n",
                        term::print(terms, assumption, term::Form::Prefix));
  text += fmt::format("proves {} {}\n", proof.value,
                      term::print(terms, proof.goal, term::Form::Prefix));
  return text + proof.text + "end\n";
}

// The cells of one line; quotes protect commas.
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      cells.emplace_back();
    else
      cells.back() += c;
  }
  return cells;
}

std::vector<std::string> lines_of(std::string_view content) {
  std::vector<std::string> lines = split(content, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  for (std::string& line : lines)
    if (line.ends_with('\r')) line.pop_back();
  return lines;
}

Status replay(term::Context& terms, const rewrite::Prover::Proof& proof) {
  return verify::replay_proof(terms,
                              {.goal = proof.goal,
                               .value = proof.value,
                               .assumptions = proof.assumptions,
                               .rules = proof_rules()},
                              proof.text);
}

}  // namespace

Status TextContext::assume(std::string_view text) {
  auto assumption = context_.parse(text, Sort::Bool);
  if (!assumption.ok())
    return std::move(assumption)
        .error()
        .in(fmt::format("assumption '{}'", text));
  return context_.assume(*assumption);
}

Status TextContext::pop() {
  if (depth_ == 0)
    return Error(ErrorKind::InvalidArgument,
                 "pop without a push: expected one pop for each push");
  --depth_;
  context_.pop();
  return {};
}

Result<ProveAnswer> TextContext::prove(std::string_view claim,
                                       bool with_proof) {
  HONE_ASSIGN_OR_RETURN(const Term goal, context_.parse(claim, Sort::Bool));
  return prove(goal, with_proof);
}

Result<ProveAnswer> TextContext::prove(Term goal, bool with_proof) {
  HONE_ASSIGN_OR_RETURN(const rewrite::Judgement judgement,
                        context_.prove(goal));
  ProveAnswer answer{.answer = judgement.answer,
                     .cause = judgement.cause,
                     .true_where = named(terms(), judgement.when_true),
                     .false_where = named(terms(), judgement.when_false)};
  const bool decided =
      judgement.answer == Answer::True || judgement.answer == Answer::False;
  // An answer of the linear tier rests on its certificate. Of another tier it
  // counts only where its steps are replayed.
  const bool by_rules = judgement.tier != rewrite::Tier::Linear;
  if (!decided || (!with_proof && !by_rules)) return answer;
  const Result<rewrite::Prover::Proof> proof = context_.proof();
  const Status replayed = proof.ok() ? replay(terms(), *proof) : proof.error();
  if (!replayed.ok() && by_rules)
    return ProveAnswer{.answer = Answer::Open,
                       .cause = rewrite::linear::Cause::Opaque};
  HONE_RETURN_IF_ERROR(replayed);
  if (!with_proof) return answer;
  answer.proof = section(terms(), *proof);
  return answer;
}

Result<BoundsAnswer> TextContext::bounds(std::string_view expression,
                                         bool with_proof) {
  HONE_ASSIGN_OR_RETURN(const Term term, context_.parse(expression, Sort::Int));
  return bounds(term, with_proof);
}

Result<BoundsAnswer> TextContext::bounds(Term term, bool with_proof) {
  HONE_ASSIGN_OR_RETURN(rewrite::Bounds bounds, context_.bounds(term));
  BoundsAnswer answer{.low = bounds.low,
                      .high = bounds.high,
                      .low_at = named(terms(), bounds.low.at),
                      .high_at = named(terms(), bounds.high.at)};
  if (!with_proof) return answer;
  const auto prove_side = [&](rewrite::Bound& side, Op op,
                              std::string& proof) -> Status {
    if (!side.has_value()) return {};
    const Term goal = terms().make(op, term, terms().integer(side.value));
    HONE_ASSIGN_OR_RETURN(ProveAnswer proved, prove(goal, true));
    // Said by rules whose steps are not enough for the checker.
    if (proved.answer != Answer::True) side.kind = rewrite::Bound::Kind::Open;
    proof = std::move(proved.proof);
    return {};
  };
  HONE_RETURN_IF_ERROR(prove_side(answer.low, Op::Ge, answer.low_proof));
  HONE_RETURN_IF_ERROR(prove_side(answer.high, Op::Le, answer.high_proof));
  return answer;
}

Status assume_all(TextContext& context,
                  std::span<const std::string> assumptions) {
  for (const std::string& text : assumptions)
    HONE_RETURN_IF_ERROR(context.assume(text));
  return {};
}

namespace {

// A context with the request's assumptions, and the expression in it, both as
// terms over unbounded integers where the request has a width.
Result<Term> open(TextContext& context, const ProveRequest& request,
                  std::string_view expression, Sort sort) {
  if (request.width.overflow == term::Overflow::Never) {
    HONE_RETURN_IF_ERROR(assume_all(context, request.assumptions));
    return context.context().parse(expression, sort);
  }
  const auto read = [&](std::string_view text, Sort of) -> Result<Term> {
    HONE_ASSIGN_OR_RETURN(Term term, context.context().parse(text, of));
    HONE_ASSIGN_OR_RETURN(term, term::expand_lets(context.terms(), term));
    HONE_ASSIGN_OR_RETURN(const term::FixedWidth fixed,
                          term::of_width(context.terms(), term, request.width));
    for (const Term condition : fixed.conditions)
      HONE_RETURN_IF_ERROR(context.context().assume(condition));
    return fixed.term;
  };
  for (const std::string& text : request.assumptions) {
    auto assumption = read(text, Sort::Bool);
    if (!assumption.ok())
      return std::move(assumption)
          .error()
          .in(fmt::format("assumption '{}'", text));
    HONE_RETURN_IF_ERROR(context.context().assume(*assumption));
  }
  return read(expression, sort);
}

}  // namespace

Result<ProveAnswer> prove(const ProveRequest& request,
                          std::string_view expression) {
  rewrite::ContextOptions options;
  if (!request.tiers.empty()) options.prover.tiers = request.tiers;
  TextContext context(options);
  HONE_ASSIGN_OR_RETURN(const Term goal,
                        open(context, request, expression, Sort::Bool));
  HONE_ASSIGN_OR_RETURN(ProveAnswer answer,
                        context.prove(goal, request.with_proof));
  if (answer.answer == Answer::Open && request.ask_z3) {
    HONE_ASSIGN_OR_RETURN(answer.solver_answer,
                          ask_z3(context.context(), goal));
  }
  return answer;
}

Result<BoundsAnswer> find_bounds(const ProveRequest& request,
                                 std::string_view expression) {
  TextContext context;
  HONE_ASSIGN_OR_RETURN(const Term term,
                        open(context, request, expression, Sort::Int));
  return context.bounds(term, request.with_proof);
}

Result<std::vector<rewrite::Tier>> parse_tiers(std::string_view text) {
  std::vector<rewrite::Tier> tiers;
  for (const std::string& name : split(text, ',')) {
    const std::optional<rewrite::Tier> tier = rewrite::tier_named(name);
    if (!tier)
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("'{}' is no tier: expected refute, greedy, "
                               "linear or egraph, with commas between them",
                               name));
    if (std::ranges::find(tiers, *tier) != tiers.end())
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("the tier {} is given twice", name));
    tiers.push_back(*tier);
  }
  return tiers;
}

std::vector<std::string> expressions_in(std::string_view content) {
  const std::vector<std::string> lines = lines_of(content);
  std::vector<std::string> expressions;
  size_t column = SIZE_MAX;
  if (!lines.empty()) {
    const std::vector<std::string> header = cells_of(lines[0]);
    for (size_t i = 0; i < header.size(); ++i)
      if (header.size() > 1 &&
          (header[i] == "Expression" || header[i] == "expr"))
        column = i;
  }
  for (size_t i = column == SIZE_MAX ? 0 : 1; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    const std::string_view words = trim(line);
    if (words.empty() || words[0] == '#') continue;
    if (column == SIZE_MAX) {
      expressions.emplace_back(line);
      continue;
    }
    const std::vector<std::string> cells = cells_of(line);
    // A short row is an expression that nothing can be read from.
    expressions.push_back(column < cells.size() ? cells[column] : "");
  }
  return expressions;
}

Result<size_t> replay_proofs(std::string_view content) {
  const std::vector<std::string> lines = lines_of(content);
  size_t count = 0;
  for (size_t i = 0; i < lines.size();) {
    term::Context terms;
    std::vector<Term> assumptions;
    const std::string name = fmt::format("proof {}", count + 1);
    for (; i < lines.size() && lines[i].starts_with("given "); ++i) {
      auto given =
          parse_sort(terms, std::string_view(lines[i]).substr(6), Sort::Bool);
      if (!given.ok()) return std::move(given).error().in(name);
      assumptions.push_back(*given);
    }
    const bool value = i < lines.size() && lines[i].starts_with("proves true ");
    if (i == lines.size() || !(value || lines[i].starts_with("proves false ")))
      return Error(ErrorKind::Malformed,
                   fmt::format("line {}: expected proves true or proves false "
                               "and an expression",
                               i + 1));
    auto goal = parse_sort(
        terms, std::string_view(lines[i]).substr(value ? 12 : 13), Sort::Bool);
    if (!goal.ok()) return std::move(goal).error().in(name);
    std::string text;
    for (++i; i < lines.size() && lines[i] != "end"; ++i)
      text += lines[i] + "\n";
    if (i == lines.size())
      return Error(ErrorKind::Malformed, name + ": expected a last line: end");
    ++i;
    Status replayed = verify::replay_proof(terms,
                                           {.goal = *goal,
                                            .value = value,
                                            .assumptions = assumptions,
                                            .rules = proof_rules()},
                                           text);
    if (!replayed.ok()) return std::move(replayed).error().in(name);
    ++count;
  }
  if (count == 0)
    return Error(ErrorKind::Malformed,
                 "it holds no proof; hone prove --proof FILE writes those of "
                 "what is true or false");
  return count;
}

}  // namespace hone::toolkit
