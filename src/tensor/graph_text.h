// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The text form of graphs; parse_graph(to_text(graph)) is the same graph.
//
//   graph "loop" (%n: i64[], %x: f32[N]) -> (%y) {
//     %go: bool[] = const [1]
//     %y: f32[N] = Loop(%n, %go, %x) {
//       body = graph "body" (%i: i64[], %c: bool[], %s: f32[N])
//           captures (%k: f32[N] = %x) -> (%c, %t) {
//         %t: f32[N] = Add(%s, %k)
//       }
//     } @ "the ONNX node's name"
//   }
//
// Values that are not letters, digits or one of _./$- are quoted: %"a:0". An
// absent input or output is `_`. Elements of constants are listed in order
// whatever the rank, or, for types that decimal digits do not fit and for
// payloads of NaN, given as the packed bytes: hex "00ff". What is left out
// because of `elide_over` reads `elided`, and does not parse.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

struct GraphTextOptions {
  // Constants of more elements are not written.
  int64_t elide_over = INT64_MAX;
};

std::string to_text(const Graph& graph, const GraphTextOptions& options = {});

// "f32[2] [1, 0.5]"
std::string to_text(const Literal& literal,
                    const GraphTextOptions& options = {});

// Malformed names the line. Only the form is checked: see verify_graph.h.
Result<Graph> parse_graph(std::string_view text);

// How deep graphs may lie in each other, in text and in ONNX files.
inline constexpr int kDeepestGraph = 32;

}  // namespace hone::tensor
