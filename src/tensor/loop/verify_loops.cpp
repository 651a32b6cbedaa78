// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/verify_loops.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tensor/loop/loop_text.h"

namespace hone::tensor {

namespace {

constexpr int kDeepest = 24;
constexpr int64_t kMostUnrolled = 256;
constexpr int64_t kMostElements = int64_t{1} << 40;

class Verifier {
 public:
  explicit Verifier(const LoopProgram& program) : p_(program) {}

  Status verify() {
    for (const LoopSize& size : p_.sizes) {
      HONE_RETURN_IF_ERROR(declare(size.name));
      if (size.value < 1)
        return wrong(fmt::format("size '{}' is not at least 1", size.name));
      scope_.insert(size.name);
    }
    for (const Condition& fact : p_.facts) HONE_RETURN_IF_ERROR(check(fact));
    for (const LoopTensor& tensor : p_.tensors)
      HONE_RETURN_IF_ERROR(check(tensor));
    for (const LoopNode& node : p_.nodes) HONE_RETURN_IF_ERROR(check(node));
    for (const LoopTree& tree : p_.tree)
      HONE_RETURN_IF_ERROR(check(tree, 0, p_.tree.size() == 1));
    return {};
  }

 private:
  Error wrong(const std::string& what) const {
    return Error(ErrorKind::Malformed,
                 fmt::format("loops '{}': {}", p_.name, what));
  }

  Status declare(const std::string& name) {
    if (name.empty()) return wrong("a part without a name");
    if (!names_.insert(name).second)
      return wrong(fmt::format("'{}' is declared twice", name));
    return {};
  }

  Status sizes_only(const Index& index, std::string_view where) const {
    const std::set<std::string> outer = sizes();
    std::string found;
    index.visit_variables([&](const std::string& name) {
      if (!outer.contains(name)) found = name;
    });
    if (index.has_fetch() || !found.empty())
      return wrong(
          fmt::format("expected an expression of sizes as {}, found '{}'",
                      where, found.empty() ? to_text(index) : found));
    return check(index);
  }

  std::set<std::string> sizes() const {
    std::set<std::string> all;
    for (const LoopSize& size : p_.sizes) all.insert(size.name);
    return all;
  }

  Status check(const Condition& fact) {
    HONE_RETURN_IF_ERROR(sizes_only(fact.left, "a fact"));
    HONE_RETURN_IF_ERROR(sizes_only(fact.right, "a fact"));
    const int64_t left = value_of(p_, fact.left);
    const int64_t right = value_of(p_, fact.right);
    const bool holds = fact.relation == Condition::Relation::Less
                           ? left < right
                           : left == right;
    if (!holds)
      return wrong(fmt::format("the fact '{}' does not hold for these sizes",
                               to_text(fact)));
    return {};
  }

  Status check(const LoopTensor& tensor) {
    HONE_RETURN_IF_ERROR(declare(tensor.name));
    const bool in_register = tensor.role == LoopTensor::Role::Register;
    if (in_register && tensor.home.empty())
      return wrong(
          fmt::format("'{}' in registers has no home loop", tensor.name));
    if (tensor.element != Element::F32 &&
        tensor.role != LoopTensor::Role::Input)
      return wrong(fmt::format("'{}': only inputs hold integers", tensor.name));
    int64_t elements = 1;
    for (const Index& extent : tensor.extents) {
      HONE_RETURN_IF_ERROR(sizes_only(extent, "an extent"));
      if (in_register && !extent.is_constant())
        return wrong(fmt::format("'{}' in registers has an extent '{}'",
                                 tensor.name, to_text(extent)));
      const int64_t value = value_of(p_, extent);
      if (value < 1 || value > kMostElements / elements)
        return wrong(
            fmt::format("'{}' has {} elements along one dimension, of at most "
                        "{} in all",
                        tensor.name, value, kMostElements));
      elements *= value;
    }
    return {};
  }

  Status check(const Index& index) const {
    std::string unknown;
    Status bad;
    const auto visit = [&](const auto& self, const Index& part) -> void {
      for (const Index::Term& term : part.terms())
        for (const Index::AtomRef& atom : term.atoms) {
          if (atom->kind == IndexAtom::Kind::Variable &&
              !scope_.contains(atom->name))
            bad = wrong(fmt::format("'{}' is not known here", atom->name));
          if (atom->kind == IndexAtom::Kind::Fetch) {
            const LoopTensor* const tensor = p_.find_tensor(atom->name);
            if (tensor == nullptr || tensor->element == Element::F32 ||
                tensor->extents.size() != atom->arguments.size())
              bad = wrong(fmt::format(
                  "expected an element of a tensor of integers, found '{}'",
                  atom->text));
          }
          if (atom->kind == IndexAtom::Kind::Div ||
              atom->kind == IndexAtom::Kind::Mod) {
            const Index& by = atom->arguments[1];
            const auto name = by.as_variable();
            const bool size = name && sizes().contains(*name);
            if (!size && !(by.is_constant() && by.constant() > 0))
              bad = wrong(fmt::format(
                  "expected a positive number or a size as divisor, found '{}'",
                  to_text(by)));
          }
          for (const Index& argument : atom->arguments) self(self, argument);
        }
    };
    visit(visit, index);
    return bad;
  }

  Status check(const Place& place) const {
    const LoopTensor* const tensor = p_.find_tensor(place.tensor);
    if (tensor == nullptr)
      return wrong(fmt::format("no tensor '{}'", place.tensor));
    if (tensor->element != Element::F32)
      return wrong(fmt::format("'{}' holds integers: it belongs into indices",
                               place.tensor));
    if (tensor->extents.size() != place.at.size())
      return wrong(fmt::format("'{}' has {} dimensions, found '{}'",
                               place.tensor, tensor->extents.size(),
                               to_text(place)));
    if (!tensor->home.empty() && !open_.contains(tensor->home))
      return wrong(fmt::format("'{}' is used outside of its home '{}'",
                               place.tensor, tensor->home));
    for (const Index& index : place.at) HONE_RETURN_IF_ERROR(check(index));
    return {};
  }

  Status check(const Scalar& value) const {
    for (const Scalar& operand : value.operands)
      HONE_RETURN_IF_ERROR(check(operand));
    for (const Condition& condition : value.when)
      HONE_RETURN_IF_ERROR(in_scope(condition));
    if (value.kind == Scalar::Kind::Load) return check(value.place);
    return {};
  }

  Status in_scope(const Condition& condition) const {
    HONE_RETURN_IF_ERROR(check(condition.left));
    return check(condition.right);
  }

  Status check_statement(const Place& target, const Scalar& value) const {
    HONE_RETURN_IF_ERROR(check(target));
    if (p_.find_tensor(target.tensor)->role == LoopTensor::Role::Input)
      return wrong(fmt::format("'{}' is an input", target.tensor));
    return check(value);
  }

  Status check(const LoopNode& node) {
    HONE_RETURN_IF_ERROR(declare(node.name));
    const std::set<std::string> outer = scope_;
    for (const LoopVariable& variable : node.domain) {
      HONE_RETURN_IF_ERROR(
          sizes_only(variable.extent, "the end of a variable"));
      if (variable.name.empty() || !scope_.insert(variable.name).second)
        return wrong(fmt::format("'{}' is declared twice", variable.name));
    }
    HONE_RETURN_IF_ERROR(check_statement(node.target, node.value));
    scope_ = outer;
    const LoopTensor& target = *p_.find_tensor(node.target.tensor);
    if (target.role == LoopTensor::Role::Register)
      return wrong(fmt::format("node '{}' writes into registers", node.name));
    if (!written_.insert(target.name).second)
      return wrong(fmt::format("two nodes write '{}'", target.name));
    Status bad;
    visit_loads(node.value, [&](const Place& place) {
      const LoopTensor& tensor = *p_.find_tensor(place.tensor);
      if (place.tensor == target.name ||
          (tensor.role != LoopTensor::Role::Input &&
           !written_.contains(place.tensor)))
        bad = wrong(fmt::format("node '{}' reads '{}' before it is made",
                                node.name, place.tensor));
    });
    HONE_RETURN_IF_ERROR(bad);
    for (const LoopVariable& variable : node.domain)
      HONE_RETURN_IF_ERROR(check_digit(node, variable));
    return {};
  }

  // Each parallel variable stands in one index of the target, where what is
  // smaller than its factor does not reach it.
  Status check_digit(const LoopNode& node, const LoopVariable& variable) const {
    int found = 0;
    for (const Index& index : node.target.at) {
      if (!index.mentions(variable.name)) continue;
      ++found;
      if (!is_digit(node, index, variable.name)) found = 2;
    }
    if (found == 1) return {};
    if (found == 0 && node.reduction != LoopReduction::None) return {};
    return wrong(
        fmt::format("node '{}' may write '{}' more than once along "
                    "'{}'",
                    node.name, node.target.tensor, variable.name));
  }

  static bool is_digit(const LoopNode& node, const Index& index,
                       std::string_view name) {
    const auto own = index.coefficient_of(name);
    if (!own || *own == 0) return false;
    int64_t below = 0;
    for (const LoopVariable& other : node.domain) {
      const auto factor = index.coefficient_of(other.name);
      if (!factor) return false;
      if (*factor == 0 || other.name == name) continue;
      if (std::abs(*factor) > std::abs(*own)) continue;
      if (!other.extent.is_constant()) return false;
      below += std::abs(*factor) * (other.extent.constant() - 1);
    }
    return below < std::abs(*own);
  }

  Status check(const LoopTree& tree, int depth, bool only_root) {
    if (depth > kDeepest)
      return wrong(fmt::format("loops nested more than {} deep", kDeepest));
    if (!tree.is_loop) {
      for (const Condition& guard : tree.leaf.guards) {
        if (guard.relation != Condition::Relation::Less)
          return wrong(fmt::format("expected '<' in the guards of '{}'",
                                   tree.leaf.name));
        HONE_RETURN_IF_ERROR(in_scope(guard));
      }
      return check_statement(tree.leaf.target, tree.leaf.value);
    }
    HONE_RETURN_IF_ERROR(declare(tree.variable));
    if (tree.extent.has_fetch())
      return wrong(
          fmt::format("the end of loop '{}' reads a tensor", tree.variable));
    HONE_RETURN_IF_ERROR(check(tree.extent));
    HONE_RETURN_IF_ERROR(check_mark(tree, depth == 0 && only_root));
    scope_.insert(tree.variable);
    open_.insert(tree.variable);
    for (const LoopTree& child : tree.body)
      HONE_RETURN_IF_ERROR(check(child, depth + 1, false));
    scope_.erase(tree.variable);
    open_.erase(tree.variable);
    return {};
  }

  Status check_mark(const LoopTree& tree, bool only_root) {
    const Index& extent = tree.extent;
    switch (tree.mark) {
      case LoopTree::Mark::None:
        return {};
      case LoopTree::Mark::Parallel:
        if (!only_root)
          return wrong(fmt::format("parallel loop '{}' is not the only root",
                                   tree.variable));
        return {};
      case LoopTree::Mark::Unroll:
        if (!extent.is_constant() || extent.constant() > kMostUnrolled)
          return wrong(
              fmt::format("unrolled loop '{}' has no constant extent up to {}",
                          tree.variable, kMostUnrolled));
        return {};
      case LoopTree::Mark::Vector:
        break;
    }
    const int64_t lanes = extent.is_constant() ? extent.constant() : 0;
    if (lanes < 2 || lanes > 64 || (lanes & (lanes - 1)) != 0 ||
        (lanes_ != 0 && lanes_ != lanes))
      return wrong(fmt::format(
          "vector loop '{}': expected one power of two from 2 to 64 as extent "
          "of all, found '{}'",
          tree.variable, to_text(extent)));
    lanes_ = lanes;
    for (const LoopTree& child : tree.body)
      if (child.is_loop)
        return wrong(
            fmt::format("vector loop '{}' holds a loop", tree.variable));
    const std::string bad = not_lanewise(tree);
    if (!bad.empty())
      return wrong(fmt::format("vector loop '{}': no vectors for '{}'",
                               tree.variable, bad));
    return {};
  }

  const LoopProgram& p_;
  std::set<std::string> names_;
  std::set<std::string> scope_;    // variables that have a value
  std::set<std::string> open_;     // loops around
  std::set<std::string> written_;  // by nodes so far
  int64_t lanes_ = 0;
};

}  // namespace

// A vector's lanes are consecutive values of the loop: every index is linear in
// it, and what is done for a part of the lanes is done for the first ones.
std::string not_lanewise(const LoopTree& loop) {
  std::string bad;
  const auto check = [&](const Index& index) {
    if (!index.coefficient_of(loop.variable)) bad = to_text(index);
  };
  const auto check_prefix = [&](const Condition& condition) {
    const auto factor =
        (condition.left - condition.right).coefficient_of(loop.variable);
    if (!factor || *factor < 0 || *factor > 1) bad = to_text(condition);
  };
  const auto visit = [&](const auto& self, const Scalar& value) -> void {
    for (const Scalar& operand : value.operands) self(self, operand);
    for (const Index& index : value.place.at) check(index);
    for (const Condition& condition : value.when) {
      const bool masks = value.operands[0].kind == Scalar::Kind::Load &&
                         value.operands[1].kind == Scalar::Kind::Number &&
                         value.operands[1].number == 0 &&
                         condition.relation == Condition::Relation::Less;
      const bool uses = condition.left.mentions(loop.variable) ||
                        condition.right.mentions(loop.variable);
      if (uses && !masks)
        bad = to_text(condition);
      else if (uses)
        check_prefix(condition);
    }
  };
  for (const LoopTree& tree : loop.body) {
    if (tree.is_loop) continue;
    bool moves = false;
    for (const Index& index : tree.leaf.target.at) {
      check(index);
      moves |= index.mentions(loop.variable);
    }
    if (!moves && tree.leaf.reduction == LoopReduction::None)
      bad = to_text(tree.leaf.target);
    for (const Condition& guard : tree.leaf.guards) check_prefix(guard);
    visit(visit, tree.leaf.value);
  }
  return bad;
}

Status verify_loops(const LoopProgram& program) {
  return Verifier(program).verify();
}

}  // namespace hone::tensor
