// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cycles without a clock.
//
// Of the kernel: a turn of a loop takes the longest of what it issues
// (operations, loads, stores) and of what its accumulators wait for; loops take
// their turns for the sizes' values. Of the tree: for each cache, the largest
// loops of which a turn fits it bring in what their turns touch, but not what
// does not change from turn to turn.
//
// It ranks schedules of one program; it does not predict times. What it leaves
// out: strides that fall into one set of a cache, translation of addresses,
// instruction fetch.
#include <algorithm>
#include <map>
#include <set>

#include "tensor/kernel/index_math.h"
#include "tensor/loop/choose_schedule.h"
#include "tensor/loop/region.h"

namespace hone::tensor {

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

class KernelCounter {
 public:
  KernelCounter(const VectorKernel& kernel, std::vector<int64_t> sizes,
                const LoopMachine& machine)
      : k_(kernel), machine_(machine), values_(kernel.variables.size(), 0) {
    std::ranges::copy(sizes, values_.begin());
  }

  double cycles(const std::vector<KernelStatement>& body) {
    double issued = 0, loaded = 0, stored = 0, nested = 0;
    std::map<RegisterId, int> chains;  // how often each is made from itself
    std::set<RegisterId> read;
    for (const KernelStatement& s : body) {
      using Kind = KernelStatement::Kind;
      switch (s.kind) {
        case Kind::For:
        case Kind::If:
          nested += control(s);
          break;
        case Kind::Load:
        case Kind::Broadcast:
          // A vector of elements apart is as many loads.
          loaded += s.stride >= 0 ? k_.lanes : s.lanes >= 0 ? 1.5 : 1;
          break;
        case Kind::Store:
          stored += s.stride >= 0 ? k_.lanes : s.lanes >= 0 ? 2 : 1;
          break;
        case Kind::Fetch:
          loaded += 1;
          break;
        case Kind::Apply:
          issued += s.op == KernelOp::Div || s.op == KernelOp::Sqrt ? 8 : 1;
          if (std::ranges::find(s.operands, s.result) != s.operands.end())
            ++chains[s.result];
          break;
        default:
          break;
      }
    }
    double waits = 0;
    for (const auto& [result, times] : chains)
      waits = std::max(waits, times * machine_.latency);
    return nested + std::max({issued / machine_.per_cycle,
                              loaded / machine_.per_cycle, stored, waits});
  }

 private:
  double control(const KernelStatement& s) {
    if (s.kind == KernelStatement::Kind::If) {
      // A branch that goes the same way costs little but stands in the way of
      // everything else.
      return 2 + std::max(cycles(s.body), cycles(s.otherwise));
    }
    const int64_t from = value(s.index), limit = value(s.limit);
    const auto turns = static_cast<double>(
        std::max<int64_t>(0, (limit - from + s.step - 1) / s.step));
    // As many turns as there are, each as the middle one.
    values_[s.variable] = from + (limit - from) / 2;
    return turns * (cycles(s.body) + 1);
  }

  int64_t value(IndexId id) const {
    const KernelIndex& node = k_.indices[id];
    if (node.kind == KernelIndex::Kind::Constant) return node.constant;
    if (node.kind == KernelIndex::Kind::Variable) return values_[node.variable];
    return apply_index(node.kind, value(node.left), value(node.right));
  }

  const VectorKernel& k_;
  const LoopMachine& machine_;
  std::vector<int64_t> values_;
};

class TrafficCounter {
 public:
  TrafficCounter(const LoopProgram& program, IndexOracle& oracle)
      : p_(program), oracle_(oracle) {}

  // Bytes that a cache of this size must take in.
  double bytes(const std::vector<LoopTree>& body, int64_t capacity,
               double times) {
    double sum = 0;
    for (const LoopTree& tree : body) {
      if (!tree.is_loop) continue;
      const auto turns =
          static_cast<double>(std::max<int64_t>(1, value_of(p_, tree.extent)));
      const std::map<std::string, double> touched = footprint(tree);
      double whole = 0;
      for (const auto& [tensor, own] : touched) whole += own;
      loops_.push_back(&tree);
      if (whole > static_cast<double>(capacity)) {
        sum += bytes(tree.body, capacity, times * turns);
      } else {
        for (const auto& [tensor, own] : touched)
          sum += times * own * (moves(tree, tensor) ? turns : 1);
      }
      loops_.pop_back();
    }
    return sum;
  }

 private:
  // Bytes of each tensor that one turn touches.
  std::map<std::string, double> footprint(const LoopTree& loop) {
    std::map<std::string, double> sizes;
    std::vector<const LoopTree*> around = loops_;
    around.push_back(&loop);
    const IndexFacts facts = facts_of(p_, around);
    for (const TensorAccess& access : accesses_of(loop.body)) {
      const LoopTensor& tensor = *p_.find_tensor(access.place.tensor);
      if (tensor.role == LoopTensor::Role::Register ||
          sizes.contains(tensor.name))
        continue;
      auto all = static_cast<double>(4);
      for (const Index& extent : tensor.extents)
        all *= static_cast<double>(value_of(p_, extent));
      const auto region = touched_region(loop, facts, tensor.name, oracle_);
      if (region.ok()) {
        double part = 4;
        for (const Index& extent : region->extent)
          part *=
              static_cast<double>(std::max<int64_t>(1, value_of(p_, extent)));
        all = std::min(all, part);
      }
      sizes[tensor.name] = all;
    }
    return sizes;
  }

  static bool moves(const LoopTree& loop, const std::string& tensor) {
    return std::ranges::any_of(
        accesses_of(loop.body), [&](const TensorAccess& access) {
          return access.place.tensor == tensor &&
                 std::ranges::any_of(access.place.at, [&](const Index& index) {
                   return index.mentions(loop.variable);
                 });
        });
  }

  const LoopProgram& p_;
  IndexOracle& oracle_;
  std::vector<const LoopTree*> loops_;
};

}  // namespace

double KernelCost::cycles(const LoopProgram& program,
                          const LoweredLoops& lowered,
                          const LoopMachine& machine, IndexOracle& oracle) {
  // Registers that live through a loop, and one to work with.
  int registers = 1;
  for (const LoopTensor& tensor : program.tensors) {
    if (tensor.role != LoopTensor::Role::Register) continue;
    int64_t elements = 1;
    for (const Index& extent : tensor.extents) elements *= extent.constant();
    registers += static_cast<int>(elements / lowered.kernel.lanes);
  }
  if (registers > machine.vector_registers) return kNever;
  const std::vector<int64_t> sizes =
      kernel_sizes(program, lowered, 0, value_of(program, lowered.tasks));
  double sum =
      KernelCounter(lowered.kernel, sizes, machine).cycles(lowered.kernel.body);
  const LoopProgram bound = bind_sizes(program);
  double longest = sum;
  for (const LoopMachine::Cache& cache : machine.caches) {
    const double own =
        TrafficCounter(bound, oracle).bytes(bound.tree, cache.bytes, 1) /
        cache.fill;
    sum += own;
    longest = std::max(longest, own);
  }
  // Prefetching hides most of what is shorter.
  constexpr double kSeen = 0.1;
  return longest + kSeen * (sum - longest);
}

}  // namespace hone::tensor
