// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Terms from text.
//
// Prefix:  ( < ( + x 3 ) y )     operators first, each in brackets
// Infix:   x + 3 < y             C's precedence; min(a, b), max(a, b),
//                                select(c, a, b), let x = a in b,
//                                x in [a, b] and x in [a, b)
//
// A name is a letter or '_', then letters, digits, '_' and '.'; the words
// false, in, let, max, min, select and true are taken. The sort of a name comes
// from its first use in a place that demands one, and is Int where none does;
// a name keeps its sort as long as its context lives. The numbers 0 and 1 are
// read as false and true where a Bool is demanded. `-x` is 0 - x, `x in [a, b]`
// is a <= x && x <= b, and a round bracket leaves b itself out.
//
// Every error says the place: "1:7: expected …, found …".
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "term/context.h"

namespace hone::term {

// Deeper or longer text is an error (LimitReached), so that text from anywhere
// can be given to code that recurses over terms.
struct ParseLimits {
  int depth = 2000;
  int nodes = 1'000'000;
  int digits = 10'000;  // of one number
};

// Either form: text that begins with a bracket and an operator's name is
// prefix, any other infix. With a sort expected, a name alone takes it, and a
// term of the other sort is an error.
Result<Term> parse(Context& context, std::string_view text,
                   const ParseLimits& limits = {},
                   std::optional<Sort> expected = {});
Result<Term> parse_prefix(Context& context, std::string_view text,
                          const ParseLimits& limits = {});
Result<Term> parse_infix(Context& context, std::string_view text,
                         const ParseLimits& limits = {});

}  // namespace hone::term
