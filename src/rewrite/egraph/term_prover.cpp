// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/term_prover.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "rewrite/egraph/dot.h"
#include "rewrite/egraph/extract.h"
#include "rewrite/egraph/justify.h"
#include "rewrite/egraph/term_domain.h"
#include "rewrite/egraph/term_rules.h"
#include "term/print.h"
#include "term/substitute.h"

namespace hone::rewrite::egraph {

namespace compiled {
extern const CompiledMatcher terms;
}

// One e-graph with one term in it.
struct TermProver::Run {
  Run(const TermLanguage& language, const RuleSet& rules,
      term::Context& context, term::Term term, const Facts& facts,
      const Schedule& schedule, AnalysisLog* log = nullptr)
      : language(language),
        context(context),
        bridge(language, context),
        graph(language.signature(), /*explains=*/log != nullptr),
        analysis(TermDomain(language, context, facts, log)),
        conditions(language, graph, analysis),
        runner(graph, rules, schedule, &analysis, &conditions) {
    if (log != nullptr) graph.provenance()->keep_losses();
    truths[0] = graph.add_literal(language.truth(false));
    truths[1] = graph.add_literal(language.truth(true));
    root = bridge.add(graph, term);
  }

  std::string draw() {
    return print_dot(graph, [this](Literal literal) {
      return term::print(context, bridge.literal(literal));
    });
  }

  Status consistent() {
    if (graph.find(truths[0]) != graph.find(truths[1]) &&
        !analysis.domain().contradiction()) {
      return {};
    }
    return Error(ErrorKind::Internal,
                 "an e-graph holds two different values in one class: a rule "
                 "is unsound, or the assumptions exclude every model\n" +
                     draw());
  }

  std::optional<bool> value() const {
    for (const bool truth : {false, true}) {
      if (graph.find(root) == graph.find(truths[truth])) return truth;
    }
    return std::nullopt;
  }

  // Whether the goal's class holds a comparison of a variable with a number:
  // where nothing is assumed, some values make it true, others false.
  bool is_contingent() const {
    const ClassId goal = graph.find(root);
    for (const term::Op op : {term::Op::Lt, term::Op::Le, term::Op::Eq}) {
      const Table& table = graph.table(language.op(op, term::Sort::Int));
      for (RowId row = 0; row < table.rows(); ++row) {
        if (table.is_dead(row) || table.class_of(row) != goal) continue;
        const uint32_t* key = table.row(row);
        if ((is_variable(key[0]) && is_number(key[1])) ||
            (is_number(key[0]) && is_variable(key[1]))) {
          return true;
        }
      }
    }
    return false;
  }
  bool is_number(ClassId id) const { return analysis[id].is_constant(); }
  bool is_variable(ClassId id) const {
    const Table& table = graph.table(language.variable());
    for (RowId row = 0; row < table.rows(); ++row) {
      if (!table.is_dead(row) && table.class_of(row) == id) return true;
    }
    return false;
  }

  term::Term smallest(bool as_dag) {
    const Extractor extractor(graph, CostTable::ones(language.signature()));
    TermPool pool;
    if (as_dag) {
      if (const auto dag = extractor.smallest_dag(root, pool)) {
        return bridge.read(pool, dag->term);
      }
    }
    return bridge.read(pool, extractor.cheapest_tree(root, pool));
  }

  const TermLanguage& language;
  term::Context& context;
  TermBridge bridge;
  EGraph graph;
  TermAnalysis analysis;
  TermConditions conditions;
  Runner runner;
  ClassId truths[2];
  ClassId root;
};

std::string_view term_stop_name(TermStop stop) {
  switch (stop) {
    case TermStop::Proved:
      return "proved";
    case TermStop::Contingent:
      return "contingent";
    case TermStop::Saturated:
      return "saturated";
    case TermStop::Iterations:
      return "iterations";
    case TermStop::Nodes:
      return "nodes";
  }
  return "";
}

TermProver::TermProver()
    : rules_(std::make_unique<RuleSet>(parse_term_rules(language_),
                                       language_.signature(),
                                       compiled::terms)) {}

TermProver::~TermProver() = default;

Result<TermVerdict> TermProver::prove(term::Context& context, term::Term goal,
                                      const Facts& facts,
                                      const TermProverOptions& options) {
  HONE_ASSIGN_OR_RETURN(term::Term now, term::expand_lets(context, goal));
  TermVerdict verdict;
  const uint64_t pulses = options.pulse_iterations > 0 ? options.pulses : 1;
  const uint64_t iterations = options.pulse_iterations > 0
                                  ? options.pulse_iterations
                                  : options.limits.iterations;
  for (verdict.pulses = 1;; ++verdict.pulses) {
    Run run(language_, *rules_, context, now, facts, options.schedule);
    RunLimits limits{.iterations = 0, .nodes = options.limits.nodes};
    RunStop stop = RunStop::Iterations;
    while (stop == RunStop::Iterations && limits.iterations < iterations) {
      limits.iterations =
          options.check_every_iteration ? limits.iterations + 1 : iterations;
      stop = run.runner.run(limits);
      HONE_RETURN_IF_ERROR(run.consistent());
      if (run.value()) break;
      if (options.contingent_patterns && facts.empty() && run.is_contingent()) {
        verdict.stop = TermStop::Contingent;
        verdict.iterations += run.runner.iterations();
        verdict.nodes = run.graph.nodes();
        return verdict;
      }
    }
    verdict.iterations += run.runner.iterations();
    verdict.nodes = run.graph.nodes();
    verdict.value = run.value();
    verdict.stop = verdict.value                ? TermStop::Proved
                   : stop == RunStop::Saturated ? TermStop::Saturated
                   : stop == RunStop::Nodes     ? TermStop::Nodes
                                                : TermStop::Iterations;
    if (verdict.value || stop == RunStop::Saturated ||
        verdict.pulses >= pulses) {
      return verdict;
    }
    const term::Term smallest = run.smallest(/*as_dag=*/false);
    if (smallest == now) return verdict;  // The next pulse would be this one.
    now = smallest;
  }
}

Result<std::string> TermProver::steps(term::Context& context, term::Term goal,
                                      bool value, const Facts& facts,
                                      const TermProverOptions& options) {
  HONE_ASSIGN_OR_RETURN(const term::Term plain,
                        term::expand_lets(context, goal));
  AnalysisLog log;
  Run run(language_, *rules_, context, plain, facts, options.schedule, &log);
  RunLimits limits{.iterations = 0, .nodes = options.limits.nodes};
  while (!run.value() && limits.iterations < options.limits.iterations) {
    ++limits.iterations;
    if (run.runner.run(limits) != RunStop::Iterations) break;
  }
  HONE_RETURN_IF_ERROR(run.consistent());
  if (run.value() != value) {
    return Error(ErrorKind::NotFound,
                 fmt::format("the e-graph does not show that {} is {}",
                             term::print(context, goal), value));
  }
  HONE_ASSIGN_OR_RETURN(const Justification proof,
                        justify(run.graph, log, run.root, run.truths[value]));
  const auto print = [&](TermId term) {
    return term::print(context, run.bridge.read(proof.terms, term),
                       term::Form::Prefix);
  };
  std::string text;
  std::unordered_set<std::string> known;
  for (const Justification::Line& line : proof.lines) {
    std::string step;
    if (line.rule == kGivenStep) {
      step = "range " + print(line.terms[0]);
    } else {
      const Rule& rule = run.graph.provenance()->rule(line.rule);
      step = "step " + rule.name;
      for (size_t i = 0; i < line.terms.size(); ++i)
        step += fmt::format(" {} = {} ;", rule.variables[i].substr(1),
                            print(line.terms[i]));
    }
    step += "\n";
    // A value may be seen again when more is known of its arguments.
    if (line.rule == kGivenStep || known.insert(step).second) text += step;
  }
  return text;
}

Result<term::Term> TermProver::simplify(term::Context& context, term::Term term,
                                        const Facts& facts,
                                        const TermProverOptions& options,
                                        bool as_dag) {
  HONE_ASSIGN_OR_RETURN(const term::Term plain,
                        term::expand_lets(context, term));
  Run run(language_, *rules_, context, plain, facts, options.schedule);
  run.runner.run(options.limits);
  HONE_RETURN_IF_ERROR(run.consistent());
  return run.smallest(as_dag);
}

Result<std::string> TermProver::draw(term::Context& context, term::Term term,
                                     const Facts& facts,
                                     const TermProverOptions& options) {
  HONE_ASSIGN_OR_RETURN(const term::Term plain,
                        term::expand_lets(context, term));
  Run run(language_, *rules_, context, plain, facts, options.schedule);
  run.runner.run(options.limits);
  HONE_RETURN_IF_ERROR(run.consistent());
  return run.draw();
}

}  // namespace hone::rewrite::egraph
