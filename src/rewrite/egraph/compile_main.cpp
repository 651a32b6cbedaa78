// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `egraph_compile THEORY NAME`: the rules of a theory file as C++, on stdout;
// with `terms` for the theory, those of the tables of rewrite/rules. Run by the
// build.
#include <cstdio>

#include "base/file.h"
#include "rewrite/egraph/emit_cpp.h"
#include "rewrite/egraph/term_rules.h"
#include "rewrite/egraph/theory.h"

namespace {

using namespace hone::rewrite::egraph;

void print(const std::vector<Rule>& rules, const Signature& signature,
           const char* name) {
  const std::string source = emit_cpp(make_plan(rules), rules, signature,
                                      "hone::rewrite::egraph::compiled", name);
  std::fputs(source.c_str(), stdout);
}

int fail(const char* file, const hone::Error& error) {
  std::fprintf(stderr, "egraph_compile: %s: %s\n", file, error.message.c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: egraph_compile THEORY NAME\n");
    return 2;
  }
  if (std::string_view(argv[1]) == "terms") {
    const TermLanguage language;
    print(parse_term_rules(language), language.signature(), argv[2]);
    return 0;
  }
  auto text = hone::read_file(argv[1]);
  if (!text) return fail(argv[1], text.error());
  const auto theory = Theory::parse(*text);
  if (!theory) return fail(argv[1], theory.error());
  print(theory->rules(), theory->signature(), argv[2]);
  return 0;
}
