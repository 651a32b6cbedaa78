// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known of every class: a value of a lattice, met over its nodes.
//
// A domain says what a node's value is, given those of its arguments, and how
// two values of equal terms are met:
//
//     struct Sign {
//       using Value = …;                        // trivially copyable
//       static Value top();                     // nothing is known
//       Value make(OpId op, const uint32_t* key,
//                  const auto& of) const;       // of(id): value of an argument
//       bool meet(Value& into, const Value& other) const;   // true: it changed
//       void modify(EGraph&, ClassId, const Value&);        // optional
//       AnalysisLog* log();          // optional; null where none is kept
//     };
//
// Domains are multiplied by Product<Sign, Parity, …>, one array of tuples, so
// that a row is visited once for all. A class's value is the meet of its nodes'
// (egg's analyses have joins; the lattice is the same upside down). Values
// are brought up to date after each rebuild: ids that lost a union meet into
// their roots, new rows are made, and what changed is passed up the rows until
// nothing changes. Domains may descend for ever (an interval that shrinks by
// one): the passes are bounded, and what is known stays true when they end.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "rewrite/egraph/analysis_log.h"
#include "rewrite/egraph/egraph.h"

namespace hone::rewrite::egraph {

// What a runner sees of any analysis.
class ClassAnalysis {
 public:
  virtual ~ClassAnalysis() = default;
  // After a rebuild. True where the e-graph was changed, and must be rebuilt.
  virtual bool update(EGraph& graph) = 0;
};

template <typename... Domains>
struct Product {
  using Value = std::tuple<typename Domains::Value...>;
  std::tuple<Domains...> domains;

  static Value top() { return {Domains::top()...}; }
  template <typename Of>
  Value make(OpId op, const uint32_t* key, const Of& of) const {
    return make_each(op, key, of, std::index_sequence_for<Domains...>());
  }
  bool meet(Value& into, const Value& other) const {
    return meet_each(into, other, std::index_sequence_for<Domains...>());
  }

 private:
  template <typename Of, size_t... kI>
  Value make_each(OpId op, const uint32_t* key, const Of& of,
                  std::index_sequence<kI...>) const {
    return {std::get<kI>(domains).make(op, key, [&](ClassId id) -> const auto& {
      return std::get<kI>(of(id));
    })...};
  }
  template <size_t... kI>
  bool meet_each(Value& into, const Value& other,
                 std::index_sequence<kI...>) const {
    bool changed = false;
    ((changed |=
      std::get<kI>(domains).meet(std::get<kI>(into), std::get<kI>(other))),
     ...);
    return changed;
  }
};

template <typename Domain>
class Analysis : public ClassAnalysis {
 public:
  using Value = typename Domain::Value;

  explicit Analysis(Domain domain = {}) : domain_(std::move(domain)) {}

  // Of a canonical class.
  const Value& operator[](ClassId id) const { return values_[places_[id]]; }
  Domain& domain() { return domain_; }

  bool update(EGraph& graph) override {
    const UnionFind& classes = graph.union_find();
    const auto ids = static_cast<ClassId>(classes.size());
    if (values_.empty()) values_.push_back(Domain::top());
    places_.resize(ids, 0);
    dirty_.resize(ids / 64 + 1, 0);
    merged_.resize(ids / 64 + 1, 0);
    meet_losers(graph);
    if (seen_.empty()) seen_.resize(graph.signature().size());
    for (OpId op = 0; op < graph.signature().size(); ++op) {
      const Table& table = graph.table(op);
      // Compaction moves rows; then all are looked at again.
      auto& [rows, compactions] = seen_[op];
      if (compactions != table.compactions()) rows = 0;
      make_rows(graph, op, rows, /*only_dirty=*/false);
      rows = table.rows();
      compactions = table.compactions();
    }
    for (int pass = 0; pass < kMaxPasses && any_dirty_; ++pass) {
      reading_.swap(dirty_);
      dirty_.assign_zero(reading_.size());
      any_dirty_ = false;
      for (OpId op = 0; op < graph.signature().size(); ++op) {
        make_rows(graph, op, 0, /*only_dirty=*/true);
      }
    }
    dirty_.assign_zero(dirty_.size());
    any_dirty_ = false;
    return modify(graph);
  }

 private:
  static constexpr int kMaxPasses = 16;

  static bool bit(const GrowArray<uint64_t>& bits, ClassId id) {
    return bits[id / 64] >> (id % 64) & 1;
  }
  static void set(GrowArray<uint64_t>& bits, ClassId id) {
    bits[id / 64] |= uint64_t{1} << (id % 64);
  }

  // True where it changed.
  bool meet_into(ClassId id, const Value& value) {
    Value known = values_[places_[id]];
    if (!domain_.meet(known, value)) return false;
    if (places_[id] == 0) {
      places_[id] = static_cast<uint32_t>(values_.size());
      values_.push_back(known);
    } else {
      values_[places_[id]] = known;
    }
    set(dirty_, id);
    any_dirty_ = true;
    if constexpr (kModifies) changed_.push_back(id);
    return true;
  }

  static constexpr bool kLogs = requires(Domain& domain) { domain.log(); };
  void log(const EGraph& graph, AnalysisLog::Event event) {
    if constexpr (kLogs) {
      if (domain_.log() == nullptr) return;
      event.when = graph.provenance()->next_application();
      domain_.log()->add(std::move(event));
    }
  }

  void meet_losers(const EGraph& graph) {
    const std::span<const uint64_t> stale = graph.union_find().stale_words();
    for (size_t word = 0; word < stale.size(); ++word) {
      for (uint64_t fresh = stale[word] & ~merged_[word]; fresh != 0;
           fresh &= fresh - 1) {
        const auto id =
            static_cast<ClassId>(word * 64 + std::countr_zero(fresh));
        if (places_[id] == 0) continue;
        const ClassId root = graph.find(id);
        const bool changed = meet_into(root, values_[places_[id]]);
        if (kLogs && changed) log(graph, {.id = root, .from = id});
      }
      merged_[word] = stale[word];
    }
  }

  void make_rows(const EGraph& graph, OpId op, RowId begin, bool only_dirty) {
    const Table& table = graph.table(op);
    const uint32_t keys = table.class_columns();
    const auto of = [this](ClassId id) -> const Value& { return (*this)[id]; };
    for (RowId row = begin; row < table.rows(); ++row) {
      if (table.is_dead(row)) continue;
      const uint32_t* cells = table.row(row);
      if (only_dirty) {
        bool dirty = false;
        for (uint32_t c = 0; c < keys; ++c) dirty |= bit(reading_, cells[c]);
        if (!dirty) continue;
      }
      const bool changed =
          meet_into(cells[table.arity()], domain_.make(op, cells, of));
      if constexpr (kLogs) {
        if (changed && domain_.log() != nullptr)
          log(graph, {.id = cells[table.arity()],
                      .fact = graph.provenance()->origin(op, row),
                      .key = {cells, cells + keys}});
      }
    }
  }

  static constexpr bool kModifies =
      requires(Domain& domain, EGraph& graph, ClassId id, const Value& value) {
        domain.modify(graph, id, value);
      };
  bool modify(EGraph& graph) {
    if constexpr (kModifies) {
      const uint64_t unions = graph.union_find().unions();
      for (const ClassId id : changed_) {
        domain_.modify(graph, graph.find(id), (*this)[graph.find(id)]);
      }
      changed_.clear();
      return graph.union_find().unions() != unions;
    }
    return false;
  }

  Domain domain_;
  // Most classes of a large e-graph are known nothing of: they share the first
  // value, which is the top.
  GrowArray<Value> values_;
  GrowArray<uint32_t> places_;  // by id: in values_
  // By id: changed in this pass; in the one before; met into its root.
  GrowArray<uint64_t> dirty_, reading_, merged_;
  bool any_dirty_ = false;
  GrowArray<ClassId> changed_;
  struct Seen {
    RowId rows = 0;
    uint32_t compactions = 0;
  };
  std::vector<Seen> seen_;  // by table
};

}  // namespace hone::rewrite::egraph
