// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/pass_manners.h"

#include <algorithm>

#include "program/pass_table.h"
#include "program/pipeline.h"

namespace hone::program {

namespace {

// Passes that have been seen to say that they changed nothing when they had;
// bench/step/twins_bench finds them.
constexpr std::string_view kSilent[] = {
    "argpromotion",    "called-value-propagation",
    "deadargelim",     "indvars",
    "infer-alignment", "instcombine",
    "ipsccp",          "sccp"};

// Passes that list the predecessors of phi nodes in an order of addresses: they
// walk a table of a loop's exits to fold them.
constexpr std::string_view kOrdersPhis[] = {"loop-unroll", "loop-unroll-full"};

template <size_t kSize>
bool has(const std::string_view (&names)[kSize], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

size_t add_manners(const Pipeline& pipeline, Manners& manners) {
  size_t passes = 0;
  for (const PipelineNode& node : pipeline) {
    passes += add_manners(node.children, manners);
    if (node.is_adaptor) continue;
    ++passes;
    const PassInfo* const pass = find_pass(node.name);
    const bool is_known = pass != nullptr && pass->tier == Tier::Stable;
    manners.is_honest &= is_known && !has(kSilent, node.name);
    manners.orders_phis |= has(kOrdersPhis, node.name);
  }
  return passes;
}

}  // namespace

Manners manners_of(std::string_view pipeline) {
  const Result<Pipeline> parsed = parse_pipeline(pipeline);
  if (!parsed.ok()) return {.is_honest = false};
  Manners manners;
  const bool is_single = add_manners(*parsed, manners) == 1;
  manners.orders_phis &= is_single;
  return manners;
}

}  // namespace hone::program
