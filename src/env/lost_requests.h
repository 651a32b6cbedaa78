// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is done about a request that its worker did not survive. The worker has
// been replaced by then (env/live_link.h).
#pragma once

#include "base/result.h"

namespace hone::env {

// How often a worker is asked again that strangers have killed.
inline constexpr int kStrangers = 5;

inline bool is_loss(const Error& error) {
  return error.kind == ErrorKind::Crashed ||
         error.kind == ErrorKind::LimitReached;
}

// What the verifier or the code generator refuses is no state of an episode.
inline bool is_no_state(const Error& error) {
  return is_loss(error) || error.kind == ErrorKind::Malformed ||
         error.kind == ErrorKind::Rejected;
}

// No request ends its worker by SIGKILL, which is a machine's that is short of
// memory, or somebody's hand. (Limits are told apart, see live_link.h.)
inline bool is_strangers(const Error& error) {
  return error.kind == ErrorKind::Crashed &&
         error.message.starts_with("signal 9");
}

template <typename Ask>
auto in_spite_of_strangers(const Ask& ask) {
  auto answer = ask();
  for (int i = 0; i < kStrangers && !answer.ok(); ++i) {
    if (!is_strangers(answer.error())) break;
    answer = ask();
  }
  return answer;
}

// What is lost otherwise may be the fault of a busy machine: the next worker is
// asked once more.
template <typename Ask>
auto with_second_chance(const Ask& ask) {
  auto answer = in_spite_of_strangers(ask);
  if (!answer.ok() && is_loss(answer.error())) return ask();
  return answer;
}

}  // namespace hone::env
