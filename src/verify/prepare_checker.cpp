// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From bitcode and stock object to inputs and what is expected of them.
#include <fmt/format.h>
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <thread>

#include "base/subprocess.h"
#include "verify/checker_state.h"
#include "verify/driver_module.h"
#include "verify/library_calls.h"
#include "verify/reference_module.h"

namespace hone::verify {

namespace {

// Of the search of all functions together; about six seconds of CPU time.
constexpr uint64_t kMostTries = 60000;
constexpr uint64_t kMostEffort = 1'200'000'000;
constexpr uint64_t kLeastEffort = 20'000'000;  // of one function

Result<std::unique_ptr<llvm::Module>> load_bitcode(
    const std::filesystem::path& path, llvm::LLVMContext& context) {
  HONE_ASSIGN_OR_RETURN(const std::string bytes, read_file(path));
  auto parsed = llvm::parseBitcodeFile(
      llvm::MemoryBufferRef(bytes, path.native()), context);
  if (!parsed) {
    const std::string why = llvm::toString(parsed.takeError());
    return Error(
        ErrorKind::Malformed,
        fmt::format("'{}' is no bitcode of LLVM 22: {}", path.string(), why));
  }
  std::string broken;
  llvm::raw_string_ostream stream(broken);
  if (llvm::verifyModule(**parsed, &stream))
    return Error(ErrorKind::Malformed,
                 fmt::format("'{}' does not verify: {}", path.string(),
                             broken.substr(0, 500)));
  return std::move(*parsed);
}

Status write_bitcode(const llvm::Module& module,
                     const std::filesystem::path& path) {
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  llvm::WriteBitcodeToFile(module, stream);
  return write_file(path, bytes);
}

Status compile_bitcode(const ImageKit& kit, const std::filesystem::path& from,
                       const std::filesystem::path& to, const char* level) {
  std::vector<std::string> argv = {kit.tools.clang, "-w", level, "-fPIC"};
  argv.insert(argv.end(), kit.target_flags.begin(), kit.target_flags.end());
  for (const std::string& word :
       {std::string("-c"), from.string(), std::string("-o"), to.string()})
    argv.push_back(word);
  HONE_ASSIGN_OR_RETURN(
      const ProcessResult done,
      run_checked(
          {.argv = argv, .limits = {.cpu_seconds = 120, .wall_seconds = 240}}));
  (void)done;
  return {};
}

}  // namespace

Result<std::string> DifferentialChecker::State::unavailable() {
  if (!sandbox_available())
    return std::string("the kernel has no sandbox (Landlock) to run code in");
  emulator = find_emulator(module->getTargetTriple().str());
  return emulator.missing;
}

Status DifferentialChecker::State::build_kit() {
  HONE_ASSIGN_OR_RETURN(kit.tools, program::find_toolchain());
  kit.harness = folder->path() / "harness.o";
  kit.driver = folder->path() / "driver.o";
  kit.link_flags = request.link_flags;
  kit.target_flags = {"--target=" + module->getTargetTriple().str()};
  for (const llvm::Function& function : *module)
    kit.is_cxx |= function.getName().starts_with("_ZS") ||
                  function.getName().starts_with("_ZNS") ||
                  function.getName().starts_with("__cxa_") ||
                  function.getName().starts_with("__gxx_");
  for (const PlannedExternal& external : plan.externals)
    if (external.function != nullptr) kit.wrapped.insert(external.name);
  for (const PlannedGlobal& global : plan.globals)
    if (global.is_undefined) kit.wrapped.insert(global.name);
  for (const std::string_view name : wrapped_calls())
    if (!stock.defined.contains(std::string(name)))
      kit.wrapped.insert(std::string(name));

  const auto driver_bitcode = folder->path() / "driver.bc";
  const auto reference_bitcode = folder->path() / "reference.bc";
  HONE_RETURN_IF_ERROR(write_bitcode(
      *make_driver_module(plan, *module, DriverPart::Driver), driver_bitcode));
  const auto companion_bitcode = folder->path() / "companion.bc";
  const auto is_hidden = [](const auto& planned) { return planned.is_hidden; };
  if (std::any_of(plan.externals.begin(), plan.externals.end(), is_hidden) ||
      std::any_of(plan.globals.begin(), plan.globals.end(), is_hidden)) {
    kit.companion = folder->path() / "companion.o";
    HONE_RETURN_IF_ERROR(
        write_bitcode(*make_driver_module(plan, *module, DriverPart::Companion),
                      companion_bitcode));
  }
  HONE_RETURN_IF_ERROR(
      write_bitcode(*make_reference_module(plan, *module), reference_bitcode));
  HONE_RETURN_IF_ERROR(write_file(folder->path() / "plan", plan.bytes));
  Status small;
  std::jthread beside([&] {
    small = write_harness(kit, kit.harness);
    if (small) small = compile_bitcode(kit, driver_bitcode, kit.driver, "-O1");
    if (small && !kit.companion.empty())
      small = compile_bitcode(kit, companion_bitcode, kit.companion, "-O1");
  });
  Status large = compile_bitcode(kit, reference_bitcode,
                                 folder->path() / "reference.o", "-O0");
  beside.join();
  if (!large) return std::move(large).error();
  return small;
}

Status DifferentialChecker::State::prepare() {
  HONE_ASSIGN_OR_RETURN(folder, TempDir::make("hone-verify"));
  HONE_ASSIGN_OR_RETURN(module,
                        load_bitcode(request.original_bitcode, context));
  HONE_ASSIGN_OR_RETURN(stock, read_object(request.stock_object));
  HONE_ASSIGN_OR_RETURN(plan, make_plan(*module, request.seed));
  HONE_ASSIGN_OR_RETURN(baseline.unavailable_reason, unavailable());
  std::vector<hone_job_entry> chosen;
  if (baseline.unavailable_reason.empty()) {
    HONE_RETURN_IF_ERROR(build_kit());
    for (auto step : {&State::search_inputs, &State::run_stock}) {
      Status status = (this->*step)(chosen);
      if (status) continue;
      Error error = std::move(status).error();
      // What the linker refuses is a property of the user's program.
      if (error.kind != ErrorKind::ToolFailed) return error;
      if (baseline.unavailable_reason.empty())
        baseline.unavailable_reason = error.message;
    }
  }
  count_inputs();
  return {};
}

RunJob DifferentialChecker::State::make_job(
    const Image& image, const std::filesystem::path& where) const {
  RunJob job;
  job.executable = image.executable;
  job.layout = image.layout;
  job.plan = folder->path() / "plan";
  job.folder = where;
  job.runner = emulator.argv;
  job.slowdown = emulator.slowdown;
  job.seconds = request.seconds * emulator.slowdown;
  job.workers = request.workers;
  job.stop = request.stop;
  return job;
}

Status DifferentialChecker::State::search_inputs(
    std::vector<hone_job_entry>& chosen) {
  const auto where = folder->path() / "reference";
  std::filesystem::create_directory(where);
  // Far from the stock image, so that what depends on addresses differs.
  const LinkMode apart =
      request.mode == LinkMode::NoPie ? LinkMode::Pie : LinkMode::NoPie;
  HONE_ASSIGN_OR_RETURN(
      const Image image,
      link_image(kit, plan, apart, folder->path() / "reference.o", where));
  RunJob job = make_job(image, where);
  job.mode = HONE_SEARCH;
  for (uint32_t i = 0; i < plan.functions.size(); ++i)
    if (plan.functions[i].driver >= 0 && image.has_function[i])
      job.entries.push_back({.function = i, .index = 0, .input = {}});
  job.wanted = static_cast<uint32_t>(
      std::clamp(request.inputs_per_function, kLeastInputs, 256));
  job.tries = static_cast<uint32_t>(
      std::clamp<uint64_t>(kMostTries / std::max<size_t>(job.entries.size(), 1),
                           job.wanted * 2, job.wanted * 24));
  job.effort = std::max(kLeastEffort,
                        kMostEffort / std::max<size_t>(job.entries.size(), 1));
  HONE_ASSIGN_OR_RETURN(RunReport report, run_image(job));
  if (report.groups.empty() && !job.entries.empty()) {
    baseline.unavailable_reason = fmt::format(
        "the harness with the reference did not run: {}", report.ending);
    return {};
  }
  std::map<uint32_t, const RunReport::Group*> groups;
  for (const RunReport::Group& group : report.groups)
    groups[group.function] = &group;
  for (const hone_job_entry& entry : job.entries) {
    const auto found = groups.find(entry.function);
    std::string& reason = reasons[entry.function];
    if (found == groups.end()) {
      reason = "time limit";
      continue;
    }
    const auto& statuses = found->second->statuses;
    size_t most = HONE_SIGNALLED;
    for (size_t status = HONE_ABORTED; status < statuses.size(); ++status)
      if (statuses[status] > statuses[most]) most = status;
    reason = fmt::format("no input was defined; most ended in: {}",
                         status_name(static_cast<int>(most)));
    if (found->second->died) reason = "the process died";
  }
  std::map<FunctionInput, int> fills;
  for (const Run& run : report.runs) {
    const FunctionInput key(run.function, run.index);
    if (!run.is_counted()) continue;
    const auto [found, is_new] = expectations.try_emplace(key, run);
    if (is_new || found->second.narrow(run)) ++fills[key];
  }
  std::erase_if(expectations, [&](const auto& entry) {
    if (fills[entry.first] == HONE_FILLS) return false;
    reasons[entry.first.first] = "results depend on memory nobody wrote";
    return true;
  });
  for (const auto& [key, expected] : expectations)
    chosen.push_back({key.first, key.second, expected.run().input});
  return {};
}

Status DifferentialChecker::State::run_stock(
    std::vector<hone_job_entry>& chosen) {
  const auto where = folder->path() / "stock";
  std::filesystem::create_directory(where);
  HONE_ASSIGN_OR_RETURN(
      const Image image,
      link_image(kit, plan, request.mode, request.stock_object, where));
  RunJob job = make_job(image, where);
  for (const hone_job_entry& entry : chosen)
    if (image.has_function[entry.function]) job.entries.push_back(entry);
  HONE_ASSIGN_OR_RETURN(const RunReport report, run_image(job));
  if (report.runs.empty() && !job.entries.empty()) {
    baseline.unavailable_reason = fmt::format(
        "the harness with the stock object did not run: {}", report.ending);
    return {};
  }
  std::map<FunctionInput, Expectation> kept;
  for (const Run& run : report.runs) {
    const auto found = expectations.find({run.function, run.index});
    if (found == expectations.end()) continue;
    const auto different = found->second.adopt(run, plan, image);
    if (different)
      reasons[run.function] = fmt::format(
          "the stock build disagrees with the reference: {}", *different);
    else
      kept.insert(std::move(*found));
  }
  expectations = std::move(kept);
  return {};
}

}  // namespace hone::verify
