// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `hone opt` as a function: inputs in, a smaller checked object out.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "env/evaluation.h"
#include "program/derivation.h"
#include "program/tier.h"
#include "search/trial.h"
#include "store/store.h"
#include "verify/function_verdict.h"

namespace hone::toolkit {

// What the user wants of the result.
enum class Goal { Size, Instructions, Speed };

// The least evidence a function needs to leave the stock code.
enum class Requirement { Unchecked, Tested };

struct OptimizeRequest {
  std::vector<std::filesystem::path> inputs;  // several are linked into one
  std::vector<std::string> flags;             // the user's, from after the --
  Goal goal = Goal::Size;
  program::Protocol protocol = program::Protocol::Product;
  std::string search = "default";
  Limits limits = {.compiles = 45};
  uint64_t seed = 1;
  program::Tier tier = program::Tier::Stable;
  Requirement require = Requirement::Unchecked;
  // Checks by the user's own commands; run with the candidate in place.
  std::string test_command;
  std::string run_command;
  // Where the user's build has the object, below the working folder: the
  // commands find the file under test there too. May be empty.
  std::filesystem::path object_path;
  // With a run command and goal Size: the slowest run time that is accepted,
  // as a multiple of stock's.
  double slowdown_limit = 1.1;
  // Inputs per function of the differential check; 0 leaves it out.
  int check_inputs = 64;
  program::OutputForm form = program::OutputForm::Object;
  int jobs = 2;
  store::Store* store = nullptr;
  std::filesystem::path failures;  // where repro bundles go
  // Ignore search: apply this recipe, check it, and hand it over.
  std::optional<program::Recipe> recipe;
  search::Observer observer;
  // What the engine is doing, one short line at a time ("checking 14
  // functions"); for progress displays.
  std::function<void(std::string_view)> stage;
  std::stop_token stop;
};

// Three numbers for one file.
struct Sizes {
  uint64_t loaded = 0;
  uint64_t text_rodata = 0;
  uint64_t nobits = 0;
};

struct RejectedCandidate {
  program::Recipe recipe;
  uint64_t loaded = 0;
  std::string why;
};

struct RunTimes {
  double stock_seconds = 0;  // medians
  double candidate_seconds = 0;
  double ratio = 1;          // candidate over stock
  double low = 1, high = 1;  // 95 % interval of the ratio
  bool distinguishable = false;
};

struct OptimizeReport {
  std::string input;   // as given; several joined by blanks
  Hash128 input_hash;  // of the unoptimised bitcode
  std::string compiler;
  program::BuildMode mode;
  program::Protocol protocol;
  env::Objective objective;
  program::ObjectSizes stock;                      // of the stock file
  program::ObjectSizes result;                     // of what is handed over
  std::optional<Sizes> stock_image, result_image;  // stripped, where it links
  int64_t stock_instructions = 0;                  // IR, for Paper
  int64_t result_instructions = 0;
  // False: nothing better was found or passed its checks, and the output is
  // the stock file.
  bool improved = false;
  program::Recipe recipe;  // of the result
  std::vector<verify::FunctionVerdict> functions;
  std::vector<RejectedCandidate> rejected;
  std::optional<RunTimes> times;
  std::string script;  // commands that make the result
  StopReason stop_reason = StopReason::Finished;
  // Why there was no search at all; empty where there was one.
  std::string search_failure;
  int64_t compiles = 0;
  int64_t from_store = 0;
  int64_t failed = 0;  // evaluations that crashed or were killed
  double seconds = 0;
};

struct OptimizeResult {
  OptimizeReport report;
  std::string output;  // the bytes to write to -o
};

// InvalidArgument, NotFound, Malformed, Unsupported for bad input; ToolFailed
// carries clang's own words where the input does not compile. Never an error
// because a search found nothing.
Result<OptimizeResult> optimize(const OptimizeRequest& request);

Json to_json(const OptimizeReport& report);

}  // namespace hone::toolkit
