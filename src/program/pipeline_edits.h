// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Edits of a structured pipeline as words, for those who choose among them:
//
//   remove@17              the pass at place 17 goes
//   repeat@17              it runs once more, right behind
//   insert@17:gvn          this pass of passes.def, with its first parameters,
//   insert@17:licm<…>      or with others, runs before place 17
//   parameters@17:TEXT     the pass at place 17 takes other parameters
//
// Places count the passes in the order of execution. A pass that cannot stand
// where place 17 stands (a module pass among function passes) goes before the
// nearest group around it where it can.
#pragma once

#include <string_view>

#include "base/result.h"
#include "program/pipeline.h"

namespace hone::program {

// InvalidArgument says what is no edit, or no place or pass.
Result<Pipeline> edited(Pipeline pipeline, std::string_view edit);

}  // namespace hone::program
