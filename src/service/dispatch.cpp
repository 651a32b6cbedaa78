// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/dispatch.h"

#include <algorithm>

namespace hone::service {

Clock::time_point deadline_in(double seconds) {
  const double bounded = std::clamp(seconds, 0.0, kLongestWait);
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(
                            std::chrono::duration<double>(bounded));
}

bool is_token(std::string_view given, std::string_view token) {
  if (token.empty()) return false;
  unsigned difference = given.size() == token.size() ? 0 : 1;
  for (size_t i = 0; i < given.size(); ++i)
    difference |= static_cast<unsigned char>(given[i]) ^
                  static_cast<unsigned char>(token[i % token.size()]);
  return difference == 0;
}

}  // namespace hone::service
