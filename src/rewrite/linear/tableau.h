// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Feasibility of bounds on linear forms over the rationals, with exact integer
// arithmetic: the general simplex of SMT solvers (Dutertre and de Moura, "A
// Fast Linear-Arithmetic Solver for DPLL(T)", CAV 2006).
//
// Variables are columns or rows. A row says d·x = Σ n_j·x_j with integers d > 0
// and n_j and the x_j columns; d is the row's own denominator, so that nothing
// is a fraction. A column stands at an integer (a bound, or 0), a row's value
// is its numerator over d. check() pivots by Bland's rule until every row lies
// within its bounds, or a row shows a conflict: a sum of bounds that cannot be.
//
// Example: s = x - 4y with 0 <= s <= 3, y >= 1 and x <= 3: the row of s, solved
// for y, is 4y = x - s, at most 3 - 0, and 4y >= 4: the conflict is
// (x <= 3) + (s >= 0) + 4(y >= 1).
//
// Problems are tiny (2 to 30 variables): a dense matrix that keeps its memory
// from one problem to the next. Rows are never removed before clear(); bounds
// are, by marks.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rewrite/linear/number.h"

namespace hone::rewrite::linear {

struct Summand {
  int32_t variable;
  int64_t coefficient;
};

class Tableau {
 public:
  enum class Status { Feasible, Conflict, Overflow, Steps };

  // Part of a conflict: a bound's reason and its positive multiplier.
  struct Blame {
    int32_t reason;
    int64_t multiplier;
  };

  // Part of a cut: a bound that the solution touches.
  struct Touched {
    int32_t variable;
    bool is_low;
    int64_t multiplier;
  };

  // A fixed variable of a row without integer solutions.
  struct Fixed {
    int32_t low_reason;
    int32_t high_reason;
    int64_t coefficient;
  };

  void clear();

  // A free variable at 0.
  int32_t add_variable();
  // A variable that equals the sum; -1 where the arithmetic overflows.
  int32_t add_row(std::span<const Summand> sum);

  // Tightens a bound; the reason is the caller's name for it. Conflict where
  // the bounds of the one variable contradict each other.
  Status assert_low(int32_t variable, int64_t bound, int32_t reason);
  Status assert_high(int32_t variable, int64_t bound, int32_t reason);

  // Spends at most `steps` pivots, counted down.
  Status check(int64_t& steps);

  // After Feasible: finds a row whose unfixed part is a multiple of some g and
  // whose fixed part is not; false where there is none.
  bool find_gcd_conflict();

  // After Feasible, for a variable that is no integer: bounds whose sum, with
  // these multipliers, has integer coefficients that share a divisor that the
  // constant lacks. Rounded, it excludes the solution (Gomory's fractional cut,
  // 1958). False where a variable that matters touches no bound.
  bool find_cut(int32_t variable, std::vector<Touched>& cut) const;

  size_t mark() const { return trail_.size(); }
  void undo(size_t mark);

  // After Conflict.
  std::span<const Blame> conflict() const { return conflict_; }
  // After find_gcd_conflict().
  std::span<const Fixed> gcd_conflict() const { return gcd_conflict_; }

  // After Feasible.
  bool is_integer(int32_t variable) const;
  int64_t floor_value(int32_t variable) const;
  // Whether the variable stands exactly there.
  bool is_at(int32_t variable, int64_t value) const;

  int32_t variables() const { return static_cast<int32_t>(places_.size()); }
  const Interval& bounds(int32_t variable) const { return bounds_[variable]; }
  int32_t low_reason(int32_t variable) const { return reasons_[variable].low; }
  int32_t high_reason(int32_t variable) const {
    return reasons_[variable].high;
  }

 private:
  struct Reasons {
    int32_t low = -1;
    int32_t high = -1;
  };
  struct Undo {
    int32_t variable;
    bool is_low;
    int64_t bound;
    int32_t reason;
  };
  struct Row {
    int32_t variable;
    int64_t denominator;
    int64_t numerator;  // the value times the denominator
  };

  int64_t* cells(size_t row) { return matrix_.data() + row * stride_; }
  const int64_t* cells(size_t row) const {
    return matrix_.data() + row * stride_;
  }
  void widen();
  bool store_row(size_t row, __int128 denominator);
  bool evaluate(size_t row);
  bool move_column(int32_t column, int64_t value);
  bool pivot(size_t row, int32_t column);
  void explain(size_t row, bool below);
  Status fail(int32_t a, int32_t b);

  // Where a variable is: column c as c, row r as -1 - r.
  std::vector<int32_t> places_;
  std::vector<Interval> bounds_;
  std::vector<Reasons> reasons_;
  std::vector<int64_t> values_;   // of columns
  std::vector<int32_t> columns_;  // their variables
  std::vector<Row> rows_;
  std::vector<int64_t> matrix_;
  std::vector<__int128> wide_;  // one row while it is computed
  size_t stride_ = 16;
  std::vector<Undo> trail_;
  std::vector<Blame> conflict_;
  std::vector<Fixed> gcd_conflict_;
};

}  // namespace hone::rewrite::linear
