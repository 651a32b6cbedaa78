// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known of a loop before any loop pass has run.
//
// In an unoptimised module every variable is a slot in memory, and nothing can
// be said of trip counts or strides. The facts come from a copy after
// sroa<preserve-cfg> and early-cse, which move no block: its loops correspond
// to the module's one by one.
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IntrinsicInst.h>

#include <algorithm>

#include "program/loop_choices.h"
#include "program/pass_runner.h"

namespace hone::program {

namespace {

constexpr std::string_view kCopyPasses =
    "function(sroa<preserve-cfg>,early-cse)";

constexpr std::string_view kNames[] = {
    "depth",            // 1 for an outermost loop
    "inner-loops",      // at any depth below
    "blocks",           //
    "instructions",     //
    "exits",            // blocks that may leave the loop
    "branches",         // conditional, switches too
    "calls",            // intrinsics that vanish not counted
    "integer-ops",      // arithmetic
    "float-ops",        //
    "comparisons",      //
    "casts",            //
    "header-phis",      // what an iteration hands to the next
    "loads",            //
    "stores",           //
    "consecutive",      // accesses that step by their own size
    "strided",          // … by another constant
    "invariant",        // … that stay where they are
    "irregular",        // … of which none of this is known
    "widest-bytes",     // of an access
    "narrowest-bytes",  //
    "trip-count",       // 0: not known
    "most-trips",       // an upper bound; 0: not known
    "trip-multiple",    // what divides the number of trips
    "is-annotated",     // the source says something about it
};

struct Counts {
  int64_t branches = 0, calls = 0, integers = 0, floats = 0, comparisons = 0,
          casts = 0, loads = 0, stores = 0, consecutive = 0, strided = 0,
          invariant = 0, irregular = 0, widest = 0, narrowest = 0;
};

class Counter {
 public:
  Counter(const llvm::Loop& loop, llvm::ScalarEvolution& evolution)
      : loop_(loop),
        evolution_(evolution),
        layout_(loop.getHeader()->getDataLayout()) {}

  Counts count() {
    for (const llvm::BasicBlock* block : loop_.blocks())
      for (const llvm::Instruction& instruction : *block) visit(instruction);
    return counts_;
  }

 private:
  void visit(const llvm::Instruction& instruction) {
    if (instruction.isTerminator())
      counts_.branches += instruction.getNumSuccessors() > 1 ? 1 : 0;
    else if (instruction.isBinaryOp() || instruction.isUnaryOp())
      ++(instruction.getType()->isFPOrFPVectorTy() ? counts_.floats
                                                   : counts_.integers);
    else if (llvm::isa<llvm::CmpInst>(instruction))
      ++counts_.comparisons;
    else if (instruction.isCast())
      ++counts_.casts;
    else if (const auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
      ++counts_.loads, access(load->getPointerOperand(), load->getType());
    else if (const auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction))
      ++counts_.stores, access(store->getPointerOperand(),
                               store->getValueOperand()->getType());
    else if (llvm::isa<llvm::CallBase>(instruction) &&
             !instruction.isLifetimeStartOrEnd() &&
             !llvm::isa<llvm::DbgInfoIntrinsic>(instruction))
      ++counts_.calls;
  }

  void access(const llvm::Value* pointer, llvm::Type* type) {
    const auto bytes =
        static_cast<int64_t>(layout_.getTypeStoreSize(type).getKnownMinValue());
    counts_.widest = std::max(counts_.widest, bytes);
    counts_.narrowest =
        counts_.narrowest == 0 ? bytes : std::min(counts_.narrowest, bytes);
    const llvm::SCEV* address =
        evolution_.getSCEV(const_cast<llvm::Value*>(pointer));
    if (evolution_.isLoopInvariant(address, &loop_)) {
      ++counts_.invariant;
      return;
    }
    const auto* steps = llvm::dyn_cast<llvm::SCEVAddRecExpr>(address);
    const auto* step = steps != nullptr && steps->getLoop() == &loop_
                           ? llvm::dyn_cast<llvm::SCEVConstant>(
                                 steps->getStepRecurrence(evolution_))
                           : nullptr;
    if (step == nullptr)
      ++counts_.irregular;
    else if (step->getAPInt().abs() == static_cast<uint64_t>(bytes))
      ++counts_.consecutive;
    else
      ++counts_.strided;
  }

  const llvm::Loop& loop_;
  llvm::ScalarEvolution& evolution_;
  const llvm::DataLayout& layout_;
  Counts counts_;
};

int64_t all_below(const llvm::Loop& loop) {
  int64_t count = 0;
  for (const llvm::Loop* inner : loop.getLoopsInPreorder())
    count += inner != &loop ? 1 : 0;
  return count;
}

bool is_annotated(const llvm::Loop& loop) {
  const llvm::MDNode* words = loop.getLoopID();
  if (words == nullptr) return false;
  for (unsigned i = 1; i < words->getNumOperands(); ++i) {
    const auto* word = llvm::dyn_cast<llvm::MDNode>(words->getOperand(i));
    const auto* name = word != nullptr && word->getNumOperands() > 0
                           ? llvm::dyn_cast<llvm::MDString>(word->getOperand(0))
                           : nullptr;
    if (name != nullptr && name->getString() != "llvm.loop.mustprogress")
      return true;
  }
  return false;
}

std::vector<int64_t> features_of(const llvm::Loop& loop,
                                 llvm::ScalarEvolution& evolution) {
  const Counts counts = Counter(loop, evolution).count();
  llvm::SmallVector<llvm::BasicBlock*, 4> exits;
  loop.getExitingBlocks(exits);
  int64_t instructions = 0;
  for (const llvm::BasicBlock* block : loop.blocks())
    instructions += static_cast<int64_t>(block->size());
  const auto phis = loop.getHeader()->phis();
  return {static_cast<int64_t>(loop.getLoopDepth()),
          all_below(loop),
          static_cast<int64_t>(loop.getNumBlocks()),
          instructions,
          static_cast<int64_t>(exits.size()),
          counts.branches,
          counts.calls,
          counts.integers,
          counts.floats,
          counts.comparisons,
          counts.casts,
          std::distance(phis.begin(), phis.end()),
          counts.loads,
          counts.stores,
          counts.consecutive,
          counts.strided,
          counts.invariant,
          counts.irregular,
          counts.widest,
          counts.narrowest,
          evolution.getSmallConstantTripCount(&loop),
          evolution.getSmallConstantMaxTripCount(&loop),
          evolution.getSmallConstantTripMultiple(&loop),
          is_annotated(loop)};
}

}  // namespace

std::span<const std::string_view> loop_feature_names() { return kNames; }

std::vector<LoopFacts> find_loops(const Module& module) {
  Module copy = module.clone();
  Result<PassRunner> runner = PassRunner::make(copy, Relocation::Static);
  // A target that cannot be made leaves the facts of memory slots.
  if (runner.ok()) (void)runner->run(copy, kCopyPasses);
  llvm::Module& ir = copy.llvm_module();
  llvm::TargetLibraryInfoImpl libraries(ir.getTargetTriple());
  std::vector<LoopFacts> facts;
  for (llvm::Function& function : ir) {
    if (function.isDeclaration()) continue;
    llvm::DominatorTree dominators(function);
    llvm::LoopInfo loops(dominators);
    llvm::AssumptionCache assumptions(function);
    llvm::TargetLibraryInfo library(libraries, &function);
    llvm::ScalarEvolution evolution(function, library, assumptions, dominators,
                                    loops);
    int64_t number = 0;
    for (const llvm::Loop* loop : loops.getLoopsInPreorder())
      facts.push_back({.function = function.getName().str(),
                       .number = number++,
                       .features = features_of(*loop, evolution)});
  }
  return facts;
}

}  // namespace hone::program
