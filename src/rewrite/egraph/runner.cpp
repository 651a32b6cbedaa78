// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/runner.h"

#include <algorithm>

#include "base/result.h"
#include "rewrite/egraph/emit_cpp.h"

namespace hone::rewrite::egraph {

RuleSet::RuleSet(std::vector<Rule> rules)
    : rules_(std::move(rules)), plan_(make_plan(rules_)) {}

RuleSet::RuleSet(std::vector<Rule> rules, const Signature& signature,
                 CompiledMatcher compiled)
    : RuleSet(std::move(rules)) {
  HONE_CHECK(plan_fingerprint(plan_, rules_, signature) ==
             compiled.fingerprint);
  compiled_ = compiled;
}

std::string_view run_stop_name(RunStop stop) {
  switch (stop) {
    case RunStop::Saturated:
      return "saturated";
    case RunStop::Iterations:
      return "iterations";
    case RunStop::Nodes:
      return "nodes";
  }
  return "";
}

Runner::Runner(EGraph& graph, const RuleSet& rules, Schedule schedule,
               ClassAnalysis* analysis, Conditions* conditions)
    : graph_(graph),
      rules_(rules),
      analysis_(analysis),
      scheduler_(schedule, rules.rules().size()),
      bounded_matches_(schedule.backoff),
      applier_(graph, rules.rules(), conditions),
      sinks_(rules.rules().size()),
      marks_(1, EGraph::Marks(graph.signature().size(), 0)),
      mark_of_(rules.rules().size(), 0),
      literals_(rules.plan().literals.size()),
      literal_new_(rules.plan().literals.size()),
      ran_(rules.rules().size()) {
  for (const IndexKey& key : rules.plan().indexes) indexes_.emplace_back(key);
  if (!rules.is_compiled()) {
    interpreter_ = std::make_unique<Interpreter>(rules.plan());
  }
}

Runner::~Runner() = default;

// An analysis may add nodes (the literal of a class known to be constant).
void Runner::rebuild() {
  do {
    graph_.rebuild();
  } while (analysis_ != nullptr && analysis_->update(graph_));
}

RunStop Runner::run(const RunLimits& limits) {
  rebuild();
  while (iteration_ < limits.iterations) {
    switch (iterate(limits)) {
      case Outcome::Changed:
        break;
      case Outcome::Nodes:
        return RunStop::Nodes;
      case Outcome::Quiet:
        // A rule that was banned may have matches yet.
        if (std::find(ran_.begin(), ran_.end(), 0) == ran_.end()) {
          return RunStop::Saturated;
        }
        scheduler_.end_shortest_bans(iteration_);
    }
  }
  return RunStop::Iterations;
}

Runner::Outcome Runner::iterate(const RunLimits& limits) {
  graph_.compact(marks_);
  end_.clear();
  for (OpId op = 0; op < graph_.signature().size(); ++op) {
    end_.push_back(graph_.table(op).rows());
  }
  build_indexes();
  node_limit_ = limits.nodes;
  over_limit_ = graph_.nodes() >= node_limit_;
  const uint64_t unions = graph_.union_find().unions();
  std::fill(ran_.begin(), ran_.end(), 0);
  for (uint32_t mark = 0; mark < marks_.size(); ++mark) {
    open_sinks(mark);
    match(marks_[mark]);
    for (uint32_t rule = 0; rule < sinks_.size(); ++rule) {
      if (sinks_[rule].active()) drain(rule);
      sinks_[rule].close();
    }
  }

  bool changed = graph_.union_find().unions() != unions;
  for (OpId op = 0; op < end_.size(); ++op) {
    changed |= graph_.table(op).rows() != end_[op];
  }
  rebuild();
  ++iteration_;
  if (over_limit_) return Outcome::Nodes;  // what was dropped is found again

  // Rules that ran have seen everything before end_. A rule with a condition
  // never has: what is known of an old match grows without a new row.
  std::vector<EGraph::Marks> marks{end_};
  std::vector<uint32_t> moved(marks_.size(), 0);
  for (uint32_t rule = 0; rule < sinks_.size(); ++rule) {
    uint32_t& mark = mark_of_[rule];
    if (ran_[rule] && !rules_.rules()[rule].condition) {
      mark = 0;
    } else {
      if (moved[mark] == 0) {
        moved[mark] = static_cast<uint32_t>(marks.size());
        marks.push_back(marks_[mark]);
      }
      mark = moved[mark];
    }
  }
  marks_ = std::move(marks);
  return changed ? Outcome::Changed : Outcome::Quiet;
}

void Runner::build_indexes() {
  const auto ids = static_cast<uint32_t>(graph_.union_find().size());
  for (Index& index : indexes_) index.build(graph_.table(index.key().op), ids);
}

void Runner::find_literals(const EGraph::Marks& fresh) {
  for (size_t i = 0; i < literals_.size(); ++i) {
    const Literal& literal = rules_.plan().literals[i];
    const Table& table = graph_.table(literal.op);
    const RowId row = table.find(&literal.payload);
    const bool known = row != kNoRow && row < end_[literal.op];
    literals_[i] = known ? table.class_of(row) : kNoClass;
    literal_new_[i] = known && row >= fresh[literal.op];
  }
}

// Opens the sinks of the rules that have this mark and are not banned.
void Runner::open_sinks(uint32_t mark) {
  for (uint32_t rule = 0; rule < sinks_.size(); ++rule) {
    if (over_limit_ || mark_of_[rule] != mark) continue;
    if (!scheduler_.may_run(rule, iteration_)) continue;
    sinks_[rule].open(applier_.slots(rule), kBatch);
    ran_[rule] = 1;
  }
}

void Runner::match(const EGraph::Marks& fresh) {
  find_literals(fresh);
  MatchRun run{
      .graph = graph_,
      .indexes = indexes_,
      .fresh = fresh,
      .end = end_,
      .literals = literals_,
      .literal_new = literal_new_,
      .sinks = sinks_,
      .full = [](void* self,
                 uint32_t rule) { static_cast<Runner*>(self)->full(rule); },
      .owner = this};
  if (interpreter_) {
    interpreter_->run(run);
  } else {
    rules_.compiled().run(run);
  }
}

void Runner::full(uint32_t rule) {
  if (bounded_matches_) {
    // All of a rule's matches wait until their number is known.
    Sink& sink = sinks_[rule];
    if (sink.count() <= scheduler_.limit(rule)) {
      return sink.grow(2 * sink.capacity());
    }
    scheduler_.ban(rule, iteration_);
    sink.close();
    ran_[rule] = 0;
    return;
  }
  drain(rule);
  if (graph_.nodes() < node_limit_) return;
  over_limit_ = true;
  for (Sink& sink : sinks_) sink.close();
}

void Runner::drain(uint32_t rule) {
  Sink& sink = sinks_[rule];
  // A sink that never grew to its limit may yet be over it.
  if (sink.count() > scheduler_.limit(rule)) {
    scheduler_.ban(rule, iteration_);
    ran_[rule] = 0;
    return sink.clear();
  }
  const uint32_t* slots[64];
  for (uint32_t s = 0; s < sink.slots(); ++s) slots[s] = sink.column(s);
  applier_.apply(rule, {slots, sink.slots()}, sink.count());
  matches_ += sink.count();
  sink.clear();
}

}  // namespace hone::rewrite::egraph
