// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A plan as C++: the nested loops that the interpreter walks, written out.
//
// The text is one function of `namespace`; the build compiles it where the
// rules are known (hone_egraph_rules() in cmake/egraph.cmake). At run time the
// plan is made again from the same rules; its fingerprint tells that both are
// one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "rewrite/egraph/plan.h"

namespace hone::rewrite::egraph {

// Equal for equal plans over equal signatures.
uint64_t plan_fingerprint(const Plan& plan, std::span<const Rule> rules,
                          const Signature& signature);

// A source file that defines `const CompiledMatcher NAMESPACE::NAME`.
std::string emit_cpp(const Plan& plan, std::span<const Rule> rules,
                     const Signature& signature, std::string_view name_space,
                     std::string_view name);

}  // namespace hone::rewrite::egraph
