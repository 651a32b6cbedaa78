// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/differential.h"

#include <fmt/format.h>
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Host.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "base/file.h"
#include "base/subprocess.h"
#include "verify/driver_module.h"
#include "verify/elf_file.h"
#include "verify/expectation.h"
#include "verify/image.h"
#include "verify/library_calls.h"
#include "verify/plan.h"
#include "verify/reference_module.h"
#include "verify/run_image.h"

namespace hone::verify {

namespace {

constexpr int kLeastInputs = 4;
constexpr uint64_t kMostTries = 60000;  // of all functions together

using FunctionInput = std::pair<uint32_t, uint32_t>;  // function, index

Result<std::unique_ptr<llvm::Module>> load_bitcode(
    const std::filesystem::path& path, llvm::LLVMContext& context) {
  HONE_ASSIGN_OR_RETURN(const std::string bytes, read_file(path));
  auto parsed = llvm::parseBitcodeFile(
      llvm::MemoryBufferRef(bytes, path.native()), context);
  if (!parsed) {
    const std::string why = llvm::toString(parsed.takeError());
    return Error(ErrorKind::Malformed,
                 fmt::format("'{}' is no bitcode of LLVM 22: {}", path.string(),
                             why));
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
      run_checked({.argv = argv,
                   .limits = {.cpu_seconds = 120, .wall_seconds = 240}}));
  (void)done;
  return {};
}

}  // namespace

struct DifferentialChecker::State {
  DifferentialRequest request;
  std::optional<TempDir> folder;
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module;
  Plan plan;
  ImageKit kit;
  ObjectFile stock;
  std::map<FunctionInput, Expectation> expectations;
  std::map<uint32_t, std::string> reasons;  // of functions without inputs
  DifferentialReport baseline;
  mutable std::atomic<int> checks = 0;

  Status prepare();
  Status build_kit();
  Result<std::string> unavailable();
  Status search_inputs(std::vector<hone_job_entry>& chosen);
  Status run_stock(std::vector<hone_job_entry>& chosen);
  void count_inputs();
  RunJob make_job(const Image& image, const std::filesystem::path& where) const;
  Result<DifferentialReport> check(const std::filesystem::path& candidate) const;
  std::string describe(const Expectation& expected,
                       const std::string& what) const;
};

Result<std::string> DifferentialChecker::State::unavailable() {
  if (!sandbox_available())
    return std::string("the kernel has no sandbox (Landlock) to run code in");
  const llvm::Triple host(llvm::sys::getProcessTriple());
  const llvm::Triple triple(module->getTargetTriple());
  if (triple.getArch() != host.getArch() || triple.getOS() != host.getOS())
    return fmt::format("the target {} cannot be run on this machine",
                       triple.str());
  if (!triple.isX86_64())
    return std::string("the harness knows x86-64 only");
  return std::string();
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
  HONE_RETURN_IF_ERROR(
      write_bitcode(*make_driver_module(plan, *module), driver_bitcode));
  HONE_RETURN_IF_ERROR(
      write_bitcode(*make_reference_module(plan, *module), reference_bitcode));
  HONE_RETURN_IF_ERROR(
      write_file(folder->path() / "plan", plan.bytes));
  Status small;
  std::jthread beside([&] {
    small = compile_harness(kit, kit.harness);
    if (small) small = compile_bitcode(kit, driver_bitcode, kit.driver, "-O1");
  });
  Status large = compile_bitcode(kit, reference_bitcode,
                                 folder->path() / "reference.o", "-O0");
  beside.join();
  if (!large) return std::move(large).error();
  return small;
}

Status DifferentialChecker::State::prepare() {
  HONE_ASSIGN_OR_RETURN(folder, TempDir::make("hone-verify"));
  HONE_ASSIGN_OR_RETURN(module, load_bitcode(request.original_bitcode, context));
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
  job.seconds = request.seconds;
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
  job.tries = static_cast<uint32_t>(std::clamp<uint64_t>(
      kMostTries / std::max<size_t>(job.entries.size(), 1), job.wanted * 2,
      job.wanted * 24));
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
      reasons[run.function] =
          fmt::format("the stock build disagrees with the reference: {}",
                      *different);
    else
      kept.insert(std::move(*found));
  }
  expectations = std::move(kept);
  return {};
}

void DifferentialChecker::State::count_inputs() {
  std::map<std::string, uint32_t> ids;
  for (uint32_t i = 0; i < plan.functions.size(); ++i)
    ids[plan.functions[i].name] = i;
  const size_t count = plan.functions.size();
  std::vector<int> inputs(count, 0);
  std::vector<std::map<uint32_t, int>> reached(count);
  std::vector<bool> blocks(plan.block_count, false);
  for (const auto& [key, expected] : expectations) {
    ++inputs[key.first];
    const std::vector<uint64_t>& cover = expected.run().cover;
    const auto has = [&](uint32_t block) {
      return block / 64 < cover.size() && cover[block / 64] >> block % 64 & 1;
    };
    for (uint32_t i = 0; i < count; ++i)
      if (i != key.first && has(plan.functions[i].first_block))
        ++reached[i][key.first];
    for (uint32_t block = 0; block < plan.block_count; ++block)
      if (has(block)) blocks[block] = true;
  }
  std::map<std::string, std::string> aliases;
  for (const llvm::GlobalAlias& alias : module->aliases())
    if (const llvm::GlobalObject* object = alias.getAliaseeObject())
      aliases[symbol_name(alias.getName())] = symbol_name(object->getName());
  for (const ObjectFunction& function : stock.functions) {
    FunctionVerdict verdict{.name = function.name, .bytes = function.bytes};
    auto found = ids.find(function.name);
    const bool is_alias = found == ids.end() && aliases.contains(function.name);
    if (is_alias) found = ids.find(aliases[function.name]);
    if (!baseline.unavailable_reason.empty()) {
      verdict.reason = baseline.unavailable_reason;
    } else if (found == ids.end()) {
      verdict.reason = "the original has no function of this name";
    } else {
      const uint32_t id = found->second;
      const PlannedFunction& planned = plan.functions[id];
      verdict.blocks = static_cast<int>(planned.block_count);
      for (uint32_t block = 0; block < planned.block_count; ++block)
        verdict.blocks_run += blocks[planned.first_block + block];
      uint32_t best = id;
      int most = 0;
      for (const auto& [caller, times] : reached[id])
        if (times > most) best = caller, most = times;
      if (is_alias && inputs[id] >= kLeastInputs)
        best = id, most = inputs[id];
      if (!is_alias && inputs[id] >= kLeastInputs) {
        verdict.evidence = Evidence::Tested;
        verdict.inputs = inputs[id];
      } else if (most > 0) {
        verdict.evidence = Evidence::TestedVia;
        verdict.inputs = most;
        verdict.via = plan.functions[best].name;
      } else {
        verdict.inputs = inputs[id];
        verdict.reason = planned.reason;
        if (verdict.reason.empty() && inputs[id] > 0)
          verdict.reason =
              fmt::format("only {} inputs were defined", inputs[id]);
        if (verdict.reason.empty() && reasons.contains(id))
          verdict.reason = reasons.at(id);
        if (verdict.reason.empty())
          verdict.reason = "it is not in the linked image";
      }
    }
    baseline.functions.push_back(std::move(verdict));
  }
}

std::string DifferentialChecker::State::describe(
    const Expectation& expected, const std::string& what) const {
  std::string text;
  const Run& run = expected.run();
  const PlannedFunction& planned = plan.functions[run.function];
  for (const uint64_t word : run.arguments)
    text += fmt::format("{}{:#x}", text.empty() ? "" : ", ", word);
  return fmt::format("{}({}): {}", planned.name, text, what);
}

Result<DifferentialReport> DifferentialChecker::State::check(
    const std::filesystem::path& candidate) const {
  HONE_ASSIGN_OR_RETURN(const ObjectFile object, read_object(candidate));
  DifferentialReport report = baseline;
  if (!baseline.unavailable_reason.empty()) return report;
  for (const std::string& name : stock.defined)
    if (!object.defined.contains(name)) {
      report.mismatches.push_back(
          {name, 0, fmt::format("the candidate does not define '{}'", name)});
      return report;
    }
  const auto where = folder->path() / fmt::format("check{}", checks++);
  std::filesystem::create_directory(where);
  Result<Image> image = link_image(kit, plan, request.mode, candidate, where);
  if (!image) {
    std::error_code ignored;
    std::filesystem::remove_all(where, ignored);
    if (image.error().kind != ErrorKind::ToolFailed)
      return std::move(image).error();
    report.mismatches.push_back(
        {"", 0, "the candidate does not link: " + image.error().message});
    return report;
  }
  RunJob job = make_job(*image, where);
  std::map<uint32_t, int> lost, unfinished;
  for (const auto& [key, expected] : expectations) {
    if (image->has_function[key.first])
      job.entries.push_back({key.first, key.second, expected.run().input});
    else
      ++lost[key.first];
  }
  std::map<FunctionInput, std::string> differences;
  const auto compare = [&](const RunReport& runs) {
    std::map<FunctionInput, std::string> found;
    std::set<FunctionInput> seen;
    for (const Run& run : runs.runs) {
      const FunctionInput key(run.function, run.index);
      const auto expected = expectations.find(key);
      if (expected == expectations.end()) continue;
      seen.insert(key);
      if (const auto what = expected->second.difference(run, plan, *image))
        found[key] = *what;
    }
    // Its process died, unless it was us who ran out of time.
    for (const hone_job_entry& entry : job.entries) {
      const FunctionInput key(entry.function, entry.index);
      if (seen.contains(key)) continue;
      if (runs.out_of_time)
        ++unfinished[key.first];
      else
        found[key] = "it did not come to an end";
    }
    return found;
  };
  HONE_ASSIGN_OR_RETURN(const RunReport runs, run_image(job));
  differences = compare(runs);
  if (!differences.empty()) {
    // Once more, alone: an overloaded machine must not reject a candidate.
    job.entries.clear();
    std::map<uint32_t, int> taken;
    for (const auto& [key, what] : differences)
      if (++taken[key.first] <= 2)
        job.entries.push_back(
            {key.first, key.second, expectations.at(key).run().input});
    job.tick_limit *= 3;
    HONE_ASSIGN_OR_RETURN(const RunReport again, run_image(job));
    differences = compare(again);
  }
  for (const auto& [key, what] : differences)
    report.mismatches.push_back(
        {plan.functions[key.first].name, static_cast<int>(key.second),
         describe(expectations.at(key), what)});
  for (FunctionVerdict& verdict : report.functions) {
    const auto is_among = [&](const std::map<uint32_t, int>& some) {
      const std::string& name = verdict.evidence == Evidence::TestedVia
                                    ? verdict.via
                                    : verdict.name;
      for (const auto& [id, times] : some)
        if (plan.functions[id].name == name) return true;
      return false;
    };
    if (verdict.evidence == Evidence::Unchecked) continue;
    if (is_among(lost))
      verdict.reason = "the candidate does not take its address";
    else if (is_among(unfinished))
      verdict.reason = "time limit";
    else
      continue;
    verdict.evidence = Evidence::Unchecked;
    verdict.inputs = 0;
    verdict.via.clear();
  }
  std::error_code ignored;
  std::filesystem::remove_all(where, ignored);
  return report;
}

DifferentialChecker::DifferentialChecker(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
DifferentialChecker::DifferentialChecker(DifferentialChecker&&) noexcept =
    default;
DifferentialChecker& DifferentialChecker::operator=(
    DifferentialChecker&&) noexcept = default;
DifferentialChecker::~DifferentialChecker() = default;

Result<DifferentialChecker> DifferentialChecker::prepare(
    const DifferentialRequest& request) {
  auto state = std::make_unique<State>();
  state->request = request;
  HONE_RETURN_IF_ERROR(state->prepare());
  return DifferentialChecker(std::move(state));
}

Result<DifferentialReport> DifferentialChecker::check(
    const std::filesystem::path& candidate) const {
  return state_->check(candidate);
}

const DifferentialReport& DifferentialChecker::baseline() const {
  return state_->baseline;
}

Result<DifferentialReport> compare_objects(
    const DifferentialRequest& request,
    const std::filesystem::path& candidate) {
  HONE_ASSIGN_OR_RETURN(const DifferentialChecker checker,
                        DifferentialChecker::prepare(request));
  return checker.check(candidate);
}

}  // namespace hone::verify
