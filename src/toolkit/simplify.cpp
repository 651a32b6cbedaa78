// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/simplify.h"

#include "base/text.h"
#include "rewrite/greedy/simplify.h"
#include "term/parse.h"
#include "term/print.h"
#include "term/substitute.h"
#include "term/walk.h"

namespace hone::toolkit {

using term::Sort;
using term::Term;

Result<SimplifyAnswer> simplify(const SimplifyRequest& request,
                                std::string_view expression) {
  term::Context context;
  std::vector<Term> given;
  for (const std::string& assumption : request.assumptions) {
    auto parsed = term::parse(context, assumption, {}, Sort::Bool);
    if (!parsed.ok())
      return std::move(parsed).error().in("assumption '" + assumption + "'");
    HONE_ASSIGN_OR_RETURN(const Term plain,
                          term::expand_lets(context, *parsed));
    given.push_back(plain);
  }
  HONE_ASSIGN_OR_RETURN(const Term before, term::parse(context, expression));
  rewrite::Trace trace;
  const Term after = rewrite::Simplifier().simplify(
      context, before, rewrite::digest(context, given),
      request.with_steps ? &trace : nullptr);
  SimplifyAnswer answer{.text = term::print(context, after,
                                            request.prefix ? term::Form::Prefix
                                                           : term::Form::Infix),
                        .tree_before = term::tree_size(context, before),
                        .tree_after = term::tree_size(context, after),
                        .dag_before = term::dag_size(context, before),
                        .dag_after = term::dag_size(context, after)};
  for (const rewrite::Application& application : trace) {
    std::string step(rewrite::info(application.rule).name);
    std::string with;
    for (const auto& [name, value] : application.bindings)
      with += (with.empty() ? ": " : ", ") + name + " = " +
              term::print(context, value);
    answer.steps.push_back(step + with);
  }
  return answer;
}

}  // namespace hone::toolkit
