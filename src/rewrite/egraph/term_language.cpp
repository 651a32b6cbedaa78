// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/term_language.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace hone::rewrite::egraph {

namespace {

constexpr uint32_t kLarge = uint32_t{1} << 31;

}  // namespace

TermLanguage::TermLanguage() {
  integer_ = signature_.add_literal("integer");
  boolean_ = signature_.add_literal("boolean");
  variable_ = signature_.add_literal("variable");
  term_ops_ = {term::Op::Constant, term::Op::Constant, term::Op::Variable};
  is_boolean_ = {false, true, false};
  for (int i = 0; i < term::kOpCount; ++i) {
    const auto op = static_cast<term::Op>(i);
    of_ints_.push_back(0);
    of_bools_.push_back(0);
    if (term::is_leaf(op) || op == term::Op::Let) continue;
    const auto arity = static_cast<uint32_t>(term::arity(op));
    of_ints_[i] = of_bools_[i] = signature_.add(term::name(op), arity);
    term_ops_.push_back(op);
    is_boolean_.push_back(term::info(op).result == term::ResultSort::Bool);
    const std::string_view of_bools = op == term::Op::Eq       ? "iff"
                                      : op == term::Op::Ne     ? "xor"
                                      : op == term::Op::Select ? "choose"
                                                               : "";
    if (of_bools.empty()) continue;
    of_bools_[i] = signature_.add(of_bools, arity);
    term_ops_.push_back(op);
    is_boolean_.push_back(true);
  }
}

OpId TermLanguage::op(term::Op op, term::Sort sort) const {
  const auto i = static_cast<size_t>(op);
  return sort == term::Sort::Bool ? of_bools_[i] : of_ints_[i];
}

std::optional<Literal> TermLanguage::number(int64_t value) const {
  if (value < -kBias || value >= kBias) return std::nullopt;
  return Literal{integer_, static_cast<uint32_t>(value + kBias)};
}

std::optional<Literal> TermLanguage::read(std::string_view word) const {
  if (word == "true") return truth(true);
  if (word == "false") return truth(false);
  int64_t value = 0;
  const auto [end, error] =
      std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) {
    return std::nullopt;
  }
  return number(value);
}

ClassId TermBridge::add(EGraph& graph, term::Term root) {
  std::unordered_map<term::Term, ClassId> made;
  std::vector<term::Term> pending{root};
  while (!pending.empty()) {
    const term::Term term = pending.back();
    if (made.contains(term)) {
      pending.pop_back();
      continue;
    }
    const term::Op op = context_.op(term);
    const bool is_bool = context_.sort(term) == term::Sort::Bool;
    if (op == term::Op::Variable) {
      made[term] = graph.add_literal({language_.variable(), term.id});
    } else if (op == term::Op::Constant && is_bool) {
      made[term] = graph.add_literal(language_.truth(context_.word(term) != 0));
    } else if (op == term::Op::Constant) {
      auto literal = context_.is_word(term)
                         ? language_.number(context_.word(term))
                         : std::nullopt;
      if (!literal) {
        const auto known = std::find(large_.begin(), large_.end(), term);
        literal = {language_.integer(),
                   kLarge + static_cast<uint32_t>(known - large_.begin())};
        if (known == large_.end()) large_.push_back(term);
      }
      made[term] = graph.add_literal(*literal);
    } else {
      ClassId key[3];
      bool ready = true;
      const auto args = context_.args(term);
      for (size_t i = 0; i < args.size(); ++i) {
        const auto known = made.find(args[i]);
        if (known == made.end()) {
          pending.push_back(args[i]);
          ready = false;
        } else {
          key[i] = known->second;
        }
      }
      if (!ready) continue;
      const OpId which = language_.op(op, context_.sort(args.back()));
      made[term] = graph.add(which, {key, args.size()});
    }
    pending.pop_back();
  }
  return made.at(root);
}

term::Term TermBridge::literal(Literal literal) {
  if (literal.op == language_.variable()) return variable(literal.payload);
  if (literal.op == language_.boolean()) {
    return context_.boolean(literal.payload != 0);
  }
  if (literal.payload >= kLarge) return large_[literal.payload - kLarge];
  return context_.integer(TermLanguage::value_of(literal.payload));
}

// A pool's arguments are made before what they are arguments of.
term::Term TermBridge::read(const TermPool& terms, TermId root) {
  std::vector<term::Term> made(root + 1);
  for (TermId id = 0; id <= root; ++id) {
    const TermPool::Node& node = terms[id];
    if (language_.signature()[node.op].literal) {
      made[id] = literal({node.op, node.arguments[0]});
      continue;
    }
    const term::Op op = language_.term_op(node.op);
    const auto arg = [&](size_t i) { return made[node.arguments[i]]; };
    switch (node.arguments.size()) {
      case 1:
        made[id] = context_.make(op, arg(0));
        break;
      case 2:
        made[id] = context_.make(op, arg(0), arg(1));
        break;
      default:
        made[id] = context_.make(op, arg(0), arg(1), arg(2));
    }
  }
  return made[root];
}

}  // namespace hone::rewrite::egraph
