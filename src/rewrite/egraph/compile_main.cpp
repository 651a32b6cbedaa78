// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `egraph_compile THEORY NAME`: the rules of a theory file as C++, on stdout.
// Run by the build.
#include <cstdio>

#include "base/file.h"
#include "rewrite/egraph/emit_cpp.h"
#include "rewrite/egraph/theory.h"

namespace {

using namespace hone::rewrite::egraph;

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
  auto text = hone::read_file(argv[1]);
  if (!text) return fail(argv[1], text.error());
  const auto theory = Theory::parse(*text);
  if (!theory) return fail(argv[1], theory.error());
  const std::string source =
      emit_cpp(make_plan(theory->rules()), theory->rules(), theory->signature(),
               "hone::rewrite::egraph::compiled", argv[2]);
  std::fputs(source.c_str(), stdout);
  return 0;
}
