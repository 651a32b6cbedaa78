// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Both printers keep a stack of what is still to be printed: a term, or text.
#include "term/print.h"

#include <algorithm>

namespace hone::term {
namespace {

struct Job {
  Term term;  // printed where valid, otherwise the text
  std::string_view text;
  int floor = 0;  // infix: brackets around what binds less tightly
};

std::string leaf(const Context& context, Term term) {
  if (context.op(term) == Op::Variable) return std::string(context.name(term));
  if (context.sort(term) == Sort::Bool)
    return context.word(term) != 0 ? "true" : "false";
  return context.value(term).text();
}

// Pushes jobs in the order in which they are to be printed.
void push(std::vector<Job>& jobs, std::initializer_list<Job> wanted) {
  for (auto job = std::rbegin(wanted); job != std::rend(wanted); ++job)
    jobs.push_back(*job);
}

void expand_prefix(const Context& context, Term term, std::vector<Job>& jobs) {
  jobs.push_back({{}, " )"});
  const auto args = context.args(term);
  for (size_t i = args.size(); i > 0; --i) {
    jobs.push_back({args[i - 1], {}});
    jobs.push_back({{}, " "});
  }
  push(jobs, {{{}, "( "}, {{}, name(context.op(term))}});
}

void expand_infix(const Context& context, Term term, int floor,
                  std::vector<Job>& jobs) {
  const Op op = context.op(term);
  const auto args = context.args(term);
  const int precedence = info(op).precedence;
  if (op == Op::Let) {
    // Takes everything to its right, so brackets wherever it is an operand.
    push(jobs, {{{}, floor > 0 ? "(let " : "let "},
                {args[0], {}},
                {{}, " = "},
                {args[1], {}},
                {{}, " in "},
                {args[2], {}},
                {{}, floor > 0 ? ")" : ""}});
    return;
  }
  if (precedence == 0) {
    jobs.push_back({{}, ")"});
    for (size_t i = args.size(); i > 0; --i) {
      jobs.push_back({args[i - 1], {}});
      if (i > 1) jobs.push_back({{}, ", "});
    }
    push(jobs, {{{}, name(op)}, {{}, "("}});
    return;
  }
  const bool brackets = precedence < floor;
  if (brackets) jobs.push_back({{}, ")"});
  jobs.push_back({args.back(), {}, precedence + (args.size() > 1)});
  if (args.size() > 1)
    push(jobs,
         {{args[0], {}, precedence}, {{}, " "}, {{}, name(op)}, {{}, " "}});
  else
    jobs.push_back({{}, name(op)});
  if (brackets) jobs.push_back({{}, "("});
}

}  // namespace

std::string print(const Context& context, Term term, Form form,
                  size_t max_bytes) {
  std::string out;
  std::vector<Job> jobs = {{term, {}}};
  while (!jobs.empty()) {
    const Job job = jobs.back();
    jobs.pop_back();
    if (out.size() > max_bytes) return out + " …";
    if (!job.term.valid())
      out += job.text;
    else if (is_leaf(context.op(job.term)))
      out += leaf(context, job.term);
    else if (form == Form::Prefix)
      expand_prefix(context, job.term, jobs);
    else
      expand_infix(context, job.term, job.floor, jobs);
  }
  return out;
}

}  // namespace hone::term
