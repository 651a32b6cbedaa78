// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What it is worth to keep assumptions ready between questions.
//
//   context_bench bench/prover/index_expressions.csv
//
// The rows of the corpus are grouped by their assumptions. Each group is asked
// in three ways, of terms that exist already: in one context (`kept`), with the
// assumptions made anew before every question (`anew`), and by proves() in one
// context, which is what a compiler asks before it drops a check (`proves`).
// Answers are compared before times are taken. CPU time of one thread; a
// group's time is the least of nine, the table has the sums.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "rewrite/context.h"

namespace {

using hone::rewrite::Answer;
using hone::rewrite::Context;
using hone::term::Sort;
using hone::term::Term;

constexpr int kRuns = 9;

double cpu_microseconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 +
         static_cast<double>(t.tv_nsec) / 1e3;
}

template <typename Work>
double least_time(const Work& work) {
  double least = 1e30;
  for (int run = 0; run < kRuns; ++run) {
    const double begin = cpu_microseconds();
    work();
    least = std::min(least, cpu_microseconds() - begin);
  }
  return least;
}

struct Times {
  double kept = 0;
  double anew = 0;
  double proves = 0;
  size_t questions = 0;
  size_t contexts = 0;
};

bool measure(const std::vector<std::string>& assumptions,
             const std::vector<std::string>& goals, Times& times) {
  Context context;
  std::vector<Term> given, asked;
  for (const std::string& text : assumptions)
    given.push_back(*context.parse(text, Sort::Bool));
  for (const std::string& text : goals)
    asked.push_back(*context.parse(text, Sort::Bool));
  std::vector<Answer> kept(asked.size()), anew(asked.size());
  std::vector<char> proves(asked.size());
  const auto assume = [&] {
    context.push();
    for (const Term term : given)
      if (!context.assume(term).ok()) return false;
    return true;
  };
  times.anew += least_time([&] {
    for (size_t i = 0; i < asked.size(); ++i) {
      assume();
      anew[i] = context.prove(asked[i])->answer;
      context.pop();
    }
  });
  if (!assume()) return false;
  times.kept += least_time([&] {
    for (size_t i = 0; i < asked.size(); ++i)
      kept[i] = context.prove(asked[i])->answer;
  });
  times.proves += least_time([&] {
    for (size_t i = 0; i < asked.size(); ++i)
      proves[i] = context.proves(asked[i]);
  });
  context.pop();
  times.questions += asked.size();
  ++times.contexts;
  for (size_t i = 0; i < asked.size(); ++i)
    if (kept[i] != anew[i] || proves[i] != (kept[i] == Answer::True))
      return false;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: context_bench index_expressions.csv\n", stderr);
    return 2;
  }
  const auto content = hone::read_file(argv[1]);
  if (!content.ok()) {
    std::fprintf(stderr, "%s\n", content.error().message.c_str());
    return 2;
  }
  // template,split,kind,z3,assumptions,expr
  std::map<std::string, std::vector<std::string>> groups;
  for (const std::string& line : hone::split(*content, '\n')) {
    const std::vector<std::string> cells = hone::split(line, ',');
    if (cells.size() == 6 && cells[2] == "prove")
      groups[cells[4]].push_back(cells[5]);
  }
  Times times;
  for (const auto& [assumptions, goals] : groups)
    if (!measure(assumptions.empty() ? std::vector<std::string>()
                                     : hone::split(assumptions, ';'),
                 goals, times)) {
      std::fprintf(stderr, "answers differ under %s\n", assumptions.c_str());
      return 1;
    }
  const auto count = static_cast<double>(times.questions);
  fmt::print(
      "| {} questions under {} contexts | a question |\n|---|---:|\n"
      "| assumptions made anew, then prove() | {:.2f} us |\n"
      "| assumptions kept, prove() | {:.2f} us |\n"
      "| assumptions kept, proves() | {:.2f} us |\n",
      times.questions, times.contexts, times.anew / count, times.kept / count,
      times.proves / count);
  return 0;
}
