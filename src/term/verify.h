// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether a term is well sorted.
#pragma once

#include "base/result.h"
#include "term/context.h"

namespace hone::term {

// What the parsers make always is. For terms that code has put together: says
// which subterm has an operand of the wrong sort, or whose let binds something
// else than a name of its value's sort.
Status verify(const Context& context, Term term);

}  // namespace hone::term
