// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether the program that an episode ends with still does what its benchmark
// does: its functions are called with generated inputs (verify/differential.h),
// and where there is a main(), the program is run without arguments; what it
// prints and how it ends has to be the stock build's. Such a program is also
// run with sanitizers (toolkit/sanitizers.h), before and after the episode.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "env/benchmark.h"
#include "env/episode.h"
#include "program/toolchain.h"
#include "toolkit/sanitizers.h"
#include "verify/function_verdict.h"

namespace hone::toolkit {

struct SemanticsOptions {
  int inputs_per_function = 64;
  uint64_t seed = 1;
  int workers = 1;
  std::stop_token stop = {};
};

struct SemanticsReport {
  // Of every function symbol of the stock object.
  std::vector<verify::FunctionVerdict> functions;
  std::vector<std::string> differences;  // a line each
  // Whether both programs were run and compared: not where there is no main(),
  // or where the stock program cannot be linked from this one object, fails
  // without arguments, or does not behave alike twice.
  bool ran_program = false;
  std::string not_run;  // why not; empty where it was, or has no main()
  // Where the original's own behaviour is undefined, what the program prints is
  // not compared.
  SanitizerFindings sanitizers;
  // Why no function could be called; empty where some could.
  std::string unavailable_reason;

  bool equal() const { return differences.empty(); }
};

// Two object files of one benchmark, as bytes.
Result<SemanticsReport> compare_builds(const program::Toolchain& tools,
                                       const env::Benchmark& benchmark,
                                       std::string_view stock,
                                       std::string_view candidate,
                                       const SemanticsOptions& options);

// The candidate as bitcode, with sanitizers; compares nothing where the report
// says that the program was not run. What is found joins the report.
Status check_sanitized(const program::Toolchain& tools,
                       const env::Benchmark& benchmark,
                       std::string_view bitcode, const std::stop_token& stop,
                       SemanticsReport& report);

// Takes the episode and compares its object with what default<Oz> makes of the
// benchmark; in `flags-gcc` and `flags-clang`, with the initial state's. These
// have no bitcode, and are not run with sanitizers.
Result<SemanticsReport> check_semantics(const program::Toolchain& tools,
                                        const env::Episode& episode,
                                        const SemanticsOptions& options);

}  // namespace hone::toolkit
