// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/refute/tape.h"

#include <algorithm>
#include <cmath>

namespace hone::rewrite {

using term::Context;
using term::Op;
using term::Sort;
using term::Term;

namespace {

// The loops are written so that they compile to vector code.
template <typename F>
void each(const Lanes& a, const Lanes& b, Lanes& out, F f) {
  for (int i = 0; i < kLanes; ++i) out[i] = f(a[i], b[i]);
}

void divide(const Lanes& a, const Lanes& b, Lanes& quotient, Lanes& remainder) {
  for (int i = 0; i < kLanes; ++i) {
    const int64_t d = b[i];
    const int64_t magnitude = d < 0 ? -d : d;
    int64_t q = 0, r = 0;
    if (d != 0) {
      q = a[i] / magnitude;
      r = a[i] - q * magnitude;
      if (r < 0) {
        r += magnitude;
        --q;
      }
      if (d < 0) q = -q;
    }
    quotient[i] = q;
    remainder[i] = r;
  }
}

}  // namespace

bool Tape::compile(const Context& context, std::span<const Term> roots) {
  for (const uint32_t id : met_) slots_[id] = UINT32_MAX;
  met_.clear();
  if (slots_.size() < context.size()) slots_.resize(context.size(), UINT32_MAX);
  steps_.clear();
  words_.clear();
  variables_.clear();
  inputs_.clear();
  outputs_.clear();
  constants_.clear();
  for (const Term root : roots) {
    open_.push_back(root);
    while (!open_.empty()) {
      const Term top = open_.back();
      if (slots_[top.id] != UINT32_MAX) {
        open_.pop_back();
        continue;
      }
      const size_t before = open_.size();
      for (const Term arg : context.args(top))
        if (slots_[arg.id] == UINT32_MAX) open_.push_back(arg);
      if (open_.size() != before) continue;
      open_.pop_back();
      const auto slot = static_cast<uint32_t>(steps_.size());
      slots_[top.id] = slot;
      met_.push_back(top.id);
      Step step{.op = context.op(top)};
      const auto args = context.args(top);
      if (!args.empty()) step.a = slots_[args[0].id];
      if (args.size() > 1) step.b = slots_[args[1].id];
      if (args.size() > 2) step.c = slots_[args[2].id];
      int64_t word = 0;
      if (step.op == Op::Constant) {
        if (!context.is_word(top)) {
          open_.clear();
          return false;
        }
        word = context.word(top);
        if (context.sort(top) == Sort::Int) constants_.push_back(word);
      } else if (step.op == Op::Variable) {
        variables_.push_back(top);
        inputs_.push_back(slot);
      }
      steps_.push_back(step);
      words_.push_back(word);
    }
    outputs_.push_back(slots_[root.id]);
  }
  if (values_.size() < steps_.size()) values_.resize(steps_.size());
  for (size_t slot = 0; slot < steps_.size(); ++slot)
    if (steps_[slot].op == Op::Constant) values_[slot].fill(words_[slot]);
  return true;
}

bool Tape::fits(int64_t magnitude) const {
  magnitudes_.resize(steps_.size());
  double largest = 0;
  for (size_t slot = 0; slot < steps_.size(); ++slot) {
    const Step& step = steps_[slot];
    const double a = magnitudes_[step.a];
    const double b = magnitudes_[step.b];
    double& mine = magnitudes_[slot];
    switch (step.op) {
      case Op::Constant:
        mine = std::abs(static_cast<double>(words_[slot]));
        break;
      case Op::Variable:
        mine = static_cast<double>(magnitude);
        break;
      case Op::Add:
      case Op::Sub:
        mine = a + b;
        break;
      case Op::Mul:
        mine = a * b;
        break;
      case Op::Div:
        mine = a + 1;
        break;
      case Op::Mod:
        mine = b;
        break;
      case Op::Min:
      case Op::Max:
        mine = std::max(a, b);
        break;
      case Op::Select:
        mine = std::max(b, magnitudes_[step.c]);
        break;
      default:
        mine = 1;
    }
    largest = std::max(largest, mine);
  }
  return largest < 0x1p61;
}

void Tape::run() {
  Lanes unused;
  for (size_t slot = 0; slot < steps_.size(); ++slot) {
    const Step& step = steps_[slot];
    const Lanes& a = values_[step.a];
    const Lanes& b = values_[step.b];
    Lanes& out = values_[slot];
    switch (step.op) {
      case Op::Constant:
      case Op::Variable:
      case Op::Let:
        break;
      case Op::Add:
        each(a, b, out, [](int64_t x, int64_t y) { return x + y; });
        break;
      case Op::Sub:
        each(a, b, out, [](int64_t x, int64_t y) { return x - y; });
        break;
      case Op::Mul:
        each(a, b, out, [](int64_t x, int64_t y) { return x * y; });
        break;
      case Op::Div:
        divide(a, b, out, unused);
        break;
      case Op::Mod:
        divide(a, b, unused, out);
        break;
      case Op::Min:
        each(a, b, out, [](int64_t x, int64_t y) { return x < y ? x : y; });
        break;
      case Op::Max:
        each(a, b, out, [](int64_t x, int64_t y) { return x > y ? x : y; });
        break;
      case Op::Lt:
        each(a, b, out, [](int64_t x, int64_t y) -> int64_t { return x < y; });
        break;
      case Op::Le:
        each(a, b, out, [](int64_t x, int64_t y) -> int64_t { return x <= y; });
        break;
      case Op::Gt:
        each(a, b, out, [](int64_t x, int64_t y) -> int64_t { return x > y; });
        break;
      case Op::Ge:
        each(a, b, out, [](int64_t x, int64_t y) -> int64_t { return x >= y; });
        break;
      case Op::Eq:
        each(a, b, out, [](int64_t x, int64_t y) -> int64_t { return x == y; });
        break;
      case Op::Ne:
        each(a, b, out, [](int64_t x, int64_t y) -> int64_t { return x != y; });
        break;
      case Op::And:
        each(a, b, out, [](int64_t x, int64_t y) { return x & y; });
        break;
      case Op::Or:
        each(a, b, out, [](int64_t x, int64_t y) { return x | y; });
        break;
      case Op::Not:
        each(a, a, out, [](int64_t x, int64_t) { return x ^ 1; });
        break;
      case Op::Select: {
        const Lanes& c = values_[step.c];
        for (int i = 0; i < kLanes; ++i) out[i] = a[i] != 0 ? b[i] : c[i];
        break;
      }
    }
  }
}

}  // namespace hone::rewrite
