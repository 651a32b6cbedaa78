// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The worker's side of a session: a process that answers requests (JSON in
// frames) on its stdin until that closes.
//
//   {"do": "describe", "bitcode": PATH}
//       -> {"functions": […], "unsafe_knobs": {…}, "module_assembly": false}
//   {"do": "evaluate", "bitcode": PATH, "recipe": {…}, "mode": {…},
//    "emit": true, "assembly": true, "cpu_seconds": S, "memory": BYTES}
//       -> an evaluation (env/evaluation.h)
//
// Each evaluation runs in forked children, one for the stages and one for the
// code generator, on exactly the road that the printed commands take: bitcode
// in, bitcode out, options parsed before any pass exists. The optimised bitcode
// and the assembly of recent recipes are kept: most of a search varies code
// generation only, and a splice needs what was compiled before.
#pragma once

namespace hone::env {

// Serves until `input` closes; returns the exit code.
int serve_worker(int input, int output);

}  // namespace hone::env
