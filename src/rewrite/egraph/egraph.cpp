// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/egraph.h"

#include <fmt/format.h>

#include <algorithm>

namespace hone::rewrite::egraph {

// Rows that are being asserted again: canonical keys, and classes.
struct EGraph::Pending {
  uint32_t count = 0;
  uint32_t keys[kMaxArity][kBatch];
  ClassId wanted[kBatch];
  ClassId found[kBatch];
  RowId rows[kBatch];
  FactId origins[kBatch];
};

EGraph::EGraph(const Signature& signature, bool explains)
    : signature_(&signature), pending_(std::make_unique<Pending>()) {
  std::vector<uint32_t> arities;
  for (OpId op = 0; op < signature.size(); ++op) {
    tables_.emplace_back(signature[op].arity, signature[op].literal);
    arities.push_back(signature[op].arity);
  }
  if (explains) provenance_ = std::make_unique<Provenance>(arities);
  scanned_.assign(signature.size(), 0);
}

EGraph::~EGraph() = default;

ClassId EGraph::add(OpId op, std::span<const ClassId> key) {
  Table& table = tables_[op];
  uint32_t canonical[kMaxArity];
  const uint32_t* columns[kMaxArity];
  for (uint32_t c = 0; c < table.arity(); ++c) {
    canonical[c] = table.is_literal() ? key[c] : classes_.find(key[c]);
    columns[c] = &canonical[c];
  }
  ClassId made = kNoClass;
  RowId row = kNoRow;
  table.intern_batch(columns, 1, classes_, &made, &row);
  if (provenance_) record_births(op);
  return made;
}

ClassId EGraph::add_literal(Literal literal) {
  return add(literal.op, {&literal.payload, 1});
}

ClassId EGraph::add_term(const Pattern& term) {
  std::vector<ClassId> made;
  for (const PatternNode& node : term.nodes) {
    HONE_CHECK(node.kind != PatternNode::Kind::Variable);
    if (node.kind == PatternNode::Kind::Literal) {
      made.push_back(add_literal({node.op, node.value}));
      continue;
    }
    ClassId key[kMaxArity];
    for (size_t i = 0; i < node.arguments.size(); ++i) {
      key[i] = made[node.arguments[i]];
    }
    made.push_back(add(node.op, {key, node.arguments.size()}));
  }
  return made[term.root];
}

bool EGraph::unite(ClassId a, ClassId b) {
  if (provenance_) return provenance_->join(classes_, a, b, {});
  return classes_.unite(a, b);
}

void EGraph::record_births(OpId op) {
  const Table& table = tables_[op];
  GrowArray<FactId>& origins = provenance_->origins(op);
  for (auto row = static_cast<RowId>(origins.size()); row < table.rows();
       ++row) {
    origins.push_back(provenance_->add_birth(
        op, table.class_of(row), {table.row(row), size_t{table.arity()}}));
  }
}

void EGraph::flush(OpId op) {
  Pending& batch = *pending_;
  const uint32_t* columns[kMaxArity];
  for (uint32_t c = 0; c < kMaxArity; ++c) columns[c] = batch.keys[c];
  std::copy_n(batch.wanted, batch.count, batch.found);
  tables_[op].assert_batch(columns, batch.count, batch.found, batch.rows);
  for (uint32_t i = 0; i < batch.count; ++i) {
    if (provenance_) {
      GrowArray<FactId>& origins = provenance_->origins(op);
      if (batch.rows[i] == origins.size()) {
        origins.push_back(batch.origins[i]);
        continue;
      }
      if (classes_.find(batch.found[i]) == classes_.find(batch.wanted[i])) {
        continue;
      }
      // Two rows with one key: their facts' classes are neighbours now.
      const FactId first = batch.origins[i];
      const FactId second = origins[batch.rows[i]];
      provenance_->join(
          classes_, provenance_->out_of(first), provenance_->out_of(second),
          {.kind = Reason::Kind::Congruence, .first = first, .second = second});
    } else if (batch.found[i] != batch.wanted[i]) {
      classes_.unite(batch.found[i], batch.wanted[i]);
    }
  }
  batch.count = 0;
}

// One pass over the rows, the appended ones included. True where a union
// happened, so that rows already passed may be stale.
template <int kArity>
bool EGraph::rebuild_table(OpId op) {
  Table& table = tables_[op];
  Pending& batch = *pending_;
  const uint32_t keys = kArity < 0 ? table.class_columns() : kArity;
  const uint32_t arity = kArity < 0 ? table.arity() : kArity;
  const uint64_t before = classes_.unions();
  for (RowId row = 0;; ++row) {
    if (row == table.rows()) {
      if (batch.count == 0) break;
      flush(op);  // May append rows, or not.
      if (row == table.rows()) break;
    }
    const uint32_t* cells = table.row(row);
    if (cells[arity] == kNoClass) continue;
    bool stale = classes_.is_stale(cells[arity]);
    for (uint32_t c = 0; c < keys; ++c) stale |= classes_.is_stale(cells[c]);
    if (!stale) continue;
    const uint32_t i = batch.count++;
    for (uint32_t c = 0; c < arity; ++c) {
      batch.keys[c][i] = c < keys ? classes_.find(cells[c]) : cells[c];
    }
    batch.wanted[i] = classes_.find(cells[arity]);
    if (provenance_) batch.origins[i] = provenance_->origin(op, row);
    table.kill(row);
    if (batch.count == kBatch) flush(op);
  }
  return classes_.unions() != before;
}

void EGraph::rebuild() {
  for (bool again = true; again;) {
    again = false;
    for (OpId op = 0; op < tables_.size(); ++op) {
      if (scanned_[op] == classes_.unions()) continue;
      scanned_[op] = classes_.unions();
      const Table& table = tables_[op];
      const bool two = table.arity() == 2 && table.class_columns() == 2;
      again |= two ? rebuild_table<2>(op) : rebuild_table<-1>(op);
    }
    for (const uint64_t scanned : scanned_) {
      again |= scanned != classes_.unions();
    }
  }
}

size_t EGraph::nodes() const {
  size_t nodes = 0;
  for (const Table& table : tables_) nodes += table.live();
  return nodes;
}

size_t EGraph::bytes() const {
  size_t bytes = classes_.bytes();
  for (const Table& table : tables_) bytes += table.bytes();
  if (provenance_) bytes += provenance_->bytes();
  return bytes;
}

void EGraph::compact(std::span<Marks> marks) {
  GrowArray<uint32_t> none;
  std::vector<RowId*> moved;
  for (OpId op = 0; op < tables_.size(); ++op) {
    Table& table = tables_[op];
    if ((table.rows() - table.live()) * 4 <= table.rows()) continue;
    moved.clear();
    for (Marks& mark : marks) moved.push_back(&mark[op]);
    std::sort(moved.begin(), moved.end(),
              [](const RowId* a, const RowId* b) { return *a < *b; });
    table.compact(moved, provenance_ ? provenance_->origins(op) : none);
  }
}

Status EGraph::verify() const {
  for (OpId op = 0; op < tables_.size(); ++op) {
    const Table& table = tables_[op];
    for (RowId row = 0; row < table.rows(); ++row) {
      if (table.is_dead(row)) continue;
      const uint32_t* cells = table.row(row);
      const auto broken = [&](std::string_view what) {
        return Error(
            ErrorKind::Internal,
            fmt::format("row {} of {}: {}", row, (*signature_)[op].name, what));
      };
      for (uint32_t c = 0; c < table.class_columns(); ++c) {
        if (classes_.find(cells[c]) != cells[c]) {
          return broken("a key is not canonical");
        }
      }
      const ClassId out = cells[table.arity()];
      if (classes_.find(out) != out) return broken("the class is stale");
      const RowId found = table.find(cells);
      if (found == kNoRow) return broken("its table does not find it");
      if (found != row) return broken("another row has the same key");
    }
  }
  return {};
}

}  // namespace hone::rewrite::egraph
