// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/loop_choices.h"

#include <gtest/gtest.h>

#include <map>

#include "program/test_tools.h"

namespace hone::program {

namespace {

// `%` is where a pragma may stand.
constexpr std::string_view kSource = R"c(
void add(float *a, const float *b, int n) {
%
  for (int i = 0; i < n; ++i) a[i] += b[i];
}
int eight(const int *from) {
  int sum = 0;
  for (int i = 0; i < 8; ++i) sum += from[i * 3];
  return sum;
}
int walk(const int *next, int at) {
  while (at > 0) at = next[at];
  return at;
}
void square(double (*m)[16], double by) {
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 16; ++j) m[i][j] *= by;
}
)c";

std::string source_with(std::string_view pragma) {
  std::string text(kSource);
  return text.replace(text.find('%'), 1, pragma);
}

Module read(std::string_view source) {
  const Scratch scratch;
  (void)compile(scratch, "loops.c", source, {}, "-O3");
  return must(Module::parse(scratch.read("input.bc"), "loops.c"));
}

// Without the head, which names the file.
std::string code_of(const Module& module) {
  const std::string text = module.text();
  return text.substr(text.find("target triple"));
}

std::map<std::string_view, int64_t> named(const LoopFacts& facts) {
  std::map<std::string_view, int64_t> all;
  for (size_t i = 0; i < facts.features.size(); ++i)
    all[loop_feature_names()[i]] = facts.features[i];
  return all;
}

}  // namespace

TEST(LoopChoices, MakeWhatClangMakesOfThePragma) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"width=2", "vectorize_width(2)"},
      {"width=1;interleave=1", "vectorize_width(1) interleave_count(1)"},
      {"width=8;interleave=2", "vectorize_width(8) interleave_count(2)"},
      {"interleave=4", "interleave_count(4)"},
      {"unroll=4", "unroll_count(4)"},
      {"unroll=1", "unroll_count(1)"},
      {"unroll=full", "unroll(full)"},
      {"width=4;interleave=2;unroll=2",
       "vectorize_width(4) interleave_count(2) unroll_count(2)"},
      {"width=4;unroll=full", "vectorize_width(4) unroll(full)"},
      {"interleave=4;unroll=2", "interleave_count(4) unroll_count(2)"},
      {"width=1;unroll=8", "vectorize_width(1) unroll_count(8)"}};
  const Module plain = read(source_with(""));
  Module stock = plain.clone();
  must(stock.run("default<O3>"));
  for (const auto& [words, pragma] : cases) {
    Module theirs =
        read(source_with(fmt::format("#pragma clang loop {}", pragma)));
    must(theirs.run("default<O3>"));
    Module ours = plain.clone();
    const LoopChoice choice = must(parse_loop_choice(words));
    EXPECT_EQ(to_text(choice), words);
    set_loop_choices(ours, {{choice}});
    must(ours.run("default<O3>"));
    EXPECT_TRUE(code_of(ours) == code_of(theirs)) << words;
    EXPECT_NE(ours.hash().hex(), stock.hash().hex()) << words;
  }
}

TEST(LoopChoices, NoneLeavesTheModuleAsItIs) {
  const Module plain = read(source_with(""));
  Module same = plain.clone();
  set_loop_choices(same, std::vector<LoopChoice>(5));
  EXPECT_EQ(same.hash().hex(), plain.hash().hex());
}

TEST(LoopChoices, ReplaceWhatTheSourceSays) {
  Module ours = read(source_with("#pragma clang loop unroll_count(2)"));
  EXPECT_EQ(named(find_loops(ours).front())["is-annotated"], 1);
  set_loop_choices(ours, {{LoopChoice{.unroll = 4}}});
  Module theirs = read(source_with("#pragma clang loop unroll_count(4)"));
  EXPECT_TRUE(code_of(ours) == code_of(theirs));
}

TEST(LoopChoices, LoopsAreFoundWithTheirFacts) {
  const std::vector<LoopFacts> loops = find_loops(read(source_with("")));
  ASSERT_EQ(loops.size(), 5u);
  auto add = named(loops[0]);
  EXPECT_EQ(loops[0].function, "add");
  EXPECT_EQ(add["consecutive"], 3);
  EXPECT_EQ(add["trip-count"], 0);
  EXPECT_EQ(add["float-ops"], 1);
  EXPECT_EQ(add["widest-bytes"], 4);
  EXPECT_EQ(add["is-annotated"], 0);
  auto eight = named(loops[1]);
  EXPECT_EQ(eight["trip-count"], 9) << "the header runs once more";
  EXPECT_EQ(eight["strided"], 1);
  EXPECT_EQ(eight["stores"], 0);
  auto walk = named(loops[2]);
  EXPECT_EQ(walk["irregular"], 1);
  auto outer = named(loops[3]);
  auto inner = named(loops[4]);
  EXPECT_EQ(outer["inner-loops"], 1);
  EXPECT_EQ(outer["depth"], 1);
  EXPECT_EQ(inner["depth"], 2);
  EXPECT_EQ(inner["inner-loops"], 0);
  EXPECT_EQ(loops[4].number, 1);
}

TEST(LoopChoices, AreReadFromTheirTextsOrRefused) {
  EXPECT_EQ(must(parse_loop_choice("stock")), LoopChoice());
  for (const std::string_view text :
       {"", "width", "depth=3", "width=4;width=8", "width=4,unroll=2"})
    EXPECT_TRUE(
        fails_with(parse_loop_choice(text), ErrorKind::InvalidArgument, ""))
        << text;
  EXPECT_TRUE(fails_with(parse_loop_choice("width=3"),
                         ErrorKind::InvalidArgument, "power of two"));
  EXPECT_TRUE(fails_with(parse_loop_choice("width=128"),
                         ErrorKind::InvalidArgument, "from 1 to 64"));
}

}  // namespace hone::program
