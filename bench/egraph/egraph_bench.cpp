// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One run of the math benchmark:
// `egraph_bench THEORY ITERATIONS [interpreted] [backoff] [explain] [analyse]`.
// Prints nodes, classes, seconds of the runs, matches, bytes of the e-graph.
// bench/egraph/run.py repeats it beside the peers.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>

#include "base/file.h"
#include "rewrite/egraph/runner.h"
#include "rewrite/egraph/theory.h"

namespace hone::rewrite::egraph::compiled {
extern const CompiledMatcher math;
}

namespace {

using namespace hone::rewrite::egraph;

// The value of a class where it is an integer and known.
struct ConstantDomain {
  struct Value {
    int64_t value = kUnknown;
    bool known() const { return value != kUnknown; }
  };
  static constexpr int64_t kUnknown = std::numeric_limits<int64_t>::min();
  explicit ConstantDomain(const Theory& theory) : theory(&theory) {}
  static Value top() { return {}; }
  template <typename Of>
  Value make(OpId op, const uint32_t* key, const Of& of) const {
    if (op == theory->integer()) {
      return {std::atoll(std::string(theory->word(key[0])).c_str())};
    }
    const Operators& ops = operators;
    if (op != ops.add && op != ops.subtract && op != ops.multiply) return top();
    const Value &a = of(key[0]), &b = of(key[1]);
    Value made = top();
    if (!a.known() || !b.known()) return made;
    const bool over =
        op == ops.add ? __builtin_add_overflow(a.value, b.value, &made.value)
        : op == ops.subtract
            ? __builtin_sub_overflow(a.value, b.value, &made.value)
            : __builtin_mul_overflow(a.value, b.value, &made.value);
    return over ? top() : made;
  }
  bool meet(Value& into, const Value& other) const {
    if (into.known() || !other.known()) return false;
    into = other;
    return true;
  }
  struct Operators {
    OpId add, subtract, multiply;
    explicit Operators(const Signature& signature)
        : add(*signature.find("+", 2)),
          subtract(*signature.find("-", 2)),
          multiply(*signature.find("*", 2)) {}
  };
  const Theory* theory;
  Operators operators{theory->signature()};
};

// Bounds of the value; sin and cos are in [-1, 1].
struct IntervalDomain {
  struct Value {
    double low, high;
  };
  explicit IntervalDomain(const Theory& theory)
      : constants(theory),
        sine(*theory.signature().find("sin", 1)),
        cosine(*theory.signature().find("cos", 1)) {}
  static Value top() {
    return {-std::numeric_limits<double>::infinity(),
            std::numeric_limits<double>::infinity()};
  }
  template <typename Of>
  Value make(OpId op, const uint32_t* key, const Of& of) const {
    if (op == constants.theory->integer()) {
      const double value =
          std::atof(std::string(constants.theory->word(key[0])).c_str());
      return {value, value};
    }
    if (op == sine || op == cosine) return {-1, 1};
    const ConstantDomain::Operators& ops = constants.operators;
    if (op == ops.add) {
      return {of(key[0]).low + of(key[1]).low,
              of(key[0]).high + of(key[1]).high};
    }
    if (op == ops.subtract) {
      return {of(key[0]).low - of(key[1]).high,
              of(key[0]).high - of(key[1]).low};
    }
    return top();
  }
  bool meet(Value& into, const Value& other) const {
    const Value before = into;
    into = {std::max(into.low, other.low), std::min(into.high, other.high)};
    return into.low != before.low || into.high != before.high;
  }
  ConstantDomain constants;
  OpId sine, cosine;
};

using RangeProduct = Product<ConstantDomain, IntervalDomain>;
using Ranges = Analysis<RangeProduct>;
RangeProduct range_domain(const Theory& theory) {
  return {{ConstantDomain(theory), IntervalDomain(theory)}};
}

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
  bool interpreted = false, explains = false, analyses = false;
  for (int i = 3; i < argc; ++i) {
    const std::string_view word = argv[i];
    schedule.backoff |= word == "backoff";
    interpreted |= word == "interpreted";
    explains |= word == "explain";
    analyses |= word == "analyse";
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
  EGraph graph(theory->signature(), explains);
  for (const Pattern& term : theory->terms()) graph.add_term(term);
  Ranges ranges(range_domain(*theory));
  Runner runner(graph, rules, schedule, analyses ? &ranges : nullptr);
  runner.run({.iterations = std::strtoull(argv[2], nullptr, 10)});
  const std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  std::printf("%zu %zu %.6f %zu %zu\n", graph.nodes(), graph.classes(),
              seconds.count(), size_t{runner.matches()}, graph.bytes());
  std::fflush(stdout);
  std::_Exit(0);  // freeing the graph is no part of the measurement
}
