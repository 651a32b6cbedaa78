// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Terms in place of names.
#pragma once

#include <span>
#include <utility>

#include "base/result.h"
#include "term/context.h"

namespace hone::term {

using Substitution = std::span<const std::pair<Term, Term>>;

// Replaces free names by terms of their sorts, all at once. Lets are expanded
// on the way, so that no name of a replacement is captured. LimitReached after
// `max_steps` subterms: lets in lets can stand for exponentially many.
Result<Term> substitute(Context& context, Term term, Substitution replacements,
                        uint64_t max_steps = 1'000'000);

// The same term without lets.
Result<Term> expand_lets(Context& context, Term term,
                         uint64_t max_steps = 1'000'000);

}  // namespace hone::term
