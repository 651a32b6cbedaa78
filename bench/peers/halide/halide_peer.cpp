// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Halide's simplifier as a peer of bench/prover. Bounds and alignments of
// variables go into its Scopes, other assumptions into its list of those.
//
//   halide_peer            verdicts
//   halide_peer simplify   nodes of the result as a tree and as a DAG, and
//                          microseconds, of terms
#include <Halide.h>

#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "../prover_peer.h"

namespace {

using namespace Halide::Internal;
using Halide::Expr;

const Halide::Type kInt = Halide::Int(32);

Expr truth(const Expr& e) { return e.type().is_bool() ? e : e != 0; }
Expr integer(const Expr& e) {
  return e.type().is_bool() ? Select::make(e, Expr(1), Expr(0)) : e;
}

Expr build(const peer::Tree& tree) {
  const std::string word(tree.word);
  if (tree.args.empty()) {
    const char last = word.back();
    if (last >= '0' && last <= '9' &&
        (word[0] == '-' || (word[0] >= '0' && word[0] <= '9')))
      return IntImm::make(kInt, std::stoll(word));
    return Variable::make(kInt, word);
  }
  std::vector<Expr> args;
  for (const peer::Tree& arg : tree.args) args.push_back(build(arg));
  if (word == "!") return Not::make(truth(args[0]));
  if (word == "&&") return And::make(truth(args[0]), truth(args[1]));
  if (word == "||") return Or::make(truth(args[0]), truth(args[1]));
  if (word == "select")
    return Select::make(truth(args[0]), integer(args[1]), integer(args[2]));
  const Expr a = integer(args[0]), b = integer(args[1]);
  if (word == "+") return Add::make(a, b);
  if (word == "-") return Sub::make(a, b);
  if (word == "*") return Mul::make(a, b);
  if (word == "/") return Div::make(a, b);
  if (word == "%") return Mod::make(a, b);
  if (word == "min") return Min::make(a, b);
  if (word == "max") return Max::make(a, b);
  if (word == "<") return LT::make(a, b);
  if (word == "<=") return LE::make(a, b);
  if (word == ">") return GT::make(a, b);
  if (word == ">=") return GE::make(a, b);
  return word == "==" ? EQ::make(a, b) : NE::make(a, b);
}

std::optional<int64_t> number(const peer::Tree& tree) {
  const std::string word(tree.word);
  const char last = word.back();
  if (!tree.args.empty() || last < '0' || last > '9' ||
      (word[0] != '-' && (word[0] < '0' || word[0] > '9')))
    return std::nullopt;
  return std::stoll(word);
}

struct Row {
  Scope<Interval> bounds;
  Scope<ModulusRemainder> alignment;
  std::vector<Expr> assumptions;
  Expr goal;
};

// ( >= v K ), ( <= v K ), ( == ( % v M ) R ), as the corpus writes them.
void assume(const peer::Tree& tree, Row& row,
            std::map<std::string, Interval>& bounds) {
  const auto k = tree.args.size() == 2 ? number(tree.args[1]) : std::nullopt;
  if (k) {
    const peer::Tree& a = tree.args[0];
    if (a.args.empty() && (tree.word == ">=" || tree.word == "<=")) {
      Interval& interval =
          bounds.try_emplace(std::string(a.word), Interval::everything())
              .first->second;
      (tree.word == ">=" ? interval.min : interval.max) =
          IntImm::make(kInt, *k);
      return;
    }
    if (tree.word == "==" && a.word == "%" && a.args[0].args.empty()) {
      row.alignment.push(std::string(a.args[0].word),
                         {number(a.args[1]).value_or(1), *k});
      return;
    }
  }
  row.assumptions.push_back(truth(build(tree)));
}

// Nodes as bench/prover counts them: operators, variables and numbers. Equal
// subterms of a DAG are found by their text.
class Counter : public IRVisitor {
 public:
  uint64_t tree(const Expr& e) {
    uint64_t nodes = is_leaf(e) ? 1 : 0;
    if (nodes == 0) {
      std::swap(nodes, nodes_);
      nodes_ = 1;
      e.accept(this);
      std::swap(nodes, nodes_);
    }
    std::ostringstream text;
    text << e;
    distinct_.insert(text.str());
    return nodes;
  }
  uint64_t dag() const { return distinct_.size(); }

 private:
  static bool is_leaf(const Expr& e) {
    return e.as<IntImm>() || e.as<UIntImm>() || e.as<Variable>();
  }
  using IRVisitor::visit;
  template <typename Node>
  void both(const Node* node) {
    nodes_ += tree(node->a) + tree(node->b);
  }
  void visit(const Add* e) override { both(e); }
  void visit(const Sub* e) override { both(e); }
  void visit(const Mul* e) override { both(e); }
  void visit(const Div* e) override { both(e); }
  void visit(const Mod* e) override { both(e); }
  void visit(const Min* e) override { both(e); }
  void visit(const Max* e) override { both(e); }
  void visit(const EQ* e) override { both(e); }
  void visit(const NE* e) override { both(e); }
  void visit(const LT* e) override { both(e); }
  void visit(const LE* e) override { both(e); }
  void visit(const GT* e) override { both(e); }
  void visit(const GE* e) override { both(e); }
  void visit(const And* e) override { both(e); }
  void visit(const Or* e) override { both(e); }
  void visit(const Not* e) override { nodes_ += tree(e->a); }
  void visit(const Select* e) override {
    nodes_ += tree(e->condition) + tree(e->true_value) + tree(e->false_value);
  }

  uint64_t nodes_ = 0;
  std::set<std::string> distinct_;
};

int print_simplified() {
  for (std::string line; std::getline(std::cin, line);) {
    std::string_view text = line;
    const Expr term = build(peer::parse(text));
    const double begin = peer::cpu_microseconds();
    const Expr result = simplify(term);
    const double end = peer::cpu_microseconds();
    Counter counter;
    const uint64_t tree = counter.tree(result);
    std::printf("%llu %llu %.3f\n", static_cast<unsigned long long>(tree),
                static_cast<unsigned long long>(counter.dag()), end - begin);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "simplify")
    return print_simplified();
  Row row;
  peer::run(
      [&](const auto& fields) {
        row = Row();
        std::map<std::string, Interval> bounds;
        for (size_t i = 0; i + 1 < fields.size(); ++i) {
          std::string_view text = fields[i];
          assume(peer::parse(text), row, bounds);
        }
        for (const auto& [name, interval] : bounds)
          row.bounds.push(name, interval);
        std::string_view text = fields.back();
        row.goal = truth(build(peer::parse(text)));
      },
      [&]() -> const char* {
        const Expr e = simplify(row.goal, true, row.bounds, row.alignment,
                                row.assumptions);
        if (is_const_one(e)) return "true";
        return is_const_zero(e) ? "false" : "open";
      });
}
