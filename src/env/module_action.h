// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The actions of the environment `llvm` on a module, as texts:
//
//   function(gvn)              a pipeline that opt -passes= takes
//   @main:function(gvn)        function passes on one function
//   @#3:function(gvn)          … on the fourth one the benchmark defines
//   @main:codegen=optsize      a row of attributes.def for one function
//   knob:tail-merge-size=2     a row of knobs.def for the code generator
//
// A function that is gone by now, and a number that the benchmark has not, are
// left alone: such an action changes nothing. A name that never was is an
// error.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "program/module.h"
#include "program/pass_runner.h"

namespace hone::env {

struct ModuleAction {
  enum class Kind { Pipeline, OnFunction, Attribute, Knob } kind;
  std::string function;  // of OnFunction and Attribute
  std::string name;      // of a knob or an attribute; otherwise the pipeline
  std::string value;     // … its value
};

// What a benchmark's actions may refer to and must respect.
struct ActionContext {
  std::vector<std::string> functions;               // defined, in order
  std::map<std::string, std::string> unsafe_knobs;  // and why
};

ActionContext read_context(const program::Module& unoptimised);

// InvalidArgument says what is unknown; Unsupported why something would not be
// safe.
Result<ModuleAction> parse_module_action(std::string_view text,
                                         const ActionContext& context);

// Whether it changed the module; a knob changes none.
Result<bool> apply(const ModuleAction& action, const ActionContext& context,
                   program::Module& module, program::PassRunner& runner);

// "-tail-merge-size=2"
std::string option_of(const ModuleAction& knob);

}  // namespace hone::env
