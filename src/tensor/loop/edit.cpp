// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/edit.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tensor/loop/verify_loops.h"

namespace hone::tensor {

namespace {

bool descend(std::vector<LoopTree>& body, std::string_view name,
             LoopPath& path) {
  for (size_t i = 0; i < body.size(); ++i) {
    if (!body[i].is_loop) continue;
    if (body[i].variable == name) {
      path.siblings = &body;
      path.at = i;
      return true;
    }
    path.outer.push_back(&body[i]);
    if (descend(body[i].body, name, path)) return true;
    path.outer.pop_back();
  }
  return false;
}

bool is_true(IndexOracle& oracle, const IndexFacts& facts,
             const Condition& condition) {
  return oracle.always(facts, condition);
}

bool is_false(IndexOracle& oracle, const IndexFacts& facts,
              const Condition& condition) {
  return condition.relation == Condition::Relation::Less &&
         oracle.always(facts, {condition.right, Condition::Relation::Less,
                               condition.left + 1});
}

class Tidier {
 public:
  Tidier(LoopProgram& program, IndexOracle& oracle)
      : program_(program), oracle_(oracle) {}

  void walk(std::vector<LoopTree>& body) {
    for (LoopTree& tree : body) {
      const IndexFacts facts = facts_of(program_, loops_);
      const IndexMap map = [&](const Index& index) {
        return simplify(facts, index);
      };
      if (!tree.is_loop) {
        std::erase_if(tree.leaf.guards, [&](const Condition& guard) {
          return is_true(oracle_, facts, guard);
        });
        map_indices(tree.leaf.target, map);
        for (Condition& guard : tree.leaf.guards) map_indices(guard, map);
        select(facts, tree.leaf.value);
        map_indices(tree.leaf.value, map);
        continue;
      }
      tree.extent = map(tree.extent);
      loops_.push_back(&tree);
      walk(tree.body);
      loops_.pop_back();
    }
  }

 private:
  void select(const IndexFacts& facts, Scalar& value) {
    for (Scalar& operand : value.operands) select(facts, operand);
    if (value.kind != Scalar::Kind::Select) return;
    const bool never =
        std::ranges::any_of(value.when, [&](const Condition& condition) {
          return is_false(oracle_, facts, condition);
        });
    std::erase_if(value.when, [&](const Condition& condition) {
      return is_true(oracle_, facts, condition);
    });
    if (!never && !value.when.empty()) return;
    Scalar chosen = std::move(value.operands[never ? 1 : 0]);
    value = std::move(chosen);
  }

  Index simplify(const IndexFacts& facts, const Index& index) {
    Index sum = index.constant();
    for (const Index::Term& term : index.terms()) {
      Index product = term.coefficient;
      for (const Index::AtomRef& atom : term.atoms)
        product = product * simplify(facts, *atom);
      sum = sum + product;
    }
    return without_rests(sum);
  }

  // c * (x / c) + x mod c = x, which merging what was split gives.
  static Index without_rests(const Index& index) {
    Index sum = index;
    for (const Index::Term& term : index.terms()) {
      if (term.atoms.size() != 1 || term.atoms[0]->kind != IndexAtom::Kind::Mod)
        continue;
      const Index& x = term.atoms[0]->arguments[0];
      const Index& by = term.atoms[0]->arguments[1];
      const Index quotient = floor_div(x, by) * by * term.coefficient;
      const Index rest = sum - Index::of_term(term) - quotient;
      if (rest.terms().size() < sum.terms().size() - 1)
        sum = rest + x * term.coefficient;
    }
    return sum;
  }

  Index simplify(const IndexFacts& facts, const IndexAtom& atom) {
    using Kind = IndexAtom::Kind;
    if (atom.kind == Kind::Variable) return Index::variable(atom.name);
    std::vector<Index> arguments;
    for (const Index& argument : atom.arguments)
      arguments.push_back(simplify(facts, argument));
    if (atom.kind == Kind::Fetch) return Index::fetch(atom.name, arguments);
    const Index& a = arguments[0];
    const Index& b = arguments[1];
    const auto at_most = [&](const Index& x, const Index& y) {
      return oracle_.always(facts, {x, Condition::Relation::Less, y + 1});
    };
    switch (atom.kind) {
      case Kind::Min:
        return at_most(a, b) ? a : at_most(b, a) ? b : min_index(a, b);
      case Kind::Max:
        return at_most(a, b) ? b : at_most(b, a) ? a : max_index(a, b);
      default:
        break;
    }
    const bool is_div = atom.kind == Kind::Div;
    // Of sizes alone there is nothing to gain.
    const bool below = at_most(0, a) && at_most(a + 1, b);
    if (below) return is_div ? Index(0) : a;
    return is_div ? floor_div(a, b) : floor_mod(a, b);
  }

  LoopProgram& program_;
  IndexOracle& oracle_;
  std::vector<const LoopTree*> loops_;
};

}  // namespace

Result<LoopPath> find_loop(LoopProgram& program, std::string_view name) {
  LoopPath path;
  if (descend(program.tree, name, path)) return path;
  std::vector<std::string> names;
  visit_tree(std::as_const(program.tree), [&](const LoopTree& tree) {
    if (tree.is_loop) names.push_back(tree.variable);
  });
  return Error(ErrorKind::NotFound,
               fmt::format("no loop '{}'; there are {}", name,
                           names.empty() ? "none" : join(names, ", ")));
}

IndexFacts facts_of(const LoopProgram& program,
                    std::span<const LoopTree* const> loops) {
  IndexFacts facts = {.conditions = program.facts};
  for (const LoopSize& size : program.sizes) facts.sizes.push_back(size.name);
  for (const LoopTree* loop : loops)
    facts.loops.push_back({loop->variable, loop->extent});
  return facts;
}

IndexFacts facts_below(const LoopProgram& program, const LoopPath& path) {
  std::vector<const LoopTree*> loops = path.outer;
  loops.push_back(&path.loop());
  return facts_of(program, loops);
}

LoopTree copy_subtree(LoopProgram& program, const LoopTree& tree,
                      const std::vector<LoopTree>& beside) {
  LoopTree copy = tree;
  std::vector<LoopTree> taken = beside;
  taken.push_back(tree);
  std::vector<std::pair<std::string, std::string>> loops, tensors;
  visit_tree(std::vector<LoopTree>{tree}, [&](const LoopTree& node) {
    if (!node.is_loop) return;
    const std::string name = unused_name(program, taken, node.variable);
    loops.emplace_back(node.variable, name);
    taken.push_back({.variable = name});
  });
  std::vector<LoopTensor> added;
  for (const LoopTensor& tensor : program.tensors)
    for (const auto& [from, to] : loops)
      if (tensor.home == from) {
        LoopTensor own = tensor;
        own.name = unused_name(program, taken, tensor.name);
        own.home = to;
        taken.push_back({.variable = own.name});
        tensors.emplace_back(tensor.name, own.name);
        added.push_back(std::move(own));
      }
  program.tensors.insert(program.tensors.end(), added.begin(), added.end());
  const auto rename_tensor = [&](Place& place) {
    for (const auto& [from, to] : tensors)
      if (place.tensor == from) {
        place.tensor = to;
        return;
      }
  };
  std::vector<LoopTree> holder;
  holder.push_back(std::move(copy));
  visit_tree(holder, [&](LoopTree& node) {
    if (node.is_loop) {
      for (const auto& [from, to] : loops)
        if (node.variable == from) {
          node.variable = to;
          break;
        }
      return;
    }
    rename_tensor(node.leaf.target);
    map_loads(node.leaf.value,
              [&](Scalar& load) { rename_tensor(load.place); });
  });
  map_indices(holder.front(), [&](const Index& index) {
    return substitute(index,
                      [&](std::string_view name) -> std::optional<Index> {
                        for (const auto& [from, to] : loops)
                          if (name == from) return Index::variable(to);
                        return {};
                      });
  });
  return std::move(holder.front());
}

void move_home(LoopProgram& program, std::string_view from,
               std::string_view to) {
  for (LoopTensor& tensor : program.tensors)
    if (tensor.home == from) tensor.home = to;
}

void tidy(LoopProgram& program, IndexOracle& oracle) {
  Tidier(program, oracle).walk(program.tree);
}

Result<LoopProgram> finish_edit(LoopProgram program, IndexOracle& oracle) {
  tidy(program, oracle);
  HONE_RETURN_IF_ERROR(verify_loops(program));
  return program;
}

Error cannot(std::string_view what, std::string_view name,
             std::string_view why) {
  return Error(ErrorKind::InvalidArgument,
               fmt::format("cannot {} '{}': {}", what, name, why));
}

}  // namespace hone::tensor
