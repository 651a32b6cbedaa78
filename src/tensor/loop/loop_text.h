// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The text form of loop programs; loop_program.h has an example.
//
//   program  = "loops" NAME "{" item… "}"
//   item     = "size" NAME "=" NUMBER
//            | "fact" condition
//            | ("input" | "output" | "local" | "register") place
//              ["i32" | "i64"] ["in" NAME]
//            | "node" NAME ":" statement "over" NAME "<" index, …
//            | "tree" block
//   block    = "{" (loop | leaf)… "}"
//   loop     = "for" NAME "<" index
//              ["unroll" | "vector" | "parallel"] ["overlaps"] block
//   leaf     = NAME ":" statement ["if" condition "&&" …]
//   statement = place ("=" | "+=" | "max=" | "min=") scalar
//   scalar   = sums and products of numbers, places, OP(scalar, …) and
//              select(condition && …, scalar, scalar)
//   place    = NAME "[" index, … "]"
//   condition = index ("<" | "=") index
//   index    = sums, products (* / mod), min(a, b), max(a, b), a place
//
// A comment starts with # and ends with its line. `/` rounds down. Without a
// tree, the default one is meant. A tensor of integers may stand in indices,
// one of f32 in scalars.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "tensor/loop/loop_program.h"

namespace hone::tensor {

// Parsing the result gives the same program.
std::string print_loops(const LoopProgram& program);
// The tree alone, indented by `depth` levels.
std::string print_tree(const std::vector<LoopTree>& tree, int depth = 0);

// Malformed names the line and what was expected. Nesting, the number of
// statements and the terms of an index are bounded. The result has passed
// verify_loops().
Result<LoopProgram> parse_loops(std::string_view text);

// An index by itself.
Result<Index> parse_index(std::string_view text);

}  // namespace hone::tensor
