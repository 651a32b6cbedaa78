// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bundles that let anybody see a failure again without Hone.
//
//   DIR/<kind>-<hash>/input.bc      the unoptimised module
//                     reproduce.sh  plain opt and clang commands
//                     repro.json    the recipe, the failure, versions
//                     stderr.txt    what the failing command printed, with
//                                   LLVM's stack trace
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "env/benchmark.h"
#include "env/evaluation.h"
#include "program/toolchain.h"

namespace hone::env {

// Failures alike in kind and first words are one kind: one bundle is enough.
std::string failure_kind(const Evaluation& evaluation);

// What a step died of, or why its state was not entered.
Evaluation evaluation_of(const Error& error);

Result<std::filesystem::path> write_repro(const program::Toolchain& tools,
                                          const Subject& subject,
                                          const program::Recipe& recipe,
                                          const Evaluation& evaluation,
                                          const std::filesystem::path& folder);

// The same of an episode's passes: its commands run the history as one pipeline
// of opt, which is the road nearest to a live module; not every crash survives
// the journey.
Result<std::filesystem::path> write_repro(
    const Benchmark& benchmark, const std::vector<std::string>& actions,
    const Evaluation& evaluation, const std::filesystem::path& folder);

struct ReplayResult {
  bool failed_again = false;
  std::string description;  // how the failing command ended now
};

// Runs a bundle's commands again.
Result<ReplayResult> replay_repro(const std::filesystem::path& bundle,
                                  double cpu_seconds);

// Shrinks input.bc to reduced.bc beside it with llvm-reduce, keeping the
// ending (signal or exit code) of the failing command. Returns both sizes.
struct ReduceResult {
  std::filesystem::path reduced;
  uint64_t before = 0;
  uint64_t after = 0;
};
Result<ReduceResult> reduce_repro(const program::Toolchain& tools,
                                  const std::filesystem::path& bundle,
                                  double seconds);

}  // namespace hone::env
