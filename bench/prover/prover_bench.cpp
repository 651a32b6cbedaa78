// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hone's side of bench/prover/run.py: rows from stdin, an answer with two times
// a row, as the peers print (bench/peers/prover_peer.h). Certificates are
// always recorded.
//
//   prover_bench           from text; from a fresh term, assumptions included
//   prover_bench replay    also makes the text of each proof and replays it; a
//                          certificate that fails ends the run; steps that fail
//                          make the answer open, as in `hone prove`, and the
//                          row ends in "unproved"
//   prover_bench steps     makes the proof of each row as steps of rules, and
//                          replays them; 1 or 0 says whether they are enough
//   prover_bench random SEED COUNT    prints random rows
//   prover_bench simplify  TREE DAG MICROSECONDS PROVED of a term's simplified
//                          form: its nodes, the greedy pass alone, and whether
//                          the equality has a proof that replays
//   prover_bench bounds    LEAST GREATEST of an Int: - where not tight, inf
//                          where values beyond 2^40 are reached
//
// The word nolog leaves certificates out, to see what recording them costs.
// A word tiers=A,B,… names the tiers and their order (rewrite/prover.h).
#include <fmt/format.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "rewrite/greedy/simplify.h"
#include "rewrite/prover.h"
#include "rewrite/rules/rule.h"
#include "rewrite/test_tools.h"
#include "term/parse.h"
#include "term/print.h"
#include "term/substitute.h"
#include "term/walk.h"
#include "verify/proof.h"

namespace {

using hone::rewrite::Answer;
using hone::rewrite::Bound;
using hone::term::Term;

double cpu_microseconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 +
         static_cast<double>(t.tv_nsec) / 1e3;
}

[[noreturn]] void fail(const hone::Error& error, const std::string& line) {
  std::fprintf(stderr, "%s\n  %s\n", error.message.c_str(), line.c_str());
  std::exit(1);
}

std::string side(const Bound& bound) {
  if (bound.kind == Bound::Kind::Unbounded) return "inf";
  return bound.kind == Bound::Kind::Tight ? std::to_string(bound.value) : "-";
}

// Half of the rows have assumptions. The rows do not say which variables are
// Bools, so comparisons take their place.
int print_random_rows(uint64_t seed, int count) {
  using hone::term::Sort;
  hone::rewrite::RandomTerms random(seed);
  hone::term::Context terms;
  for (int i = 0; i < count; ++i) {
    terms.reset();
    std::string row;
    for (const char* text :
         {"( && ( <= 0 a ) ( < a 20 ) )", "( == ( % b 4 ) 1 )", "( < c a )",
          "( || ( < c -3 ) ( > c 3 ) )"})
      if (i % 2 == 1 && random.random().chance(0.5))
        row += std::string(text) + "\t";
    const Term goal = random.next(terms, Sort::Bool, 3 + i % 3 / 2);
    const std::pair<Term, Term> replaced[] = {
        {terms.variable("p", Sort::Bool),
         terms.make(hone::term::Op::Lt, terms.variable("d", Sort::Int),
                    terms.variable("a", Sort::Int))},
        {terms.variable("q", Sort::Bool),
         terms.make(hone::term::Op::Ge, terms.variable("d", Sort::Int),
                    terms.integer(0))}};
    const auto plain = hone::term::substitute(terms, goal, replaced);
    if (!plain.ok()) fail(plain.error(), row);
    row += hone::term::print(terms, *plain, hone::term::Form::Prefix);
    std::puts(row.c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "random" && argc == 4)
    return print_random_rows(std::strtoull(argv[2], nullptr, 10),
                             std::atoi(argv[3]));
  hone::rewrite::ProverOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "nolog") options.linear.limits.certificate = false;
    if (!word.starts_with("tiers=")) continue;
    options.tiers.clear();
    for (const std::string& name : hone::split(word.substr(6), ',')) {
      const auto tier = hone::rewrite::tier_named(name);
      if (!tier) {
        std::fprintf(stderr, "%s: expected refute, greedy, linear or egraph\n",
                     name.c_str());
        return 2;
      }
      options.tiers.push_back(*tier);
    }
  }
  std::vector<hone::verify::ProofRule> rules;
  for (const hone::rewrite::RuleInfo& row : hone::rewrite::rules())
    rules.push_back({row.name, row.left, row.right, row.condition});
  std::vector<std::string> lines;
  for (std::string line; std::getline(std::cin, line);)
    lines.push_back(std::move(line));
  hone::term::Context terms;
  hone::rewrite::Prover prover(terms, options);
  hone::rewrite::Simplifier simplifier;
  const auto replays = [&](const hone::rewrite::Prover::Proof& proof) {
    return hone::verify::replay_proof(terms,
                                      {.goal = proof.goal,
                                       .value = proof.value,
                                       .assumptions = proof.assumptions,
                                       .rules = rules},
                                      proof.text);
  };
  std::vector<Term> read;
  for (const std::string& line : lines) {
    const std::vector<std::string> fields = hone::split(line, '\t');
    const double begin = cpu_microseconds();
    terms.reset();
    read.clear();
    for (const std::string& field : fields) {
      auto term = hone::term::parse_prefix(terms, field);
      if (!term.ok()) fail(term.error(), line);
      read.push_back(*term);
    }
    const double built = cpu_microseconds();
    if (mode == "simplify") {
      const double start = cpu_microseconds();
      const Term small = simplifier.simplify(terms, read.back());
      const double end = cpu_microseconds();
      const auto equal =
          prover.prove(terms.make(hone::term::Op::Eq, read.back(), small));
      bool proved = equal.ok() && equal->answer == Answer::True;
      if (proved) {
        const auto proof = prover.proof();
        proved = proof.ok() && replays(*proof).ok();
      }
      std::printf("%zu %zu %.3f %d\n",
                  size_t{hone::term::tree_size(terms, small)},
                  size_t{hone::term::dag_size(terms, small)}, end - start,
                  proved ? 1 : 0);
      continue;
    }
    prover.push();
    const auto assumed = prover.assume(std::span(read.data(), read.size() - 1));
    if (!assumed.ok()) fail(assumed.error(), line);
    if (mode == "bounds") {
      const auto bounds = prover.bounds(read.back());
      if (!bounds.ok()) fail(bounds.error(), line);
      std::printf("%s %s %.3f\n", side(bounds->low).c_str(),
                  side(bounds->high).c_str(), cpu_microseconds() - built);
      prover.pop();
      continue;
    }
    const auto judgement = prover.prove(read.back());
    if (!judgement.ok()) fail(judgement.error(), line);
    const double end = cpu_microseconds();
    const bool decided =
        judgement->answer == Answer::True || judgement->answer == Answer::False;
    const auto print = [&](Answer answer) {
      const std::string_view name = hone::rewrite::answer_name(answer);
      std::printf("%.*s %.3f %.3f", static_cast<int>(name.size()), name.data(),
                  end - begin, end - built);
    };
    if (mode != "replay" || !decided) print(judgement->answer);
    if (mode == "steps" && decided) {
      const auto proof = prover.steps();
      const double written = cpu_microseconds();
      const bool replayed = proof.ok() && replays(*proof).ok();
      std::printf(" %.3f %.3f %zu %d", written - end,
                  cpu_microseconds() - written,
                  proof.ok() ? proof->text.size() : 0, replayed ? 1 : 0);
    }
    if (mode == "replay" && decided) {
      const bool by_rules = judgement->tier != hone::rewrite::Tier::Linear;
      const auto proof = prover.proof();
      if (!proof.ok() && !by_rules) fail(proof.error(), line);
      const double written = cpu_microseconds();
      const hone::Status replayed =
          proof.ok() ? replays(*proof) : hone::Status(proof.error());
      if (!replayed.ok() && !by_rules) fail(replayed.error(), line);
      if (replayed.ok()) {
        print(judgement->answer);
        std::printf(" %.3f %.3f %zu", written - end,
                    cpu_microseconds() - written, proof->text.size());
      } else {
        print(Answer::Open);
        std::printf(" unproved");
      }
    }
    std::printf("\n");
    prover.pop();
  }
}
