// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How far an entry of a table is trusted.
#pragma once

#include <string_view>

namespace hone::program {

// Stable: searched by default. Experimental: only where the user asks for it,
// and then every result is tested.
enum class Tier { Stable, Experimental };

constexpr std::string_view tier_name(Tier tier) {
  return tier == Tier::Stable ? "stable" : "experimental";
}

}  // namespace hone::program
