// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The log of a greedy pass in terms: rule, and what stands for its names.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rewrite/greedy/emit.h"
#include "rewrite/greedy/log.h"
#include "rewrite/rules/rule.h"
#include "term/context.h"

namespace hone::rewrite {

// Names that a row does not have are not there.
struct Application {
  Rule rule;
  std::vector<std::pair<std::string, term::Term>> bindings;
};

// In the order in which they were used; what one rests on comes before it.
using Trace = std::vector<Application>;

Trace trace_of(const Log& log, Emitter& emitter, Normalizer& normalizer,
               term::Context& context);

// One application a line, terms in the prefix form: see
// docs/design/prover/proofs.md.
std::string print(const term::Context& context, const Trace& trace);

}  // namespace hone::rewrite
