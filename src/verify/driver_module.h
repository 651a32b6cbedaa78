// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The module that calls the functions under test and receives their calls.
//
//   hone_drivers[i](f, slots, result)  loads the arguments of function i with
//                                      its own types and convention, calls f
//   __wrap_x                           what the linker gives to users of the
//                                      undefined x: records, answers
//   hone_responders[i]                      the same, for calls through
//   pointers hone_storage[i]                    storage of the plan's undefined
//   data
#pragma once

#include <memory>

#include "verify/plan.h"

namespace llvm {
class Module;
}

namespace hone::verify {

// The companion holds the interceptors and the storage of hidden symbols.
enum class DriverPart { Driver, Companion };

std::unique_ptr<llvm::Module> make_driver_module(const Plan& plan,
                                                 llvm::Module& module,
                                                 DriverPart part);

}  // namespace hone::verify
