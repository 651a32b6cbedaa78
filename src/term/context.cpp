// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/context.h"

#include <algorithm>
#include <functional>

#include "base/result.h"

namespace hone::term {
namespace {

constexpr uint32_t mix(uint64_t a, uint64_t b) {
  uint64_t h = (a ^ 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
  h = (h ^ (h >> 29) ^ b) * 0x94d049bb133111ebu;
  return static_cast<uint32_t>(h >> 32);
}

constexpr uint32_t hash_name(std::string_view name) {
  uint64_t h = 0xcbf29ce484222325u;
  for (const char c : name)
    h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return mix(h, name.size());
}

constexpr uint64_t head_of(std::string_view name) {
  uint64_t head = 0;
  for (size_t i = 0; i < 8; ++i)
    head =
        head << 8 | (i < name.size() ? static_cast<unsigned char>(name[i]) : 0);
  return head;
}

}  // namespace

Context::Context() : slots_(256) { nodes_.reserve(128); }

void Context::reset() {
  nodes_.clear();
  bigs_.clear();
  names_.clear();
  characters_.clear();
  if (++epoch_ == 0) {
    std::fill(slots_.begin(), slots_.end(), Slot{});
    epoch_ = 1;
  }
}

void Context::grow() {
  std::vector<Slot> slots(slots_.size() * 2);
  const size_t mask = slots.size() - 1;
  for (uint32_t id = 0; id < size(); ++id) {
    size_t at = nodes_[id].hash & mask;
    while (slots[at].epoch == epoch_) at = (at + 1) & mask;
    slots[at] = {epoch_, id};
  }
  slots_ = std::move(slots);
}

template <typename Same>
Term Context::intern(const Node& node, const Same& same) {
  const size_t mask = slots_.size() - 1;
  size_t at = node.hash & mask;
  for (; slots_[at].epoch == epoch_; at = (at + 1) & mask) {
    const Node& other = nodes_[slots_[at].id];
    if (other.hash == node.hash && other.op == node.op && same(other))
      return {slots_[at].id};
  }
  const uint32_t id = size();
  slots_[at] = {epoch_, id};
  nodes_.push_back(node);
  if (nodes_.size() * 2 > slots_.size()) grow();
  return {id};
}

Term Context::boolean(bool value) {
  Node node;
  node.op = Op::Constant;
  node.sort = Sort::Bool;
  node.word = value;
  node.hash = mix(static_cast<uint64_t>(value), 1);
  return intern(node, [&](const Node& other) {
    return other.sort == Sort::Bool && other.word == node.word;
  });
}

Term Context::integer(int64_t value) {
  Node node;
  node.op = Op::Constant;
  node.sort = Sort::Int;
  node.word = value;
  node.hash = mix(static_cast<uint64_t>(value), 2);
  return intern(node, [&](const Node& other) {
    return other.sort == Sort::Int && !other.big && other.word == node.word;
  });
}

Term Context::integer(const Integer& value) {
  if (const auto word = value.to_int64()) return integer(*word);
  Node node;
  node.op = Op::Constant;
  node.sort = Sort::Int;
  node.big = true;
  node.word = static_cast<int64_t>(bigs_.size());
  node.hash = mix(value.hash(), 3);
  const uint32_t before = size();
  const Term term = intern(node, [&](const Node& other) {
    return other.big && bigs_[static_cast<size_t>(other.word)] == value;
  });
  if (size() != before) bigs_.push_back(value);
  return term;
}

Term Context::variable(std::string_view name, Sort sort) {
  Node node;
  node.op = Op::Variable;
  node.sort = sort;
  node.index = static_cast<uint32_t>(names_.size());
  node.hash = hash_name(name);
  const uint32_t before = size();
  const Term term = intern(node, [&](const Node& other) {
    const Name& its = names_[other.index];
    return std::string_view(characters_).substr(its.begin, its.size) == name;
  });
  if (size() != before) {
    names_.push_back({static_cast<uint32_t>(characters_.size()),
                      static_cast<uint32_t>(name.size()), head_of(name)});
    characters_ += name;
  }
  HONE_CHECK(nodes_[term.id].sort == sort);
  return term;
}

std::optional<Term> Context::find_variable(std::string_view name) const {
  const uint32_t hash = hash_name(name);
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask; slots_[at].epoch == epoch_;
       at = (at + 1) & mask) {
    const Term term{slots_[at].id};
    if (op(term) == Op::Variable && this->name(term) == name) return term;
  }
  return std::nullopt;
}

Term Context::make(Op op, const uint32_t (&args)[3], int count) {
  Node node;
  node.op = op;
  uint64_t hash = static_cast<uint64_t>(op) + 16;
  for (int i = 0; i < count; ++i) {
    const Node& operand = nodes_[args[i]];
    node.args[i] = args[i];
    node.has_let |= operand.has_let;
    hash = hash << 32 ^ mix(hash, operand.hash);
  }
  node.hash = static_cast<uint32_t>(hash ^ hash >> 32);
  switch (info(op).result) {
    case ResultSort::Bool:
      node.sort = Sort::Bool;
      break;
    case ResultSort::Int:
      node.sort = Sort::Int;
      break;
    case ResultSort::Operand:
      node.sort = nodes_[args[count - 1]].sort;
      break;
  }
  node.has_let |= op == Op::Let;
  return intern(node, [&](const Node& other) {
    return other.args[0] == node.args[0] && other.args[1] == node.args[1] &&
           other.args[2] == node.args[2];
  });
}

Term Context::make(Op op, Term a) { return make(op, {a.id, 0, 0}, 1); }

Term Context::make(Op op, Term a, Term b) {
  return make(op, {a.id, b.id, 0}, 2);
}

Term Context::make(Op op, Term a, Term b, Term c) {
  return make(op, {a.id, b.id, c.id}, 3);
}

Integer Context::value(Term constant) const {
  const Node& node = nodes_[constant.id];
  return node.big ? bigs_[static_cast<size_t>(node.word)] : Integer(node.word);
}

std::string_view Context::name(Term variable) const {
  const Name& place = names_[nodes_[variable.id].index];
  return std::string_view(characters_).substr(place.begin, place.size);
}

std::strong_ordering Context::compare(Term a, Term b) const {
  if (a == b) return std::strong_ordering::equal;
  const Node& x = nodes_[a.id];
  const Node& y = nodes_[b.id];
  const auto rank = [](const Node& node) {
    if (node.op == Op::Constant) return 0;
    return node.op == Op::Variable ? 1 : 2 + static_cast<int>(node.op);
  };
  if (const auto order = rank(x) <=> rank(y); order != 0) return order;
  if (x.op == Op::Constant) {
    if (x.sort != y.sort) return x.sort <=> y.sort;
    if (x.big || y.big) return value(a) <=> value(b);
    return x.word <=> y.word;
  }
  if (x.op == Op::Variable) {
    const auto order = names_[x.index].head <=> names_[y.index].head;
    if (order != 0) return order;
    return name(a) <=> name(b);
  }
  if (x.hash != y.hash) return x.hash <=> y.hash;
  return a <=> b;
}

}  // namespace hone::term
