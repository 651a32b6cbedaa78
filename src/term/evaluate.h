// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The reference: what a term means, computed slowly and obviously.
//
// Integers are unbounded; `/` and `%` are Euclidean, and x / 0 = x % 0 = 0.
// Both branches of a select are computed; nothing is undefined.
//
// A Width makes the Ints of fixed size: with Wrap every result is brought back
// into [-2^(bits-1), 2^(bits-1)) as processors do; with NoOverflow a result
// outside is an error, as for the signed integers of C.
#pragma once

#include <unordered_map>

#include "base/result.h"
#include "term/context.h"

namespace hone::term {

// Values of variables; a Bool is 0 or 1.
using Model = std::unordered_map<Term, Integer>;

enum class Overflow { Never, Wrap, Error };

struct Width {
  Overflow overflow = Overflow::Never;
  int bits = 64;  // 1 to 1024, where overflow is not Never
};

// NotFound names a variable without a value; LimitReached: a number of more
// than `max_bits` bits; Rejected: an overflow where the width forbids it.
Result<Integer> evaluate(const Context& context, Term term, const Model& model,
                         const Width& width = {}, uint64_t max_bits = 1 << 20);

}  // namespace hone::term
