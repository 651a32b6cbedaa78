// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a term consists of, and how large it is.
#pragma once

#include <cstdint>
#include <vector>

#include "term/context.h"

namespace hone::term {

// Every distinct subterm, itself included, operands first.
std::vector<Term> reachable(const Context& context, Term term);

// Names that stand free in it, in the context's order of content.
std::vector<Term> free_variables(const Context& context, Term term);

// Nodes of the tree that the DAG stands for; UINT64_MAX where it has as many
// or more.
uint64_t tree_size(const Context& context, Term term);

// Distinct subterms.
uint64_t dag_size(const Context& context, Term term);

}  // namespace hone::term
