// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/applier.h"

#include <algorithm>

#include "base/result.h"

namespace hone::rewrite::egraph {

namespace {

constexpr uint32_t kMaxColumns = 64;

}  // namespace

struct Applier::Scratch {
  const uint32_t* columns[kMaxColumns];    // slots, then what was interned
  uint32_t interned[kMaxColumns][kBatch];  // the latter's memory
  ClassId classes[kBatch];
  RowId rows[kBatch];
};

Applier::Applier(EGraph& graph, std::span<const Rule> rules)
    : graph_(graph), scratch_(std::make_unique<Scratch>()) {
  for (const Rule& rule : rules) programs_.push_back(compile(rule));
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
    }
  }
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
    run(program, std::min(kBatch, count - begin));
  }
}

void Applier::run(const Program& program, uint32_t count) {
  Scratch& scratch = *scratch_;
  const uint32_t* arguments[kMaxArity];
  const auto gather = [&](const Intern& intern) {
    for (size_t c = 0; c < intern.arguments.size(); ++c) {
      arguments[c] = scratch.columns[intern.arguments[c]];
    }
  };
  for (const Intern& intern : program.interns) {
    ClassId* made = scratch.interned[intern.column];
    scratch.columns[intern.column] = made;
    if (intern.literal) {
      std::fill_n(made, count, graph_.add_literal({intern.op, intern.payload}));
      continue;
    }
    gather(intern);
    graph_.table(intern.op).intern_batch(arguments, count, graph_.union_find(),
                                         made, scratch.rows);
  }
  const ClassId* root = scratch.columns[program.root];
  if (!program.asserts) {
    return unite(root, scratch.columns[program.last.column], count);
  }
  gather(program.last);
  std::copy_n(root, count, scratch.classes);
  graph_.table(program.last.op)
      .assert_batch(arguments, count, scratch.classes, scratch.rows);
  unite(root, scratch.classes, count);
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
