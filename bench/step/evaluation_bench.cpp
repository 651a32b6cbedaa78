// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an evaluation costs beyond the passes themselves.
//
//   evaluation_bench FILE.c [--repeats N] [-- CLANG FLAGS]
//
// Three roads to the same object, CPU time, mean of N runs:
//
//   whole     the stock pipeline by one Module::run, in this process
//   by pass   the same passes by one Module::run each, as an environment with
//             a step per pass would run them: a pass of a nest goes in its own
//             nest. Analyses do not survive from step to step, and a cgscc
//             nest no longer simplifies a callee before it visits the caller,
//             so this is not the same optimisation, only the same work
//   worker    Session::evaluate of the stock recipe without the store: a frame
//             to a worker, one forked child for the stages and one for the code
//             generator, and bitcode through pipes. An option without
//             effect differs from run to run, because workers keep what they
//             have compiled
//
// What a step on a live module costs is step_bench's matter; clone() and hash()
// are timed here to be compared with the rest.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <vector>

#include "base/file.h"
#include "env/isolate.h"
#include "env/session.h"
#include "program/module.h"
#include "program/pipeline.h"
#include "toolkit/prepare.h"

namespace hone {

namespace {

using program::Module;
using program::PipelineNode;

// CPU time of this process's children that still run, and of theirs: workers
// are not waited for until the session ends. In ticks of 10 ms, so that only
// sums over many runs mean something.
double worker_cpu_ms() {
  double ticks = 0;
  std::ifstream children(fmt::format("/proc/self/task/{}/children", getpid()));
  for (int pid = 0; children >> pid;) {
    std::ifstream stat(fmt::format("/proc/{}/stat", pid));
    std::string text;
    std::getline(stat, text);
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double value = 0;
    for (int i = 0; i < 4 && fields >> value; ++i)
      ticks += value;  // utime, stime, cutime, cstime
  }
  return ticks * 1000 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double own_cpu_ms() {
  const auto of = [](int who) {
    rusage usage{};
    getrusage(who, &usage);
    const auto ms = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) * 1e3 +
             static_cast<double>(t.tv_usec) / 1e3;
    };
    return ms(usage.ru_utime) + ms(usage.ru_stime);
  };
  return of(RUSAGE_SELF) + of(RUSAGE_CHILDREN);
}

struct Cost {
  double cpu_ms = 0;   // mean
  double wall_ms = 0;  // least
};

// CPU time counts, because the machine may be busy with other things.
Cost cost_of(int repeats, const std::function<void()>& work) {
  Cost cost{.wall_ms = 1e300};
  const double before = own_cpu_ms() + worker_cpu_ms();
  for (int i = 0; i < repeats; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    cost.wall_ms =
        std::min(cost.wall_ms, std::chrono::duration<double, std::milli>(
                                   std::chrono::steady_clock::now() - begin)
                                   .count());
  }
  cost.cpu_ms = (own_cpu_ms() + worker_cpu_ms() - before) / repeats;
  return cost;
}

void row(std::string_view what, const Cost& cost) {
  fmt::print("| {} | {:.2f} | {:.2f} |\n", what, cost.cpu_ms, cost.wall_ms);
}

Cost over(const Cost& cost, size_t parts) {
  const auto n = static_cast<double>(parts);
  return {cost.cpu_ms / n, cost.wall_ms / n};
}

// One pass in the adaptors that it stands in.
std::string alone(const program::Pipeline& pipeline,
                  const program::PipelinePath& path) {
  program::Pipeline nest;
  program::Pipeline* inner = &nest;
  const program::Pipeline* level = &pipeline;
  for (const size_t index : path) {
    PipelineNode node = (*level)[index];
    level = &(*level)[index].children;
    node.children.clear();
    inner->push_back(std::move(node));
    inner = &inner->back().children;
  }
  return program::print_pipeline(nest);
}

Status measure(const toolkit::Prepared& prepared,
               const program::Toolchain& tools, int repeats) {
  HONE_ASSIGN_OR_RETURN(const std::string bitcode,
                        read_file(prepared.subject.bitcode));
  const program::BuildMode& mode = prepared.subject.mode;
  HONE_ASSIGN_OR_RETURN(const program::Pipeline pipeline,
                        program::parse_pipeline(prepared.pipeline));
  std::vector<std::string> passes;
  for (const program::PipelinePath& path : program::pass_paths(pipeline))
    passes.push_back(alone(pipeline, path));
  HONE_ASSIGN_OR_RETURN(Module start, Module::parse(bitcode, "the input"));
  fmt::print(
      "| {}: {} IR instructions, {} bytes of bitcode, {} passes | CPU ms "
      "(mean) | wall ms (least) |\n|---|---:|---:|\n",
      prepared.inputs.front().path.filename().string(),
      start.instruction_count(), bitcode.size(), passes.size());

  Status failure;
  const auto must = [&failure](Status status) {
    if (!status.ok() && failure.ok()) failure = std::move(status);
  };
  row("parse the bitcode", cost_of(repeats, [&] {
        must(Module::parse(bitcode, "the input").ok() ? Status() : failure);
      }));
  row("clone", cost_of(repeats, [&] { (void)start.clone(); }));
  row("hash", cost_of(repeats, [&] { (void)start.hash(); }));
  row("verify", cost_of(repeats, [&] { must(start.verify()); }));
  const Cost whole = cost_of(repeats, [&] {
    Module module = start.clone();
    must(module.run(prepared.pipeline, mode.relocation));
  });
  row("whole pipeline, one run (with clone)", whole);
  const Cost by_pass = cost_of(repeats, [&] {
    Module module = start.clone();
    for (const std::string& pass : passes)
      must(module.run(pass, mode.relocation));
  });
  row("one run a pass (with clone)", by_pass);
  row("… per pass", over(by_pass, passes.size()));
  const Cost hashed = cost_of(repeats, [&] {
    Module module = start.clone();
    for (const std::string& pass : passes) {
      must(module.run(pass, mode.relocation));
      (void)module.hash();
    }
  });
  row("… per pass, with a hash after each", over(hashed, passes.size()));
  Module optimised = start.clone();
  must(optimised.run(prepared.pipeline, mode.relocation));
  const Cost emit = cost_of(repeats, [&] {
    must(std::move(optimised.clone()).emit_object(mode).ok() ? Status()
                                                             : failure);
  });
  row("emit the object (with clone)", emit);
  HONE_RETURN_IF_ERROR(failure);
  row("fork, do nothing, wait", cost_of(repeats, [] {
        (void)env::run_isolated(
            {}, []() -> Result<std::string> { return std::string(); });
      }));

  HONE_ASSIGN_OR_RETURN(
      const std::unique_ptr<env::Session> session,
      env::Session::open(tools, prepared.subject, {.jobs = 1}));
  int run = 0;
  const Cost worker = cost_of(repeats, [&] {
    program::Recipe recipe = program::stock_recipe();
    recipe.stages = {{prepared.pipeline}};
    // Equal results, unequal keys.
    recipe.pass_options = {
        fmt::format("-inline-cold-callsite-threshold={}", 100 + run++)};
    recipe.codegen_options = recipe.pass_options;
    (void)session->evaluate(std::vector{recipe});
  });
  row("worker: one evaluation", worker);
  const Cost raw = cost_of(repeats, [&] {
    Result<Module> module = Module::parse(bitcode, "the input");
    if (!module.ok()) return;
    (void)module->run(prepared.pipeline, mode.relocation);
    (void)std::move(*module).emit_object(mode);
  });
  row("the same in this process: parse, run, emit", raw);
  fmt::print("| worker over in-process | {:.2f}x | |\n",
             worker.cpu_ms / raw.cpu_ms);
  fmt::print("| a run a pass over one run | {:.2f}x | |\n\n",
             by_pass.cpu_ms / whole.cpu_ms);
  return {};
}

Status go(int argc, char** argv) {
  std::vector<std::filesystem::path> inputs;
  std::vector<std::string> flags;
  int repeats = 21;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--") {
      flags.assign(argv + i + 1, argv + argc);
      break;
    }
    if (argument == "--repeats" && i + 1 < argc)
      repeats = std::max(1, std::atoi(argv[++i]));
    else
      inputs.emplace_back(argument);
  }
  if (inputs.size() != 1)
    return Error(
        ErrorKind::InvalidArgument,
        "usage: evaluation_bench FILE.c [--repeats N] [-- CLANG FLAGS]");
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  HONE_ASSIGN_OR_RETURN(const toolkit::Prepared prepared,
                        toolkit::prepare(tools, inputs, flags,
                                         program::Protocol::Product, "Oz", {}));
  program::initialize_targets();
  HONE_RETURN_IF_ERROR(program::set_llvm_options({}));
  return measure(prepared, tools, repeats);
}

}  // namespace

}  // namespace hone

int main(int argc, char** argv) {
  const hone::Status status = hone::go(argc, argv);
  if (status.ok()) return 0;
  fmt::print(stderr, "evaluation_bench: {}\n", status.error().message);
  return 2;
}
