// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/table.h"

#include <gtest/gtest.h>

#include "cli/console.h"

namespace hone::cli {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  Table table({Align::Left, Align::Right});
  table.add({"text", "1,234"});
  table.add({"unwind", "56"});
  EXPECT_EQ(table.text(2), "  text    1,234\n  unwind     56\n");
}

TEST(Table, StylesAndLettersBeyondAsciiTakeTheirOwnWidth) {
  Table table({Align::Left, Align::Left});
  table.add({"\x1b[32mü\x1b[0m", "x"});
  table.add({"ab", "y"});
  EXPECT_EQ(table.text(), "\x1b[32mü\x1b[0m   x\nab  y\n");
}

TEST(Bar, HasEighthsAndStaysInItsWidth) {
  EXPECT_EQ(bar(0, 4), "");
  EXPECT_EQ(bar(0.5, 4), "██");
  EXPECT_EQ(bar(1.0 / 32, 4), "▏");
  EXPECT_EQ(text_width(bar(7, 4)), 4u);
  EXPECT_EQ(bar(-1, 4), "");
}

TEST(PercentChange, SaysByHowMuch) {
  EXPECT_EQ(percent_change(1000, 929), "-7.1 %");
  EXPECT_EQ(percent_change(1000, 1003), "+0.3 %");
  EXPECT_EQ(percent_change(5, 5), "0.0 %");
  EXPECT_EQ(percent_change(0, 0), "0.0 %");
  EXPECT_EQ(percent_change(0, 5), "new");
}

}  // namespace
}  // namespace hone::cli
