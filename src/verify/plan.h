// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the harness has to know about a module: its types, the functions to
// call and how, the functions to intercept, its variables.
//
// The plan is made once from the unoptimised bitcode and is the same for all
// images, so that an input means the same in each of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace llvm {
class Function;
class FunctionType;
class GlobalVariable;
class Module;
}  // namespace llvm

namespace hone::verify {

// Where the arguments lie in the slot buffer.
struct CallShape {
  std::vector<uint32_t> offsets;
  uint32_t bytes = 0;
};

struct PlannedFunction {
  llvm::Function* function;
  std::string name;
  bool is_local = false;
  int driver = -1;          // index of its driver, or -1
  std::string reason = {};  // why it has none
  CallShape shape = {};
  uint32_t first_block = 0;
  uint32_t block_count = 0;
};

// Undefined symbols that are hidden must be defined in the very library that
// uses them: by the companion, which is linked to the object under test.
struct PlannedExternal {
  llvm::Function* function;  // null for calls through pointers
  llvm::FunctionType* signature;
  std::string name;
  CallShape shape = {};
  bool is_hidden = false;
};

struct PlannedGlobal {
  llvm::GlobalVariable* variable;
  std::string name;
  bool is_undefined = false;
  bool is_hidden = false;
  bool is_local = false;
  uint32_t size = 0;
};

struct Plan {
  std::vector<PlannedFunction> functions;
  std::vector<PlannedExternal> externals;
  std::vector<PlannedGlobal> globals;
  std::vector<uint32_t>
      responders;  // externals, in the order of hone_responders
  int driver_count = 0;
  uint32_t block_count = 0;
  std::string bytes;  // the file for the harness; see harness/abi.h
};

// Borrows the module: the plan points into it.
Result<Plan> make_plan(llvm::Module& module, uint64_t seed);

// The name in the symbol table.
std::string symbol_name(std::string_view ir_name);

}  // namespace hone::verify
