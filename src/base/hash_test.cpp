// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace hone {
namespace {

using ::testing::HasSubstr;

// Vectors of the XXH3 specification: a store outlives a version of Hone.
TEST(Hash, IsXxh3) {
  EXPECT_EQ(hash_bytes("").hex(), "99aa06d3014798d86001c324468d497f");
  EXPECT_NE(hash_bytes("a"), hash_bytes("b"));
  EXPECT_NE(hash_bytes(std::string(1, '\0')), hash_bytes(""));
}

TEST(Hash, BoundariesAndOrderOfPartsCount) {
  using Parts = std::vector<std::string>;
  const std::vector<Parts> all = {{},          {""},           {"", ""},
                                  {"a", "bc"}, {"ab", "c"},    {"abc"},
                                  {"bc", "a"}, {"a", "b", "c"}};
  std::set<Hash128> hashes;
  for (const Parts& parts : all) hashes.insert(hash_parts(parts));
  EXPECT_EQ(hashes.size(), all.size());
}

TEST(Hash, HexGoesThereAndBack) {
  for (const Hash128& hash :
       {Hash128{}, Hash128{1, 2}, Hash128{~uint64_t{0}, 7},
        hash_bytes("some text")}) {
    EXPECT_EQ(hash.hex().size(), 32u);
    const Result<Hash128> parsed = parse_hash(hash.hex());
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(*parsed, hash);
  }
}

TEST(Hash, WhatIsNoHashIsMalformed) {
  const std::string good = hash_bytes("x").hex();
  for (const std::string& text :
       {std::string(), good.substr(1), good + "0", "0x" + good.substr(2),
        "-" + good.substr(1), " " + good.substr(1), "+" + good.substr(1),
        good.substr(0, 16) + "-" + good.substr(17), good.substr(0, 31) + "g"}) {
    const Result<Hash128> parsed = parse_hash(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::Malformed);
    EXPECT_THAT(parsed.error().message, HasSubstr("32 hexadecimal digits"));
  }
}

TEST(Hash, MutantsAreRefusedOrGoThereAndBack) {
  Random random(20269);
  size_t accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = hash_bytes(std::to_string(round)).hex();
    for (uint64_t edits = random.below(3); edits > 0; --edits)
      text[random.below(text.size())] =
          static_cast<char>('!' + random.below(94));
    if (random.chance(0.1)) text.resize(random.below(40), '0');
    const Result<Hash128> parsed = parse_hash(text);
    if (!parsed.ok()) continue;
    ++accepted;
    std::string lower = text;
    for (char& c : lower) c = static_cast<char>(std::tolower(c));
    ASSERT_EQ(parsed->hex(), lower);
  }
  EXPECT_GT(accepted, 5000u);
}

}  // namespace
}  // namespace hone
