// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known about one function of a candidate object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hone::verify {

enum class Evidence {
  Proved,     // equal for all inputs
  Tested,     // called itself, equal on all counted inputs
  TestedVia,  // executed by calls of another function, equal on all of them
  Unchecked,
};

constexpr std::string_view evidence_name(Evidence evidence) {
  switch (evidence) {
    case Evidence::Proved:
      return "proved";
    case Evidence::Tested:
      return "tested";
    case Evidence::TestedVia:
      return "tested via";
    case Evidence::Unchecked:
      return "unchecked";
  }
  return "";
}

struct FunctionVerdict {
  std::string name;
  // In the stock object: its code and its entry in the unwind table.
  uint64_t bytes = 0;
  Evidence evidence = Evidence::Unchecked;
  // Counted inputs: defined, and agreed on by reference and stock.
  int inputs = 0;
  // Basic blocks of the unoptimised function, and how many of them the counted
  // inputs of all functions ran.
  int blocks = 0;
  int blocks_run = 0;
  // The function whose calls reached it; where TestedVia.
  std::string via = {};
  // Why there is no better evidence; where Unchecked.
  std::string reason = {};
};

}  // namespace hone::verify
