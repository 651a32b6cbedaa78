// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A pipeline that stands still at each call site until it is told what to do
// there, so that an episode of many decisions costs one run and not one run a
// decision.
//
// LLVM's inliner calls its advisor and cannot be left in between; the pipeline
// therefore runs on a thread of its own, which waits whenever the owner does
// not, and the other way round: never do both run. An abandoned run ends at
// once, since its passes are told to do nothing.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "program/inline_decisions.h"

namespace hone::program {

class InlineRun {
 public:
  // The first call sites take `choices`.
  InlineRun(Module module, std::string pipeline, Relocation relocation,
            std::span<const InlineChoice> choices);
  ~InlineRun();
  InlineRun(const InlineRun&) = delete;
  InlineRun& operator=(const InlineRun&) = delete;

  // The call site at which it stands; nullptr at the end.
  const CallSite* site() const;
  // How many have been decided.
  size_t decided() const;
  // For site(); goes on to the next one.
  void decide(InlineChoice choice);
  // What the pipeline ended with.
  Status status() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hone::program
