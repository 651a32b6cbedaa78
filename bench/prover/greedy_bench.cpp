// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The greedy pass alone, and sampling, on Caviar's data.
//
//   greedy_bench decide FILE     columns expr, z3, trivial: verdicts against
//                                Z3's, times of one core with and without log
//   greedy_bench simplify FILE   columns expr, halide_nodes: sizes and times;
//                                each result is first proved equal to its input
//   greedy_bench random SEED N   random terms against the reference evaluator
//
// Nothing survives a row. A time is the least of five runs of that row: what
// the pass takes, not what the neighbours on the machine do. Ends with 1 where
// anything was wrong.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "rewrite/greedy/simplify.h"
#include "rewrite/prover.h"
#include "rewrite/refute/refute.h"
#include "rewrite/test_tools.h"
#include "term/parse.h"
#include "term/print.h"
#include "term/walk.h"

namespace {

using hone::rewrite::Answer;
using hone::rewrite::Refuter;
using hone::rewrite::Simplifier;
using hone::term::Context;
using hone::term::Op;
using hone::term::Sort;
using hone::term::Term;

using Row = std::map<std::string, std::string>;

double cpu_microseconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 +
         static_cast<double>(now.tv_nsec) / 1e3;
}

template <typename F>
double least_time(F run) {
  double least = 1e18;
  for (int i = 0; i < 5; ++i) {
    const double start = cpu_microseconds();
    run();
    least = std::min(least, cpu_microseconds() - start);
  }
  return least;
}

std::vector<Row> read_rows(const char* path) {
  const auto content = hone::read_file(path);
  if (!content) {
    fmt::print(stderr, "{}\n", content.error().message);
    std::exit(2);
  }
  std::vector<Row> rows;
  std::vector<std::string> names;
  for (const std::string& line : hone::split(*content, '\n')) {
    if (line.empty()) continue;
    const std::vector<std::string> cells = hone::split(line, ',');
    if (names.empty()) {
      names = cells;
      continue;
    }
    Row row;
    for (size_t i = 0; i < cells.size() && i < names.size(); ++i)
      row[names[i]] = cells[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

struct Times {
  std::vector<double> all;
  void print(const char* what) {
    if (all.empty()) return;
    std::sort(all.begin(), all.end());
    double sum = 0;
    for (const double time : all) sum += time;
    fmt::print(
        "{}: median {:.2f} us, p90 {:.1f}, p99 {:.1f}, max {:.0f}, sum "
        "{:.4f} s\n",
        what, all[all.size() / 2], all[all.size() * 9 / 10],
        all[all.size() * 99 / 100], all.back(), sum / 1e6);
  }
};

int decide(const char* path) {
  Context context;
  Simplifier simplifier;
  Refuter refuter;
  Times text, term, decided, logged, sampled;
  int decidable = 0, right = 0, wrong = 0, contingent = 0, refuted = 0;
  for (const Row& row : read_rows(path)) {
    if (row.at("trivial") != "0") continue;
    const std::string& expr = row.at("expr");
    const bool decides = row.at("z3") != "contingent";
    text.all.push_back(least_time([&] {
      context.reset();
      simplifier.decide(context, *hone::term::parse(context, expr));
    }));
    context.reset();
    const Term goal = *hone::term::parse(context, expr);
    std::optional<bool> found;
    const double time =
        least_time([&] { found = simplifier.decide(context, goal); });
    term.all.push_back(time);
    logged.all.push_back(
        least_time([&] { simplifier.decide_logged(context, goal); }));
    decidable += decides;
    if (found) {
      const bool is_right = row.at("z3") == (*found ? "true" : "false");
      right += is_right;
      wrong += !is_right;
      decided.all.push_back(time);
    }
    if (decides) continue;
    ++contingent;
    bool both = false;
    sampled.all.push_back(
        least_time([&] { both = refuter.refute(context, goal).contingent(); }));
    refuted += both;
  }
  fmt::print("decided {} of {} ({:.2f} %), wrong {}\n", right, decidable,
             100.0 * right / decidable, wrong);
  text.print("from text, all rows");
  term.print("from terms, all rows");
  decided.print("from terms, decided rows");
  logged.print("with the log, all rows");
  fmt::print("contingent rows refuted: {} of {}\n", refuted, contingent);
  sampled.print("sampling, contingent rows");
  return wrong != 0;
}

// "proved", "open" or "WRONG".
Answer equality(Context& context, Term a, Term b) {
  hone::rewrite::Prover prover(context);
  const auto judgement = prover.prove(context.make(Op::Eq, a, b));
  return judgement ? judgement->answer : Answer::Open;
}

int simplify(const char* path) {
  Context context;
  Simplifier simplifier;
  Times times;
  uint64_t before = 0, halide = 0, after = 0, dag_before = 0, dag_after = 0;
  int larger = 0, proved = 0, open = 0, wrong = 0, rows = 0;
  for (const Row& row : read_rows(path)) {
    ++rows;
    context.reset();
    const Term term = *hone::term::parse(context, row.at("expr"));
    const Context fresh = context;
    const Term result = simplifier.simplify(context, term);
    const uint64_t nodes = tree_size(context, result);
    const auto theirs =
        static_cast<uint64_t>(std::atoll(row.at("halide_nodes").c_str()));
    before += tree_size(context, term);
    dag_before += dag_size(context, term);
    dag_after += dag_size(context, result);
    after += nodes;
    halide += theirs;
    larger += nodes > theirs;
    switch (equality(context, term, result)) {
      case Answer::True:
        ++proved;
        break;
      case Answer::Open:
        ++open;
        break;
      default:
        ++wrong;
        fmt::print("WRONG: {}\n  {}\n", print(context, term),
                   print(context, result));
    }
    double least = 1e18;
    for (int i = 0; i < 5; ++i) {
      context = fresh;
      const double start = cpu_microseconds();
      simplifier.simplify(context, term);
      least = std::min(least, cpu_microseconds() - start);
    }
    times.all.push_back(least);
  }
  fmt::print(
      "{} rows, tree nodes: input {}, Halide (stored) {}, ours {} ({:.1f} % "
      "fewer); larger than Halide's: {}\n",
      rows, before, halide, after,
      100.0 - 100.0 * static_cast<double>(after) / static_cast<double>(halide),
      larger);
  fmt::print("DAG nodes: input {}, ours {}\n", dag_before, dag_after);
  fmt::print("equal to the input: proved {}, open {}, wrong {}\n", proved, open,
             wrong);
  times.print("simplify");
  return wrong != 0;
}

int random_terms(uint64_t seed, int count) {
  hone::rewrite::RandomTerms terms(seed);
  Context context;
  Simplifier simplifier;
  int smaller = 0;
  for (int i = 0; i < count; ++i) {
    context.reset();
    const Term term = terms.next(
        context, terms.random().chance(0.5) ? Sort::Int : Sort::Bool, 4);
    const Term result = simplifier.simplify(context, term);
    smaller += result != term;
    for (int m = 0; m < 3; ++m) {
      const auto model = terms.model(context);
      if (*evaluate(context, term, model) == *evaluate(context, result, model))
        continue;
      fmt::print("WRONG: {}\n  {}\n", print(context, term),
                 print(context, result));
      return 1;
    }
  }
  fmt::print("{} random terms, {} changed, none wrong\n", count, smaller);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "decide" && argc == 3) return decide(argv[2]);
  if (mode == "simplify" && argc == 3) return simplify(argv[2]);
  if (mode == "random" && argc == 4)
    return random_terms(std::strtoull(argv[2], nullptr, 10),
                        std::atoi(argv[3]));
  fmt::print(stderr,
             "usage: greedy_bench decide|simplify FILE, or random SEED "
             "COUNT\n");
  return 2;
}
