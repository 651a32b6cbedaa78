// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Equality saturation: match all rules, apply the matches, rebuild, again.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "rewrite/egraph/analysis.h"
#include "rewrite/egraph/applier.h"
#include "rewrite/egraph/egraph.h"
#include "rewrite/egraph/matcher.h"
#include "rewrite/egraph/plan.h"
#include "rewrite/egraph/scheduler.h"

namespace hone::rewrite::egraph {

// A matcher made from a plan at build time (emit_cpp.h).
struct CompiledMatcher {
  uint64_t fingerprint = 0;  // plan_fingerprint() of the plan
  void (*run)(MatchRun& run) = nullptr;
};

// Rules with their plan. Rules that were compiled bring a matcher; the others
// are interpreted. Both run on the same e-graph, the same indexes and the same
// applier.
class RuleSet {
 public:
  explicit RuleSet(std::vector<Rule> rules);
  // Aborts where the matcher was compiled from another plan.
  RuleSet(std::vector<Rule> rules, const Signature& signature,
          CompiledMatcher compiled);

  const std::vector<Rule>& rules() const { return rules_; }
  const Plan& plan() const { return plan_; }
  bool is_compiled() const { return compiled_.run != nullptr; }
  const CompiledMatcher& compiled() const { return compiled_; }

 private:
  std::vector<Rule> rules_;
  Plan plan_;
  CompiledMatcher compiled_;
};

// Budgets are iterations and nodes, never time, so that results repeat.
struct RunLimits {
  uint64_t iterations = 30;
  // Checked batch by batch: rows may exceed it by one batch of one rule.
  uint64_t nodes = UINT64_MAX;
};

enum class RunStop { Saturated, Iterations, Nodes };
std::string_view run_stop_name(RunStop stop);

class Runner {
 public:
  // The e-graph and the rules must outlive the runner. Rows that are in the
  // e-graph are new to the first iteration. The analysis, where there is one,
  // is kept up to date.
  Runner(EGraph& graph, const RuleSet& rules, Schedule schedule = {},
         ClassAnalysis* analysis = nullptr, Conditions* conditions = nullptr);
  ~Runner();

  // Iterates until nothing changes or a limit is reached. May be called again,
  // with a larger limit: iterations are counted from the beginning.
  RunStop run(const RunLimits& limits);

  uint64_t iterations() const { return iteration_; }
  // Matches applied, over all iterations.
  uint64_t matches() const { return matches_; }

 private:
  enum class Outcome { Changed, Quiet, Nodes };
  Outcome iterate(const RunLimits& limits);
  void build_indexes();
  void find_literals(const EGraph::Marks& fresh);
  void match(const EGraph::Marks& fresh);
  void open_sinks(uint32_t mark);
  void full(uint32_t rule);
  void drain(uint32_t rule);

  void rebuild();

  EGraph& graph_;
  const RuleSet& rules_;
  ClassAnalysis* analysis_;
  Scheduler scheduler_;
  bool bounded_matches_;
  Applier applier_;
  std::unique_ptr<Interpreter> interpreter_;
  std::vector<Index> indexes_;
  std::vector<Sink> sinks_;
  // First rows that a rule has not seen, by table; rules that ran last in the
  // same iteration share one.
  std::vector<EGraph::Marks> marks_;
  std::vector<uint32_t> mark_of_;  // by rule
  EGraph::Marks end_;
  std::vector<ClassId> literals_;
  std::vector<uint8_t> literal_new_;
  uint64_t iteration_ = 0;
  uint64_t matches_ = 0;
  uint64_t node_limit_ = 0;
  bool over_limit_ = false;
  std::vector<uint8_t> ran_;  // by rule: this iteration, to its end
};

}  // namespace hone::rewrite::egraph
