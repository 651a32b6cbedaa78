// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random loop-tree schedules against the interpreter, in both lowerings:
//
//   schedules_bench [COUNT [SEED]]
//
// COUNT is 10,000 unless given. Every tree is interpreted, compiled by LLVM and
// printed as C that clang compiles, and each result is compared, bit for bit,
// with what the default tree computes. Ends with 1 where anything differs.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "toolkit/check_schedules.h"

int main(int count, char** arguments) {
  const int total = count > 1 ? std::atoi(arguments[1]) : 10'000;
  const uint64_t seed =
      count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
  constexpr int kPart = 500;
  hone::toolkit::ScheduleCheckReport sum;
  const auto start = std::chrono::steady_clock::now();
  for (int done = 0; done < total; done += kPart) {
    const auto report = hone::toolkit::check_schedules(
        {.count = std::min(kPart, total - done),
         .seed = seed + static_cast<uint64_t>(done)});
    if (!report.ok()) {
      fmt::print(stderr, "schedules_bench: {}\n", report.error().message);
      return 2;
    }
    sum.trees += report->trees;
    sum.not_lowered += report->not_lowered;
    sum.tried += report->tried;
    for (const auto& [step, times] : report->steps) sum.steps[step] += times;
    for (const std::string& failure : report->failures) {
      fmt::print("{}\n", failure);
      sum.failures.push_back(failure);
    }
    fmt::print(stderr, "{} of {}\n", done + kPart, total);
  }
  const std::chrono::duration<double> taken =
      std::chrono::steady_clock::now() - start;
  fmt::print("{} schedules, seeds from {}, {:.0f} s\n",
             sum.trees + sum.not_lowered, seed, taken.count());
  fmt::print("compared interpreted, by LLVM and as C: {}\n", sum.trees);
  fmt::print("compared interpreted only (copies in registers): {}\n",
             sum.not_lowered);
  fmt::print("steps tried: {}; legal:\n", sum.tried);
  for (const auto& [step, times] : sum.steps)
    fmt::print("  {:<12}{:>8}\n", step, times);
  fmt::print("that differ: {}\n", sum.failures.size());
  return sum.failures.empty() ? 0 : 1;
}
