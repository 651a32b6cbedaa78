// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs a plan over an e-graph and collects matches, rule by rule.
//
// Matching sees the rows that were there when the iteration began. Rows that
// are appended while it runs lie behind `end` and in no index, so matches may
// be applied while others are still being found.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <vector>

#include "rewrite/egraph/egraph.h"
#include "rewrite/egraph/index.h"
#include "rewrite/egraph/plan.h"

namespace hone::rewrite::egraph {

// The matches of one rule that wait to be applied, slot by slot.
class Sink {
 public:
  void open(uint32_t slots, uint32_t capacity) {
    slots_ = slots;
    capacity_ = capacity;
    count_ = 0;
    words_.resize_for_overwrite(size_t{slots} * capacity);
    active_ = true;
  }
  void close() { active_ = false; }
  bool active() const { return active_; }
  uint32_t slots() const { return slots_; }
  uint32_t count() const { return count_; }
  uint32_t capacity() const { return capacity_; }
  void clear() { count_ = 0; }
  // Makes room for more, keeping what is there.
  void grow(uint32_t capacity);
  uint32_t* column(uint32_t slot) {
    return words_.data() + size_t{slot} * capacity_;
  }

  // Takes a match; true where that filled the sink.
  template <typename... Classes>
  bool take(Classes... classes) {
    uint32_t* at = words_.data() + count_;
    ((*at = classes, at += capacity_), ...);
    return ++count_ == capacity_;
  }
  bool take_from(const uint32_t* registers, std::span<const uint8_t> slots) {
    uint32_t* at = words_.data() + count_;
    for (const uint8_t slot : slots) {
      *at = registers[slot];
      at += capacity_;
    }
    return ++count_ == capacity_;
  }

 private:
  bool active_ = false;
  uint32_t slots_ = 0;
  uint32_t capacity_ = 0;
  uint32_t count_ = 0;
  GrowArray<uint32_t> words_;
};

// What matching reads, and where matches go.
struct MatchRun {
  const EGraph& graph;
  std::span<const Index> indexes;        // as the plan's
  std::span<const RowId> fresh;          // by table: the first new row
  std::span<const RowId> end;            // by table: rows of the snapshot
  std::span<const ClassId> literals;     // their classes, or kNoClass
  std::span<const uint8_t> literal_new;  // whether their rows are new
  std::span<Sink> sinks;                 // by rule
  // Called when a sink is full; makes room or closes it.
  void (*full)(void* owner, uint32_t rule) = nullptr;
  void* owner = nullptr;

  bool is_old(OpId op, RowId row) const { return row < fresh[op]; }

  // The rest serves compiled matchers (emit_cpp.h).
  bool any_active(std::initializer_list<uint32_t> rules) const {
    for (const uint32_t rule : rules) {
      if (sinks[rule].active()) return true;
    }
    return false;
  }
  // An index's group as a range of pointers to entries of kStride words.
  template <uint32_t kStride>
  class Entries {
   public:
    struct Iterator {
      const uint32_t* at;
      const uint32_t* operator*() const { return at; }
      Iterator& operator++() {
        at += kStride;
        return *this;
      }
      bool operator!=(Iterator other) const { return at != other.at; }
    };
    explicit Entries(std::span<const uint32_t> words) : words_(words) {}
    Iterator begin() const { return {words_.data()}; }
    Iterator end() const { return {words_.data() + words_.size()}; }

   private:
    std::span<const uint32_t> words_;
  };
  template <uint32_t kStride, typename... Classes>
  Entries<kStride> group(uint32_t index, Classes... classes) const {
    return Entries<kStride>(indexes[index].group(classes...));
  }
  // The row of the snapshot with this key, or kNoRow.
  RowId lookup(OpId op, bool old_only,
               std::initializer_list<ClassId> key) const {
    const RowId row = graph.table(op).find(key.begin());
    if (row == kNoRow || row >= end[op]) return kNoRow;
    return old_only && !is_old(op, row) ? kNoRow : row;
  }
  template <typename... Classes>
  void emit(uint32_t rule, Classes... classes) {
    Sink& sink = sinks[rule];
    if (sink.active() && sink.take(classes...)) full(owner, rule);
  }
};

// A plan in the form that the interpreter runs: literals are registers behind
// the plan's own, columns are moves and comparisons of words.
class Interpreter {
 public:
  explicit Interpreter(const Plan& plan);
  void run(MatchRun& run);

 private:
  struct Cell {
    uint8_t word;
    uint8_t reg;
  };
  struct Node {
    Step::Kind kind;
    bool old_only;
    bool active = true;
    OpId op;
    uint32_t index;
    uint32_t literal;
    uint8_t key;     // Probe: register of the class whose group is read
    uint8_t second;  // Probe: register of the second column
    bool has_second = false;
    std::vector<Cell> binds, checks;
    std::vector<uint8_t> arguments;  // Lookup: registers of the key
    std::vector<uint32_t> children;
    std::vector<std::pair<uint32_t, std::vector<uint8_t>>> emits;
  };

  uint8_t reg_of(const Operand& operand) const;
  bool mark_active(uint32_t node, const MatchRun& run);
  void execute(const Node& node, MatchRun& run);
  void rows(const Node& node, MatchRun& run, RowId begin, RowId end);
  void probe(const Node& node, MatchRun& run);
  void lookup(const Node& node, MatchRun& run);
  bool accept(const Node& node, const uint32_t* words);
  void proceed(const Node& node, MatchRun& run);

  std::vector<Node> nodes_;
  std::vector<uint32_t> roots_;
  uint32_t own_registers_;
  uint32_t registers_[256];
};

}  // namespace hone::rewrite::egraph
