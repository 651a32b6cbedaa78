// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace hone::rewrite::egraph {

namespace {

using Kind = PatternNode::Kind;

// The atoms of a left side, by the numbers of their nodes: operators first, so
// that a literal's atom is never required to be old by an operator's variant.
std::vector<uint32_t> atoms_of(const Pattern& left) {
  std::vector<uint32_t> atoms, literals;
  for (uint32_t node = 0; node < left.nodes.size(); ++node) {
    if (left.nodes[node].kind == Kind::Apply) atoms.push_back(node);
    if (left.nodes[node].kind == Kind::Literal) literals.push_back(node);
  }
  std::reverse(atoms.begin(), atoms.end());  // the root first
  atoms.insert(atoms.end(), literals.begin(), literals.end());
  return atoms;
}

class Planner {
 public:
  explicit Planner(std::span<const Rule> rules) : rules_(rules) {}

  Plan run() {
    for (uint32_t rule = 0; rule < rules_.size(); ++rule) {
      const auto atoms = atoms_of(rules_[rule].left);
      for (uint32_t driver = 0; driver < atoms.size(); ++driver) {
        plan_variant(rule, atoms, driver);
      }
    }
    return std::move(plan_);
  }

 private:
  const PatternNode& node(uint32_t number) const {
    return rules_[rule_].left.nodes[number];
  }

  // The columns of an atom as nodes of the pattern: arguments, then itself.
  std::vector<uint32_t> slots_of(uint32_t atom) const {
    std::vector<uint32_t> slots = node(atom).arguments;
    slots.push_back(atom);
    return slots;
  }

  void plan_variant(uint32_t rule, const std::vector<uint32_t>& atoms,
                    uint32_t driver) {
    rule_ = rule;
    registers_ = 0;
    here_.reset();
    operands_.assign(rules_[rule].left.nodes.size(), std::nullopt);
    for (const uint32_t atom : atoms) {
      if (node(atom).kind == Kind::Literal) {
        operands_[atom] = Operand{.literal = true, .number = literal(atom)};
      }
    }
    if (node(atoms[driver]).kind == Kind::Literal) {
      add({.kind = Step::Kind::DriveOnce, .literal = literal(atoms[driver])});
    } else {
      add_rows(Step::Kind::Drive, Age::All, atoms[driver]);
    }
    std::vector<std::pair<uint32_t, Age>> rest;
    for (uint32_t i = 0; i < atoms.size(); ++i) {
      if (i == driver) continue;
      const Age age = i < driver ? Age::Old : Age::All;
      if (node(atoms[i]).kind == Kind::Apply) {
        rest.emplace_back(atoms[i], age);
      } else if (age == Age::Old) {
        add({.kind = Step::Kind::RequireOld, .literal = literal(atoms[i])});
      }
    }
    while (!rest.empty()) {
      const auto best = std::max_element(
          rest.begin(), rest.end(), [&](const auto& a, const auto& b) {
            return score(a.first) < score(b.first);
          });
      add_joined(best->first, best->second);
      rest.erase(best);
    }
    Emit emit{.rule = rule};
    for (const auto& operand : operands_) emit.slots.push_back(*operand);
    plan_.nodes[*here_].emits.push_back(std::move(emit));
    plan_.registers = std::max(plan_.registers, registers_);
  }

  uint32_t literal(uint32_t atom) {
    const Literal wanted{node(atom).op, node(atom).value};
    auto known =
        std::find(plan_.literals.begin(), plan_.literals.end(), wanted);
    if (known == plan_.literals.end()) {
      known = plan_.literals.insert(known, wanted);
    }
    return static_cast<uint32_t>(known - plan_.literals.begin());
  }

  bool is_bound(uint32_t slot) const {
    return operands_[slot] && !operands_[slot]->literal;
  }

  // How few rows an atom is likely to give. A class of the pattern's inside has
  // few nodes of one operator; a variable's class may stand anywhere.
  int score(uint32_t atom) const {
    const auto slots = slots_of(atom);
    int bound = 0, keys = 0;
    for (size_t c = 0; c < slots.size(); ++c) {
      const bool is_class = c + 1 == slots.size();
      if (!is_class && operands_[slots[c]]) ++keys;
      if (!is_bound(slots[c])) continue;
      bound += is_class ? 8 : node(slots[c]).kind == Kind::Apply ? 4 : 2;
    }
    if (keys + 1 == static_cast<int>(slots.size())) return 100;
    return bound;
  }

  void add_joined(uint32_t atom, Age age) {
    const auto slots = slots_of(atom);
    const auto columns = static_cast<uint32_t>(slots.size());
    if (score(atom) == 100) {
      add_rows(Step::Kind::Lookup, age, atom);
      return;
    }
    // By class where that is known, by the first known argument otherwise.
    std::vector<uint32_t> known;
    for (uint32_t c = 0; c < columns; ++c) {
      if (is_bound(slots[c])) known.push_back(c);
    }
    if (known.empty()) {
      add_rows(Step::Kind::Scan, age, atom);
      return;
    }
    if (known.back() + 1 == columns) std::swap(known.front(), known.back());
    Step& step = add_rows(Step::Kind::Probe, age, atom);
    step.key = known.front();
    step.index = index({.op = step.op,
                        .column = known.front(),
                        .second = known.size() > 1 ? known[1] : kNoColumn});
    merge();
  }

  // One index for each column: a second one is shared where nobody asks for
  // another.
  uint32_t index(IndexKey wanted) {
    for (uint32_t i = 0; i < plan_.indexes.size(); ++i) {
      IndexKey& known = plan_.indexes[i];
      if (known.op != wanted.op || known.column != wanted.column) continue;
      if (known.second == kNoColumn) known.second = wanted.second;
      return i;
    }
    plan_.indexes.push_back(wanted);
    return static_cast<uint32_t>(plan_.indexes.size() - 1);
  }

  // A step over rows. A Probe is merged with its like only when the caller has
  // chosen the index.
  Step& add_rows(Step::Kind kind, Age age, uint32_t atom) {
    Step step{.kind = kind, .age = age, .op = node(atom).op};
    for (const uint32_t slot : slots_of(atom)) {
      const bool binds = !operands_[slot];
      if (binds) operands_[slot] = Operand{.number = registers_++};
      step.columns.push_back({.binds = binds, .operand = *operands_[slot]});
    }
    add(std::move(step), /*final=*/kind != Step::Kind::Probe);
    return plan_.nodes[*here_].step;
  }

  std::vector<uint32_t>& siblings() {
    return parent_ ? plan_.nodes[*parent_].children : plan_.roots;
  }

  void add(Step step, bool final = true) {
    parent_ = here_;
    plan_.nodes.push_back({.step = std::move(step)});
    here_ = static_cast<uint32_t>(plan_.nodes.size() - 1);
    siblings().push_back(*here_);
    if (final) merge();
  }

  // Takes the newest node back where an equal one stands beside it.
  void merge() {
    for (const uint32_t sibling : siblings()) {
      if (sibling == *here_) return;
      if (plan_.nodes[sibling].step == plan_.nodes[*here_].step) {
        siblings().pop_back();
        plan_.nodes.pop_back();
        here_ = sibling;
        return;
      }
    }
  }

  std::span<const Rule> rules_;
  Plan plan_;
  uint32_t rule_ = 0;
  uint32_t registers_ = 0;
  std::vector<std::optional<Operand>> operands_;  // by node of the pattern
  std::optional<uint32_t> parent_, here_;
};

std::string print_operand(const Operand& operand) {
  return fmt::format("{}{}", operand.literal ? "literal " : "r",
                     operand.number);
}

std::string print_step(const Plan& plan, const Step& step,
                       const Signature& signature) {
  if (step.kind == Step::Kind::DriveOnce) {
    return fmt::format("drive literal {} if new", step.literal);
  }
  if (step.kind == Step::Kind::RequireOld) {
    return fmt::format("require literal {} old", step.literal);
  }
  constexpr const char* kNames[] = {"drive new", "",      "",
                                    "scan",      "probe", "lookup"};
  std::string line = fmt::format("{} {}", kNames[static_cast<int>(step.kind)],
                                 signature[step.op].name);
  if (step.kind == Step::Kind::Probe) {
    line += fmt::format(" by column {}", plan.indexes[step.index].column);
  }
  line += ":";
  for (const Step::Column& column : step.columns) {
    line += fmt::format(" {}{}", column.binds ? "" : "=",
                        print_operand(column.operand));
  }
  return line + (step.age == Age::Old ? ", old" : "");
}

}  // namespace

bool narrows(const Step& probe, const IndexKey& index) {
  if (index.second == kNoColumn) return false;
  const Step::Column& second = probe.columns[index.second];
  return std::none_of(probe.columns.begin(), probe.columns.end(),
                      [&](const Step::Column& column) {
                        return column.binds && column.operand == second.operand;
                      });
}

Plan make_plan(std::span<const Rule> rules) { return Planner(rules).run(); }

std::string print_plan(const Plan& plan, std::span<const Rule> rules,
                       const Signature& signature) {
  std::string text;
  // A stack of nodes with their depths; rules are few and short.
  std::vector<std::pair<uint32_t, int>> pending;
  for (auto root = plan.roots.rbegin(); root != plan.roots.rend(); ++root) {
    pending.emplace_back(*root, 0);
  }
  while (!pending.empty()) {
    const auto [number, depth] = pending.back();
    pending.pop_back();
    const PlanNode& node = plan.nodes[number];
    text += fmt::format("{:{}}{}\n", "", 2 * depth,
                        print_step(plan, node.step, signature));
    for (const Emit& emit : node.emits) {
      text += fmt::format("{:{}}emit {}:", "", 2 * depth + 2,
                          rules[emit.rule].name);
      for (const Operand& slot : emit.slots) text += " " + print_operand(slot);
      text += "\n";
    }
    for (auto child = node.children.rbegin(); child != node.children.rend();
         ++child) {
      pending.emplace_back(*child, depth + 1);
    }
  }
  return text;
}

}  // namespace hone::rewrite::egraph
