// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/applier.h"

#include <algorithm>

#include "base/result.h"
#include "rewrite/egraph/applier_scratch.h"

namespace hone::rewrite::egraph {

Applier::Applier(EGraph& graph, std::span<const Rule> rules,
                 Conditions* conditions)
    : graph_(graph),
      rules_(rules),
      conditions_(conditions),
      scratch_(std::make_unique<Scratch>()) {
  for (const Rule& rule : rules) {
    HONE_CHECK(!rule.condition || conditions != nullptr);
    programs_.push_back(compile(rule));
    programs_.back().rule = static_cast<uint32_t>(programs_.size() - 1);
  }
  if (Provenance* provenance = graph.provenance()) {
    first_rule_ = provenance->add_rules(rules);
  }
}

Applier::~Applier() = default;

Applier::Program Applier::compile(const Rule& rule) {
  using Kind = PatternNode::Kind;
  Program program{.slots = static_cast<uint32_t>(rule.left.nodes.size()),
                  .root = rule.left.root};
  std::vector<uint8_t> variable_slot(rule.variables.size());
  for (uint32_t slot = 0; slot < program.slots; ++slot) {
    const PatternNode& node = rule.left.nodes[slot];
    if (node.kind == Kind::Variable) {
      variable_slot[node.value] = static_cast<uint8_t>(slot);
      continue;
    }
    program.matched.push_back(
        {.op = node.op,
         .arguments = {node.arguments.begin(), node.arguments.end()},
         .column = static_cast<uint8_t>(slot),
         .literal = node.kind == Kind::Literal,
         .payload = node.value});
  }
  program.variables = variable_slot;
  std::vector<uint8_t> column_of;  // by node of the right side
  uint32_t columns = program.slots;
  HONE_CHECK(columns + rule.right.nodes.size() <= kMaxColumns);
  for (uint32_t number = 0; number < rule.right.nodes.size(); ++number) {
    const PatternNode& node = rule.right.nodes[number];
    if (node.kind == Kind::Variable) {
      column_of.push_back(variable_slot[node.value]);
      continue;
    }
    Intern intern{.op = node.op,
                  .column = static_cast<uint8_t>(columns),
                  .literal = node.kind == Kind::Literal,
                  .payload = node.value};
    for (const uint32_t argument : node.arguments) {
      intern.arguments.push_back(column_of[argument]);
    }
    column_of.push_back(static_cast<uint8_t>(columns++));
    program.asserts = number == rule.right.root && node.kind == Kind::Apply;
    if (program.asserts) {
      program.last = std::move(intern);
    } else {
      program.interns.push_back(std::move(intern));
    }
  }
  if (!program.asserts) program.last.column = column_of[rule.right.root];
  return program;
}

void Applier::apply(uint32_t rule, std::span<const uint32_t* const> slots,
                    uint32_t count) {
  const Program& program = programs_[rule];
  for (uint32_t begin = 0; begin < count; begin += kBatch) {
    for (uint32_t s = 0; s < program.slots; ++s) {
      scratch_->columns[s] = slots[s] + begin;
    }
    uint32_t batch = std::min(kBatch, count - begin);
    if (rules_[rule].condition) batch = filter(program, batch);
    if (batch > 0) run(program, batch);
  }
}

// Keeps the matches whose condition holds; their number.
uint32_t Applier::filter(const Program& program, uint32_t count) {
  Scratch& scratch = *scratch_;
  const Rule& rule = rules_[program.rule];
  ClassId bindings[kMaxColumns];
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count; ++i) {
    for (size_t v = 0; v < program.variables.size(); ++v) {
      bindings[v] = scratch.columns[program.variables[v]][i];
    }
    if (!conditions_->holds(rule, {bindings, program.variables.size()})) {
      continue;
    }
    for (uint32_t s = 0; s < program.slots; ++s) {
      scratch.filtered[s][kept] = scratch.columns[s][i];
    }
    ++kept;
  }
  for (uint32_t s = 0; s < program.slots; ++s) {
    scratch.columns[s] = scratch.filtered[s];
  }
  return kept;
}

// Points `arguments` to the columns of a node's key.
void Applier::gather(const Intern& node) {
  for (size_t c = 0; c < node.arguments.size(); ++c) {
    scratch_->arguments[c] = scratch_->columns[node.arguments[c]];
  }
}

void Applier::run(const Program& program, uint32_t count) {
  Scratch& scratch = *scratch_;
  for (const Intern& intern : program.interns) {
    ClassId* made = scratch.interned[intern.column];
    RowId* rows = scratch.rows[intern.column];
    scratch.columns[intern.column] = made;
    if (intern.literal) {
      std::fill_n(made, count, graph_.add_literal({intern.op, intern.payload}));
      continue;
    }
    gather(intern);
    graph_.table(intern.op).intern_batch(scratch.arguments, count,
                                         graph_.union_find(), made, rows);
    if (graph_.provenance() != nullptr) graph_.record_births(intern.op);
  }
  const ClassId* left = scratch.columns[program.root];
  const ClassId* right = scratch.columns[program.last.column];
  if (program.asserts) {
    gather(program.last);
    std::copy_n(left, count, scratch.classes);
    graph_.table(program.last.op)
        .assert_batch(scratch.arguments, count, scratch.classes,
                      scratch.rows[program.last.column]);
    right = scratch.classes;
  }
  if (graph_.provenance() != nullptr) {
    record(program, left, right, count);
  } else {
    unite(left, right, count);
  }
}

void Applier::unite(const ClassId* left, const ClassId* right, uint32_t count) {
  UnionFind& classes = graph_.union_find();
  for (uint32_t i = 0; i < count; ++i) {
    if (left[i] == right[i]) continue;
    classes.prefetch(left[i]);
    classes.prefetch(right[i]);
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (left[i] != right[i]) classes.unite(left[i], right[i]);
  }
}

}  // namespace hone::rewrite::egraph
