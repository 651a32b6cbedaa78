// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Terms as text that parse.h reads back to the same term.
#pragma once

#include <string>

#include "term/context.h"

namespace hone::term {

enum class Form { Infix, Prefix };

// A DAG is printed as the tree it stands for, which may be far larger; the
// text ends with " …" after `max_bytes`, and then does not read back.
std::string print(const Context& context, Term term, Form form = Form::Infix,
                  size_t max_bytes = size_t{16} << 20);

}  // namespace hone::term
