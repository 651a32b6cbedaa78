// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs a pipeline in which somebody else decides what is inlined.
//
// LLVM asks an InlineAdvisor at each call site that its inliner comes to; ours
// asks a decider where there is a choice. The pipeline is otherwise what it
// was: the advice that the stock heuristic gives is computed first in any case
// and returned as it is where the decider agrees, so that a decider that always
// agrees gets exactly the stock result.
//
// No choice: calls to what must or must not be inlined (attributes), to the
// caller itself, to what cannot be inlined, and whatever comes after the
// decider has made a module grow by more than four times its size.
//
// The features of a call site are those of MLGO (Trofin et al., "MLGO: a
// machine learning guided compiler optimizations framework", 2021;
// llvm/Analysis/InlineModelFeatureMaps.h), in LLVM's order, and last what the
// stock heuristic says (1: inline).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "program/module.h"

namespace hone::program {

struct CallSite {
  std::string caller;
  std::string callee;
  bool stock = false;  // would be inlined
  std::vector<int64_t> features;
};

// LLVM's names: "sroa_savings", …, "inlining_default".
std::span<const std::string_view> call_site_feature_names();

enum class InlineChoice : unsigned char { Stock, Inline, Keep };

class InlineDecider {
 public:
  virtual ~InlineDecider() = default;
  virtual InlineChoice decide(const CallSite& site) = 0;
  // Whether call sites shall have features, which cost as much again as the
  // stock heuristic. They are computed aside: what LLVM does next is the same.
  virtual bool wants_features() const { return false; }
  // Nobody waits for the result any more: the passes need do nothing.
  virtual bool is_over() const { return false; }
};

// As PassRunner::run. For one thread at a time in each context of LLVM's.
Status run_with_decider(Module& module, std::string_view pipeline,
                        Relocation relocation, InlineDecider& decider);

// The same with decisions made beforehand: the first call site takes the first
// one; those that are left over take Stock.
Status run_with_choices(Module& module, std::string_view pipeline,
                        Relocation relocation,
                        std::span<const InlineChoice> choices);

}  // namespace hone::program
