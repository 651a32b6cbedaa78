// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// 128-bit content hashes (XXH3), for identity within a store, not for security.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hone {

struct Hash128 {
  uint64_t high = 0;
  uint64_t low = 0;

  auto operator<=>(const Hash128&) const = default;
  // 32 lower-case hexadecimal digits.
  std::string hex() const;
};

Hash128 hash_bytes(std::string_view bytes);

// Order matters and boundaries count: {"a","bc"} differs from {"ab","c"}.
Hash128 hash_parts(std::span<const std::string> parts);

Result<Hash128> parse_hash(std::string_view hex);

}  // namespace hone
