// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/size_change.h"

#include <gtest/gtest.h>

namespace hone::toolkit {
namespace {

program::ObjectSizes sizes(std::vector<program::SectionSize> sections) {
  return {.sections = std::move(sections), .functions = {}};
}

TEST(Categories, FollowTheSectionsNames) {
  const auto category = [](std::string name, bool nobits = false) {
    return category_name(category_of({std::move(name), 1, nobits}));
  };
  EXPECT_EQ(category(".text.startup"), "text");
  EXPECT_EQ(category(".rodata.str1.1"), "rodata");
  EXPECT_EQ(category(".eh_frame_hdr"), "unwind");
  EXPECT_EQ(category(".gcc_except_table"), "unwind");
  EXPECT_EQ(category(".init_array"), "data");
  EXPECT_EQ(category(".data.rel.ro"), "data");
  EXPECT_EQ(category(".note.gnu.property"), "data");
  EXPECT_EQ(category(".tbss", true), "bss");
}

TEST(Changes, SumSectionsOfOneNameAndSortBySavedBytes) {
  const auto changes =
      changes_by_section(sizes({{.name = ".text.f", .bytes = 10},
                                {.name = ".text.f", .bytes = 5},
                                {.name = ".data", .bytes = 4},
                                {.name = ".rodata", .bytes = 7}}),
                         sizes({{.name = ".text.f", .bytes = 12},
                                {.name = ".data", .bytes = 4},
                                {.name = ".eh_frame", .bytes = 9}}));
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].name, ".rodata");
  EXPECT_EQ(changes[0].saved(), 7);
  EXPECT_EQ(changes[1].name, ".text.f");
  EXPECT_EQ(changes[1].saved(), 3);
  EXPECT_EQ(changes[2].saved(), -9);
}

TEST(Changes, OfCategoriesAddUpToTheLoadedBytes) {
  const auto stock = sizes({{.name = ".text", .bytes = 10},
                            {.name = ".weird", .bytes = 3},
                            {.name = ".bss", .bytes = 99, .nobits = true}});
  uint64_t total = 0;
  for (const SizeChange& change : changes_by_category(stock, stock))
    if (change.name != "bss") total += change.stock;
  EXPECT_EQ(total, stock.loaded());
}

TEST(Changes, OfFunctionsCountCodeAndUnwindEntry) {
  program::ObjectSizes stock, result;
  stock.functions = {{.name = "f", .code = 10, .unwind = 24}};
  result.functions = {{.name = "f", .code = 12, .unwind = 20},
                      {.name = "g", .code = 1}};
  const auto changes = changes_by_function(stock, result);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].name, "f");
  EXPECT_EQ(changes[0].saved(), 2);
  EXPECT_EQ(changes[1].saved(), -1);
}

}  // namespace
}  // namespace hone::toolkit
