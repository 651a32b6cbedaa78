// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The Applier of an e-graph that explains. Matches do not carry the rows that
// they matched: matching is the same with and without explanations. The rows
// are looked up again for the matches that changed something, in batches.
#include <algorithm>

#include "rewrite/egraph/applier_scratch.h"

namespace hone::rewrite::egraph {

// Fills scratch.facts[slot] for the matches in scratch.changed.
void Applier::find_matched(const Program& program, uint32_t count) {
  Scratch& scratch = *scratch_;
  const Provenance& provenance = *graph_.provenance();
  RowId rows[kBatch];
  for (const Intern& node : program.matched) {
    FactId* facts = scratch.facts[node.column];
    const Table& table = graph_.table(node.op);
    if (node.literal) {
      const RowId row = table.find(&node.payload);
      std::fill_n(facts, count, provenance.origin(node.op, row));
      continue;
    }
    for (size_t c = 0; c < node.arguments.size(); ++c) {
      const uint32_t* slot = scratch.columns[node.arguments[c]];
      uint32_t* compact = scratch.slots[c];
      for (uint32_t k = 0; k < count; ++k)
        compact[k] = slot[scratch.changed[k]];
      scratch.arguments[c] = compact;
    }
    table.find_batch(scratch.arguments, count, rows);
    for (uint32_t k = 0; k < count; ++k) {
      facts[k] = provenance.origin(node.op, rows[k]);
    }
  }
}

void Applier::record(const Program& program, const ClassId* left,
                     const ClassId* right, uint32_t count) {
  Scratch& scratch = *scratch_;
  Provenance& provenance = *graph_.provenance();
  UnionFind& classes = graph_.union_find();
  const OpId op = program.last.op;
  const RowId* rows = scratch.rows[program.last.column];
  // Appended rows come in their order; a row is new for one match only.
  uint32_t changed = 0;
  auto appended = program.asserts
                      ? static_cast<RowId>(provenance.origins(op).size())
                      : kNoRow;
  for (uint32_t i = 0; i < count; ++i) {
    const bool is_new = program.asserts && rows[i] == appended;
    appended += is_new;
    if (is_new || left[i] != right[i]) scratch.changed[changed++] = i;
  }
  if (changed == 0) return;
  find_matched(program, changed);

  for (uint32_t k = 0; k < changed; ++k) {
    const uint32_t i = scratch.changed[k];
    const bool is_new =
        program.asserts && rows[i] == provenance.origins(op).size();
    if (!is_new && classes.find(left[i]) == classes.find(right[i])) continue;
    FactId facts[2 * kMaxColumns];
    uint32_t known = 0;
    for (const Intern& node : program.matched) {
      facts[known++] = scratch.facts[node.column][k];
    }
    for (const Intern& node : program.interns) {
      const RowId row = node.literal ? graph_.table(node.op).find(&node.payload)
                                     : scratch.rows[node.column][i];
      facts[known++] = provenance.origin(node.op, row);
    }
    const ApplicationId application = provenance.add_application(
        first_rule_ + program.rule, left[i], {facts, known});
    if (!program.asserts) {
      provenance.join(
          classes, left[i], right[i],
          {.kind = Reason::Kind::Application, .first = application});
      continue;
    }
    if (is_new) {
      provenance.origins(op).push_back(application);
      continue;
    }
    const FactId there = provenance.origin(op, rows[i]);
    provenance.join(classes, left[i], provenance.out_of(there),
                    {.kind = Reason::Kind::Congruence,
                     .first = application,
                     .second = there});
  }
}

}  // namespace hone::rewrite::egraph
