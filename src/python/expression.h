// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What hone.Term is.
#pragma once

#include <memory>
#include <string>

#include "term/context.h"
#include "term/print.h"

namespace hone::python {

// A term and the context it lives in, which its parts share.
struct Expression {
  std::shared_ptr<term::Context> context;
  term::Term term;

  std::string text(term::Form form) const {
    return print(*context, term, form);
  }
};

}  // namespace hone::python
