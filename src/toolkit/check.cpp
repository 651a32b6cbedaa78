// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "toolkit/run_times.h"
#include "verify/command_check.h"
#include "verify/differential.h"

namespace hone::toolkit {

namespace fs = std::filesystem;

verify::LinkMode link_mode(const program::BuildMode& mode) {
  if (mode.is_shared()) return verify::LinkMode::Shared;
  return mode.pie ? verify::LinkMode::Pie : verify::LinkMode::NoPie;
}

namespace {

std::string first_mismatch(const verify::DifferentialReport& report) {
  const verify::Mismatch& mismatch = report.mismatches.front();
  return fmt::format("{} differs from the stock code on input {}: {}",
                     mismatch.function, mismatch.input, mismatch.what);
}

class Checks : public Gate {
 public:
  Checks(const program::Toolchain& tools, const OptimizeRequest& request,
         const Prepared& prepared)
      : tools_(tools), request_(request), prepared_(prepared) {}

  Status prepare_differential() {
    if (request_.check_inputs == 0) return {};
    HONE_ASSIGN_OR_RETURN(
        verify::DifferentialChecker checker,
        verify::DifferentialChecker::prepare(
            {.original_bitcode = prepared_.subject.bitcode,
             .stock_object = prepared_.stock_object,
             .mode = link_mode(prepared_.subject.mode),
             .link_flags = program::library_flags(prepared_.subject.mode),
             .target = prepared_.subject.mode.triple,
             .inputs_per_function = request_.check_inputs,
             .seed = request_.seed,
             .workers = request_.jobs}));
    checker_.emplace(std::move(checker));
    return {};
  }

  std::vector<verify::FunctionVerdict> baseline() const override {
    if (checker_) return checker_->baseline().functions;
    std::vector<verify::FunctionVerdict> functions;
    for (const program::FunctionSize& function : prepared_.stock.functions)
      functions.push_back({.name = function.name,
                           .bytes = function.code + function.unwind,
                           .evidence = verify::Evidence::Unchecked,
                           .reason = "the check was left out"});
    return functions;
  }

  Result<CheckOutcome> check(const fs::path& candidate) override {
    CheckOutcome outcome;
    outcome.functions = baseline();
    if (checker_) {
      HONE_ASSIGN_OR_RETURN(verify::DifferentialReport report,
                            checker_->check(candidate));
      if (!report.mismatches.empty()) {
        outcome.accepted = false;
        outcome.why = first_mismatch(report);
        return outcome;
      }
      outcome.functions = std::move(report.functions);
    }
    if (!request_.test_command.empty())
      HONE_RETURN_IF_ERROR(run_test(candidate, outcome));
    if (outcome.accepted && !request_.run_command.empty())
      HONE_RETURN_IF_ERROR(run_for_time(candidate, outcome));
    return outcome;
  }

 private:
  // The program that an object links to, where it does.
  fs::path link(const fs::path& object, std::string_view name) const {
    const fs::path program = prepared_.folder.path() / name;
    return link_program(tools_, prepared_.inputs.front(),
                        prepared_.subject.mode, object, program)
                   .ok()
               ? program
               : fs::path();
  }

  verify::CommandCheck command(const std::string& text) const {
    return {.command = text,
            .project = fs::current_path(),
            .object_path = request_.object_path,
            .stop = request_.stop};
  }

  Status run_test(const fs::path& candidate, CheckOutcome& outcome) {
    const verify::CommandCheck check = command(request_.test_command);
    if (!stock_test_) {
      HONE_ASSIGN_OR_RETURN(
          verify::CommandOutcome stock,
          verify::run_command_check(
              check,
              {prepared_.stock_object, link(prepared_.stock_object, "stock")}));
      if (!stock.passed())
        return Error(
            ErrorKind::InvalidArgument,
            fmt::format("the test command fails on the stock build "
                        "({}): {}",
                        stock.description, trim(stock.err.substr(0, 500))));
      stock_test_ = std::move(stock);
    }
    HONE_ASSIGN_OR_RETURN(
        const verify::CommandOutcome ours,
        verify::run_command_check(check,
                                  {candidate, link(candidate, "candidate")}));
    if (const auto differs = verify::compare_outcomes(*stock_test_, ours)) {
      outcome.accepted = false;
      outcome.why = "the test command: " + *differs;
    }
    return {};
  }

  Status run_for_time(const fs::path& candidate, CheckOutcome& outcome) {
    const fs::path stock_program = link(prepared_.stock_object, "stock");
    const fs::path program = link(candidate, "candidate");
    HONE_ASSIGN_OR_RETURN(
        const TimedRuns runs,
        time_in_turn(
            command(request_.run_command),
            {prepared_.stock_object, stock_program}, {candidate, program},
            request_.goal == Goal::Speed ? kDecidingRuns : kTimedRuns));
    if (runs.differs) {
      outcome.accepted = false;
      outcome.why = "the run command: " + *runs.differs;
      return {};
    }
    outcome.times = runs.times;
    // Rejected only where the slowdown can be told from noise.
    if (request_.goal == Goal::Size &&
        runs.times.ratio > request_.slowdown_limit && runs.times.low > 1.0) {
      outcome.accepted = false;
      outcome.why = fmt::format(
          "runs {:.2f} times as long as the stock build ({:.2f} to {:.2f}); "
          "the limit is {:.2f}",
          runs.times.ratio, runs.times.low, runs.times.high,
          request_.slowdown_limit);
    }
    return {};
  }

  static constexpr int kTimedRuns = 7;
  // A claim of speed needs more than a limit on slowness.
  static constexpr int kDecidingRuns = 21;

  const program::Toolchain& tools_;
  const OptimizeRequest& request_;
  const Prepared& prepared_;
  std::optional<verify::DifferentialChecker> checker_;
  std::optional<verify::CommandOutcome> stock_test_;
};

}  // namespace

Result<std::unique_ptr<Gate>> Gate::make(const program::Toolchain& tools,
                                         const OptimizeRequest& request,
                                         const Prepared& prepared) {
  auto gate = std::make_unique<Checks>(tools, request, prepared);
  HONE_RETURN_IF_ERROR(gate->prepare_differential());
  return std::unique_ptr<Gate>(std::move(gate));
}

}  // namespace hone::toolkit
