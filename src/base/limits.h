// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an engine may spend, and why it stopped.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace hone {

struct Limits {
  // Evaluations: one is a whole-module run of the code generator.
  int64_t compiles = std::numeric_limits<int64_t>::max();
  // Wall-clock seconds. Results repeat only where another limit ended the run.
  double seconds = std::numeric_limits<double>::infinity();
};

enum class StopReason { Finished, Budget, Time, Interrupted };

constexpr std::string_view stop_reason_name(StopReason reason) {
  switch (reason) {
    case StopReason::Finished:
      return "finished";
    case StopReason::Budget:
      return "budget";
    case StopReason::Time:
      return "time";
    case StopReason::Interrupted:
      return "interrupted";
  }
  return "";
}

}  // namespace hone
