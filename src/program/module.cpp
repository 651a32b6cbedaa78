// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/module.h"

#include <fmt/format.h>
#include <llvm/Analysis/CFG.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/MC/TargetRegistry.h>

#include <atomic>

#include "program/attribute_rules.h"
#include "program/attribute_table.h"
#include "program/knob_rules.h"
#include "program/module_state.h"
#include "program/pass_runner.h"

namespace hone::program {

namespace {

std::string read_diagnostic(llvm::Error error) {
  return llvm::toString(std::move(error));
}

llvm::CodeGenOptLevel codegen_level(const BuildMode& mode) {
  for (auto flag = mode.flags.rbegin(); flag != mode.flags.rend(); ++flag) {
    if (*flag == "-O0") return llvm::CodeGenOptLevel::None;
    if (*flag == "-O1") return llvm::CodeGenOptLevel::Less;
    if (*flag == "-O3") return llvm::CodeGenOptLevel::Aggressive;
    if (flag->starts_with("-O")) return llvm::CodeGenOptLevel::Default;
  }
  return llvm::CodeGenOptLevel::Default;
}

std::optional<llvm::CodeModel::Model> code_model(const BuildMode& mode) {
  if (mode.code_model == "medium") return llvm::CodeModel::Medium;
  if (mode.code_model == "large") return llvm::CodeModel::Large;
  if (mode.code_model == "kernel") return llvm::CodeModel::Kernel;
  if (mode.code_model == "tiny") return llvm::CodeModel::Tiny;
  return llvm::CodeModel::Small;
}

using TargetMachinePtr = std::unique_ptr<llvm::TargetMachine>;

Result<const llvm::Target*> find_target(const llvm::Triple& triple) {
  initialize_targets();
  std::string message;
  const llvm::Target* target =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (target == nullptr)
    return Error(ErrorKind::Unsupported,
                 fmt::format("target '{}': {}", triple.str(), message));
  return target;
}

Result<TargetMachinePtr> make_target_machine(const llvm::Triple& triple,
                                             const BuildMode& mode) {
  HONE_ASSIGN_OR_RETURN(const llvm::Target* target, find_target(triple));
  llvm::TargetOptions options;
  // As clang's back end sets them for a plain ELF compile; flags that would
  // need more are listed as `unusual` by read_build_mode.
  options.UseInitArray = true;
  options.FunctionSections = mode.function_sections;
  options.DataSections = mode.data_sections;
  options.EmitAddrsig = true;
  options.DebuggerTuning = llvm::DebuggerKind::GDB;
  options.EmitCallSiteInfo = mode.debug;
  options.MCOptions.AsmVerbose = true;
  options.MCOptions.PreserveAsmComments = true;
  options.MCOptions.MCUseDwarfDirectory =
      llvm::MCTargetOptions::EnableDwarfDirectory;
  TargetMachinePtr machine(target->createTargetMachine(
      triple, mode.cpu, "", options,
      mode.relocation == Relocation::Pic ? llvm::Reloc::PIC_
                                         : llvm::Reloc::Static,
      code_model(mode), codegen_level(mode)));
  machine->setLargeDataThreshold(
      static_cast<uint64_t>(mode.large_data_threshold));
  return machine;
}

void apply(llvm::Function& function, const AttributeEdit& edit) {
  switch (edit.kind) {
    case AttributeEdit::Kind::Add:
      function.addFnAttr(llvm::Attribute::getAttrKindFromName(edit.word));
      break;
    case AttributeEdit::Kind::Remove:
      function.removeFnAttr(llvm::Attribute::getAttrKindFromName(edit.word));
      break;
    case AttributeEdit::Kind::SetString:
      function.addFnAttr(edit.word, edit.value);
      break;
  }
}

// Kinds of metadata that passes of passes.def ask for. Bitcode lists all kinds
// that its context knows, and clones share a context: with all of them known
// from the beginning, no state depends on what was done to another one.
constexpr const char* kKindsOfPasses[] = {
    // sandbox-vectorizer
    "sandboxvec",
    "sandboxaux",
    // irce
    "loop_constrainer.loop.clone",
};

uint64_t next_number() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

}  // namespace

Module::State::State() : number(next_number()) {}
Module::State::~State() = default;

void initialize_targets() {
  // A static, not std::call_once, whose thread-local variables no library can
  // be loaded with late: Ray's workers load the Python module after others.
  [[maybe_unused]] static const bool done = [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmParsers();
    llvm::InitializeAllAsmPrinters();
    return true;
  }();
}

Status set_llvm_options(std::span<const std::string> options) {
  std::vector<const char*> argv = {"hone-worker"};
  for (const std::string& option : options) argv.push_back(option.c_str());
  std::string said;
  llvm::raw_string_ostream stream(said);
  if (!llvm::cl::ParseCommandLineOptions(static_cast<int>(argv.size()),
                                         argv.data(), "", &stream))
    return Error(ErrorKind::InvalidArgument, said);
  return {};
}

Module::Module(std::unique_ptr<State> state) : state_(std::move(state)) {}
Module::Module(Module&&) noexcept = default;
Module& Module::operator=(Module&&) noexcept = default;
Module::~Module() = default;

Result<Module> Module::parse(std::string_view bitcode, std::string_view what) {
  auto state = std::make_unique<State>();
  state->context = std::make_shared<llvm::LLVMContext>();
  state->context->setDiscardValueNames(true);
  for (const char* kind : kKindsOfPasses) state->context->getMDKindID(kind);
  auto parsed = llvm::parseBitcodeFile(
      llvm::MemoryBufferRef({bitcode.data(), bitcode.size()}, "module"),
      *state->context);
  if (!parsed)
    return Error(ErrorKind::Malformed,
                 fmt::format("{} cannot be read as bitcode: {}", what,
                             read_diagnostic(parsed.takeError())));
  state->module = std::move(*parsed);
  return Module(std::move(state));
}

Status Module::run(std::string_view pipeline, Relocation relocation) {
  HONE_ASSIGN_OR_RETURN(PassRunner runner, PassRunner::make(*this, relocation));
  const Result<bool> ran = runner.run(*this, pipeline);
  return ran.ok() ? Status() : Status(ran.error());
}

uint64_t Module::number() const { return state_->number; }

llvm::Module& Module::llvm_module() const { return *state_->module; }

Status Module::verify() const {
  std::string said;
  llvm::raw_string_ostream stream(said);
  if (llvm::verifyModule(*state_->module, &stream))
    return Error(ErrorKind::Malformed, said);
  return {};
}

Status Module::set_attributes(
    const std::map<std::string, Attributes>& attributes) {
  state_->number = next_number();
  for (const auto& [name, settings] : attributes) {
    llvm::Function* function = state_->module->getFunction(name);
    if (function == nullptr || function->isDeclaration()) continue;
    for (const auto& [setting, value] : settings) {
      const AttributeInfo* row = find_attribute(setting, value);
      if (row == nullptr)
        return Error(
            ErrorKind::InvalidArgument,
            fmt::format("no attribute setting '{}={}'", setting, value));
      for (const AttributeEdit& edit : row->edits) apply(*function, edit);
    }
  }
  return {};
}

std::string Module::bitcode() const {
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  // Passes and code generation walk lists of uses; opt keeps their order.
  llvm::WriteBitcodeToFile(*state_->module, stream,
                           /*ShouldPreserveUseListOrder=*/true);
  return bytes;
}

std::string Module::text() const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  state_->module->print(stream, nullptr);
  return text;
}

Hash128 Module::hash() const {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::Module& module = *state_->module;
  const std::string source = module.getSourceFileName();
  module.setSourceFileName("");
  llvm::WriteBitcodeToFile(module, stream,
                           /*ShouldPreserveUseListOrder=*/false);
  module.setSourceFileName(source);
  return hash_bytes({bytes.data(), bytes.size()});
}

void Module::forget_size() {
  for (llvm::Function& function : *state_->module) {
    function.removeFnAttr(llvm::Attribute::OptimizeForSize);
    function.removeFnAttr(llvm::Attribute::MinSize);
  }
}

void Module::forget_atoms() {
  const auto without = [](const llvm::DebugLoc& place) {
    return place ? llvm::DebugLoc(place->getWithoutAtom()) : place;
  };
  for (llvm::Function& function : *state_->module)
    for (llvm::Instruction& instruction : llvm::instructions(function)) {
      instruction.setDebugLoc(without(instruction.getDebugLoc()));
      for (llvm::DbgRecord& record : instruction.getDbgRecordRange())
        record.setDebugLoc(without(record.getDebugLoc()));
    }
}

// Rewards ask after every step, and LLVM's getInstructionCount() would call a
// std::function for every instruction. What it leaves out are calls.
int64_t Module::instruction_count() const {
  int64_t count = 0;
  for (const llvm::Function& function : *state_->module)
    for (const llvm::BasicBlock& block : function)
      for (const llvm::Instruction& instruction : block)
        if (!llvm::isa<llvm::CallInst>(instruction) ||
            !instruction.isDebugOrPseudoInst())
          ++count;
  return count;
}

bool Module::has_module_assembly() const {
  return !state_->module->getModuleInlineAsm().empty();
}

namespace {

bool has_loop(const llvm::Function& function) {
  llvm::SmallVector<std::pair<const llvm::BasicBlock*, const llvm::BasicBlock*>>
      back_edges;
  llvm::FindFunctionBackedges(function, back_edges);
  return !back_edges.empty();
}

}  // namespace

std::vector<FunctionFacts> Module::functions() const {
  std::vector<FunctionFacts> facts;
  for (const llvm::Function& function : *state_->module) {
    if (function.isDeclaration()) continue;
    FunctionFacts fact{
        .name = function.getName().str(),
        .instructions = static_cast<int64_t>(function.getInstructionCount()),
        .local = function.hasLocalLinkage(),
        .callers = llvm::count_if(
            function.users(),
            [](const auto* user) { return llvm::isa<llvm::CallBase>(user); }),
        .has_loop = has_loop(function),
        .has_indirect_branch = llvm::any_of(function, [](const auto& block) {
          return llvm::isa<llvm::IndirectBrInst>(block.getTerminator());
        })};
    for (const AttributeInfo& row : attributes()) {
      const AttributeSetting setting{std::string(row.name),
                                     std::string(row.value)};
      if (why_unsafe(function, setting))
        fact.unsafe_attributes.push_back(setting.name + "=" + setting.value);
    }
    facts.push_back(std::move(fact));
  }
  return facts;
}

std::map<std::string, std::string> Module::unsafe_knobs() const {
  const ModuleFlags flags = read_module_flags(*state_->module);
  std::map<std::string, std::string> unsafe;
  for (const KnobInfo& knob : knobs())
    if (const std::optional<std::string> why =
            why_unsafe(knob, *state_->module, flags))
      unsafe.emplace(knob.name, *why);
  return unsafe;
}

Result<std::string> Module::emit_object(const BuildMode& mode) && {
  return emit(mode, /*as_assembly=*/false);
}

Result<std::string> Module::emit_assembly(const BuildMode& mode) && {
  return emit(mode, /*as_assembly=*/true);
}

Result<std::string> Module::emit(const BuildMode& mode, bool as_assembly) {
  llvm::Module& module = *state_->module;
  // As clang completes what it is given.
  if (module.getTargetTriple().empty())
    module.setTargetTriple(llvm::Triple(mode.triple));
  const llvm::Triple& triple = module.getTargetTriple();
  HONE_ASSIGN_OR_RETURN(const TargetMachinePtr machine,
                        make_target_machine(triple, mode));
  module.setDataLayout(machine->createDataLayout());
  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  passes.add(llvm::createTargetTransformInfoWrapperPass(
      machine->getTargetIRAnalysis()));
  passes.add(new llvm::TargetLibraryInfoWrapperPass(
      llvm::TargetLibraryInfoImpl(triple)));
  if (machine->addPassesToEmitFile(passes, stream, nullptr,
                                   as_assembly
                                       ? llvm::CodeGenFileType::AssemblyFile
                                       : llvm::CodeGenFileType::ObjectFile))
    return Error(ErrorKind::Unsupported,
                 fmt::format("target '{}' emits no such files", triple.str()));
  passes.run(module);
  return std::string(bytes.str());
}

}  // namespace hone::program
