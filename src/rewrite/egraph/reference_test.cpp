// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The engine against a saturation that is slow and plain, on random rules.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/random.h"
#include "rewrite/egraph/emit_cpp.h"
#include "rewrite/egraph/explain.h"
#include "rewrite/egraph/runner.h"
#include "rewrite/egraph/test_tools.h"

namespace hone::rewrite::egraph {
namespace {

// Equality saturation by definition: nodes in a map, congruence by trying all
// pairs of the map again until nothing changes, matching by trying all nodes.
class Naive {
 public:
  using Node = std::pair<OpId, std::vector<uint32_t>>;

  explicit Naive(const Signature& signature) : signature_(signature) {}

  uint32_t add(const Pattern& pattern, const std::vector<uint32_t>& bindings) {
    std::vector<uint32_t> made;
    for (const PatternNode& node : pattern.nodes) {
      if (node.kind == PatternNode::Kind::Variable) {
        made.push_back(bindings[node.value]);
        continue;
      }
      Node key{node.op, {}};
      if (node.kind == PatternNode::Kind::Literal) {
        key.second = {node.value};
      } else {
        for (const uint32_t a : node.arguments) key.second.push_back(made[a]);
      }
      const auto [at, is_new] = nodes_.emplace(key, parents_.size());
      if (is_new) parents_.push_back(at->second);
      made.push_back(at->second);
    }
    return made[pattern.root];
  }

  void unite(uint32_t a, uint32_t b) { parents_[find(a)] = find(b); }
  uint32_t find(uint32_t id) const {
    while (parents_[id] != id) id = parents_[id];
    return id;
  }

  void close() {
    for (bool again = true; again;) {
      again = false;
      std::map<Node, uint32_t> canonical;
      for (const auto& [node, id] : nodes_) {
        Node key = node;
        if (!signature_[key.first].literal) {
          for (uint32_t& argument : key.second) argument = find(argument);
        }
        const auto [at, is_new] = canonical.emplace(key, find(id));
        if (!is_new && find(at->second) != find(id)) {
          unite(at->second, id);
          again = true;
        }
        at->second = find(at->second);
      }
      nodes_ = std::move(canonical);
    }
    for (auto& [node, id] : nodes_) id = find(id);
  }

  void iterate(const std::vector<Rule>& rules) {
    struct Match {
      const Rule* rule;
      uint32_t root;
      std::vector<uint32_t> bindings;
    };
    std::vector<Match> matches;
    std::set<uint32_t> classes;
    for (const auto& [node, id] : nodes_) classes.insert(id);
    for (const Rule& rule : rules) {
      for (const uint32_t id : classes) {
        std::vector<std::vector<uint32_t>> found{
            std::vector<uint32_t>(rule.variables.size(), kNoClass)};
        match(rule.left, rule.left.root, id, found);
        for (auto& bindings : found) {
          matches.push_back({&rule, id, std::move(bindings)});
        }
      }
    }
    for (const Match& match : matches) {
      unite(match.root, add(match.rule->right, match.bindings));
    }
    close();
  }

  size_t nodes() const { return nodes_.size(); }
  size_t classes() const {
    std::set<uint32_t> roots;
    for (const auto& [node, id] : nodes_) roots.insert(find(id));
    return roots.size();
  }

 private:
  // Keeps the bindings under which the class has the pattern's node, extended.
  void match(const Pattern& pattern, uint32_t number, uint32_t id,
             std::vector<std::vector<uint32_t>>& found) const {
    const PatternNode& node = pattern.nodes[number];
    std::vector<std::vector<uint32_t>> all;
    if (node.kind == PatternNode::Kind::Variable) {
      for (auto& bindings : found) {
        uint32_t& bound = bindings[node.value];
        if (bound != kNoClass && bound != id) continue;
        bound = id;
        all.push_back(bindings);
      }
      found = std::move(all);
      return;
    }
    for (const auto& [known, out] : nodes_) {
      if (out != id || known.first != node.op) continue;
      if (node.kind == PatternNode::Kind::Literal) {
        if (known.second[0] == node.value) all = found;
        continue;
      }
      auto below = found;
      for (size_t i = 0; i < node.arguments.size(); ++i) {
        match(pattern, node.arguments[i], known.second[i], below);
      }
      all.insert(all.end(), below.begin(), below.end());
    }
    found = std::move(all);
  }

  const Signature& signature_;
  std::vector<uint32_t> parents_;
  std::map<Node, uint32_t> nodes_;
};

constexpr std::string_view kVariables[] = {"?x", "?y", "?z"};

// A random term in text; variables where `variables` allows any.
std::string random_term(Random& random, int depth, uint32_t variables) {
  const uint64_t draw = random.below(10);
  if (depth == 0 || draw < 3) {
    if (variables > 0 && random.below(12) != 0) {
      return std::string(kVariables[random.below(variables)]);
    }
    constexpr std::string_view kLeaves[] = {"a", "b", "0", "1"};
    return std::string(kLeaves[random.below(4)]);
  }
  const auto argument = [&] {
    return random_term(random, depth - 1, variables);
  };
  if (draw < 5) return "(g " + argument() + ")";
  const std::string op = draw < 8 ? "(f " : draw < 9 ? "(h " : "(t ";
  std::string text = op + argument() + " " + argument();
  if (draw == 9) text += " " + argument();
  return text + ")";
}

Theory random_theory(Random& random) {
  std::string text = "operator f 2\noperator h 2\noperator g 1\noperator t 3\n";
  for (int term = 0; term < 4; ++term) {
    text += "term " + random_term(random, 4, 0) + "\n";
  }
  Theory theory = parse_theory(text);
  for (int rule = 0; rule < 7;) {
    // Sides that do not fit each other are drawn again.
    const std::string line = "rule r" + std::to_string(rule) + ": " +
                             random_term(random, 1 + random.below(2), 3) +
                             " => " + random_term(random, 2, 3) + "\n";
    if (!Theory::parse(text + line).ok()) continue;
    text += line;
    ++rule;
  }
  return parse_theory(text);
}

struct Sizes {
  size_t nodes, classes;
  bool operator==(const Sizes&) const = default;
};

TEST(Reference, RandomRulesGiveTheNodesAndClassesOfANaiveSaturation) {
  Random random(20251121);
  int large = 0;
  for (int round = 0; round < 500; ++round) {
    const Theory theory = random_theory(random);
    Naive naive(theory.signature());
    EGraph graph(theory.signature(), /*explains=*/round % 2 == 0);
    for (const Pattern& term : theory.terms()) {
      naive.add(term, {});
      graph.add_term(term);
    }
    naive.close();
    const RuleSet rules(theory.rules());
    Runner runner(graph, rules);
    for (uint64_t iteration = 1; iteration <= 5 && naive.nodes() < 300;
         ++iteration) {
      naive.iterate(theory.rules());
      runner.run({.iterations = iteration});
      ASSERT_EQ((Sizes{graph.nodes(), graph.classes()}),
                (Sizes{naive.nodes(), naive.classes()}))
          << "round " << round << ", iteration " << iteration << "\n"
          << print_plan(rules.plan(), theory.rules(), theory.signature());
      expect_ok(graph.verify());
    }
    large += naive.nodes() > 50;
    if (graph.provenance() == nullptr) continue;
    for (ClassId id = 0; id < graph.union_find().size(); ++id) {
      auto proof = explain(graph, id, graph.find(id), {.steps = 20'000});
      if (!proof.ok()) {
        EXPECT_EQ(proof.error().kind, ErrorKind::LimitReached);
        continue;
      }
      expect_ok(check_proof(*proof, theory.rules(), theory.signature()));
    }
  }
  EXPECT_GT(large, 40);  // The rules drawn do something.
}

TEST(Reference, BackOffReachesTheSaturationOfTheSimpleSchedule) {
  Random random(7);
  int saturated = 0;
  for (int round = 0; round < 120; ++round) {
    const Theory theory = random_theory(random);
    const RuleSet rules(theory.rules());
    EGraph simple(theory.signature()), banned(theory.signature());
    for (const Pattern& term : theory.terms()) {
      simple.add_term(term);
      banned.add_term(term);
    }
    const RunLimits limits{.iterations = 60, .nodes = 2000};
    Runner first(simple, rules);
    if (first.run(limits) != RunStop::Saturated) continue;
    Runner second(banned, rules,
                  {.backoff = true, .match_limit = 2, .ban_length = 1});
    // Where a rule that merges is banned, others may grow without end.
    const RunLimits more{.iterations = 2000, .nodes = 20'000};
    if (second.run(more) != RunStop::Saturated) continue;
    EXPECT_EQ(banned.nodes(), simple.nodes());
    EXPECT_EQ(banned.classes(), simple.classes());
    ++saturated;
  }
  EXPECT_GT(saturated, 20);
}

}  // namespace
}  // namespace hone::rewrite::egraph
