// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program before and after an episode, both with AddressSanitizer and what
// there is of UndefinedBehaviorSanitizer, run and compared: an access outside
// of an object that a wrong pass made is found although nothing is printed of
// it.
//
// The original is built from its sources, where it has some, since most checks
// of undefined behaviour are the front end's. The candidate is bitcode after
// its passes: it gets AddressSanitizer and the checks of bounds, which are
// passes themselves. Lifetimes of local variables are not checked: passes may
// hoist a load that cannot fail out of its variable's scope.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "env/benchmark.h"
#include "program/toolchain.h"

namespace hone::toolkit {

struct SanitizerFindings {
  bool compared = false;    // both were run
  std::string unavailable;  // why not; empty where compared, or where `own`
                            // says it
  // What the original does wrong by itself: undefined behaviour, another output
  // where memory that nobody wrote holds something else, leaks.
  std::vector<std::string> own;
  // The first of these is no leak: whatever a compiler made of the program,
  // nobody is to blame, and nothing was compared.
  bool is_undefined = false;
  // What is wrong with the candidate that is not with the original.
  std::optional<std::string> difference;
};

// `candidate` is bitcode of the benchmark's program, which has a main(). A
// benchmark that cannot be linked or fails without arguments is not compared.
Result<SanitizerFindings> compare_under_sanitizers(
    const program::Toolchain& tools, const env::Benchmark& benchmark,
    std::string_view candidate, const std::stop_token& stop);

}  // namespace hone::toolkit
