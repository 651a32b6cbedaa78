// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/drawing.h"

#include "rewrite/egraph/term_prover.h"
#include "term/substitute.h"
#include "toolkit/prove.h"

namespace hone::toolkit {

Result<std::string> draw_egraph(std::span<const std::string> assumptions,
                                std::string_view expression) {
  TextContext text;
  HONE_RETURN_IF_ERROR(assume_all(text, assumptions));
  HONE_ASSIGN_OR_RETURN(const term::Term parsed,
                        text.context().parse(expression));
  HONE_ASSIGN_OR_RETURN(const term::Term plain,
                        term::expand_lets(text.terms(), parsed));
  return rewrite::egraph::TermProver().draw(
      text.terms(), plain,
      rewrite::digest(text.terms(), text.context().assumptions()));
}

}  // namespace hone::toolkit
