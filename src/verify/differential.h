// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Differential execution of the functions of two objects in linked images.
//
// The stock object and the very candidate object that is to be handed over are
// linked, each with a harness, in the user's mode. Externally visible functions
// are called on generated arguments; results, effects on memory and the calls
// that leave the module are compared. An input counts only where the
// unoptimised program has a defined outcome and the stock build agrees with
// it, so that undefined behaviour in a generated input blames nobody.
//
//   HONE_ASSIGN_OR_RETURN(auto checker, DifferentialChecker::prepare({
//       .original_bitcode = "lib.bc", .stock_object = "lib.o",
//       .mode = LinkMode::Pie}));
//   HONE_ASSIGN_OR_RETURN(const auto report, checker.check("candidate.o"));
//   if (!report.mismatches.empty()) …  // reject
//
// See docs/design/verification.md.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "verify/function_verdict.h"

namespace hone::verify {

enum class LinkMode { Pie, NoPie, Shared };

struct DifferentialRequest {
  // Unoptimised bitcode of the module: its build without optimisation is the
  // reference, its types say what inputs look like.
  std::filesystem::path original_bitcode;
  std::filesystem::path stock_object;
  LinkMode mode = LinkMode::Pie;
  // What the user's link line has beside objects and the mode.
  std::vector<std::string> link_flags = {};
  // Empty: that of the bitcode.
  std::string target = {};
  int inputs_per_function = 64;
  uint64_t seed = 1;
  // Wall-clock limit of prepare(), and of each check().
  double seconds = 20;
  int workers = 2;
  std::stop_token stop = {};
};

struct Mismatch {
  std::string function;
  int input = 0;
  std::string what;  // arguments, what was expected, what was found
};

struct DifferentialReport {
  // Every function symbol of the stock object, once.
  std::vector<FunctionVerdict> functions;
  std::vector<Mismatch> mismatches;
  // Why nothing could be run, where that is so: all functions are unchecked.
  std::string unavailable_reason;
};

class DifferentialChecker {
 public:
  // Builds the reference and the stock image, searches inputs, and keeps what
  // is expected of them. Malformed inputs are errors; what cannot be linked or
  // run on this machine is a checker that says so in each report.
  static Result<DifferentialChecker> prepare(
      const DifferentialRequest& request);

  DifferentialChecker(DifferentialChecker&&) noexcept;
  DifferentialChecker& operator=(DifferentialChecker&&) noexcept;
  ~DifferentialChecker();

  // May be called from several threads at once.
  Result<DifferentialReport> check(
      const std::filesystem::path& candidate) const;

  // Of the stock object itself: what a candidate without mismatches gets.
  const DifferentialReport& baseline() const;

 private:
  struct State;
  explicit DifferentialChecker(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Both at once, for a single candidate.
Result<DifferentialReport> compare_objects(
    const DifferentialRequest& request, const std::filesystem::path& candidate);

}  // namespace hone::verify
