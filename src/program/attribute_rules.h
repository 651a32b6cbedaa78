// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// When an attribute of attributes.def changes nothing but size and speed.
//
// Ask about the functions that code generation will see, as the user's options
// left them, before any setting is applied. A frame pointer set earlier could
// meet inline assembly that the inliner brings in later.
//
//   frame-pointer  all, non-leaf: no inline assembly or register intrinsic that
//                  names rbp, and no calling convention that passes arguments
//                  in it. Assembly may save, use and restore rbp without a
//                  clobber; its memory operands are then addressed through a
//                  register that no longer holds the frame.
//                  Any: never less than the user asked for; profilers and
//                  __builtin_return_address(1) walk the chain of frames.
//   codegen        not with optnone or optdebug, which exclude it.
//   inline         never: not what must be inlined; always and hint: not what
//                  must not be.
//   heat           not what is marked hot.
//   tail-calls     only where the function is known not to recurse. Mutual
//                  recursion through tail calls may be unbounded, and musttail
//                  and tailcc promise that it can be.
//   jump-tables, tune-cpu: always. They pick among sequences that
//                  compute the same; no breaking program can exist, except one
//                  that reads its own code.
#pragma once

#include <optional>
#include <string>

#include "program/attribute_table.h"

namespace llvm {
class Function;
}

namespace hone::program {

// Nothing where the setting is safe for this function, otherwise why not, as
// the end of a sentence that begins with the function's name. Settings that the
// table does not know are refused.
std::optional<std::string> why_unsafe(const llvm::Function& function,
                                      const AttributeSetting& setting);

}  // namespace hone::program
