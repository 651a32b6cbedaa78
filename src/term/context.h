// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Terms: typed, hash-consed, in a flat array that can be emptied at once.
//
// Equal terms have equal handles, so equality costs one comparison and a term
// is a DAG. Operands come before what they are operands of: their ids are
// smaller, and one walk over ascending ids is a bottom-up walk without
// recursion. Nothing is global; a handle means nothing in another context.
//
//   Context context;
//   const Term x = context.variable("x", Sort::Int);
//   const Term t = context.make(Op::Lt, x, context.integer(4));
//
// Numbers are unbounded: one that fits a machine word is held in its node, any
// other beside the nodes. Hash-consing in this form: Filliâtre and Conchon,
// "Type-safe modular hash-consing" (2006).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "term/integer.h"
#include "term/op.h"

namespace hone::term {

// A handle of 32 bits, good until its context is reset.
struct Term {
  uint32_t id = UINT32_MAX;

  bool valid() const { return id != UINT32_MAX; }
  auto operator<=>(const Term&) const = default;
};

class Context {
 public:
  Context();

  Term boolean(bool value);
  Term integer(int64_t value);
  Term integer(const Integer& value);
  // A name has one sort within a context (find_variable tells); another one
  // for the same name is a defect of the caller.
  Term variable(std::string_view name, Sort sort);
  std::optional<Term> find_variable(std::string_view name) const;

  // The operands must have the sorts that the operator demands.
  Term make(Op op, Term a);
  Term make(Op op, Term a, Term b);
  // Select: condition, then, else. Let: name, value, body.
  Term make(Op op, Term a, Term b, Term c);

  Op op(Term term) const { return nodes_[term.id].op; }
  Sort sort(Term term) const { return nodes_[term.id].sort; }
  int arity(Term term) const { return term::arity(op(term)); }
  Term arg(Term term, int index) const { return {nodes_[term.id].args[index]}; }
  std::span<const Term> args(Term term) const {
    static_assert(sizeof(Term) == sizeof(uint32_t));
    return {reinterpret_cast<const Term*>(nodes_[term.id].args),
            static_cast<size_t>(arity(term))};
  }

  bool is_constant(Term term) const { return op(term) == Op::Constant; }
  // A constant that fits a machine word; true is 1 and false is 0.
  bool is_word(Term term) const {
    return op(term) == Op::Constant && !nodes_[term.id].big;
  }
  int64_t word(Term constant) const { return nodes_[constant.id].word; }
  Integer value(Term constant) const;
  std::string_view name(Term variable) const;

  // Whether a let stands anywhere in it.
  bool has_let(Term term) const { return nodes_[term.id].has_let; }

  // Of the content, not of the handle: the same in every context.
  uint32_t hash(Term term) const { return nodes_[term.id].hash; }
  // An order of the content, handles apart: leaves first, variables by name,
  // then by operator. Only where two hashes collide do handles decide.
  std::strong_ordering compare(Term a, Term b) const;

  // All terms are 0 … size() - 1.
  uint32_t size() const { return static_cast<uint32_t>(nodes_.size()); }

  // Forgets every term and keeps the memory. Costs the same for any size.
  void reset();

 private:
  struct Node {
    Op op;
    Sort sort;
    bool has_let = false;
    bool big = false;  // a constant: its value is bigs_[word]
    uint32_t hash = 0;
    union {
      uint32_t args[3];
      int64_t word;    // a constant
      uint32_t index;  // a variable: into names_
    };
    Node() : args{0, 0, 0} {}
  };
  // The place of a name's characters, and the first eight as a number, which
  // orders most names without looking at the characters.
  struct Name {
    uint32_t begin = 0;
    uint32_t size = 0;
    uint64_t head = 0;
  };

  template <typename Same>
  Term intern(const Node& node, const Same& same);
  Term make(Op op, const uint32_t (&args)[3], int count);
  void grow();

  std::vector<Node> nodes_;
  std::vector<Integer> bigs_;
  std::vector<Name> names_;
  std::string characters_;
  // Open addressing. A slot holds an id and the epoch in which it was written;
  // reset() begins a new epoch, which empties every slot.
  struct Slot {
    uint32_t epoch = 0;
    uint32_t id = 0;
  };
  std::vector<Slot> slots_;
  uint32_t epoch_ = 1;
};

}  // namespace hone::term

template <>
struct std::hash<hone::term::Term> {
  size_t operator()(hone::term::Term term) const { return term.id; }
};
