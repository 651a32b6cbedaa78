// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/extract.h"

#include <algorithm>

#include "base/result.h"

namespace hone::rewrite::egraph {

Extractor::Extractor(const EGraph& graph, CostTable costs)
    : graph_(graph), costs_(std::move(costs)) {
  HONE_CHECK(costs_.by_op.size() == graph.signature().size());
  best_.resize(graph.union_find().size());
  settle();
}

// Passes over all rows until no cost falls. Rows of arguments mostly stand
// before those that use them, so that passes are few.
void Extractor::settle() {
  for (bool again = true; again;) {
    again = false;
    for (OpId op = 0; op < graph_.signature().size(); ++op) {
      const Table& table = graph_.table(op);
      for (RowId row = 0; row < table.rows(); ++row) {
        if (table.is_dead(row)) continue;
        const uint32_t* cells = table.row(row);
        Cost cost = costs_.by_op[op];
        for (uint32_t c = 0; c < table.class_columns(); ++c) {
          // Saturates: a sum that overflows is as good as none.
          if (__builtin_add_overflow(cost, best_[cells[c]].cost, &cost)) {
            cost = kNoCost;
            break;
          }
        }
        Choice& best = best_[cells[table.arity()]];
        if (cost >= best.cost) continue;
        best = {.cost = cost, .op = op, .row = row};
        again = true;
      }
    }
  }
}

TermId Extractor::build(ClassId id, const std::vector<Choice>& choices,
                        TermPool& terms) const {
  std::vector<TermId> made(choices.size(), kNoRow);
  std::vector<ClassId> pending{id};
  while (!pending.empty()) {
    const ClassId at = pending.back();
    const Choice& choice = choices[at];
    const Table& table = graph_.table(choice.op);
    const uint32_t* cells = table.row(choice.row);
    TermPool::Node node{.op = choice.op};
    bool ready = true;
    for (uint32_t c = 0; c < table.arity(); ++c) {
      if (table.is_literal()) {
        node.arguments.push_back(cells[c]);
      } else if (made[cells[c]] != kNoRow) {
        node.arguments.push_back(made[cells[c]]);
      } else {
        pending.push_back(cells[c]);
        ready = false;
      }
    }
    if (!ready) continue;
    made[at] = terms.add(std::move(node));
    pending.pop_back();
  }
  return made[id];
}

TermId Extractor::cheapest_tree(ClassId id, TermPool& terms) const {
  const ClassId root = graph_.find(id);
  HONE_CHECK(best_[root].cost != kNoCost);
  return build(root, best_, terms);
}

Cost Extractor::dag_cost(ClassId id, const std::vector<Choice>& choices) const {
  std::vector<uint8_t> seen(choices.size(), 0);
  std::vector<ClassId> pending{id};
  seen[id] = 1;
  Cost cost = 0;
  while (!pending.empty()) {
    const Choice& choice = choices[pending.back()];
    pending.pop_back();
    cost += costs_.by_op[choice.op];
    const Table& table = graph_.table(choice.op);
    for (uint32_t c = 0; c < table.class_columns(); ++c) {
      const ClassId argument = table.row(choice.row)[c];
      if (!seen[argument]) pending.push_back(argument);
      seen[argument] = 1;
    }
  }
  return cost;
}

std::optional<Extractor::Dag> Extractor::smallest_dag(ClassId id,
                                                      TermPool& terms,
                                                      uint64_t budget) const {
  const ClassId root = graph_.find(id);
  HONE_CHECK(best_[root].cost != kNoCost);
  std::vector<Choice> choices(best_.size());
  // By class: the classes under its choice, itself included, ascending.
  std::vector<std::vector<ClassId>> under(best_.size());
  std::vector<ClassId> merged, both;
  uint64_t held = 0;
  for (bool again = true; again;) {
    again = false;
    for (OpId op = 0; op < graph_.signature().size(); ++op) {
      const Table& table = graph_.table(op);
      for (RowId row = 0; row < table.rows(); ++row) {
        if (table.is_dead(row)) continue;
        const uint32_t* cells = table.row(row);
        const ClassId out = cells[table.arity()];
        merged.clear();
        bool ready = true;
        for (uint32_t c = 0; c < table.class_columns() && ready; ++c) {
          const auto& argument = under[cells[c]];
          ready = !argument.empty();
          both.clear();
          std::set_union(merged.begin(), merged.end(), argument.begin(),
                         argument.end(), std::back_inserter(both));
          merged.swap(both);
        }
        // A class under itself would be a cycle.
        const auto place = std::lower_bound(merged.begin(), merged.end(), out);
        if (!ready || (place != merged.end() && *place == out)) continue;
        Cost cost = costs_.by_op[op];
        for (const ClassId used : merged) {
          cost += costs_.by_op[choices[used].op];
        }
        if (cost >= choices[out].cost) continue;
        merged.insert(place, out);
        held += merged.size() - under[out].size();
        if (held > budget) return std::nullopt;
        under[out] = merged;
        choices[out] = {.cost = cost, .op = op, .row = row};
        again = true;
      }
    }
  }
  // Sets were made at different times: what counts is the DAG that comes out.
  // A choice that was improved later may have closed a cycle; the tree has
  // none.
  std::vector<uint8_t> state(choices.size(), 0);
  std::vector<ClassId> path{root};
  bool cyclic = false;
  while (!path.empty() && !cyclic) {
    const ClassId at = path.back();
    if (state[at] != 0) {
      state[at] = 2;
      path.pop_back();
      continue;
    }
    state[at] = 1;
    const Table& table = graph_.table(choices[at].op);
    for (uint32_t c = 0; c < table.class_columns(); ++c) {
      const ClassId argument = table.row(choices[at].row)[c];
      if (state[argument] == 1) cyclic = true;
      if (state[argument] == 0) path.push_back(argument);
    }
  }
  const Cost tree = dag_cost(root, best_);
  const Cost greedy = cyclic ? kNoCost : dag_cost(root, choices);
  if (greedy < tree) return Dag{build(root, choices, terms), greedy};
  return Dag{build(root, best_, terms), tree};
}

}  // namespace hone::rewrite::egraph
