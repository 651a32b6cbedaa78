// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// When an option of knobs.def keeps a program's meaning.
//
// Each knob names one rule. A rule looks at the module that code generation
// will be given and at the flags it will be compiled with.
//
//   always         The option picks among instruction sequences, orders or
//                  layouts that LLVM itself holds for equal: cost models,
//                  schedulers, block layout, thresholds. There is no program to
//                  break, short of one that reads its own code.
//
//   exact_callees  Interprocedural register allocation (-enable-ipra) lets a
//                  caller keep values in registers which, says the callee's
//                  code, the callee leaves alone. That holds only where the
//                  code that runs is the code that was seen. It is not:
//                   * in position-independent code, for a definition that can
//                     be preempted. The call goes through the PLT; the first
//                     one is bound lazily by ld.so, which clobbers r10 and r11
//                     (ipra_lazy_plt.c). With -z now an interposed definition
//                     still clobbers more than ours (ipra_interposed.c). PIE,
//                     hidden visibility and -fno-semantic-interposition make
//                     the definition dso_local, which is what we ask for.
//                   * in naked functions, whose assembly lists no clobbers
//                     (ipra_naked.c).
//                   * where code is entered or patched in after allocation:
//                     __fentry__ (ipra_fentry.c), XRay sleds, patchable
//                     entries.
//
//   outlinable     The machine outliner moves repeated instructions into new
//                  functions in .text.
//                   * A function with a section of its own (or of `#pragma
//                     clang section`) then calls into .text; fatal for code
//                     that is copied elsewhere or runs when .text is gone
//                     (outliner_ramfunc.c).
//                   * The new functions lack -mfunction-return's attribute
//                     and return by a plain ret (outliner_return_thunk.c).
//                   * Together with retpolines, -mlvi-cfi and -mseses the
//                     outliner crashes clang-22, and likewise with speculative
//                     load hardening; the large code model gives objects that
//                     do not assemble.
//                  The first two are cured by the attribute "nooutline", which
//                  the rule accepts; functions_to_keep_whole lists them.
//
//   unproven       No rule is known. Only for experimental knobs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "program/knob_table.h"

namespace llvm {
class Function;
class Module;
}  // namespace llvm

namespace hone::program {

// What the options of the compilation say. Lazy binding is not among it: eager
// binding alone does not make -enable-ipra safe, see above.
struct ModuleFlags {
  bool pic = false;          // -fPIC or -fPIE
  bool pie = false;          // -fPIE
  bool large_code = false;   // -mcmodel=large
  std::string return_thunk;  // of -mfunction-return: "extern" or ""
};

// As far as the module records them, which a module from clang does.
ModuleFlags read_module_flags(const llvm::Module& module);

// Nothing where the knob is safe for this module, otherwise why it is not.
// Experimental knobs whose rule is `unproven` pass: there is nothing to ask.
std::optional<std::string> why_unsafe(const KnobInfo& knob,
                                      const llvm::Module& module,
                                      const ModuleFlags& flags);

// The functions that need the attribute "nooutline" before `outlinable` holds,
// in the module's order. Empty if the module cannot be outlined at all.
std::vector<const llvm::Function*> functions_to_keep_whole(
    const llvm::Module& module, const ModuleFlags& flags);

// Whether a rule of this name exists.
bool is_knob_rule(std::string_view name);

}  // namespace hone::program
