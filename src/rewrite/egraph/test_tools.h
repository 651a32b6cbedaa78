// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the e-graph's tests share.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/test_tools.h"
#include "rewrite/egraph/theory.h"

namespace hone::rewrite::egraph {

inline Theory parse_theory(std::string_view text) {
  auto theory = Theory::parse(text);
  EXPECT_TRUE(theory.ok()) << (theory.ok() ? "" : theory.error().message);
  return *std::move(theory);
}

// The benchmark's rules and terms.
inline Theory math_theory() {
  auto text = read_file(source_folder() / "bench/egraph/math.theory");
  EXPECT_TRUE(text.ok());
  return parse_theory(*text);
}

inline void expect_ok(const Status& status) {
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message);
}

}  // namespace hone::rewrite::egraph
