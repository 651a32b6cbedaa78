// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An LLVM module in this process: only workers hold one, because passes may
// crash, hang or exhaust memory.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "program/build_mode.h"
#include "program/recipe.h"

namespace llvm {
class Module;
}

namespace hone::program {

// Once per process, before any pass or code generator exists: LLVM's options,
// parsed as a command line would be ("-inline-threshold=-20"). Setting them
// later, or one by one, is silently ignored by some.
Status set_llvm_options(std::span<const std::string> options);

// Makes LLVM's targets known; may be called any number of times.
void initialize_targets();

// What the searches and recipes need to know about a function.
struct FunctionFacts {
  std::string name;
  int64_t instructions = 0;
  bool local = false;
  int64_t callers = 0;  // call sites within the module
  bool has_loop = false;
  bool has_indirect_branch = false;  // a computed goto
  // Settings of attributes.def that are not safe for it ("frame-pointer=all").
  std::vector<std::string> unsafe_attributes;
};

class Module {
 public:
  // Value names are dropped; they take no part in any decision.
  static Result<Module> parse(std::string_view bitcode, std::string_view what);
  Module(Module&&) noexcept;
  Module& operator=(Module&&) noexcept;
  ~Module();

  // Runs a textual pipeline exactly as `opt -passes=` does; `relocation` is
  // what the code generator will use (some passes ask). InvalidArgument carries
  // LLVM's own words where the text is no pipeline.
  Status run(std::string_view pipeline,
             Relocation relocation = Relocation::Static);

  // A copy in the same context that passes treat as they would the original:
  // the order of uses is copied too, and more (program/clone.cpp).
  Module clone() const;
  // LLVM's own copy; passes may treat it differently. For measuring.
  Module clone_by_llvm() const;

  // Malformed carries what the IR verifier said.
  Status verify() const;

  // Settings of attributes.def. Functions that do not exist (any more) are
  // skipped, as opt's forceattrs skips them.
  Status set_attributes(const std::map<std::string, Attributes>& attributes);

  // Takes optsize and minsize off all functions, which a front end puts on them
  // at -Oz and which keep O3's passes from working for speed.
  void forget_size();

  // Takes the numbers of atoms (LLVM's key instructions) off all places in the
  // source. Who copies instructions counts them anew, in a counter of the whole
  // context, so that a state would depend on what else happened in its process;
  // all they decide is where a debugger stops.
  void forget_atoms();

  std::string bitcode() const;
  std::string text() const;
  // Identity of the state: every bit of the bitcode, without value names,
  // without the source's path, which differs between machines, and without the
  // order of uses, which nobody would call another program.
  // (LLVM's StructuralHash is blind to nsw, alignment, volatile, minsize.)
  Hash128 hash() const;
  int64_t instruction_count() const;
  // Assembly of the user's outside of functions.
  bool has_module_assembly() const;
  std::vector<FunctionFacts> functions() const;
  // Knobs of knobs.def that are not safe for it, and why.
  std::map<std::string, std::string> unsafe_knobs() const;

  // Code generation as `clang <level> -Xclang -disable-llvm-passes -c` or -S
  // does it. Consumes the module: code generation changes it.
  Result<std::string> emit_object(const BuildMode& mode) &&;
  Result<std::string> emit_assembly(const BuildMode& mode) &&;

  // Of this module as passes left it, and of no other one in this process: what
  // is known about its IR belongs to this number.
  uint64_t number() const;

  // LLVM's own, for the rooms that own LLVM too.
  llvm::Module& llvm_module() const;

 private:
  struct State;
  Result<std::string> emit(const BuildMode& mode, bool as_assembly);
  explicit Module(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Assembles what emit_assembly printed into an object, as `clang -c` does.
Result<std::string> assemble(std::string_view assembly, const BuildMode& mode);

}  // namespace hone::program
