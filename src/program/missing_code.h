// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions that have code only where they are called.
//
// What a header marks always_inline and a library declares to define elsewhere
// (much of std::string in libstdc++) is in no library: a front end writes such
// a body as available_externally, clang's pipelines inline it at every level,
// and an object made before that does not link.
#pragma once

#include "base/result.h"
#include "program/module.h"

namespace hone::program {

// Inlines the calls of such functions, and of no others: a module that calls
// none stays as it is.
Status inline_missing_code(Module& module, Relocation relocation);

}  // namespace hone::program
