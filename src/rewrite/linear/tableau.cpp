// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/linear/tableau.h"

#include <algorithm>
#include <cstring>

namespace hone::rewrite::linear {

namespace {

bool fits(__int128 value) { return value < kLargest && value > -kLargest; }

__int128 wide_gcd(__int128 a, __int128 b) {
  if (a < 0) a = -a;
  if (b < 0) b = -b;
  while (b != 0) {
    const __int128 r = a % b;
    a = b;
    b = r;
  }
  return a;
}

}  // namespace

void Tableau::clear() {
  places_.clear();
  bounds_.clear();
  reasons_.clear();
  values_.clear();
  columns_.clear();
  rows_.clear();
  matrix_.clear();
  trail_.clear();
}

void Tableau::widen() {
  const size_t wider = stride_ * 2;
  std::vector<int64_t> matrix(rows_.size() * wider);
  for (size_t row = 0; row < rows_.size(); ++row)
    std::copy_n(cells(row), stride_, matrix.data() + row * wider);
  matrix_ = std::move(matrix);
  stride_ = wider;
}

int32_t Tableau::add_variable() {
  const int32_t variable = variables();
  if (columns_.size() == stride_) widen();
  // Cells behind the last column are 0.
  places_.push_back(static_cast<int32_t>(columns_.size()));
  columns_.push_back(variable);
  values_.push_back(0);
  bounds_.emplace_back();
  reasons_.emplace_back();
  return variable;
}

// Divides wide_ and the denominator by what they share and stores them.
bool Tableau::store_row(size_t row, __int128 denominator) {
  const size_t width = columns_.size();
  bool narrow = fits(denominator);
  for (size_t k = 0; k < width && narrow; ++k) narrow = fits(wide_[k]);
  __int128 divisor = denominator;
  if (narrow) {
    int64_t shared = static_cast<int64_t>(denominator);
    for (size_t k = 0; k < width && shared != 1; ++k)
      if (wide_[k] != 0) shared = gcd(shared, static_cast<int64_t>(wide_[k]));
    divisor = shared;
  } else {
    for (size_t k = 0; k < width && divisor != 1; ++k)
      if (wide_[k] != 0) divisor = wide_gcd(divisor, wide_[k]);
  }
  int64_t* target = cells(row);
  if (divisor != 1) {
    denominator /= divisor;
    for (size_t k = 0; k < width; ++k) wide_[k] /= divisor;
  }
  if (!narrow) {
    if (!fits(denominator)) return false;
    for (size_t k = 0; k < width; ++k)
      if (!fits(wide_[k])) return false;
  }
  for (size_t k = 0; k < width; ++k) target[k] = static_cast<int64_t>(wide_[k]);
  rows_[row].denominator = static_cast<int64_t>(denominator);
  return evaluate(row);
}

bool Tableau::evaluate(size_t row) {
  const int64_t* coefficients = cells(row);
  __int128 sum = 0;
  for (size_t k = 0; k < columns_.size(); ++k)
    sum += static_cast<__int128>(coefficients[k]) * values_[k];
  if (!fits(sum)) return false;
  rows_[row].numerator = static_cast<int64_t>(sum);
  return true;
}

int32_t Tableau::add_row(std::span<const Summand> sum) {
  const size_t width = columns_.size();
  // The common denominator of the rows that the sum names.
  __int128 denominator = 1;
  for (const Summand& s : sum) {
    const int32_t place = places_[s.variable];
    if (place >= 0) continue;
    const int64_t d = rows_[-1 - place].denominator;
    denominator = denominator / wide_gcd(denominator, d) * d;
    if (!fits(denominator)) return -1;
  }
  wide_.assign(std::max(width, stride_), 0);
  for (const Summand& s : sum) {
    const int32_t place = places_[s.variable];
    if (place >= 0) {
      wide_[place] += denominator * s.coefficient;
      continue;
    }
    const Row& row = rows_[-1 - place];
    const __int128 factor =
        denominator / row.denominator * static_cast<__int128>(s.coefficient);
    if (!fits(factor)) return -1;
    const int64_t* coefficients = cells(-1 - place);
    for (size_t k = 0; k < width; ++k) wide_[k] += factor * coefficients[k];
  }
  const int32_t variable = variables();
  rows_.push_back({.variable = variable, .denominator = 1, .numerator = 0});
  matrix_.resize(rows_.size() * stride_);
  if (!store_row(rows_.size() - 1, denominator)) {
    rows_.pop_back();
    matrix_.resize(rows_.size() * stride_);
    return -1;
  }
  places_.push_back(-static_cast<int32_t>(rows_.size()));
  bounds_.emplace_back();
  reasons_.emplace_back();
  return variable;
}

Tableau::Status Tableau::fail(int32_t a, int32_t b) {
  conflict_.assign({{a, 1}, {b, 1}});
  return Status::Conflict;
}

bool Tableau::move_column(int32_t column, int64_t value) {
  const __int128 delta = static_cast<__int128>(value) - values_[column];
  values_[column] = value;
  for (size_t row = 0; row < rows_.size(); ++row) {
    const int64_t coefficient = cells(row)[column];
    if (coefficient == 0) continue;
    const __int128 numerator = rows_[row].numerator + delta * coefficient;
    if (!fits(numerator)) return false;
    rows_[row].numerator = static_cast<int64_t>(numerator);
  }
  return true;
}

Tableau::Status Tableau::assert_low(int32_t variable, int64_t bound,
                                    int32_t reason) {
  if (!fits(bound)) return Status::Overflow;
  Interval& bounds = bounds_[variable];
  if (bound <= bounds.low) return Status::Feasible;
  if (bound > bounds.high) return fail(reason, reasons_[variable].high);
  trail_.push_back({variable, true, bounds.low, reasons_[variable].low});
  bounds.low = bound;
  reasons_[variable].low = reason;
  const int32_t place = places_[variable];
  if (place >= 0 && values_[place] < bound && !move_column(place, bound))
    return Status::Overflow;
  return Status::Feasible;
}

Tableau::Status Tableau::assert_high(int32_t variable, int64_t bound,
                                     int32_t reason) {
  if (!fits(bound)) return Status::Overflow;
  Interval& bounds = bounds_[variable];
  if (bound >= bounds.high) return Status::Feasible;
  if (bound < bounds.low) return fail(reasons_[variable].low, reason);
  trail_.push_back({variable, false, bounds.high, reasons_[variable].high});
  bounds.high = bound;
  reasons_[variable].high = reason;
  const int32_t place = places_[variable];
  if (place >= 0 && values_[place] > bound && !move_column(place, bound))
    return Status::Overflow;
  return Status::Feasible;
}

void Tableau::undo(size_t mark) {
  while (trail_.size() > mark) {
    const Undo& entry = trail_.back();
    if (entry.is_low) {
      bounds_[entry.variable].low = entry.bound;
      reasons_[entry.variable].low = entry.reason;
    } else {
      bounds_[entry.variable].high = entry.bound;
      reasons_[entry.variable].high = entry.reason;
    }
    trail_.pop_back();
  }
}

// Exchanges the row's variable with the column's.
bool Tableau::pivot(size_t row, int32_t column) {
  int64_t* solved = cells(row);
  const size_t width = columns_.size();
  const int64_t head = solved[column];
  const int64_t sign = head < 0 ? -1 : 1;
  // d·x = Σ n_k·x_k solved for x_c: |n_c|·x_c = ±(d·x - Σ_{k≠c} n_k·x_k).
  for (size_t k = 0; k < width; ++k) solved[k] *= -sign;
  solved[column] = sign * rows_[row].denominator;
  const int64_t denominator = sign * head;
  rows_[row].denominator = denominator;
  const int32_t leaves = rows_[row].variable;
  const int32_t enters = columns_[column];
  rows_[row].variable = enters;
  columns_[column] = leaves;
  places_[leaves] = column;
  places_[enters] = -1 - static_cast<int32_t>(row);
  for (size_t other = 0; other < rows_.size(); ++other) {
    if (other == row) continue;
    const int64_t* target = cells(other);
    const int64_t factor = target[column];
    if (factor == 0) continue;
    if (wide_.size() < width) wide_.resize(stride_);
    for (size_t k = 0; k < width; ++k)
      wide_[k] = static_cast<__int128>(target[k]) * denominator +
                 static_cast<__int128>(factor) * solved[k];
    wide_[column] = static_cast<__int128>(factor) * solved[column];
    if (!store_row(other, static_cast<__int128>(rows_[other].denominator) *
                              denominator))
      return false;
  }
  return evaluate(row);
}

void Tableau::explain(size_t row, bool below) {
  conflict_.clear();
  const Row& r = rows_[row];
  const Reasons& own = reasons_[r.variable];
  conflict_.push_back({below ? own.low : own.high, r.denominator});
  const int64_t* coefficients = cells(row);
  for (size_t k = 0; k < columns_.size(); ++k) {
    const int64_t n = coefficients[k];
    if (n == 0) continue;
    const Reasons& reasons = reasons_[columns_[k]];
    conflict_.push_back(
        {(n > 0) == below ? reasons.high : reasons.low, magnitude(n)});
  }
}

Tableau::Status Tableau::check(int64_t& steps) {
  for (;;) {
    // Bland's rule: the violated row whose variable comes first.
    size_t row = rows_.size();
    int32_t least = variables();
    bool below = false;
    for (size_t r = 0; r < rows_.size(); ++r) {
      const Row& candidate = rows_[r];
      if (candidate.variable >= least) continue;
      const Interval& bounds = bounds_[candidate.variable];
      const __int128 d = candidate.denominator;
      if (bounds.low != kMinusInfinity &&
          candidate.numerator < d * bounds.low) {
        below = true;
      } else if (bounds.high != kPlusInfinity &&
                 candidate.numerator > d * bounds.high) {
        below = false;
      } else {
        continue;
      }
      row = r;
      least = candidate.variable;
    }
    if (row == rows_.size()) return Status::Feasible;
    // And the column that comes first among those that can move it back.
    int32_t column = -1;
    int32_t first = variables();
    const int64_t* coefficients = cells(row);
    for (size_t k = 0; k < columns_.size(); ++k) {
      const int64_t n = coefficients[k];
      if (n == 0 || columns_[k] >= first) continue;
      const Interval& bounds = bounds_[columns_[k]];
      if ((n > 0) == below ? values_[k] < bounds.high
                           : values_[k] > bounds.low) {
        column = static_cast<int32_t>(k);
        first = columns_[k];
      }
    }
    if (column < 0) {
      explain(row, below);
      return Status::Conflict;
    }
    if (--steps < 0) return Status::Steps;
    const Interval& bounds = bounds_[rows_[row].variable];
    const int64_t target = below ? bounds.low : bounds.high;
    // The leaving variable stands at its bound; rows are evaluated with it.
    values_[column] = target;
    if (!pivot(row, column)) return Status::Overflow;
  }
}

bool Tableau::find_gcd_conflict() {
  for (size_t row = 0; row < rows_.size(); ++row) {
    const Row& r = rows_[row];
    // 0 = -d·x + Σ n_j·x_j
    __int128 constant = 0;
    int64_t shared = 0;
    const int64_t* coefficients = cells(row);
    const auto weigh = [&](int32_t variable, int64_t coefficient) {
      if (bounds_[variable].is_point())
        constant += static_cast<__int128>(coefficient) * bounds_[variable].low;
      else
        shared = gcd(shared, coefficient);
    };
    weigh(r.variable, -r.denominator);
    for (size_t k = 0; k < columns_.size() && shared != 1; ++k)
      if (coefficients[k] != 0) weigh(columns_[k], coefficients[k]);
    if (shared == 1 || shared == 0 || constant % shared == 0) continue;
    gcd_conflict_.clear();
    const auto blame = [&](int32_t variable, int64_t coefficient) {
      if (coefficient != 0 && bounds_[variable].is_point())
        gcd_conflict_.push_back(
            {low_reason(variable), high_reason(variable), coefficient});
    };
    blame(r.variable, -r.denominator);
    for (size_t k = 0; k < columns_.size(); ++k)
      blame(columns_[k], coefficients[k]);
    return true;
  }
  return false;
}

bool Tableau::find_cut(int32_t variable, std::vector<Touched>& cut) const {
  cut.clear();
  const size_t row = -1 - places_[variable];
  const int64_t d = rows_[row].denominator;
  const int64_t* coefficients = cells(row);
  for (size_t k = 0; k < columns_.size(); ++k) {
    const int64_t rest = coefficients[k] - floor_div(coefficients[k], d) * d;
    if (rest == 0) continue;
    const Interval& bounds = bounds_[columns_[k]];
    // x = low + y or x = high - y with y >= 0; the multiplier of y is the
    // fraction of its coefficient.
    if (values_[k] == bounds.low)
      cut.push_back({columns_[k], true, rest});
    else if (values_[k] == bounds.high)
      cut.push_back({columns_[k], false, d - rest});
    else
      return false;
  }
  return !cut.empty();
}

bool Tableau::is_integer(int32_t variable) const {
  const int32_t place = places_[variable];
  if (place >= 0) return true;
  const Row& row = rows_[-1 - place];
  return row.numerator % row.denominator == 0;
}

int64_t Tableau::floor_value(int32_t variable) const {
  const int32_t place = places_[variable];
  if (place >= 0) return values_[place];
  const Row& row = rows_[-1 - place];
  return floor_div(row.numerator, row.denominator);
}

bool Tableau::is_at(int32_t variable, int64_t value) const {
  const int32_t place = places_[variable];
  if (place >= 0) return values_[place] == value;
  const Row& row = rows_[-1 - place];
  return row.numerator == static_cast<__int128>(value) * row.denominator;
}

}  // namespace hone::rewrite::linear
