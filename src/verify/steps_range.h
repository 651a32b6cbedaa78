// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ranges and alignments of unbounded integers, for the replay of rule steps.
#pragma once

#include <optional>
#include <span>

#include "term/integer.h"
#include "term/op.h"

namespace hone::verify {

using term::Integer;

struct StepRange {
  std::optional<Integer> low, high;
};

// value ≡ remainder (modulo modulus); a modulus of 0 is the number itself.
struct StepAlignment {
  Integer modulus{1};
  Integer remainder;
};

struct StepValue {
  StepRange range;
  StepAlignment alignment;
};

Integer gcd(Integer a, Integer b);
// The remainder brought below the modulus.
StepAlignment reduced(const Integer& modulus, const Integer& remainder);
// What holds of both.
StepAlignment joined(const StepAlignment& a, const StepAlignment& b);
StepAlignment product(const StepAlignment& a, const StepAlignment& b);

StepRange product(const StepRange& a, const StepRange& b);
// Of a / b by no constant: at most as large as a, its sign that of a by that of
// b; 0 where b is 0.
StepRange quotient(const StepRange& a, const StepRange& b);

// Both ends moved inwards to numbers that the alignment allows.
StepRange tightened(const StepRange& range, const StepAlignment& alignment);

// What an operator makes of Ints of these values: the sum, the remainder, …; of
// a select, of what it selects from. Nothing is known of other operators.
StepValue value_of(term::Op op, std::span<const StepValue> args);

}  // namespace hone::verify
