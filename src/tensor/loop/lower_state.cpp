// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/lower_state.h"

#include <fmt/format.h>

#include <algorithm>

namespace hone::tensor {

namespace {

// Kernels larger than this do not fit instruction caches, nor anyone's
// patience.
constexpr int kMostWritten = 20'000;
constexpr int64_t kMostRegisters = 256;

}  // namespace

LowerState::LowerState(const LoopProgram& program, int lanes)
    : p_(program), b_(program.name, lanes) {
  for (const LoopTensor& tensor : p_.tensors)
    if (tensor.role != LoopTensor::Role::Register)
      pointers_.emplace(tensor.name, b_.pointer(tensor.name, tensor.element));
  find_registers();
}

void LowerState::fail(ErrorKind kind, std::string message) {
  if (!error_) error_ = Error(kind, std::move(message));
}

void LowerState::count() {
  if (++written_ > kMostWritten)
    fail(ErrorKind::LimitReached,
         fmt::format("loops '{}': unrolled, they are more than {} operations",
                     p_.name, kMostWritten));
}

void LowerState::set_variable(const std::string& name, Ix value, int depth) {
  variables_[name] = {value, value.is_constant() ? 0 : depth};
}

// --- Indices
// -------------------------------------------------------------------

LowerState::AtDepth LowerState::at_depth(const IndexAtom& atom) {
  using Kind = IndexAtom::Kind;
  if (atom.kind == Kind::Variable) return variables_.at(atom.name);
  std::vector<AtDepth> arguments;
  int depth = 0;
  for (const Index& argument : atom.arguments) {
    arguments.push_back(at_depth(argument));
    depth = std::max(depth, arguments.back().depth);
  }
  if (atom.kind == Kind::Fetch) {
    const Index flat = flatten({atom.name, atom.arguments});
    return {b_.fetch("at", pointer(atom.name), index(flat)), 1 << 20};
  }
  const Ix a = arguments[0].value, b = arguments[1].value;
  switch (atom.kind) {
    case Kind::Div:
      return {a / b, depth};
    case Kind::Mod:
      return {a % b, depth};
    case Kind::Min:
      return {min(a, b), depth};
    default:
      return {max(a, b), depth};
  }
}

LowerState::AtDepth LowerState::at_depth(const Index& index) {
  int64_t constant = index.constant();
  std::vector<AtDepth> summands;
  for (const Index::Term& term : index.terms()) {
    AtDepth product = {1, 0};
    for (const Index::AtomRef& atom : term.atoms) {
      const AtDepth factor = at_depth(*atom);
      product = {product.value * factor.value,
                 std::max(product.depth, factor.depth)};
    }
    product.value = product.value * term.coefficient;
    if (product.value.is_constant())
      constant += product.value.constant();
    else
      summands.insert(std::ranges::upper_bound(summands, product.depth, {},
                                               &AtDepth::depth),
                      product);
  }
  AtDepth sum = {0, 0};
  for (const AtDepth& summand : summands)
    sum = {sum.value + summand.value, summand.depth};
  sum.value = sum.value + constant;
  return sum;
}

Ix LowerState::index(const Index& index) { return at_depth(index).value; }

Index LowerState::flatten(const Place& place) const {
  const LoopTensor& tensor = *p_.find_tensor(place.tensor);
  Index flat = 0;
  for (size_t d = 0; d < place.at.size(); ++d)
    flat = flat * tensor.extents[d] + place.at[d];
  return flat;
}

bool LowerState::has_lane(const Index& index, const LaneMode& mode) const {
  return mode.is_vector() && index.mentions(mode.loop);
}

Ix LowerState::lanes_of(const Condition& condition, const LaneMode& mode) {
  return index(substitute(condition.right - condition.left, mode.loop, 0));
}

void LowerState::when(const Condition& condition,
                      const std::function<void()>& body,
                      const std::function<void()>& otherwise) {
  const auto apart = [&](const std::function<void()>& part) {
    const auto before = known_;
    part();
    known_ = before;
  };
  const Ix a = index(condition.left), b = index(condition.right);
  const auto branch = [&](Ix left, Ix right,
                          const std::function<void()>& inside) {
    std::function<void()> other;
    if (otherwise) other = [&] { apart(otherwise); };
    b_.when_less(left, right, [&] { apart(inside); }, other);
  };
  if (condition.relation == Condition::Relation::Less)
    return branch(a, b, body);
  branch(a, b + 1, [&] { branch(b, a + 1, body); });
}

// --- Registers
// -----------------------------------------------------------------

// Whether a tensor's registers are vectors: whether a vector loop walks along
// its last dimension.
void LowerState::find_registers() {
  for (const LoopTensor& tensor : p_.tensors) {
    if (tensor.role != LoopTensor::Role::Register) continue;
    RegisterFile& file = registers_[tensor.name];
    const auto visit = [&](const auto& self, const LoopTree& tree,
                           const std::string& lane) -> void {
      if (tree.is_loop) {
        for (const LoopTree& child : tree.body)
          self(self, child,
               tree.mark == LoopTree::Mark::Vector ? tree.variable : lane);
        return;
      }
      const auto look = [&](const Place& place) {
        if (place.tensor == tensor.name && !lane.empty() && !place.at.empty() &&
            place.at.back().mentions(lane))
          file.vectors = true;
      };
      look(tree.leaf.target);
      visit_loads(tree.leaf.value, look);
    };
    for (const LoopTree& tree : p_.tree) visit(visit, tree, "");
    int64_t count = 1;
    for (const Index& extent : tensor.extents)
      count = std::min(count * extent.constant(), int64_t{1} << 30);
    if (file.vectors) count = (count + b_.lanes() - 1) / b_.lanes();
    if (count > kMostRegisters) {
      fail(ErrorKind::Unsupported,
           fmt::format("'{}' takes {} registers, at most {} are useful",
                       tensor.name, count, kMostRegisters));
      count = 0;
    }
    for (int64_t i = 0; i < count; ++i)
      file.all.push_back(
          b_.variable(tensor.name + "_", {.vector = file.vectors}));
  }
}

bool LowerState::is_register(const std::string& tensor) const {
  return registers_.contains(tensor);
}

bool LowerState::holds_vectors(const std::string& tensor) const {
  return registers_.at(tensor).vectors;
}

Pointer LowerState::pointer(const std::string& tensor) const {
  return pointers_.at(tensor);
}

void LowerState::clear_registers(const std::string& tensor) {
  for (const Reg r : registers_[tensor].all) b_.set_constant(r, 0);
}

Reg LowerState::register_of(const Place& place, const LaneMode& mode) {
  const RegisterFile& file = registers_.at(place.tensor);
  const Index flat = flatten(place);
  const bool lanewise = has_lane(flat, mode);
  const auto none = [&](std::string_view why) {
    fail(ErrorKind::Unsupported,
         fmt::format("'{}' is in registers: {}", to_text(place), why));
    return Reg{};
  };
  if (file.vectors != lanewise)
    return none(
        "it is used both by vectors and element by element; vectorise "
        "all loops along its last dimension");
  if (lanewise && flat.coefficient_of(mode.loop) != 1)
    return none("a vector must lie along its last dimension");
  const Ix at = index(lanewise ? substitute(flat, mode.loop, 0) : flat);
  if (!at.is_constant()) return none("unroll the loops that index it");
  const int64_t lanes = file.vectors ? b_.lanes() : 1;
  const int64_t number = at.constant() / lanes;
  if (at.constant() % lanes != 0 || at.constant() < 0 ||
      number >= static_cast<int64_t>(file.all.size()))
    return none("its vectors do not begin at whole registers");
  return file.all[static_cast<size_t>(number)];
}

}  // namespace hone::tensor
