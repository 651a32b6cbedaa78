// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/check_order.h"

#include <algorithm>
#include <map>
#include <set>

namespace hone::toolkit {

using tensor::Graph;
using tensor::Node;
using tensor::Plan;
using tensor::PlanProbe;
using tensor::ValueId;

namespace {

// The values that a node and its bodies read.
std::vector<ValueId> read_by(const Node& node) {
  std::vector<ValueId> values;
  for (const ValueId input : node.inputs)
    if (input != tensor::kNone) values.push_back(input);
  for (const auto& [name, attribute] : node.attributes)
    if (kind_of(attribute) == tensor::AttributeKind::Graph)
      for (const tensor::Capture& capture :
           std::get<std::shared_ptr<const Graph>>(attribute)->captures)
        values.push_back(capture.outer);
  return values;
}

class Order {
 public:
  Order(const Graph& graph, const Plan& plan)
      : graph_(graph), makers_(graph.values.size(), -1) {
    for (size_t i = 0; i < graph.nodes.size(); ++i)
      for (const ValueId output : graph.nodes[i].outputs)
        if (output != tensor::kNone)
          makers_[index(output)] = static_cast<int>(i);
    // By step, and within one in the plan's order.
    std::map<int, std::vector<ValueId>> probes;
    for (const PlanProbe& probe : plan.probes)
      probes[probe.step].push_back(probe.value);
    for (const auto& [step, values] : probes)
      for (const ValueId value : values) {
        const auto at = static_cast<int>(positions_.size());
        if (positions_.try_emplace(value, at).second) values_.push_back(value);
      }
  }

  std::vector<CheckTurn> turns() {
    std::vector<CheckTurn> turns(values_.size());
    std::vector<int> last(values_.size(), 0);
    for (size_t i = 0; i < values_.size(); ++i) {
      const std::set<int> needed = stored_before(values_[i]);
      const int ready =
          std::max(static_cast<int>(i), needed.empty() ? 0 : *needed.rbegin());
      turns[ready].compare.push_back(values_[i]);
      last[i] = std::max(last[i], ready);
      for (const int at : needed) last[at] = std::max(last[at], ready);
    }
    for (size_t i = 0; i < values_.size(); ++i)
      turns[last[i]].forget.push_back(values_[i]);
    return turns;
  }

 private:
  // Positions of the stored values that a value is computed from, through
  // those that are not stored.
  std::set<int> stored_before(ValueId value) {
    std::set<int> stored;
    std::set<ValueId> seen;
    std::vector<ValueId> open = {value};
    while (!open.empty()) {
      const ValueId id = open.back();
      open.pop_back();
      const int maker = makers_[index(id)];
      if (maker < 0) continue;
      for (const ValueId input : read_by(graph_.nodes[maker])) {
        const auto found = positions_.find(input);
        if (found != positions_.end())
          stored.insert(found->second);
        else if (seen.insert(input).second)
          open.push_back(input);
      }
    }
    return stored;
  }

  const Graph& graph_;
  std::vector<int> makers_;
  std::map<ValueId, int> positions_;
  std::vector<ValueId> values_;
};

}  // namespace

std::vector<CheckTurn> order_checks(const Graph& graph, const Plan& plan) {
  const bool jumps = std::ranges::any_of(plan.steps, [](const auto& step) {
    return step.kernel == tensor::PlanStep::kJump;
  });
  if (jumps) return {};
  return Order(graph, plan).turns();
}

}  // namespace hone::toolkit
