// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Both parsers: whatever is accepted is well sorted and prints to text that
// reads back as the same term.
#include "term/parse.h"
#include "term/print.h"
#include "term/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hone::term;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Context context;
  for (const auto parser : {&parse_prefix, &parse_infix}) {
    const ParseLimits limits{.depth = 200, .nodes = 5000, .digits = 1000};
    const hone::Result<Term> term = parser(context, text, limits);
    if (!term) continue;
    HONE_CHECK(verify(context, *term).ok());
    for (const Form form : {Form::Infix, Form::Prefix}) {
      const std::string printed = print(context, *term, form, 1 << 16);
      if (printed.ends_with(" …")) continue;
      const hone::Result<Term> again = parse(context, printed);
      HONE_CHECK(again.ok() && *again == *term);
    }
  }
  return 0;
}
