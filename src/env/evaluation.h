// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is optimised, what one evaluation of a recipe found, and the interface
// through which searches ask for evaluations.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/result.h"
#include "program/build_mode.h"
#include "program/module.h"
#include "program/object_file.h"
#include "program/recipe.h"

namespace hone::env {

// Raised whenever the meaning of a stored evaluation changes.
inline constexpr int64_t kMetricVersion = 2;

// The module being optimised and how its objects are made.
struct Subject {
  std::filesystem::path bitcode;  // unoptimised
  Hash128 input;                  // hash of that file's bytes
  program::BuildMode mode;
  program::Protocol protocol = program::Protocol::Product;
  std::string level = "Oz";
  std::vector<program::FunctionFacts> functions;  // of the unoptimised module
  // Knobs that are not safe for this module and these flags, and why.
  std::map<std::string, std::string> unsafe_knobs;
  // Functions may be taken from several compiles (program/assembly.h).
  bool can_splice = false;
  double stock_cpu_seconds = 1;  // of one stock evaluation
};

enum class Outcome {
  Ok,
  Invalid,    // LLVM refused a pipeline, an option or an attribute
  Malformed,  // the IR verifier refused what the passes made
  Crashed,    // signal, abort or report_fatal_error
  Killed,     // CPU time or memory; tried again when asked for again
};

std::string_view outcome_name(Outcome outcome);

struct Evaluation {
  Outcome outcome = Outcome::Ok;
  std::string failure;         // one line, where not Ok
  program::ObjectSizes sizes;  // product protocols
  int64_t instructions = 0;    // IR instructions after the stages
  Hash128 state;               // of the module after the stages
  std::vector<program::FunctionFacts> functions;  // after the stages
  double cpu_seconds = 0;
  bool from_store = false;

  bool ok() const { return outcome == Outcome::Ok; }
};

Json to_json(const Evaluation& evaluation);
Result<Evaluation> evaluation_from_json(const Json& json);

Json to_json(const program::FunctionFacts& facts);
Result<program::FunctionFacts> function_facts_from_json(const Json& json);

enum class Objective { Instructions, LoadedBytes };

std::string_view objective_name(Objective objective);

// Smaller is better; only for evaluations that are ok().
int64_t cost(const Evaluation& evaluation, Objective objective);

// Turns recipes into evaluations, several at a time, in the order given.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  virtual const Subject& subject() const = 0;
  virtual std::vector<Evaluation> evaluate(
      std::span<const program::Recipe> recipes) = 0;
};

}  // namespace hone::env
