// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One run of the math benchmark:
// `egraph_bench THEORY ITERATIONS [interpreted] [backoff]`.
// Prints nodes, classes, seconds of the runs, matches, bytes of the e-graph.
// bench/egraph/run.py repeats it beside the peers.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/file.h"
#include "rewrite/egraph/runner.h"
#include "rewrite/egraph/theory.h"

namespace hone::rewrite::egraph::compiled {
extern const CompiledMatcher math;
}

namespace {

using namespace hone::rewrite::egraph;

int fail(const hone::Error& error) {
  std::fprintf(stderr, "egraph_bench: %s\n", error.message.c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: egraph_bench THEORY ITERATIONS [backoff]\n");
    return 2;
  }
  Schedule schedule;
  bool interpreted = false;
  for (int i = 3; i < argc; ++i) {
    const std::string_view word = argv[i];
    schedule.backoff |= word == "backoff";
    interpreted |= word == "interpreted";
  }
  auto text = hone::read_file(argv[1]);
  if (!text) return fail(text.error());
  auto theory = Theory::parse(*text);
  if (!theory) return fail(theory.error());

  const auto start = std::chrono::steady_clock::now();
  const RuleSet rules =
      interpreted
          ? RuleSet(theory->rules())
          : RuleSet(theory->rules(), theory->signature(), compiled::math);
  EGraph graph(theory->signature());
  for (const Pattern& term : theory->terms()) graph.add_term(term);
  Runner runner(graph, rules, schedule);
  runner.run({.iterations = std::strtoull(argv[2], nullptr, 10)});
  const std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  std::printf("%zu %zu %.6f %zu %zu\n", graph.nodes(), graph.classes(),
              seconds.count(), size_t{runner.matches()}, graph.bytes());
  std::fflush(stdout);
  std::_Exit(0);  // freeing the graph is no part of the measurement
}
