// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/refute/refute.h"

#include <algorithm>

#include "base/random.h"
#include "rewrite/refute/tape.h"

namespace hone::rewrite {

using term::Context;
using term::Integer;
using term::Model;
using term::Sort;
using term::Term;

namespace {

// How the values of one sample are drawn.
enum class Draw { Tiny, Boundary, Medium, Multiples, Large, kCount };

int64_t draw_free(Random& random, Draw draw,
                  std::span<const int64_t> constants) {
  const auto within = [&](int64_t bound) {
    return static_cast<int64_t>(
               random.below(2 * static_cast<uint64_t>(bound) + 1)) -
           bound;
  };
  const auto constant = [&]() -> int64_t {
    if (constants.empty()) return within(64);
    return constants[random.below(constants.size())];
  };
  switch (draw) {
    case Draw::Tiny:
      return within(4);
    case Draw::Boundary: {
      const int64_t word = constant();
      return (random.chance(0.5) ? word : -word) + within(1);
    }
    case Draw::Medium:
      return within(300);
    case Draw::Multiples:
      return std::clamp<int64_t>(constant(), -100000, 100000) * within(6) +
             within(1);
    default:
      return within(1'000'000);
  }
}

// A value that the variable's facts allow, near the one drawn.
int64_t adjust(int64_t value, const VariableFacts& facts, Random& random) {
  const Interval& range = facts.range;
  if (!range.contains(value)) {
    if (range.has_low() && range.has_high()) {
      const auto width =
          static_cast<uint64_t>(range.high) - static_cast<uint64_t>(range.low);
      const uint64_t offset =
          random.chance(0.3)
              ? (random.chance(0.5) ? 0 : width)
              : (width == UINT64_MAX ? random.next() : random.below(width + 1));
      value = static_cast<int64_t>(static_cast<uint64_t>(range.low) + offset);
    } else {
      const int64_t end = range.has_low() ? range.low : range.high;
      const int64_t away = (value < 0 ? -value : value) % 1000;
      value = static_cast<int64_t>(detail::clamp_word(
          static_cast<__int128>(end) + (range.has_low() ? away : -away)));
    }
  }
  const Alignment& alignment = facts.alignment;
  if (alignment.modulus > 1) {
    const int64_t off =
        term::euclidean_mod(value - alignment.remainder, alignment.modulus);
    value -= off;
    if (value < range.low) value += alignment.modulus;
  }
  return value;
}

}  // namespace

struct Refuter::State {
  Tape tape;
  std::vector<Term> roots;
  std::vector<VariableFacts> facts;
};

Refuter::Refuter() : state_(std::make_unique<State>()) {}
Refuter::~Refuter() = default;
Refuter::Refuter(Refuter&&) noexcept = default;
Refuter& Refuter::operator=(Refuter&&) noexcept = default;

namespace {

// The reference says whether the model satisfies every assumption, and what
// the term is under it.
std::optional<bool> confirm(const Context& context, Term term,
                            const Facts& facts, const Model& model) {
  for (const auto& [variable, known] : facts.variables) {
    const auto value = model.find(variable);
    if (value == model.end()) continue;
    const auto word = value->second.to_int64();
    if (!word || !known.range.contains(*word) || !known.alignment.allows(*word))
      return std::nullopt;
  }
  for (const Term fact : facts.others) {
    const Result<Integer> holds = term::evaluate(context, fact, model);
    if (!holds || holds->sign() == 0) return std::nullopt;
  }
  const Result<Integer> value = term::evaluate(context, term, model);
  if (!value) return std::nullopt;
  return value->sign() != 0;
}

}  // namespace

Refutation Refuter::refute(const Context& context, Term term,
                           const Facts& facts, const RefuteOptions& options) {
  State& state = *state_;
  Refutation result;
  state.roots.assign(1, term);
  state.roots.insert(state.roots.end(), facts.others.begin(),
                     facts.others.end());
  if (!state.tape.compile(context, state.roots)) return result;
  Tape& tape = state.tape;
  const auto variables = tape.variables();
  state.facts.clear();
  for (const Term variable : variables)
    state.facts.push_back(facts.of(variable));

  // Values as large as the term bears within a word.
  int64_t magnitude = 0;
  for (const int64_t bound : {int64_t{1} << 40, int64_t{1} << 28,
                              int64_t{1} << 20, int64_t{1} << 12, int64_t{64}})
    if (tape.fits(bound)) {
      magnitude = bound;
      break;
    }
  const bool words = magnitude != 0;
  if (!words) magnitude = int64_t{1} << 20;

  Random random(options.seed);
  const auto take = [&](const Model& model) {
    const std::optional<bool> truth = confirm(context, term, facts, model);
    if (!truth) return;
    std::optional<Model>& place = *truth ? result.when_true : result.when_false;
    if (!place) place = model;
  };
  const auto model_of = [&](int lane) {
    Model model;
    for (size_t v = 0; v < variables.size(); ++v)
      model.emplace(variables[v], Integer(tape.input(v)[lane]));
    return model;
  };

  while (result.samples < options.samples && !result.contingent()) {
    std::array<bool, kLanes> usable;
    usable.fill(true);
    for (size_t v = 0; v < variables.size(); ++v) {
      Lanes& lanes = tape.input(v);
      if (context.sort(variables[v]) == Sort::Bool) {
        const uint64_t bits = random.next();
        for (int i = 0; i < kLanes; ++i) lanes[i] = bits >> i & 1;
        continue;
      }
      for (int i = 0; i < kLanes; ++i) {
        const auto draw = static_cast<Draw>((i + result.samples / kLanes) %
                                            static_cast<int>(Draw::kCount));
        int64_t value = draw_free(random, draw, tape.constants());
        value = std::clamp(value, -magnitude, magnitude);
        value = adjust(value, state.facts[v], random);
        if (value < -magnitude || value > magnitude ||
            !state.facts[v].range.contains(value))
          usable[i] = false;
        lanes[i] = value;
      }
    }
    result.samples += kLanes;
    if (!words) {
      for (int i = 0; i < kLanes && !result.contingent(); ++i)
        if (usable[i]) take(model_of(i));
      continue;
    }
    // Values out of bounds could overflow: the lane is run with zeros instead.
    for (int i = 0; i < kLanes; ++i)
      if (!usable[i])
        for (size_t v = 0; v < variables.size(); ++v) tape.input(v)[i] = 0;
    tape.run();
    const Lanes& truth = tape.output(0);
    for (int i = 0; i < kLanes; ++i) {
      bool valid = usable[i];
      for (size_t root = 1; root < state.roots.size(); ++root)
        valid &= tape.output(root)[i] != 0;
      if (!valid) continue;
      if (truth[i] != 0 ? !result.when_true : !result.when_false)
        take(model_of(i));
    }
  }
  result.samples = std::min(result.samples, options.samples);
  return result;
}

}  // namespace hone::rewrite
