// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/inline_decisions.h"

#include <fmt/format.h>
#include <llvm/ADT/SCCIterator.h>
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/CallGraph.h>
#include <llvm/Analysis/FunctionPropertiesAnalysis.h>
#include <llvm/Analysis/InlineAdvisor.h>
#include <llvm/Analysis/InlineModelFeatureMaps.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "program/pass_machinery.h"

namespace hone::program {

namespace {

constexpr int64_t kMostGrowth = 4;       // times the initial size
constexpr int64_t kFreeGrowth = 10'000;  // instructions, for small modules

constexpr std::string_view kFeatureNames[] = {
#define HONE_NAME(type, shape, name, sentence) #name,
    INLINE_COST_FEATURE_ITERATOR(HONE_NAME) INLINE_FEATURE_ITERATOR(HONE_NAME)
#undef HONE_NAME
        "inlining_default"};

// Which decider a run asks: LLVM makes its advisors by a plain function
// pointer, so the module that is being optimised has to say whose it is.
class Runs {
 public:
  void begin(const llvm::Module& module, InlineDecider& decider) {
    const std::scoped_lock lock(mutex_);
    deciders_[&module] = &decider;
  }
  void end(const llvm::Module& module) {
    const std::scoped_lock lock(mutex_);
    deciders_.erase(&module);
  }
  InlineDecider& decider_of(const llvm::Module& module) {
    const std::scoped_lock lock(mutex_);
    return *deciders_.at(&module);
  }

 private:
  std::mutex mutex_;
  std::map<const llvm::Module*, InlineDecider*> deciders_;
};

Runs& runs() {
  static Runs all;
  return all;
}

const llvm::Function* defined_callee(const llvm::Instruction& instruction) {
  const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
  if (call == nullptr) return nullptr;
  const llvm::Function* callee = call->getCalledFunction();
  return callee != nullptr && !callee->isDeclaration() ? callee : nullptr;
}

int64_t local_calls(const llvm::Function& function) {
  int64_t count = 0;
  for (const llvm::Instruction& instruction : llvm::instructions(function))
    count += defined_callee(instruction) != nullptr ? 1 : 0;
  return count;
}

// The features of call sites, kept up to date while the module changes. Looks
// at the module alone, never at LLVM's cached analyses: an analysis computed
// earlier than the stock inliner would compute it may be another one.
class Features {
 public:
  Features(llvm::Module& module, llvm::FunctionAnalysisManager& analyses)
      : module_(module), analyses_(analyses) {
    find_heights();
    recount();
  }

  void recount() {
    nodes_ = 0;
    edges_ = 0;
    for (const llvm::Function& function : module_) {
      if (function.isDeclaration()) continue;
      ++nodes_;
      edges_ += local_calls(function);
    }
  }

  std::vector<int64_t> of(llvm::CallBase& call, bool stock) {
    llvm::Function& caller = *call.getCaller();
    llvm::Function& callee = *call.getCalledFunction();
    auto& target = analyses_.getResult<llvm::TargetIRAnalysis>(callee);
    const auto assumptions =
        [&](llvm::Function& function) -> llvm::AssumptionCache& {
      return analyses_.getResult<llvm::AssumptionAnalysis>(function);
    };
    std::vector<int64_t> all;
    const auto costs = llvm::getInliningCostFeatures(call, target, assumptions);
    if (costs)
      all.assign(costs->begin(), costs->end());
    else
      all.assign(std::tuple_size_v<llvm::InlineCostFeatures>, 0);
    const auto from = properties(caller);
    const auto to = properties(callee);
    const int64_t constants = std::count_if(
        call.arg_begin(), call.arg_end(),
        [](const llvm::Use& u) { return llvm::isa<llvm::Constant>(u); });
    const int64_t rest[] = {
        to.BasicBlockCount,
        heights_.lookup(caller.getName()),
        nodes_,
        constants,
        llvm::getInliningCostEstimate(call, target, assumptions).value_or(0),
        edges_,
        from.Uses,
        from.BlocksReachedFromConditionalInstruction,
        from.BasicBlockCount,
        to.BlocksReachedFromConditionalInstruction,
        to.Uses,
        callee.hasAvailableExternallyLinkage(),
        caller.hasAvailableExternallyLinkage(),
        stock};
    all.insert(all.end(), std::begin(rest), std::end(rest));
    HONE_CHECK(all.size() == std::size(kFeatureNames));
    return all;
  }

 private:
  static llvm::FunctionPropertiesInfo properties(llvm::Function& function) {
    const llvm::DominatorTree dominators(function);
    const llvm::LoopInfo loops(dominators);
    return llvm::FunctionPropertiesInfo::getFunctionPropertiesInfo(
        function, dominators, loops, nullptr);
  }

  // The farthest way down to a function that calls none, before any inlining.
  void find_heights() {
    llvm::CallGraph graph(module_);
    for (auto scc = llvm::scc_begin(&graph); !scc.isAtEnd(); ++scc) {
      int64_t height = 0;
      for (const llvm::CallGraphNode* node : *scc) {
        if (node->getFunction() == nullptr) continue;
        for (const llvm::Instruction& instruction :
             llvm::instructions(*node->getFunction())) {
          const llvm::Function* callee = defined_callee(instruction);
          if (callee == nullptr) continue;
          const auto below = heights_.find(callee->getName());
          if (below != heights_.end())
            height = std::max(height, below->second + 1);
        }
      }
      for (const llvm::CallGraphNode* node : *scc)
        if (const llvm::Function* function = node->getFunction();
            function != nullptr && !function->isDeclaration())
          heights_[function->getName()] = height;
    }
  }

  llvm::Module& module_;
  llvm::FunctionAnalysisManager& analyses_;
  llvm::StringMap<int64_t> heights_;  // by name: functions come and go
  int64_t nodes_ = 0;
  int64_t edges_ = 0;
};

class DecidedAdvisor : public llvm::InlineAdvisor {
 public:
  DecidedAdvisor(llvm::Module& module, llvm::FunctionAnalysisManager& analyses,
                 llvm::InlineParams params, llvm::InlineContext context,
                 InlineDecider& decider)
      : llvm::InlineAdvisor(module, analyses, context),
        decider_(decider),
        stock_(module, analyses, std::move(params), context),
        most_growth_(kMostGrowth * module.getInstructionCount() + kFreeGrowth) {
    if (decider.wants_features()) features_.emplace(module, analyses);
  }

  void onPassEntry(llvm::LazyCallGraph::SCC*) override {
    if (features_ && !decider_.is_over()) features_->recount();
  }

 private:
  std::unique_ptr<llvm::InlineAdvice> getAdviceImpl(
      llvm::CallBase& call) override {
    if (decider_.is_over()) return answer(call, false);
    std::unique_ptr<llvm::InlineAdvice> stock = stock_.getAdvice(call);
    if (!stock || !is_choice(call)) return stock;
    const bool wanted = stock->isInliningRecommended();
    llvm::Function& callee = *call.getCalledFunction();
    CallSite site{.caller = call.getCaller()->getName().str(),
                  .callee = callee.getName().str(),
                  .stock = wanted};
    if (features_) site.features = features_->of(call, wanted);
    const InlineChoice choice = decider_.decide(site);
    if (choice == InlineChoice::Stock ||
        (choice == InlineChoice::Inline) == wanted)
      return stock;
    stock->recordUnattemptedInlining();
    if (choice == InlineChoice::Inline) growth_ += callee.getInstructionCount();
    return answer(call, choice == InlineChoice::Inline);
  }

  std::unique_ptr<llvm::InlineAdvice> answer(llvm::CallBase& call, bool yes) {
    return std::make_unique<llvm::InlineAdvice>(this, call, getCallerORE(call),
                                                yes);
  }

  bool is_choice(llvm::CallBase& call) {
    llvm::Function* callee = call.getCalledFunction();
    return callee != nullptr && callee != call.getCaller() &&
           growth_ <= most_growth_ &&
           getMandatoryKind(call, FAM, getCallerORE(call)) ==
               MandatoryInliningKind::NotMandatory &&
           llvm::isInlineViable(*callee).isSuccess();
  }

  InlineDecider& decider_;
  llvm::DefaultInlineAdvisor stock_;
  std::optional<Features> features_;
  int64_t growth_ = 0;
  const int64_t most_growth_;
};

llvm::InlineAdvisor* make_advisor(llvm::Module& module,
                                  llvm::FunctionAnalysisManager& analyses,
                                  llvm::InlineParams params,
                                  llvm::InlineContext context) {
  return new DecidedAdvisor(module, analyses, std::move(params), context,
                            runs().decider_of(module));
}

class Recorded : public InlineDecider {
 public:
  explicit Recorded(std::span<const InlineChoice> choices)
      : choices_(choices) {}
  InlineChoice decide(const CallSite&) override {
    return next_ < choices_.size() ? choices_[next_++] : InlineChoice::Stock;
  }

 private:
  std::span<const InlineChoice> choices_;
  size_t next_ = 0;
};

}  // namespace

std::span<const std::string_view> call_site_feature_names() {
  return kFeatureNames;
}

Status run_with_decider(Module& module, std::string_view pipeline,
                        Relocation relocation, InlineDecider& decider) {
  llvm::Module& ir = module.llvm_module();
  HONE_ASSIGN_OR_RETURN(std::unique_ptr<llvm::TargetMachine> machine,
                        make_pass_machine(ir.getTargetTriple(), relocation));
  PassMachinery machinery(ir, std::move(machine));
  machinery.modules.registerPass(
      [] { return llvm::PluginInlineAdvisorAnalysis(make_advisor); });
  machinery.callbacks.registerShouldRunOptionalPassCallback(
      [&decider](llvm::StringRef, llvm::Any) { return !decider.is_over(); });
  llvm::ModulePassManager passes;
  if (llvm::Error error =
          machinery.builder.parsePassPipeline(passes, std::string(pipeline)))
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' is no pass pipeline: {}", pipeline,
                             llvm::toString(std::move(error))));
  runs().begin(ir, decider);
  passes.run(ir, machinery.modules);
  runs().end(ir);
  return {};
}

Status run_with_choices(Module& module, std::string_view pipeline,
                        Relocation relocation,
                        std::span<const InlineChoice> choices) {
  Recorded recorded(choices);
  return run_with_decider(module, pipeline, relocation, recorded);
}

}  // namespace hone::program
