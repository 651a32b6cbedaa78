// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The reference: the unoptimised module, made to report on itself.
//
//   * each block marks its byte of the coverage map and burns fuel, so that an
//     input ends after the same number of blocks on every machine;
//   * what the optimiser may assume is checked: signed overflow, shift counts,
//     ranges of loads, alignment, `assume`, unreachable code, overlapping
//     copies, bounds of variables. An input that breaks such an assumption has
//     no defined result, and no build can be blamed for it;
//   * stack variables are filled with a pattern when they come to life. Two
//     runs with opposite patterns differ wherever a result depends on bytes
//     that nobody wrote.
#pragma once

#include <memory>

#include "verify/plan.h"

namespace llvm {
class Module;
}

namespace hone::verify {

// A copy; the plan's own module stays as it is.
std::unique_ptr<llvm::Module> make_reference_module(const Plan& plan,
                                                    llvm::Module& module);

}  // namespace hone::verify
