// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace hone::service {

namespace {

constexpr std::string_view kNames[] = {
#define HONE_METHOD(identifier, name, sentence) name,
#include "service/methods.def"
#undef HONE_METHOD
};

constexpr std::string_view kEndings[] = {"ok", "failed", "refused"};

std::string single(std::string_view name, std::string_view type,
                   std::string_view help, uint64_t value) {
  return fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n{0} {3}\n", name, type,
                     help, value);
}

}  // namespace

void Metrics::count(Method method, Ended ended, double seconds) {
  PerMethod& own = methods_[static_cast<size_t>(method)];
  ++own.ended[static_cast<size_t>(ended)];
  const auto* const bound =
      std::lower_bound(std::begin(kBounds), std::end(kBounds), seconds);
  ++own.buckets[bound - std::begin(kBounds)];
  own.nanoseconds += static_cast<uint64_t>(seconds * 1e9);
}

void Metrics::count_steps(uint64_t taken, uint64_t lost) {
  taken_ += taken;
  lost_ += lost;
}

std::string Metrics::text(const SessionTable& table) const {
  std::string text;
  text +=
      single("hone_sessions", "gauge", "Sessions that are open.", table.size());
  text += single("hone_sessions_limit", "gauge", "Sessions that may be open.",
                 table.limits().sessions);
  text += single("hone_sessions_expired_total", "counter",
                 "Sessions whose leases ran out.", table.expired());
  text += single("hone_resident_bytes", "gauge",
                 "Memory of the server and its workers.", resident_bytes());
  text += single("hone_actions_total", "counter", "Actions asked for.", taken_);
  text += single("hone_actions_lost_total", "counter",
                 "Actions that crashed, hung or were no actions.", lost_);
  text +=
      "# HELP hone_calls_total Calls that have ended.\n"
      "# TYPE hone_calls_total counter\n";
  for (size_t i = 0; i < kMethods; ++i)
    for (size_t ending = 0; ending < std::size(kEndings); ++ending)
      text += fmt::format("hone_calls_total{{method=\"{}\",ended=\"{}\"}} {}\n",
                          kNames[i], kEndings[ending],
                          methods_[i].ended[ending].load());
  text +=
      "# HELP hone_call_seconds How long calls took.\n"
      "# TYPE hone_call_seconds histogram\n";
  for (size_t i = 0; i < kMethods; ++i) {
    const PerMethod& own = methods_[i];
    uint64_t below = 0;
    for (size_t b = 0; b <= std::size(kBounds); ++b) {
      below += own.buckets[b];
      const std::string bound =
          b < std::size(kBounds) ? fmt::format("{}", kBounds[b]) : "+Inf";
      text += fmt::format(
          "hone_call_seconds_bucket{{method=\"{}\",le=\"{}\"}} {}\n", kNames[i],
          bound, below);
    }
    text += fmt::format(
        "hone_call_seconds_sum{{method=\"{0}\"}} {1:.9f}\n"
        "hone_call_seconds_count{{method=\"{0}\"}} {2}\n",
        kNames[i], static_cast<double>(own.nanoseconds) * 1e-9, below);
  }
  return text;
}

}  // namespace hone::service
