// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every reason rests on older ones (provenance.h, analysis_log.h), so walking
// them depth first ends, and what a line needs stands before it.
#include "rewrite/egraph/justify.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rewrite/egraph/birth_terms.h"

namespace hone::rewrite::egraph {

namespace {

using Kind = PatternNode::Kind;

class Justifier {
 public:
  Justifier(const EGraph& graph, const AnalysisLog& log,
            const JustifyLimits& limits)
      : provenance_(*graph.provenance()),
        signature_(graph.signature()),
        log_(log),
        limits_(limits),
        terms_(graph, result_.terms) {}

  Result<Justification> run(ClassId from, ClassId to) {
    equal(from, to);
    if (over_)
      return Error(ErrorKind::LimitReached,
                   fmt::format("the justification needs more than {} lines or "
                               "a depth of more than {}",
                               limits_.lines, limits_.depth));
    return std::move(result_);
  }

 private:
  struct Deeper {
    explicit Deeper(Justifier& self) : self(self) {
      if (++self.depth_ > self.limits_.depth) self.over_ = true;
    }
    ~Deeper() { --self.depth_; }
    Justifier& self;
  };

  void emit(uint32_t rule, std::vector<TermId> terms) {
    if (result_.lines.size() >= limits_.lines) over_ = true;
    if (!over_) result_.lines.push_back({rule, std::move(terms)});
  }

  // T(x) = T(y): the edges between them.
  void equal(ClassId x, ClassId y) {
    if (x == y || over_) return;
    const auto way_up = [this](ClassId id) {
      std::vector<ClassId> way{id};
      while (provenance_.parent(way.back()) != way.back())
        way.push_back(provenance_.parent(way.back()));
      return way;
    };
    std::vector<ClassId> up = way_up(x), down = way_up(y);
    while (up.size() > 1 && down.size() > 1 &&
           up[up.size() - 2] == down[down.size() - 2]) {
      up.pop_back();
      down.pop_back();
    }
    for (size_t i = 0; i + 1 < up.size(); ++i) edge(up[i]);
    for (size_t i = 0; i + 1 < down.size(); ++i) edge(down[i]);
  }

  void edge(ClassId child) {
    if (over_ || !edges_.insert(child).second) return;
    const Deeper deeper(*this);
    const Reason reason = provenance_.reason(child);
    const ClassId parent = provenance_.parent(child);
    switch (reason.kind) {
      case Reason::Kind::Given: {
        const auto given = log_.givens.find(std::minmax(child, parent));
        if (given == log_.givens.end()) return;  // an equation of the caller's
        return value(given->second.id, given->second.events);
      }
      case Reason::Kind::Application: {
        const std::vector<ClassId> bindings = application(reason.first);
        const Rule& rule = provenance_.rule(provenance_.rule_of(reason.first));
        // A variable or a literal: another root asserts a row.
        const PatternNode& root = rule.right.nodes[rule.right.root];
        equal(root.kind == Kind::Variable
                  ? bindings[root.value]
                  : provenance_.out_of(right_id(reason.first, rule.right.root)),
              reason.backward ? child : parent);
        return equal(reason.backward ? parent : child,
                     left_fact(reason.first, rule.left.root).out);
      }
      case Reason::Kind::Congruence: {
        fact(reason.first);
        fact(reason.second);
        const Fact first = provenance_.fact(reason.first);
        const Fact second = provenance_.fact(reason.second);
        if (signature_[first.op].literal) return;
        for (uint32_t i = 0; i < first.arity; ++i)
          equal(first.words[i], second.words[i]);
      }
    }
  }

  // op(T(key) …) = T(class).
  void fact(FactId id) {
    if (!is_birth(id)) application(id);
  }

  // The facts that a pattern's nodes matched, or made.
  static size_t place(const Pattern& pattern, size_t wanted) {
    size_t before = 0;
    for (size_t i = 0; i < wanted; ++i)
      before += pattern.nodes[i].kind != Kind::Variable;
    return before;
  }
  const Rule& rule_of(ApplicationId id) const {
    return provenance_.rule(provenance_.rule_of(id));
  }
  FactId left_id(ApplicationId id, uint32_t node) const {
    return provenance_.facts_of(id)[place(rule_of(id).left, node)];
  }
  Fact left_fact(ApplicationId id, uint32_t node) const {
    return provenance_.fact(left_id(id, node));
  }
  FactId right_id(ApplicationId id, uint32_t node) const {
    const Rule& rule = rule_of(id);
    return provenance_.facts_of(
        id)[place(rule.left, rule.left.nodes.size()) + place(rule.right, node)];
  }

  // What its variables stand for.
  std::vector<ClassId> bindings_of(ApplicationId id) const {
    const Rule& rule = rule_of(id);
    std::vector<ClassId> bindings(rule.variables.size(), kNoClass);
    for (uint32_t n = 0; n < rule.left.nodes.size(); ++n) {
      const PatternNode& node = rule.left.nodes[n];
      if (node.kind != Kind::Apply) continue;
      const Fact matched = left_fact(id, n);
      for (uint32_t i = 0; i < node.arguments.size(); ++i) {
        const PatternNode& child = rule.left.nodes[node.arguments[i]];
        if (child.kind == Kind::Variable && bindings[child.value] == kNoClass)
          bindings[child.value] = matched.words[i];
      }
    }
    return bindings;
  }

  // The instance of the rule, and that its two sides are the classes' that the
  // application says.
  std::vector<ClassId> application(ApplicationId id) {
    std::vector<ClassId> bindings = bindings_of(id);
    if (over_ || !applications_.insert(id).second) return bindings;
    const Deeper deeper(*this);
    const Rule& rule = rule_of(id);
    // An instance's sides, node by node, are the facts'.
    const auto node_is = [&](const Pattern& pattern, const PatternNode& node,
                             const Fact& there, auto&& id_of) {
      for (uint32_t i = 0; i < node.arguments.size(); ++i) {
        const uint32_t argument = node.arguments[i];
        const PatternNode& child = pattern.nodes[argument];
        equal(child.kind == Kind::Variable
                  ? bindings[child.value]
                  : provenance_.out_of(id_of(id, argument)),
              there.words[i]);
      }
    };
    const auto of_left = [this](ApplicationId application, uint32_t node) {
      return left_id(application, node);
    };
    const auto of_right = [this](ApplicationId application, uint32_t node) {
      return right_id(application, node);
    };
    for (uint32_t n = 0; n < rule.left.nodes.size(); ++n) {
      const PatternNode& node = rule.left.nodes[n];
      if (node.kind == Kind::Variable) continue;
      fact(left_id(id, n));
      if (node.kind == Kind::Apply)
        node_is(rule.left, node, left_fact(id, n), of_left);
    }
    for (uint32_t n = 0; n < rule.right.nodes.size(); ++n) {
      const PatternNode& node = rule.right.nodes[n];
      if (node.kind == Kind::Variable) continue;
      const bool is_root = node.kind == Kind::Apply && n == rule.right.root;
      if (!is_root) fact(right_id(id, n));
      if (node.kind == Kind::Apply)
        node_is(rule.right, node,
                provenance_.fact(is_root ? id : right_id(id, n)), of_right);
    }
    if (rule.right.nodes[rule.right.root].kind == Kind::Apply)
      equal(provenance_.out_of(id), left_fact(id, rule.left.root).out);
    if (rule.condition) {
      const auto end = static_cast<size_t>(
          std::partition_point(
              log_.events.begin(), log_.events.end(),
              [&](const AnalysisLog::Event& e) { return e.when <= id; }) -
          log_.events.begin());
      for (const ClassId bound : bindings) {
        const ClassId then = provenance_.canonical_before(bound, id);
        equal(bound, then);
        value(then, end);
      }
    }
    std::vector<TermId> terms;
    for (const ClassId bound : bindings) terms.push_back(terms_.of(bound));
    emit(provenance_.rule_of(id), std::move(terms));
    return bindings;
  }

  // What was known of a class after so many events.
  void value(ClassId id, size_t end) {
    const auto found = log_.of_class.find(id);
    if (found == log_.of_class.end()) return;
    for (const size_t event : found->second)
      if (event < end) sharpened(event);
  }

  void sharpened(size_t number) {
    if (over_ || !events_.insert(number).second) return;
    const Deeper deeper(*this);
    const AnalysisLog::Event& event = log_.events[number];
    if (event.from != kNoClass) {
      equal(event.id, event.from);
      return value(event.from, number);
    }
    fact(event.fact);
    const Fact row = provenance_.fact(event.fact);
    equal(row.out, event.id);
    if (signature_[row.op].literal) return;
    TermPool::Node node{.op = row.op};
    for (uint32_t i = 0; i < event.key.size(); ++i) {
      equal(row.words[i], event.key[i]);
      value(event.key[i], number);
      node.arguments.push_back(terms_.of(event.key[i]));
    }
    emit(kGivenStep, {result_.terms.add(std::move(node))});
  }

  const Provenance& provenance_;
  const Signature& signature_;
  const AnalysisLog& log_;
  const JustifyLimits& limits_;
  Justification result_;
  BirthTerms terms_;
  std::set<ClassId> edges_;
  std::set<ApplicationId> applications_;
  std::set<size_t> events_;
  int depth_ = 0;
  bool over_ = false;
};

}  // namespace

Result<Justification> justify(const EGraph& graph, const AnalysisLog& log,
                              ClassId from, ClassId to,
                              const JustifyLimits& limits) {
  if (graph.provenance() == nullptr)
    return Error(ErrorKind::InvalidArgument,
                 "the e-graph was made without explanations");
  if (graph.find(from) != graph.find(to))
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("ids {} and {} are not equal", from, to));
  return Justifier(graph, log, limits).run(from, to);
}

}  // namespace hone::rewrite::egraph
