// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/dispatch.h"

#include <algorithm>
#include <cctype>

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

bool is_bearer(std::string_view given, std::string_view token) {
  constexpr std::string_view kScheme = "bearer ";
  const auto is_same = [](char letter, char wanted) {
    return std::tolower(static_cast<unsigned char>(letter)) == wanted;
  };
  return given.size() >= kScheme.size() &&
         std::ranges::equal(given.substr(0, kScheme.size()), kScheme,
                            is_same) &&
         is_token(given.substr(kScheme.size()), token);
}

}  // namespace hone::service
