// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a server counts, and its text for Prometheus (exposition format 0.0.4).
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "service/session_table.h"

namespace hone::service {

enum class Method {
#define HONE_METHOD(identifier, name, sentence) identifier,
#include "service/methods.def"
#undef HONE_METHOD
};

class Metrics {
 public:
  // A call that has ended; `ok` is false for every error but a full server,
  // which is counted as refused.
  enum class Ended { Ok, Failed, Refused };
  void count(Method method, Ended ended, double seconds);
  // Steps taken, and those of them that were lost.
  void count_steps(uint64_t taken, uint64_t lost);

  std::string text(const SessionTable& table) const;

  // Upper bounds of the histogram's buckets, in seconds.
  static constexpr double kBounds[] = {0.0001, 0.0005, 0.001, 0.005, 0.01,
                                       0.05,   0.1,    0.5,   1,     10};

 private:
  static constexpr size_t kMethods = [] {
    size_t count = 0;
#define HONE_METHOD(identifier, name, sentence) ++count;
#include "service/methods.def"
#undef HONE_METHOD
    return count;
  }();

  struct PerMethod {
    std::atomic<uint64_t> ended[3] = {};
    std::atomic<uint64_t> buckets[std::size(kBounds) + 1] = {};
    std::atomic<uint64_t> nanoseconds = 0;
  };
  PerMethod methods_[kMethods];
  std::atomic<uint64_t> taken_ = 0;
  std::atomic<uint64_t> lost_ = 0;
};

}  // namespace hone::service
