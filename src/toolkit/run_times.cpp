// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/run_times.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.h"
#include "base/text.h"

namespace hone::toolkit {

namespace {

constexpr int kResamples = 1000;

double median(std::vector<double> values) {
  const auto middle =
      values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double ratio_of(const std::vector<double>& stock,
                const std::vector<double>& ours) {
  const double base = median(stock);
  return base > 0 ? median(ours) / base : 1;
}

RunTimes summarise(const std::vector<double>& stock,
                   const std::vector<double>& ours) {
  RunTimes times{.stock_seconds = median(stock),
                 .candidate_seconds = median(ours),
                 .ratio = ratio_of(stock, ours)};
  Random random(1);
  std::vector<double> ratios;
  for (int resample = 0; resample < kResamples; ++resample) {
    std::vector<double> drawn_stock, drawn_ours;
    for (size_t i = 0; i < stock.size(); ++i) {
      const size_t pair = random.below(stock.size());
      drawn_stock.push_back(stock[pair]);
      drawn_ours.push_back(ours[pair]);
    }
    ratios.push_back(ratio_of(drawn_stock, drawn_ours));
  }
  std::sort(ratios.begin(), ratios.end());
  times.low = ratios[kResamples * 25 / 1000];
  times.high = ratios[kResamples * 975 / 1000];
  times.distinguishable = times.low > 1 || times.high < 1;
  return times;
}

}  // namespace

Result<TimedRuns> time_in_turn(const verify::CommandCheck& command,
                               const verify::Subject& stock,
                               const verify::Subject& candidate, int runs) {
  TimedRuns result;
  std::vector<double> stock_seconds, our_seconds;
  for (int run = 0; run < runs; ++run) {
    HONE_ASSIGN_OR_RETURN(const verify::CommandOutcome base,
                          verify::run_command_check(command, stock));
    if (!base.passed())
      return Error(
          ErrorKind::InvalidArgument,
          fmt::format("the run command fails on the stock build "
                      "({}): {}",
                      base.description, trim(base.err.substr(0, 500))));
    HONE_ASSIGN_OR_RETURN(const verify::CommandOutcome ours,
                          verify::run_command_check(command, candidate));
    result.differs = verify::compare_outcomes(base, ours);
    if (result.differs) return result;
    stock_seconds.push_back(base.cpu_seconds);
    our_seconds.push_back(ours.cpu_seconds);
  }
  result.times = summarise(stock_seconds, our_seconds);
  return result;
}

}  // namespace hone::toolkit
