// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The worker's side of environments: a process that holds live modules and
// takes steps on them in place. `hone-worker live` runs it.
//
// A frame (env/wire.h) is a verb and what it needs; the answer is u8 1 and what
// is given, or u8 0, the kind of the error (u8) and its message.
//
//   open   benchmark u32, bitcode text, mode text (JSON), task u8,
//          vocabulary text (env/vocabulary.h)             ->
//   reset  session u32, benchmark u32, observe     -> u8 is over, values
//   step   session u32, actions texts, observe     -> u8 Taken for each, and
//   where
//                                  refused text why; u8 is over, values
//   fork   session u32, new session u32                   ->
//   close  session u32                                    ->
//
// observe: u32 count, u8 Observation each; values in that order. An action that
// is refused costs itself alone.
//
// Whatever crashes or hangs here takes the process with it; env/live_link.h has
// what happens then.
#pragma once

#include <cstdint>

namespace hone::env {

enum class LiveVerb : unsigned char { Open, Reset, Step, Fork, Close };

// What became of an action; whether it changed the module.
enum class Taken : unsigned char { Same, Changed, Refused };

struct LiveLimits {
  // Of one request, a step or several. A hang that uses no CPU time ends after
  // ten times as long, by the other side's clock.
  double cpu_seconds = 60;
  double wall_seconds() const { return 10 * cpu_seconds; }
  uint64_t memory_bytes = uint64_t{8} << 30;  // address space of the worker
};

// Serves until `input` closes; returns the exit code. `stays_awake`: whether it
// looks for the next request before it sleeps (base/wakeful.h).
int serve_live(int input, int output, const LiveLimits& limits,
               bool stays_awake);

}  // namespace hone::env
