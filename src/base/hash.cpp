// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/hash.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <charconv>

namespace hone {

std::string Hash128::hex() const {
  return fmt::format("{:016x}{:016x}", high, low);
}

Hash128 hash_bytes(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

Hash128 hash_parts(std::span<const std::string> parts) {
  std::string joined;
  for (const std::string& part : parts) {
    const uint64_t size = part.size();
    joined.append(reinterpret_cast<const char*>(&size), sizeof size);
    joined += part;
  }
  return hash_bytes(joined);
}

Result<Hash128> parse_hash(std::string_view hex) {
  Hash128 hash;
  const auto parse = [](std::string_view digits, uint64_t& word) {
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, word, 16);
    return error == std::errc() && stop == end;
  };
  if (hex.size() != 32 || !parse(hex.substr(0, 16), hash.high) ||
      !parse(hex.substr(16), hash.low))
    return Error(
        ErrorKind::Malformed,
        fmt::format("'{}' is no hash: expected 32 hexadecimal digits", hex));
  return hash;
}

}  // namespace hone
