// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One candidate against what the checker expects.
#include <fmt/format.h>

#include <set>

#include "base/subprocess.h"
#include "verify/checker_state.h"

namespace hone::verify {

namespace {

constexpr int kConfirmed = 2;  // inputs of a function that are run once more

}  // namespace

std::string DifferentialChecker::State::describe(
    const Expectation& expected, const std::string& what) const {
  std::string text;
  const Run& run = expected.run();
  const PlannedFunction& planned = plan.functions[run.function];
  for (const uint64_t word : run.arguments)
    text += fmt::format("{}{:#x}", text.empty() ? "" : ", ", word);
  return fmt::format("{}({}): {}", planned.name, text, what);
}

DifferentialChecker::State::Findings DifferentialChecker::State::compare_runs(
    const RunJob& job, const Image& image, const RunReport& report) const {
  Findings findings;
  std::set<FunctionInput> seen;
  for (const Run& run : report.runs) {
    const FunctionInput key(run.function, run.index);
    const auto expected = expectations.find(key);
    if (expected == expectations.end()) continue;
    seen.insert(key);
    if (const auto what = expected->second.difference(run, plan, image))
      findings.differences[key] = *what;
  }
  // What is missing died with its process, unless it was us who ran out of
  // time.
  for (const hone_job_entry& entry : job.entries) {
    const FunctionInput key(entry.function, entry.index);
    if (seen.contains(key)) continue;
    if (report.out_of_time)
      findings.unfinished.insert(key.first);
    else
      findings.differences[key] = "it did not come to an end";
  }
  return findings;
}

void DifferentialChecker::State::withdraw(const std::set<uint32_t>& functions,
                                          const std::string& reason,
                                          DifferentialReport& report) const {
  std::set<std::string> names;
  for (const uint32_t id : functions) names.insert(plan.functions[id].name);
  for (FunctionVerdict& verdict : report.functions) {
    const bool is_via = verdict.evidence == Evidence::TestedVia;
    if (verdict.evidence == Evidence::Unchecked ||
        !names.contains(is_via ? verdict.via : verdict.name))
      continue;
    verdict.evidence = Evidence::Unchecked;
    verdict.inputs = 0;
    verdict.via.clear();
    verdict.reason = reason;
  }
}

// Whether an object that does not use the symbol need not have it: an inline
// function or the like, which whoever uses it emits. What a compiler makes by
// itself, such as a constructor's second name, is weak and not in the module.
bool DifferentialChecker::State::may_be_left_out(
    const std::string& name) const {
  if (!stock.weak.contains(name)) return false;
  for (const std::string& spelling : {name, "\1" + name})
    if (const llvm::GlobalValue* value = module->getNamedValue(spelling))
      return value->isDiscardableIfUnused();
  return true;
}

// What would make the comparison meaningless, before anything is run.
std::optional<Mismatch> DifferentialChecker::State::missing_symbol(
    const ObjectFile& object) const {
  for (const std::string& name : stock.defined)
    if (!object.defined.contains(name) && !may_be_left_out(name))
      return Mismatch{name, 0,
                      fmt::format("the candidate does not define '{}'", name)};
  return std::nullopt;
}

Result<DifferentialReport> DifferentialChecker::State::run_candidate(
    const std::filesystem::path& candidate,
    const std::filesystem::path& where) const {
  DifferentialReport report = baseline;
  const Result<Image> image =
      link_image(kit, plan, request.mode, candidate, where);
  if (!image) {
    if (image.error().kind != ErrorKind::ToolFailed)
      return Error(image.error());
    report.mismatches.push_back(
        {"", 0, "the candidate does not link: " + image.error().message});
    return report;
  }
  RunJob job = make_job(*image, where);
  std::set<uint32_t> lost, left_out;
  for (const auto& [key, expected] : expectations) {
    if (image->has_function[key.first])
      job.entries.push_back({key.first, key.second, expected.run().input});
    else
      (plan.functions[key.first].is_local ? lost : left_out).insert(key.first);
  }
  HONE_ASSIGN_OR_RETURN(const RunReport runs, run_image(job));
  Findings findings = compare_runs(job, *image, runs);
  if (!findings.differences.empty()) {
    // Once more, alone: an overloaded machine must not reject a candidate.
    job.entries.clear();
    std::map<uint32_t, int> taken;
    for (const auto& [key, what] : findings.differences)
      if (++taken[key.first] <= kConfirmed)
        job.entries.push_back(
            {key.first, key.second, expectations.at(key).run().input});
    job.tick_limit *= 3;
    HONE_ASSIGN_OR_RETURN(const RunReport again, run_image(job));
    Findings confirmed = compare_runs(job, *image, again);
    findings.differences = std::move(confirmed.differences);
    findings.unfinished.merge(confirmed.unfinished);
  }
  for (const auto& [key, what] : findings.differences)
    report.mismatches.push_back({plan.functions[key.first].name,
                                 static_cast<int>(key.second),
                                 describe(expectations.at(key), what)});
  withdraw(lost, "the candidate does not take its address", report);
  withdraw(left_out, "the candidate does not use it and leaves it out", report);
  withdraw(findings.unfinished, "time limit", report);
  return report;
}

Result<DifferentialReport> DifferentialChecker::State::check(
    const std::filesystem::path& candidate) const {
  HONE_ASSIGN_OR_RETURN(const ObjectFile object, read_object(candidate));
  // Also where nothing can be run.
  if (const std::optional<Mismatch> missing = missing_symbol(object)) {
    DifferentialReport report = baseline;
    report.mismatches.push_back(*missing);
    return report;
  }
  if (!baseline.unavailable_reason.empty()) return baseline;
  const auto where = folder->path() / fmt::format("check{}", checks++);
  std::error_code code;
  std::filesystem::create_directory(where, code);
  Result<DifferentialReport> report = run_candidate(candidate, where);
  std::filesystem::remove_all(where, code);
  return report;
}

}  // namespace hone::verify
