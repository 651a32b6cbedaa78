// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LLVM's pass machinery, built once and used for many runs over the modules of
// one family (a module and its clones).
//
// Building it costs more than most passes do on a small module: some 200
// analyses are registered, a target machine is made, a text is parsed. A
// session that takes a step per pass pays for it once.
//
// Nothing that a pass can see is handed from one run to the next but the
// module. An analysis that passes have kept up to date is valid, but not the
// one that is computed afresh (children of a dominator tree in another order, a
// MemorySSA that has been optimised), and what a pass does would then depend on
// where the module was cloned or read anew. Between steps those are kept that
// are the same afresh: dominators, loops, frequencies and the like of functions
// that nobody has touched.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "program/module.h"

namespace hone::program {

enum class Analyses {
  Pure,    // between steps, what is the same afresh; the default
  Forget,  // all, after each step
  Keep,    // as far as the passes say they hold; both for measuring
};

class PassRunner {
 public:
  // For `like` and its clones. `relocation` is what the code generator will
  // use (some passes ask).
  static Result<PassRunner> make(const Module& like, Relocation relocation,
                                 Analyses analyses = Analyses::Pure);
  PassRunner(PassRunner&&) noexcept;
  PassRunner& operator=(PassRunner&&) noexcept;
  ~PassRunner();

  // Runs a textual pipeline exactly as `opt -passes=` does. False where nothing
  // changed: every pass said so, and where one is known to say so wrongly, or
  // is no stable pass of the table, it was looked at. InvalidArgument carries
  // LLVM's own words where the text is no pipeline.
  Result<bool> run(Module& module, std::string_view pipeline);

  // The same, and where something changed, what depends on addresses is taken
  // out of the module (program/settle.h): equal steps make equal modules in
  // every process.
  Result<bool> step(Module& module, std::string_view pipeline);

  // A step on one function: a pipeline of function passes, "function(gvn)" or
  // "gvn". False also where there is no such function with a body.
  Result<bool> step_on(Module& module, std::string_view function,
                       std::string_view pipeline);

  // The pipeline written out in full: the passes that "default<Oz>" stands for.
  Result<std::string> written_out(std::string_view pipeline);

  // Does `work` on the module and writes down what passes report meanwhile: a
  // line each, "passed inline: Inlined in f: …", "missed …", "analysis …".
  // Slower.
  static Result<bool> with_remarks(Module& module, std::string& lines,
                                   const std::function<Result<bool>()>& work);

 private:
  struct State;
  explicit PassRunner(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hone::program
