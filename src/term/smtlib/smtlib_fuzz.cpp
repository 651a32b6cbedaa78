// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Scripts from anywhere: what is accepted is well sorted, and each assertion,
// printed as a question, is read again to a term of the same kind.
#include "term/smtlib/smtlib.h"
#include "term/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hone::term;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ParseLimits limits{.depth = 200, .nodes = 5000, .digits = 1000};
  Context context;
  const hone::Result<SmtScript> script = read_smtlib(context, text, limits);
  if (!script.ok()) return 0;
  for (const Term axiom : script->axioms)
    HONE_CHECK(verify(context, axiom).ok());
  for (const SmtCommand& command : script->commands) {
    if (command.kind != SmtCommand::Kind::Assert) continue;
    HONE_CHECK(verify(context, command.term).ok());
    const std::string printed =
        print_smtlib(context, script->axioms, command.term);
    Context other;
    const hone::Result<SmtScript> again = read_smtlib(other, printed);
    HONE_CHECK(again.ok());
  }
  return 0;
}
