// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/pass_runner.h"

#include <fmt/format.h>
#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/DiagnosticHandler.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/StandardInstrumentations.h>

#include <string>
#include <unordered_map>

namespace hone::program {

namespace {

using TargetMachinePtr = std::unique_ptr<llvm::TargetMachine>;

// Parsed texts that are kept; a session has some hundred actions, while edits
// of whole pipelines are new each time.
constexpr size_t kKeptPipelines = 1024;

// As opt makes it: functions bring their own CPU and features.
Result<TargetMachinePtr> make_pass_machine(const llvm::Triple& triple,
                                           Relocation relocation) {
  // IR written by hand may name no target; opt's passes then know none.
  if (triple.getArch() == llvm::Triple::UnknownArch) return TargetMachinePtr();
  initialize_targets();
  std::string message;
  const llvm::Target* target =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (target == nullptr)
    return Error(ErrorKind::Unsupported,
                 fmt::format("target '{}': {}", triple.str(), message));
  std::optional<llvm::Reloc::Model> model;
  if (relocation == Relocation::Pic) model = llvm::Reloc::PIC_;
  return TargetMachinePtr(target->createTargetMachine(
      triple, "", "", llvm::TargetOptions(), model, std::nullopt,
      llvm::CodeGenOptLevel::Default));
}

// Passes over functions and loops are used again as they are for the next
// function, so a parsed pipeline of them serves for the next module as well.
// Passes over call graphs and modules are not: the inliner keeps an advisor
// that points into the module it was first run over.
bool is_reusable(std::string_view pipeline) {
  return pipeline.starts_with("function(") &&
         pipeline.find("cgscc") == std::string_view::npos;
}

class Collector : public llvm::DiagnosticHandler {
 public:
  explicit Collector(std::string& lines) : lines_(lines) {}

  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    const auto* remark =
        llvm::dyn_cast<llvm::DiagnosticInfoOptimizationBase>(&info);
    if (remark == nullptr) return true;
    lines_ += fmt::format(
        "{} {}: {} in {}: {}\n",
        remark->isPassed() ? "passed"
                           : (remark->isMissed() ? "missed" : "analysis"),
        remark->getPassName().str(), remark->getRemarkName().str(),
        remark->getFunction().getName().str(), remark->getMsg());
    return true;
  }
  bool isAnalysisRemarkEnabled(llvm::StringRef) const override { return true; }
  bool isMissedOptRemarkEnabled(llvm::StringRef) const override { return true; }
  bool isPassedOptRemarkEnabled(llvm::StringRef) const override { return true; }
  bool isAnyRemarkEnabled() const override { return true; }

 private:
  std::string& lines_;
};

}  // namespace

// In the order of construction: the managers refer to each other and to the
// builder, and are destroyed before what they refer to.
struct PassRunner::State {
  State(llvm::Module& like, TargetMachinePtr machine, Analyses analyses)
      : analyses(analyses),
        machine(std::move(machine)),
        // Skips optional passes on optnone functions, as opt does.
        instrumentations(like.getContext(), /*DebugLogging=*/false),
        builder(this->machine.get(), llvm::PipelineTuningOptions(),
                std::nullopt, &callbacks),
        library(like.getTargetTriple()) {
    instrumentations.registerCallbacks(callbacks, &modules);
    functions.registerPass(
        [this] { return llvm::TargetLibraryAnalysis(library); });
    functions.registerPass([this] { return builder.buildDefaultAAPipeline(); });
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(sccs);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, sccs, modules);
  }

  void forget() {
    modules.clear();
    sccs.clear();
    functions.clear();
    loops.clear();
    analysed = nullptr;
  }

  Analyses analyses;
  TargetMachinePtr machine;
  llvm::PassInstrumentationCallbacks callbacks;
  llvm::StandardInstrumentations instrumentations;
  llvm::PassBuilder builder;
  llvm::TargetLibraryInfoImpl library;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  // Whose analyses the managers hold.
  const llvm::Module* analysed = nullptr;
  std::unordered_map<std::string, llvm::ModulePassManager> parsed;
};

PassRunner::PassRunner(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
PassRunner::PassRunner(PassRunner&&) noexcept = default;
PassRunner& PassRunner::operator=(PassRunner&&) noexcept = default;
PassRunner::~PassRunner() = default;

Result<PassRunner> PassRunner::make(const Module& like, Relocation relocation,
                                    Analyses analyses) {
  llvm::Module& module = like.llvm_module();
  HONE_ASSIGN_OR_RETURN(
      TargetMachinePtr machine,
      make_pass_machine(module.getTargetTriple(), relocation));
  return PassRunner(
      std::make_unique<State>(module, std::move(machine), analyses));
}

Result<bool> PassRunner::run(Module& module, std::string_view pipeline) {
  State& state = *state_;
  std::string text(pipeline);
  llvm::ModulePassManager fresh;
  llvm::ModulePassManager* passes = &fresh;
  const auto known = state.parsed.find(text);
  if (known != state.parsed.end()) {
    passes = &known->second;
  } else {
    if (llvm::Error error = state.builder.parsePassPipeline(fresh, text))
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("'{}' is no pass pipeline: {}", pipeline,
                               llvm::toString(std::move(error))));
    if (is_reusable(pipeline) && state.parsed.size() < kKeptPipelines)
      passes = &state.parsed.emplace(std::move(text), std::move(fresh))
                    .first->second;
  }
  llvm::Module& ir = module.llvm_module();
  if (state.analysed != nullptr && state.analysed != &ir) state.forget();
  const llvm::PreservedAnalyses preserved = passes->run(ir, state.modules);
  state.analysed = &ir;
  if (state.analyses == Analyses::Forget) state.forget();
  return !preserved.areAllPreserved();
}

Result<std::string> PassRunner::run_with_remarks(Module& module,
                                                 std::string_view pipeline) {
  llvm::LLVMContext& context = module.llvm_module().getContext();
  std::string lines;
  std::unique_ptr<llvm::DiagnosticHandler> before =
      context.getDiagnosticHandler();
  context.setDiagnosticHandler(std::make_unique<Collector>(lines));
  const Result<bool> ran = run(module, pipeline);
  context.setDiagnosticHandler(std::move(before));
  if (!ran.ok()) return ran.error();
  return lines;
}

}  // namespace hone::program
