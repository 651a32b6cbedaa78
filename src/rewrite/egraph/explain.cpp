// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "rewrite/egraph/birth_terms.h"

namespace hone::rewrite::egraph {

namespace {

using Kind = PatternNode::Kind;

// Emits steps that rewrite the term at `path_` from one form to the next. T(id)
// is the term that made the id. Every function says from what to what; going
// the other way is the same steps, turned round (reversed()).
class Explainer {
 public:
  Explainer(const EGraph& graph, const ExplainLimits& limits)
      : provenance_(*graph.provenance()),
        signature_(graph.signature()),
        limits_(limits),
        terms_(graph, proof_.terms) {}

  Result<Proof> run(ClassId from, ClassId to) {
    ids(from, to);
    if (over_) {
      return Error(ErrorKind::LimitReached,
                   fmt::format("the proof needs more than {} steps or a depth "
                               "of more than {}",
                               limits_.steps, limits_.depth));
    }
    proof_.from = term(from);
    proof_.to = term(to);
    return std::move(proof_);
  }

 private:
  TermId term(ClassId id) { return terms_.of(id); }

  template <typename Emit>
  void reversed(const Emit& emit) {
    const size_t begin = proof_.steps.size();
    emit();
    std::reverse(proof_.steps.begin() + begin, proof_.steps.end());
    for (size_t i = begin; i < proof_.steps.size(); ++i) {
      proof_.steps[i].backward = !proof_.steps[i].backward;
    }
  }
  template <typename Emit>
  void below(uint32_t argument, const Emit& emit) {
    path_.push_back(static_cast<uint8_t>(argument));
    emit();
    path_.pop_back();
  }
  void step(uint32_t rule, std::vector<TermId> bindings) {
    if (proof_.steps.size() >= limits_.steps) over_ = true;
    if (over_) return;
    proof_.steps.push_back(
        {.rule = rule, .path = path_, .bindings = std::move(bindings)});
  }

  // T(x) to T(y): up the forest from x to where the ways meet, down to y.
  void ids(ClassId x, ClassId y) {
    if (x == y || over_) return;
    if (++depth_ > limits_.depth) over_ = true;
    const auto way_up = [this](ClassId id) {
      std::vector<ClassId> way{id};
      while (provenance_.parent(way.back()) != way.back()) {
        way.push_back(provenance_.parent(way.back()));
      }
      return way;
    };
    std::vector<ClassId> up = way_up(x), down = way_up(y);
    while (up.size() > 1 && down.size() > 1 &&
           up[up.size() - 2] == down[down.size() - 2]) {
      up.pop_back();
      down.pop_back();
    }
    for (size_t i = 0; i + 1 < up.size() && !over_; ++i) edge(up[i]);
    for (size_t i = down.size() - 1; i-- > 0 && !over_;) {
      reversed([&] { edge(down[i]); });
    }
    --depth_;
  }

  // T(child) to T(its parent).
  void edge(ClassId child) {
    const Reason reason = provenance_.reason(child);
    const ClassId parent = provenance_.parent(child);
    if (reason.backward) {
      reversed([&] { edge_forward(reason, parent, child); });
    } else {
      edge_forward(reason, child, parent);
    }
  }

  void edge_forward(const Reason& reason, ClassId from, ClassId to) {
    switch (reason.kind) {
      case Reason::Kind::Given:
        return step(kGivenStep, {term(from), term(to)});
      case Reason::Kind::Application:
        return application(reason.first, from, to);
      case Reason::Kind::Congruence: {
        const Fact first = provenance_.fact(reason.first);
        const Fact second = provenance_.fact(reason.second);
        reversed([&] { fact(reason.first); });
        if (!signature_[first.op].literal) {
          for (uint32_t i = 0; i < first.arity; ++i) {
            below(i, [&] { ids(first.words[i], second.words[i]); });
          }
        }
        return fact(reason.second);
      }
    }
  }

  // op(T(key) …) to T(class).
  void fact(FactId id) {
    if (is_birth(id) || over_) return;
    const Fact fact = provenance_.fact(id);
    reversed([&] { application(id, fact.out, kNoClass, &fact); });
  }

  // From T(left), by the rule, to T(right); or to op(T(key) …) of a fact.
  void application(ApplicationId id, ClassId left, ClassId right,
                   const Fact* asserted = nullptr) {
    if (++depth_ > limits_.depth) over_ = true;
    if (over_) return;
    const uint32_t number = provenance_.rule_of(id);
    const Rule& rule = provenance_.rule(number);
    Match match{.rule = rule, .facts = provenance_.facts_of(id)};
    match.bindings.assign(rule.variables.size(), kNoClass);
    ids(left, match.left_fact(*this, rule.left.root).out);
    expand(match, rule.left.root);
    std::vector<TermId> bindings;
    for (const ClassId bound : match.bindings) bindings.push_back(term(bound));
    step(number, std::move(bindings));
    const PatternNode& root = rule.right.nodes[rule.right.root];
    if (asserted == nullptr) {
      collapse(match, rule.right.root, right);
    } else {
      for (uint32_t i = 0; i < root.arguments.size(); ++i) {
        below(i,
              [&] { collapse(match, root.arguments[i], asserted->words[i]); });
      }
    }
    --depth_;
  }

  // One application: which facts its pattern's nodes matched.
  struct Match {
    const Rule& rule;
    std::span<const FactId> facts;
    std::vector<ClassId> bindings;

    FactId left_id(uint32_t wanted) const {
      return facts[place(rule.left, wanted)];
    }
    FactId right_id(uint32_t wanted) const {
      return facts[place(rule.left, rule.left.nodes.size()) +
                   place(rule.right, wanted)];
    }
    Fact left_fact(const Explainer& explainer, uint32_t wanted) const {
      return explainer.provenance_.fact(left_id(wanted));
    }
    // How many facts belong to nodes before this one.
    static size_t place(const Pattern& pattern, size_t wanted) {
      size_t before = 0;
      for (size_t i = 0; i < wanted; ++i) {
        before += pattern.nodes[i].kind != Kind::Variable;
      }
      return before;
    }
  };

  // T(class of the node's fact) to the left side's instance, whose variables
  // are bound where they are met first.
  void expand(Match& match, uint32_t number) {
    const PatternNode& node = match.rule.left.nodes[number];
    const FactId id = match.left_id(number);
    reversed([&] { fact(id); });
    if (node.kind == Kind::Literal || over_) return;
    const Fact matched = provenance_.fact(id);
    for (uint32_t i = 0; i < node.arguments.size(); ++i) {
      below(i, [&] {
        const uint32_t argument = node.arguments[i];
        const PatternNode& child = match.rule.left.nodes[argument];
        if (child.kind == Kind::Variable) {
          ClassId& bound = match.bindings[child.value];
          if (bound == kNoClass) bound = matched.words[i];
          ids(matched.words[i], bound);
        } else {
          ids(matched.words[i], match.left_fact(*this, argument).out);
          expand(match, argument);
        }
      });
    }
  }

  // The instance of a node of the right side to T(to).
  void collapse(Match& match, uint32_t number, ClassId to) {
    const PatternNode& node = match.rule.right.nodes[number];
    if (over_) return;
    if (node.kind == Kind::Variable) {
      return ids(match.bindings[node.value], to);
    }
    const FactId id = match.right_id(number);
    const Fact there = provenance_.fact(id);
    for (uint32_t i = 0; i < node.arguments.size(); ++i) {
      below(i, [&] { collapse(match, node.arguments[i], there.words[i]); });
    }
    fact(id);
    ids(there.out, to);
  }

  const Provenance& provenance_;
  const Signature& signature_;
  const ExplainLimits& limits_;
  Proof proof_;
  std::vector<uint8_t> path_;
  BirthTerms terms_;
  int depth_ = 0;
  bool over_ = false;
};

}  // namespace

Result<Proof> explain(const EGraph& graph, ClassId from, ClassId to,
                      const ExplainLimits& limits) {
  if (graph.provenance() == nullptr) {
    return Error(ErrorKind::InvalidArgument,
                 "the e-graph was made without explanations");
  }
  if (graph.find(from) != graph.find(to)) {
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("ids {} and {} are not equal", from, to));
  }
  return Explainer(graph, limits).run(from, to);
}

}  // namespace hone::rewrite::egraph
