// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Any bytes as a theory: an error, or rules that run.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "rewrite/egraph/runner.h"
#include "rewrite/egraph/theory.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hone::rewrite::egraph;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto theory = Theory::parse(text);
  if (!theory || theory->rules().size() > 16) return 0;
  for (const Rule& rule : theory->rules()) {
    if (rule.condition || rule.left.nodes.size() > 16) return 0;
  }
  const RuleSet rules(theory->rules());
  EGraph graph(theory->signature());
  for (const Pattern& term : theory->terms()) graph.add_term(term);
  Runner(graph, rules).run({.iterations = 4, .nodes = 500});
  HONE_CHECK(graph.verify().ok());
  return 0;
}
