// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/recipe_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"

namespace hone::toolkit {
namespace {

using ::testing::HasSubstr;

RecipeEntry entry(std::string path, std::vector<std::string> flags) {
  RecipeEntry entry{.path = std::move(path),
                    .identity = hash_bytes("module"),
                    .compiler = "clang version 22.1.8",
                    .recipe = program::stock_recipe(),
                    .stock_bytes = 100,
                    .result_bytes = 90,
                    .evidence = {{"tested", 80}}};
  entry.mode.flags = std::move(flags);
  return entry;
}

TEST(RecipeFile, IsReadAsItWasWritten) {
  RecipeFile file;
  file.set(entry("b.c", {"-Oz"}));
  file.set(entry("a.c", {"-Oz"}));
  const std::string text = recipe_file_text(file);
  const Result<RecipeFile> again = parse_recipe_file(text, "'x'");
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(recipe_file_text(*again), text);
  EXPECT_EQ(again->entries.front().path, "a.c");
  EXPECT_EQ(again->entries.front().evidence.at("tested"), 80u);
  EXPECT_NE(again->find(hash_bytes("module")), nullptr);
  EXPECT_EQ(again->find(hash_bytes("other")), nullptr);
}

TEST(RecipeFile, OneEntryForEachPathAndSetOfFlags) {
  RecipeFile file;
  file.set(entry("a.c", {"-Oz"}));
  RecipeEntry better = entry("a.c", {"-Oz"});
  better.result_bytes = 80;
  file.set(better);
  file.set(entry("a.c", {"-fPIC", "-Oz"}));
  ASSERT_EQ(file.entries.size(), 2u);
  EXPECT_EQ(file.entries[0].result_bytes + file.entries[1].result_bytes, 170u);
}

TEST(RecipeFile, NamesAreLookedUpWithoutTheirFolders) {
  RecipeFile file;
  file.set(entry("src/a.c", {"-Oz"}));
  EXPECT_TRUE(file.mentions_file_name("a.c"));
  EXPECT_FALSE(file.mentions_file_name("b.c"));
}

struct Bad {
  std::string text;
  ErrorKind kind;
  std::string part;
};

class BadRecipeFiles : public ::testing::TestWithParam<Bad> {};

TEST_P(BadRecipeFiles, SayWhatIsWrong) {
  const Result<RecipeFile> file =
      parse_recipe_file(GetParam().text, "'hone.recipe'");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().kind, GetParam().kind);
  EXPECT_THAT(file.error().message, HasSubstr(GetParam().part));
  EXPECT_THAT(file.error().message, HasSubstr("'hone.recipe'"));
}

INSTANTIATE_TEST_SUITE_P(
    RecipeFile, BadRecipeFiles,
    ::testing::Values(
        Bad{"", ErrorKind::Malformed, ""}, Bad{"{", ErrorKind::Malformed, ""},
        Bad{"[]", ErrorKind::Malformed, "no recipe file"},
        Bad{R"({"hone_recipe": "1"})", ErrorKind::Malformed, "hone_recipe"},
        Bad{R"({"hone_recipe": 9})", ErrorKind::Unsupported, "version 9"},
        Bad{R"({"hone_recipe": 1})", ErrorKind::Malformed, "inputs"},
        Bad{R"({"hone_recipe": 1, "inputs": [{}]})", ErrorKind::Malformed,
            "input 1"},
        Bad{R"({"hone_recipe": 1, "inputs": [{"path": 3}]})",
            ErrorKind::Malformed, "path"}));

TEST(RecipeFile, AnyCutOffTextIsAnErrorAndNoCrash) {
  RecipeFile file;
  file.set(entry("a.c", {"-Oz"}));
  const std::string text = recipe_file_text(file);
  for (size_t length = 0; length + 2 < text.size(); length += 7)
    EXPECT_FALSE(parse_recipe_file(text.substr(0, length), "'x'").ok());
}

TEST(RecipeFile, IsFoundInTheNearestFolderAbove) {
  const Result<TempDir> folder = TempDir::make();
  ASSERT_TRUE(folder.ok());
  const auto deep = folder->path() / "a/b";
  std::filesystem::create_directories(deep);
  ASSERT_TRUE(write_file(folder->path() / "hone.recipe", "{}").ok());
  EXPECT_TRUE(std::filesystem::equivalent(find_recipe_file(deep),
                                          folder->path() / "hone.recipe"));
  ASSERT_TRUE(write_file(deep / "hone.recipe", "{}").ok());
  EXPECT_TRUE(std::filesystem::equivalent(find_recipe_file(deep),
                                          deep / "hone.recipe"));
}

}  // namespace
}  // namespace hone::toolkit
