// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/matcher.h"

#include <cstring>

#include "base/result.h"

namespace hone::rewrite::egraph {

void Sink::grow(uint32_t capacity) {
  words_.resize_for_overwrite(size_t{slots_} * capacity);
  // The last column first: each moves up, onto none that is still to move.
  for (uint32_t slot = slots_; slot-- > 0;) {
    std::memmove(words_.data() + size_t{slot} * capacity,
                 words_.data() + size_t{slot} * capacity_,
                 size_t{count_} * sizeof(uint32_t));
  }
  capacity_ = capacity;
}

uint8_t Interpreter::reg_of(const Operand& operand) const {
  return static_cast<uint8_t>(operand.literal ? own_registers_ + operand.number
                                              : operand.number);
}

Interpreter::Interpreter(const Plan& plan)
    : roots_(plan.roots), own_registers_(plan.registers) {
  HONE_CHECK(plan.registers + plan.literals.size() <= 256);
  for (const PlanNode& from : plan.nodes) {
    const Step& step = from.step;
    Node node{.kind = step.kind,
              .old_only = step.age == Age::Old,
              .op = step.op,
              .index = step.index,
              .literal = step.literal,
              .children = from.children};
    const bool probes = step.kind == Step::Kind::Probe;
    const IndexKey index = probes ? plan.indexes[step.index] : IndexKey{};
    for (uint32_t c = 0; c < step.columns.size(); ++c) {
      const Step::Column& column = step.columns[c];
      const uint8_t reg = reg_of(column.operand);
      if (step.kind == Step::Kind::Lookup && c + 1 < step.columns.size()) {
        node.arguments.push_back(reg);
        continue;
      }
      if (probes && c == step.key) {
        node.key = reg;
        continue;
      }
      const uint32_t word = probes && c > step.key ? c - 1 : c;
      if (probes && c == index.second && narrows(step, index)) {
        node.second = reg;
        node.has_second = true;
      }
      (column.binds ? node.binds : node.checks)
          .push_back({static_cast<uint8_t>(word), reg});
    }
    for (const Emit& emit : from.emits) {
      std::vector<uint8_t> slots;
      for (const Operand& slot : emit.slots) slots.push_back(reg_of(slot));
      node.emits.emplace_back(emit.rule, std::move(slots));
    }
    nodes_.push_back(std::move(node));
  }
}

// Whether any rule below the node takes matches in this run.
bool Interpreter::mark_active(uint32_t number, const MatchRun& run) {
  Node& node = nodes_[number];
  node.active = false;
  for (const auto& [rule, slots] : node.emits) {
    node.active |= run.sinks[rule].active();
  }
  for (const uint32_t child : node.children) {
    node.active |= mark_active(child, run);
  }
  return node.active;
}

void Interpreter::run(MatchRun& run) {
  for (size_t i = 0; i < run.literals.size(); ++i) {
    registers_[own_registers_ + i] = run.literals[i];
  }
  for (const uint32_t root : roots_) {
    if (mark_active(root, run)) execute(nodes_[root], run);
  }
}

// Depth is bounded by the number of atoms of a rule.
void Interpreter::execute(const Node& node, MatchRun& run) {
  switch (node.kind) {
    case Step::Kind::Drive:
      return rows(node, run, run.fresh[node.op], run.end[node.op]);
    case Step::Kind::Scan:
      return rows(node, run, 0,
                  node.old_only ? run.fresh[node.op] : run.end[node.op]);
    case Step::Kind::DriveOnce:
      if (run.literal_new[node.literal]) proceed(node, run);
      return;
    case Step::Kind::RequireOld:
      if (!run.literal_new[node.literal]) proceed(node, run);
      return;
    case Step::Kind::Probe:
      return probe(node, run);
    case Step::Kind::Lookup:
      return lookup(node, run);
  }
}

void Interpreter::proceed(const Node& node, MatchRun& run) {
  for (const auto& [rule, slots] : node.emits) {
    Sink& sink = run.sinks[rule];
    if (sink.active() && sink.take_from(registers_, slots)) {
      run.full(run.owner, rule);
    }
  }
  for (const uint32_t child : node.children) {
    if (nodes_[child].active) execute(nodes_[child], run);
  }
}

// Moves come first: a comparison may be with what the same row bound.
bool Interpreter::accept(const Node& node, const uint32_t* words) {
  for (const Cell cell : node.binds) registers_[cell.reg] = words[cell.word];
  for (const Cell cell : node.checks) {
    if (registers_[cell.reg] != words[cell.word]) return false;
  }
  return true;
}

void Interpreter::rows(const Node& node, MatchRun& run, RowId begin,
                       RowId end) {
  const Table& table = run.graph.table(node.op);
  for (RowId row = begin; row < end; ++row) {
    if (!table.is_dead(row) && accept(node, table.row(row))) {
      proceed(node, run);
    }
  }
}

void Interpreter::probe(const Node& node, MatchRun& run) {
  const Index& index = run.indexes[node.index];
  const ClassId key = registers_[node.key];
  const auto group = node.has_second ? index.group(key, registers_[node.second])
                                     : index.group(key);
  const uint32_t stride = index.stride();
  for (const uint32_t* entry = group.data();
       entry != group.data() + group.size(); entry += stride) {
    if (node.old_only && !run.is_old(node.op, entry[stride - 1])) continue;
    if (accept(node, entry)) proceed(node, run);
  }
}

void Interpreter::lookup(const Node& node, MatchRun& run) {
  uint32_t key[kMaxArity];
  for (size_t c = 0; c < node.arguments.size(); ++c) {
    key[c] = registers_[node.arguments[c]];
  }
  const Table& table = run.graph.table(node.op);
  const RowId row = table.find(key);
  if (row == kNoRow || row >= run.end[node.op]) return;
  if (node.old_only && !run.is_old(node.op, row)) return;
  if (accept(node, table.row(row))) proceed(node, run);
}

}  // namespace hone::rewrite::egraph
