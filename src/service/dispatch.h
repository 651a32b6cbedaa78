// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What every call goes through, whatever wire it comes by: it is timed,
// counted, and its error gets the codes of the wire.
#pragma once

#include <string>
#include <string_view>

#include "service/metrics.h"
#include "service/service.h"

namespace hone::service {

// Nobody waits longer for a session that is busy, whatever the deadline.
inline constexpr double kLongestWait = 600;

Clock::time_point deadline_in(double seconds);

// Whether a secret is the right one, in a time that does not tell how much of
// it was right.
bool is_token(std::string_view given, std::string_view token);
// The same of the text of an authorization, "Bearer TOKEN" (RFC 6750; a
// scheme's letters may be small ones, RFC 9110, 11.1).
bool is_bearer(std::string_view given, std::string_view token);

template <typename Request, typename Reply>
Status dispatch(Service& service, Metrics& metrics, Method method, Call& call,
                const Request& request, Reply& reply) {
  const Clock::time_point begin = Clock::now();
  Status status = service.answer(call, request, reply);
  const std::chrono::duration<double> took = Clock::now() - begin;
  metrics.count(method,
                status.ok()       ? Metrics::Ended::Ok
                : call.is_refused ? Metrics::Ended::Refused
                                  : Metrics::Ended::Failed,
                took.count());
  return status;
}

}  // namespace hone::service
