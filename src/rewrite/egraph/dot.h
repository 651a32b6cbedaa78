// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An e-graph as a drawing for Graphviz: a box for each class, its nodes in it,
// arrows from nodes to the classes of their arguments.
#pragma once

#include <functional>
#include <string>

#include "rewrite/egraph/egraph.h"

namespace hone::rewrite::egraph {

// How a literal is written.
using LiteralPrinter = std::function<std::string(Literal literal)>;

// Classes ascending, nodes by operator and age: equal graphs print equal text.
std::string print_dot(const EGraph& graph, const LiteralPrinter& literals);

}  // namespace hone::rewrite::egraph
