// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs drawn at random for environments and property tests.
//
// Each is one C file without headers that is valid by construction, ends, and
// prints a checksum of all it computed; its behaviour has no undefined part
// and depends on no platform (as Csmith's; Yang et al., PLDI 2011):
//
//   * integers are computed unsigned and wrap; divisors and shifts are masked;
//   * subscripts are masked by the array's size, a power of two;
//   * a call is a statement of its own, so that no order of evaluation is open;
//   * loops count a variable that their body does not write, calls only go to
//     functions defined before, and the work of each function is estimated
//     while it is written, so that a program ends in milliseconds;
//   * doubles are added, subtracted, multiplied and divided without
//     contraction, and what is not a moderate number becomes one constant
//     before it reaches an integer.
//
// The program takes its input as an argument: a number from which main fills
// the arrays (1 where there is none).
#pragma once

#include <cstdint>
#include <string>

namespace hone::env {

// The same text for the same seed, on every platform.
std::string generate_program(uint64_t seed);

}  // namespace hone::env
