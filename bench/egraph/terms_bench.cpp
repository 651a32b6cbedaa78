// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Caviar's techniques, switched on one after the other, on a file of goals:
// `egraph_terms_bench FILE.csv EVERY [truncating]`. The file has the columns
// expr, z3 and trivial; every EVERY-th row that is not trivial is proved. With
// `truncating` its / and % round towards zero, as Caviar's constants do; what
// is right is then what the decision of linear arithmetic says.
// Prints one Markdown row a configuration: decided right, wrong, contingent
// recognised, open, seconds of CPU time, nodes of the last e-graphs.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/file.h"
#include "rewrite/egraph/term_prover.h"
#include "rewrite/prover.h"
#include "term/parse.h"
#include "term/walk.h"

namespace {

using namespace hone::rewrite::egraph;

struct Row {
  hone::term::Term goal;
  std::string verdict;
};

std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

std::vector<Row> read_rows(hone::term::Context& context, std::string_view text,
                           size_t every) {
  std::vector<Row> rows;
  size_t expr = 0, z3 = 0, trivial = 0, met = 0;
  bool head = true;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const auto cells = cells_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (head) {
      for (size_t i = 0; i < cells.size(); ++i) {
        if (cells[i] == "expr") expr = i;
        if (cells[i] == "z3") z3 = i;
        if (cells[i] == "trivial") trivial = i;
      }
      head = false;
      continue;
    }
    if (cells.size() <= std::max({expr, z3, trivial})) continue;
    if (cells[trivial] != "0" || met++ % every != 0) continue;
    auto goal = hone::term::parse_prefix(context, cells[expr]);
    if (goal) rows.push_back({*goal, cells[z3]});
  }
  return rows;
}

// The same goal where / and % round towards zero: for a >= 0 they are the
// Euclidean ones, for a < 0 those of -a, negated.
hone::term::Term truncated(hone::term::Context& context,
                           hone::term::Term goal) {
  using hone::term::Op;
  using hone::term::Term;
  std::unordered_map<Term, Term> made;
  for (const Term term : hone::term::reachable(context, goal)) {
    Term args[3];
    const int count = context.arity(term);
    for (int i = 0; i < count; ++i) args[i] = made.at(context.arg(term, i));
    const Op op = context.op(term);
    const Term zero = context.integer(0);
    Term result = term;
    if (op == Op::Div || op == Op::Mod) {
      const Term opposite =
          context.make(op, context.make(Op::Sub, zero, args[0]), args[1]);
      result = context.make(Op::Select, context.make(Op::Ge, args[0], zero),
                            context.make(op, args[0], args[1]),
                            context.make(Op::Sub, zero, opposite));
    } else if (count == 1) {
      result = context.make(op, args[0]);
    } else if (count == 2) {
      result = context.make(op, args[0], args[1]);
    } else if (count == 3) {
      result = context.make(op, args[0], args[1], args[2]);
    }
    made[term] = result;
  }
  return made.at(goal);
}

// Goals and verdicts under truncating division; open ones are left out.
void truncate(hone::term::Context& context, std::vector<Row>& rows) {
  hone::rewrite::Prover prover(context,
                               {.tiers = {hone::rewrite::Tier::Linear}});
  for (Row& row : rows) {
    row.goal = truncated(context, row.goal);
    const auto judgement = prover.prove(row.goal);
    row.verdict =
        judgement.ok() ? hone::rewrite::answer_name(judgement->answer) : "open";
  }
  std::erase_if(rows, [](const Row& row) { return row.verdict == "open"; });
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec);
}

void measure(const char* name, const std::vector<Row>& rows,
             hone::term::Context& context, const TermProverOptions& options) {
  TermProver prover;
  size_t right = 0, wrong = 0, contingent = 0, false_alarms = 0, open = 0;
  size_t broken = 0, nodes = 0;
  const double start = cpu_seconds();
  for (const Row& row : rows) {
    const auto verdict = prover.prove(context, row.goal, {}, options);
    if (!verdict) {
      ++broken;
      continue;
    }
    nodes += verdict->nodes;
    if (verdict->value) {
      ++(row.verdict == (*verdict->value ? "true" : "false") ? right : wrong);
    } else if (verdict->stop == TermStop::Contingent) {
      ++(row.verdict == "contingent" ? contingent : false_alarms);
    } else {
      ++open;
    }
  }
  fmt::print("| {} | {} | {} | {} | {} | {} | {} | {:.2f} | {:.0f} |\n", name,
             right, wrong, contingent, false_alarms, open, broken,
             cpu_seconds() - start,
             static_cast<double>(nodes) / static_cast<double>(rows.size()));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_truncating =
      argc == 4 && std::string_view(argv[3]) == "truncating";
  if (argc != 3 && !is_truncating) {
    fmt::print(stderr,
               "usage: egraph_terms_bench FILE.csv EVERY [truncating]\n");
    return 2;
  }
  auto text = hone::read_file(argv[1]);
  if (!text) {
    fmt::print(stderr, "egraph_terms_bench: {}\n", text.error().message);
    return 2;
  }
  hone::term::Context context;
  auto rows = read_rows(context, *text, std::strtoull(argv[2], nullptr, 10));
  if (is_truncating) truncate(context, rows);
  size_t decidable = 0;
  for (const Row& row : rows) decidable += row.verdict != "contingent";
  fmt::print("{} goals, {} decidable\n\n", rows.size(), decidable);
  fmt::print(
      "| techniques | right | wrong | contingent | false alarms | open | "
      "inconsistent | CPU s | nodes a goal |\n|---|---|---|---|---|---|---|---|"
      "---|\n");
  const RunLimits limits{.iterations = 10, .nodes = 3000};
  TermProverOptions options{.limits = limits,
                            .schedule = {.backoff = false},
                            .check_every_iteration = false,
                            .contingent_patterns = false};
  measure("none, simple schedule", rows, context, options);
  options.schedule.backoff = true;
  measure("back-off", rows, context, options);
  options.check_every_iteration = true;
  measure("back-off, goal check", rows, context, options);
  options.contingent_patterns = true;
  measure("back-off, goal check, patterns", rows, context, options);
  options.pulse_iterations = 3;
  options.pulses = 4;
  measure("all, pulses of 3 iterations", rows, context, options);
  options.contingent_patterns = false;
  measure("back-off, goal check, pulses", rows, context, options);
  return 0;
}
