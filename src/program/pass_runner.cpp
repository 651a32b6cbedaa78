// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/pass_runner.h"

#include <fmt/format.h>
#include <llvm/IR/DiagnosticHandler.h>
#include <llvm/IR/DiagnosticInfo.h>

#include <string>
#include <unordered_map>

#include "program/fingerprint.h"
#include "program/pass_machinery.h"
#include "program/pass_manners.h"
#include "program/settle.h"

namespace hone::program {

namespace {

// Parsed texts that are kept; a session has some hundred actions, while edits
// of whole pipelines are new each time.
constexpr size_t kKeptPipelines = 1024;

// Passes over functions and loops are used again as they are for the next
// function, so a parsed pipeline of them serves for the next module as well.
// Passes over call graphs and modules are not: the inliner keeps an advisor
// that points into the module it was first run over.
bool is_reusable(std::string_view pipeline) {
  return pipeline.starts_with("function(") &&
         pipeline.find("cgscc") == std::string_view::npos;
}

Error no_pipeline(std::string_view pipeline, llvm::Error error) {
  return {ErrorKind::InvalidArgument,
          fmt::format("'{}' is no pass pipeline: {}", pipeline,
                      llvm::toString(std::move(error)))};
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

struct PassRunner::State {
  State(llvm::Module& like, std::unique_ptr<llvm::TargetMachine> machine,
        Analyses analyses)
      : analyses(analyses),
        machinery(like, std::move(machine)),
        settler(machinery.callbacks) {}

  Manners manners_of(const std::string& pipeline) {
    const auto found = known.find(pipeline);
    if (found != known.end()) return found->second;
    if (known.size() >= kKeptPipelines) known.clear();
    return known[pipeline] = program::manners_of(pipeline);
  }

  // Does `work`, which answers what the passes preserve, as a step or not.
  template <typename Work>
  bool changes(const Module& module, const std::string& pipeline, bool steps,
               const Work& work) {
    llvm::Module& ir = module.llvm_module();
    if (analysed != 0 && analysed != module.number()) forget();
    analysed = module.number();
    const Manners manners = manners_of(pipeline);
    const bool looks = !manners.is_honest;
    const uint64_t before = looks ? fingerprint(ir) : 0;
    settler.begin();
    const llvm::PreservedAnalyses preserved = work(ir);
    const bool changed =
        !preserved.areAllPreserved() || (looks && fingerprint(ir) != before);
    if (steps && analyses == Analyses::Pure &&
        (!changed || settler.knows(manners)))
      machinery.forget_impure(ir, settler.touched());
    else if (analyses != Analyses::Keep)
      forget();
    if (changed && steps) settler.settle(ir, manners);
    return changed;
  }

  Result<bool> run(Module& module, std::string_view pipeline, bool steps) {
    const std::string text(pipeline);
    llvm::ModulePassManager fresh;
    llvm::ModulePassManager* passes = &fresh;
    const auto found = parsed.find(text);
    if (found != parsed.end()) {
      passes = &found->second;
    } else {
      if (llvm::Error error = machinery.builder.parsePassPipeline(fresh, text))
        return no_pipeline(pipeline, std::move(error));
      if (is_reusable(pipeline) && parsed.size() < kKeptPipelines)
        passes = &parsed.emplace(text, std::move(fresh)).first->second;
    }
    return changes(module, text, steps, [&](llvm::Module& ir) {
      return passes->run(ir, machinery.modules);
    });
  }

  void forget() {
    machinery.forget();
    analysed = 0;
  }

  Analyses analyses;
  PassMachinery machinery;
  Settler settler;
  uint64_t analysed = 0;  // the module whose analyses the managers hold
  std::unordered_map<std::string, llvm::ModulePassManager> parsed;
  std::unordered_map<std::string, Manners> known;
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
      std::unique_ptr<llvm::TargetMachine> machine,
      make_pass_machine(module.getTargetTriple(), relocation));
  return PassRunner(
      std::make_unique<State>(module, std::move(machine), analyses));
}

Result<bool> PassRunner::run(Module& module, std::string_view pipeline) {
  return state_->run(module, pipeline, /*steps=*/false);
}

Result<bool> PassRunner::step(Module& module, std::string_view pipeline) {
  return state_->run(module, pipeline, /*steps=*/true);
}

Result<bool> PassRunner::step_on(Module& module, std::string_view function,
                                 std::string_view pipeline) {
  State& state = *state_;
  llvm::FunctionPassManager passes;
  if (llvm::Error error = state.machinery.builder.parsePassPipeline(
          passes, std::string(pipeline)))
    return no_pipeline(pipeline, std::move(error));
  llvm::Function* const found =
      module.llvm_module().getFunction(std::string(function));
  if (found == nullptr || found->isDeclaration()) return false;
  state.forget();
  return state.changes(module, std::string(pipeline), /*steps=*/true,
                       [&](llvm::Module&) {
                         return passes.run(*found, state.machinery.functions);
                       });
}

Result<std::string> PassRunner::written_out(std::string_view pipeline) {
  PassMachinery& machinery = state_->machinery;
  llvm::ModulePassManager passes;
  if (llvm::Error error =
          machinery.builder.parsePassPipeline(passes, std::string(pipeline)))
    return no_pipeline(pipeline, std::move(error));
  std::string text;
  llvm::raw_string_ostream stream(text);
  passes.printPipeline(stream, [&](llvm::StringRef name) {
    const llvm::StringRef pass =
        machinery.callbacks.getPassNameForClassName(name);
    return pass.empty() ? name : pass;
  });
  return text;
}

Result<bool> PassRunner::with_remarks(
    Module& module, std::string& lines,
    const std::function<Result<bool>()>& work) {
  llvm::LLVMContext& context = module.llvm_module().getContext();
  std::unique_ptr<llvm::DiagnosticHandler> before =
      context.getDiagnosticHandler();
  context.setDiagnosticHandler(std::make_unique<Collector>(lines));
  Result<bool> done = work();
  context.setDiagnosticHandler(std::move(before));
  return done;
}

}  // namespace hone::program
