// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which rules the greedy pass used, and on what.
//
// A step is a row of the tables with something put in for each of its names:
// Ints x, y, z, numbers c0 … c3, Bools p, q, r, each in this order. What an Int
// stands for is copied, not interned: the log must not change the ids that the
// pass goes by, or results would differ with logging on.
#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <vector>

#include "rewrite/greedy/store.h"
#include "rewrite/rules/rule.h"

namespace hone::rewrite {

class Log {
 public:
  using Int = uint32_t;  // an Int of a step
  enum class Kind : uint8_t { Poly, Minimum, Maximum };

  struct Step {
    Rule rule;
    std::array<Int, 3> ints = {};
    std::array<int64_t, 4> numbers = {};
    std::array<FactId, 3> facts = {kTrue, kTrue, kTrue};
  };

  Int of(const Poly& poly) {
    ints_.push_back({poly.constant(), static_cast<uint32_t>(monos_.size()),
                     poly.count(), Kind::Poly});
    monos_.insert(monos_.end(), poly.monos().begin(), poly.monos().end());
    return static_cast<Int>(ints_.size() - 1);
  }
  Int of(const Store& store, FormId form) {
    const auto monos = store.monos(form);
    ints_.push_back({store[form].constant, static_cast<uint32_t>(monos_.size()),
                     static_cast<uint32_t>(monos.size()), Kind::Poly});
    monos_.insert(monos_.end(), monos.begin(), monos.end());
    return static_cast<Int>(ints_.size() - 1);
  }
  // The minimum of these, or the maximum; one alone is itself.
  Int minimum(std::span<const Int> of) { return extremum(of, Kind::Minimum); }
  Int maximum(std::span<const Int> of) { return extremum(of, Kind::Maximum); }

  void add(const Step& step) { steps_.push_back(step); }
  // What was added since may be taken back: it led nowhere.
  size_t mark() const { return steps_.size(); }
  void back_to(size_t mark) { steps_.resize(mark); }
  void clear() {
    steps_.clear();
    ints_.clear();
    monos_.clear();
    members_.clear();
  }

  std::span<const Step> steps() const { return steps_; }
  Kind kind(Int i) const { return ints_[i].kind; }
  std::span<const Int> members(Int i) const {
    return {members_.data() + ints_[i].begin, ints_[i].count};
  }
  Poly poly(Int i) const {
    Poly out;
    out.add_scaled(1, ints_[i].constant,
                   {monos_.data() + ints_[i].begin, ints_[i].count});
    return out;
  }

 private:
  struct Place {
    int64_t constant;
    uint32_t begin, count;  // of monos_, or of members_
    Kind kind;
  };
  Int extremum(std::span<const Int> of, Kind kind) {
    if (of.size() == 1) return of[0];
    ints_.push_back({0, static_cast<uint32_t>(members_.size()),
                     static_cast<uint32_t>(of.size()), kind});
    members_.insert(members_.end(), of.begin(), of.end());
    return static_cast<Int>(ints_.size() - 1);
  }

  std::vector<Step> steps_;
  std::vector<Place> ints_;
  std::vector<Mono> monos_;
  std::vector<Int> members_;
};

}  // namespace hone::rewrite
