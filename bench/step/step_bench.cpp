// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a step on a live module costs beyond the pass, and whether the road to a
// state can be seen in it.
//
//   step_bench FILE.c… [--steps N] [--seed S] [-- CLANG FLAGS]
//
// Random episodes of 45 stable passes. Three copies of a module take each step,
// in turn, so that they meet the same weather:
//
//   raw     the pass manager's run() alone; what it needs is built before the
//           clock starts, its analyses are freed and the order of uses is
//           settled (program/settle.h) after it has stopped; "freed" is that
//           with freeing them, without which no pass could follow, and "read"
//           with reading once, after a change, every operand where the pass
//           has been, without which nobody knows the order of uses
//   step    program::PassRunner, as a worker uses it: text in, analyses
//           forgotten and uses settled at the end, all of it timed
//   keep    the same with analyses kept from step to step
//
// At the end of an episode the hashes of `raw` and `step` must be equal; how
// often `keep` agrees is reported. Then branching: Module::clone() against
// LLVM's CloneModule, which loses the order of uses, and a fork of the process;
// and how often an episode that went on with a clone at random places ends in
// the state of the straight one.
#include <fmt/format.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/Module.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Passes/StandardInstrumentations.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

#include "base/file.h"
#include "base/random.h"
#include "program/driver.h"
#include "program/module.h"
#include "program/pass_runner.h"
#include "program/pass_table.h"
#include "program/settle.h"

namespace hone {

namespace {

using program::Module;
using program::PassRunner;

constexpr int kEpisode = 45;

double cpu_ms() {
  timespec now;
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 +
         static_cast<double>(now.tv_nsec) * 1e-6;
}

double children_ms() {
  rusage usage;
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const auto ms = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e3 +
           static_cast<double>(t.tv_usec) * 1e-3;
  };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

std::vector<std::string> stable_actions() {
  std::vector<std::string> actions;
  for (const program::PassInfo& pass : program::passes()) {
    if (pass.tier != program::Tier::Stable) continue;
    for (const std::string_view text : pass.parameters)
      if (program::tier_of(pass, text) == program::Tier::Stable)
        actions.push_back(program::nested_text(pass, text));
  }
  return actions;
}

// Reads what settling a function's uses reads.
unsigned read_operands(const llvm::Function& function) {
  unsigned sum = 0;
  for (const llvm::BasicBlock& block : function)
    for (const llvm::Instruction& instruction : block)
      for (const llvm::Use& use : instruction.operands())
        sum += use->getValueID();
  return sum;
}

// run() of a pass manager and nothing else. The machinery is built once, the
// text parsed before the clock starts, results forgotten after it has stopped.
class Raw {
 public:
  Raw(llvm::Module& like, program::Relocation relocation)
      : machine_(make_machine(like, relocation)),
        instrumentations_(like.getContext(), false),
        builder_(machine_.get(), llvm::PipelineTuningOptions(), std::nullopt,
                 &callbacks_),
        library_(like.getTargetTriple()),
        settler_(callbacks_) {
    instrumentations_.registerCallbacks(callbacks_, &modules_);
    functions_.registerPass(
        [this] { return llvm::TargetLibraryAnalysis(library_); });
    builder_.registerModuleAnalyses(modules_);
    builder_.registerCGSCCAnalyses(sccs_);
    builder_.registerFunctionAnalyses(functions_);
    builder_.registerLoopAnalyses(loops_);
    builder_.crossRegisterProxies(loops_, functions_, sccs_, modules_);
  }

  struct Cost {
    double run;    // the pass
    double freed;  // and its analyses
    double read;   // and what it has changed
  };

  Cost run(Module& module, const std::string& text) {
    llvm::ModulePassManager passes;
    llvm::cantFail(builder_.parsePassPipeline(passes, text));
    const program::Manners manners = program::manners_of(text);
    settler_.begin();
    const double begin = cpu_ms();
    const llvm::PreservedAnalyses preserved =
        passes.run(module.llvm_module(), modules_);
    const double end = cpu_ms();
    modules_.clear();
    sccs_.clear();
    functions_.clear();
    loops_.clear();
    const double freed = cpu_ms();
    if (!preserved.areAllPreserved())
      for (const llvm::Function& function : module.llvm_module())
        if (!settler_.knows(manners) || settler_.touched().contains(&function))
          was_read_ += read_operands(function);
    return {
        .run = end - begin, .freed = freed - begin, .read = cpu_ms() - begin};
  }

  // Where that has changed the module. Raw does not look whether it has: the
  // pass would find warm in the caches what was looked at.
  void settle(Module& module, const std::string& text) {
    settler_.settle(module.llvm_module(), program::manners_of(text));
  }

 private:
  static std::unique_ptr<llvm::TargetMachine> make_machine(
      const llvm::Module& module, program::Relocation relocation) {
    std::string message;
    const llvm::Target* target =
        llvm::TargetRegistry::lookupTarget(module.getTargetTriple(), message);
    return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
        module.getTargetTriple(), "", "", llvm::TargetOptions(),
        relocation == program::Relocation::Pic
            ? std::optional(llvm::Reloc::PIC_)
            : std::nullopt,
        std::nullopt, llvm::CodeGenOptLevel::Default));
  }

  std::unique_ptr<llvm::TargetMachine> machine_;
  llvm::PassInstrumentationCallbacks callbacks_;
  llvm::StandardInstrumentations instrumentations_;
  llvm::PassBuilder builder_;
  llvm::TargetLibraryInfoImpl library_;
  llvm::LoopAnalysisManager loops_;
  llvm::FunctionAnalysisManager functions_;
  llvm::CGSCCAnalysisManager sccs_;
  llvm::ModuleAnalysisManager modules_;
  program::Settler settler_;
  volatile unsigned was_read_ = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

template <typename Work>
std::vector<double> times(int repeats, const Work& work) {
  std::vector<double> costs;
  for (int i = 0; i < repeats; ++i) {
    const double begin = cpu_ms() + children_ms();
    work();
    costs.push_back(cpu_ms() + children_ms() - begin);
  }
  return costs;
}

void row(std::string_view what, double ms, double raw) {
  fmt::print("| {} | {:.4f} | {:.2f}x |\n", what, ms, ms / raw);
}

Result<Module> load(const program::Toolchain& tools,
                    const std::filesystem::path& path,
                    const std::vector<std::string>& flags,
                    program::BuildMode& mode) {
  HONE_ASSIGN_OR_RETURN(const program::Input input,
                        program::classify_input(path));
  HONE_ASSIGN_OR_RETURN(mode,
                        program::read_build_mode(tools, input, flags, "-Oz"));
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  const std::filesystem::path bitcode = folder.path() / "input.bc";
  HONE_RETURN_IF_ERROR(program::write_bitcode(tools, input, mode, bitcode));
  HONE_ASSIGN_OR_RETURN(const std::string bytes, read_file(bitcode));
  return Module::parse(bytes, path.string());
}

struct Steps {
  std::vector<double> raw, freed, read, step, keep;
  int episodes = 0;
  int kept_alike = 0;
};

Result<Steps> measure_steps(const Module& start, program::Relocation relocation,
                            int steps, Random& random) {
  const std::vector<std::string> actions = stable_actions();
  Steps result;
  HONE_ASSIGN_OR_RETURN(PassRunner step, PassRunner::make(start, relocation));
  Raw raw(start.llvm_module(), relocation);
  while (static_cast<int>(result.step.size()) < steps) {
    HONE_ASSIGN_OR_RETURN(
        PassRunner keep,
        PassRunner::make(start, relocation, program::Analyses::Keep));
    Module a = start.clone();
    Module b = start.clone();
    Module c = start.clone();
    for (int i = 0; i < kEpisode; ++i) {
      const std::string& action = random.pick(actions);
      const auto take_raw = [&] {
        const Raw::Cost cost = raw.run(a, action);
        result.raw.push_back(cost.run);
        result.freed.push_back(cost.freed);
        result.read.push_back(cost.read);
      };
      // Whoever goes second finds the caches warm.
      if (i % 2 == 0) take_raw();
      const double start = cpu_ms();
      HONE_ASSIGN_OR_RETURN(const bool changed, step.step(b, action));
      result.step.push_back(cpu_ms() - start);
      if (i % 2 == 1) take_raw();
      if (changed) raw.settle(a, action);
      const double begin = cpu_ms();
      const Result<bool> kept = keep.step(c, action);
      if (!kept.ok()) return kept.error();
      result.keep.push_back(cpu_ms() - begin);
    }
    ++result.episodes;
    if (a.hash() != b.hash())
      return Error(ErrorKind::Internal,
                   "a step and the raw pass made different modules");
    result.kept_alike += a.hash() == c.hash() ? 1 : 0;
  }
  return result;
}

// Episodes with copies taken on the way, against straight ones.
Result<std::pair<int, int>> replay(const Module& start,
                                   program::Relocation relocation, int episodes,
                                   bool exact, Random& random) {
  const std::vector<std::string> actions = stable_actions();
  HONE_ASSIGN_OR_RETURN(PassRunner runner, PassRunner::make(start, relocation));
  int alike = 0;
  for (int episode = 0; episode < episodes; ++episode) {
    Module straight = start.clone();
    Module branched = start.clone();
    for (int i = 0; i < kEpisode; ++i) {
      const std::string& action = random.pick(actions);
      if (random.chance(0.2))
        branched = exact ? branched.clone() : branched.clone_by_llvm();
      for (Module* const module : {&straight, &branched}) {
        const Result<bool> ran = runner.step(*module, action);
        if (!ran.ok()) return ran.error();
      }
    }
    alike += straight.hash() == branched.hash() ? 1 : 0;
  }
  return std::pair(alike, episodes);
}

Status measure(const program::Toolchain& tools,
               const std::filesystem::path& path,
               const std::vector<std::string>& flags, int steps,
               uint64_t seed) {
  program::BuildMode mode;
  HONE_ASSIGN_OR_RETURN(const Module start, load(tools, path, flags, mode));
  program::settle_uses(start.llvm_module());
  Random random(seed);
  HONE_ASSIGN_OR_RETURN(const Steps taken,
                        measure_steps(start, mode.relocation, steps, random));
  const auto mean = [](const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  };
  fmt::print(
      "| {}: {} IR instructions, {} actions, {} steps | CPU ms | ratio |\n"
      "|---|---:|---:|\n",
      path.filename().string(), start.instruction_count(),
      stable_actions().size(), taken.step.size());
  row("raw pass, mean", mean(taken.raw), mean(taken.raw));
  row("… freed, mean", mean(taken.freed), mean(taken.raw));
  row("… and read, mean", mean(taken.read), mean(taken.raw));
  row("step, mean", mean(taken.step), mean(taken.raw));
  row("step with analyses kept, mean", mean(taken.keep), mean(taken.raw));
  row("raw pass, median", median(taken.raw), median(taken.raw));
  row("… freed, median", median(taken.freed), median(taken.raw));
  row("… and read, median", median(taken.read), median(taken.raw));
  row("step, median", median(taken.step), median(taken.raw));
  row("step with analyses kept, median", median(taken.keep), median(taken.raw));
  const int repeats = 41;
  const double plain = median(
      times(repeats, [&] { (void)llvm::CloneModule(start.llvm_module()); }));
  row("CloneModule, median", plain, plain);
  row("clone, median", median(times(repeats, [&] { (void)start.clone(); })),
      plain);
  row("hash, median", median(times(repeats, [&] { (void)start.hash(); })),
      plain);
  HONE_ASSIGN_OR_RETURN(PassRunner runner,
                        PassRunner::make(start, mode.relocation));
  const auto take = [&](Module& module) {
    (void)runner.run(module, "function(early-cse)");
  };
  Module optimised = start.clone();
  take(optimised);
  row("branch by clone and take a step, median",
      median(times(repeats,
                   [&] {
                     Module branch = optimised.clone();
                     take(branch);
                   })),
      plain);
  row("branch by fork and take a step, both processes, median",
      median(times(repeats,
                   [&] {
                     const pid_t pid = ::fork();
                     if (pid == 0) {
                       take(optimised);
                       ::_exit(0);
                     }
                     ::waitpid(pid, nullptr, 0);
                   })),
      plain);
  fmt::print("\n{} of {} episodes end alike with analyses kept\n",
             taken.kept_alike, taken.episodes);
  for (const bool exact : {true, false}) {
    HONE_ASSIGN_OR_RETURN(
        const auto alike,
        replay(start, mode.relocation, taken.episodes, exact, random));
    fmt::print("{} of {} episodes end alike over {}\n", alike.first,
               alike.second, exact ? "clones" : "CloneModule");
  }
  fmt::print("\n");
  return {};
}

Status go(int argc, char** argv) {
  std::vector<std::filesystem::path> inputs;
  std::vector<std::string> flags;
  int steps = 900;
  uint64_t seed = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--") {
      flags.assign(argv + i + 1, argv + argc);
      break;
    }
    if (argument == "--steps" && i + 1 < argc)
      steps = std::max(kEpisode, std::atoi(argv[++i]));
    else if (argument == "--seed" && i + 1 < argc)
      seed = std::strtoull(argv[++i], nullptr, 10);
    else
      inputs.emplace_back(argument);
  }
  if (inputs.empty())
    return Error(ErrorKind::InvalidArgument,
                 "usage: step_bench FILE.c… [--steps N] [--seed S] "
                 "[-- CLANG FLAGS]");
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  program::initialize_targets();
  HONE_RETURN_IF_ERROR(program::set_llvm_options({}));
  for (const std::filesystem::path& input : inputs)
    HONE_RETURN_IF_ERROR(measure(tools, input, flags, steps, seed));
  return {};
}

}  // namespace

}  // namespace hone

int main(int argc, char** argv) {
  const hone::Status status = hone::go(argc, argv);
  if (status.ok()) return 0;
  fmt::print(stderr, "step_bench: {}\n", status.error().message);
  return 2;
}
