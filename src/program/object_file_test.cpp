// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/object_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "program/test_tools.h"

namespace hone::program {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kSource = R"c(
extern int puts(const char *);
int counter;
int table[100] = {1, 2, 3};
char buffer[4000];
static int __attribute__((noinline)) local_one(int x) {
  return puts("one") + x * counter;
}
int shared(int x) { return local_one(x) + buffer[x] + table[x]; }
__attribute__((cold)) int cold_one(int x) { return puts("two") * x; }
int also(int) __attribute__((alias("shared")));
)c";

std::string object_of(const Scratch& scratch, std::vector<std::string> flags) {
  flags.insert(flags.begin(), tools().clang);
  flags.insert(
      flags.end(),
      {"-Oz", "-c", scratch.write("a.c", kSource).string(), "-o", "a.o"});
  scratch.run_well(std::move(flags));
  return scratch.read("a.o");
}

// Name to bytes, of the sections that llvm-readelf flags with A.
std::map<std::string, uint64_t> sections_of_readelf(const Scratch& scratch,
                                                    std::string_view file) {
  std::map<std::string, uint64_t> sections;
  for (const std::string& line :
       split(scratch.run_well(
                 {llvm_program("llvm-readelf"), "-S", "-W", std::string(file)}),
             '\n')) {
    const size_t bracket = line.find("] ");
    if (bracket == std::string::npos) continue;
    const std::vector<std::string> words =
        split_blank(std::string_view(line).substr(bracket + 2));
    // Name, type, address, offset, size, entry size, flags, …
    if (words.size() < 10 || words[6].find('A') == std::string::npos) continue;
    sections[words[0]] += std::stoull(words[4], nullptr, 16);
  }
  return sections;
}

class Sizes : public ::testing::TestWithParam<std::vector<std::string>> {};

TEST_P(Sizes, AreThoseThatLlvmsToolsSee) {
  const Scratch scratch;
  const ObjectSizes sizes =
      must(measure_object(object_of(scratch, GetParam()), "it"));
  std::map<std::string, uint64_t> sections;
  for (const SectionSize& section : sizes.sections)
    sections[section.name] += section.bytes;
  EXPECT_EQ(sections, sections_of_readelf(scratch, "a.o"));
  // llvm-size counts what is loaded as text and data, and .bss apart.
  const std::vector<std::string> totals = split_blank(
      split(scratch.run_well({llvm_program("llvm-size"), "a.o"}), '\n')[1]);
  EXPECT_EQ(sizes.loaded(), std::stoull(totals[0]) + std::stoull(totals[1]));
  EXPECT_EQ(sizes.nobits(), std::stoull(totals[2]));
  EXPECT_GE(sizes.nobits(), 4000u);
  // Every function with its size and its binding.
  const std::string symbols =
      scratch.run_well({llvm_program("llvm-readelf"), "-s", "-W", "a.o"});
  for (const FunctionSize& function : sizes.functions) {
    const std::string piece = fmt::format("{} FUNC    {}", function.code,
                                          function.local ? "LOCAL" : "GLOBAL");
    bool found = false;
    for (const std::string& line : split(symbols, '\n'))
      found |= line.find(piece) != std::string::npos &&
               line.ends_with(" " + function.name);
    EXPECT_TRUE(found) << function.name << ": " << piece;
  }
  ASSERT_EQ(sizes.functions.size(), 3u);
}

using Words = std::vector<std::string>;

INSTANTIATE_TEST_SUITE_P(
    Flags, Sizes,
    ::testing::Values(Words{}, Words{"-ffunction-sections", "-fdata-sections"},
                      Words{"-fno-asynchronous-unwind-tables"}, Words{"-g"},
                      Words{"-m32"}, Words{"--target=aarch64-linux-gnu"},
                      Words{"--target=armv7-linux-gnueabihf"},
                      Words{"--target=powerpc64-linux-gnu"},
                      Words{"--target=riscv64-linux-gnu"}));

TEST(ObjectFile, UnwindBytesOfEachFunctionAreItsEntry) {
  const Scratch scratch;
  for (const Words& flags :
       {Words{}, Words{"-ffunction-sections"}, Words{"-m32"}}) {
    const ObjectSizes sizes =
        must(measure_object(object_of(scratch, flags), "it"));
    // Entries as llvm-dwarfdump prints them: length, then "FDE" with a range.
    const std::string dump =
        scratch.run_well({llvm_program("llvm-dwarfdump"), "--eh-frame", "a.o"});
    std::vector<uint64_t> expected;
    for (const std::string& line : split(dump, '\n')) {
      if (line.find(" FDE ") == std::string::npos) continue;
      expected.push_back(std::stoull(split_blank(line)[1], nullptr, 16) + 4);
    }
    std::vector<uint64_t> found;
    uint64_t total = 0;
    for (const FunctionSize& function : sizes.functions) {
      EXPECT_GT(function.unwind, 0u) << function.name;
      found.push_back(function.unwind);
      total += function.unwind;
    }
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(found, expected);
    // What is left of .eh_frame are the entries that they share.
    for (const SectionSize& section : sizes.sections)
      if (section.name == ".eh_frame") {
        EXPECT_GT(section.bytes, total);
        EXPECT_LT(section.bytes, total + 64);
      }
  }
}

TEST(ObjectFile, WithoutUnwindTablesNoFunctionHasUnwindBytes) {
  const Scratch scratch;
  for (const FunctionSize& function :
       must(measure_object(
                object_of(scratch, {"-fno-asynchronous-unwind-tables"}), "it"))
           .functions)
    EXPECT_EQ(function.unwind, 0u);
}

// Aliases share one body.
TEST(ObjectFile, FunctionsAreInOrderOfNamesAndCountedOnce) {
  const Scratch scratch;
  const ObjectSizes sizes = must(measure_object(object_of(scratch, {}), "it"));
  uint64_t code = 0;
  for (const FunctionSize& function : sizes.functions) code += function.code;
  EXPECT_TRUE(std::is_sorted(
      sizes.functions.begin(), sizes.functions.end(),
      [](const auto& a, const auto& b) { return a.name < b.name; }));
  uint64_t text = 0;
  for (const SectionSize& section : sizes.sections)
    if (section.name.starts_with(".text")) text += section.bytes;
  EXPECT_EQ(code, text);
  EXPECT_EQ(
      sizes.text_rodata(), text + [&] {
        uint64_t rodata = 0;
        for (const SectionSize& section : sizes.sections)
          if (section.name.starts_with(".rodata")) rodata += section.bytes;
        return rodata;
      }());
}

TEST(ObjectFile, LinkedImageIsMeasuredToo) {
  const Scratch scratch;
  scratch.write("m.c", "int main(void) { return 0; }\n");
  scratch.run_well({tools().clang, "-fuse-ld=lld", "-Oz", "m.c", "-o", "m"});
  const ObjectSizes sizes = must(measure_object_file(scratch / "m"));
  EXPECT_GT(sizes.loaded(), 500u);
  EXPECT_TRUE(
      std::any_of(sizes.functions.begin(), sizes.functions.end(),
                  [](const FunctionSize& f) { return f.name == "main"; }));
}

// From 65280 sections on the index of a symbol's section stands in a table of
// its own.
TEST(ObjectFile, FunctionsOfVeryManySectionsAreToldApart) {
  const Scratch scratch;
  std::string source;
  for (int i = 0; i < 66000; ++i)
    source += fmt::format(
        ".section .text.f{0},\"ax\",@progbits\n.type f{0},@function\nf{0}:\n"
        "ret\n.size f{0}, 1\n",
        i);
  scratch.write("many.s", source);
  scratch.run_well({tools().clang, "-c", "many.s"});
  const ObjectSizes sizes = must(measure_object_file(scratch / "many.o"));
  EXPECT_EQ(sizes.functions.size(), 66000u);
  EXPECT_EQ(sizes.loaded(), 66000u);
}

TEST(ObjectFile, WhatIsNoObjectIsMalformedByName) {
  const Scratch scratch;
  const std::string object = object_of(scratch, {});
  EXPECT_TRUE(fails_with(measure_object("", "'a.o'"), ErrorKind::Malformed,
                         "'a.o' is no sound ELF object"));
  EXPECT_TRUE(fails_with(measure_object("some text", "'a.o'"),
                         ErrorKind::Malformed, "'a.o'"));
  EXPECT_TRUE(fails_with(measure_object(object.substr(0, 100), "it"),
                         ErrorKind::Malformed, "it is no sound"));
  EXPECT_TRUE(fails_with(measure_object_file(scratch / "none.o"),
                         ErrorKind::NotFound, "none.o"));
  // Another container than ELF.
  scratch.write("a.c", "int f(void) { return 1; }\n");
  scratch.run_well({tools().clang, "--target=x86_64-apple-macos", "-c", "a.c",
                    "-o", "macho.o"});
  EXPECT_TRUE(fails_with(measure_object_file(scratch / "macho.o"),
                         ErrorKind::Malformed, "macho.o"));
}

TEST(ObjectFile, JsonGoesThereAndBack) {
  const Scratch scratch;
  const Json json = to_json(must(measure_object(object_of(scratch, {}), "it")));
  EXPECT_EQ(to_json(must(object_sizes_from_json(
                must(parse_json(to_text(json), "sizes"))))),
            json);
  for (const char* wrong :
       {"7", "{}", R"({"sections": []})",
        R"({"sections": [7], "functions": []})",
        R"({"sections": [["a", -1, false]], "functions": []})",
        R"({"sections": [["a", 1, 2]], "functions": []})",
        R"({"sections": [], "functions": [["f", 1, 2, 3]]})",
        R"({"sections": [], "functions": [["f", 1, 2, 3, 4]]})",
        R"({"sections": 7, "functions": []})"})
    EXPECT_TRUE(fails_with(object_sizes_from_json(must(parse_json(wrong, "w"))),
                           ErrorKind::Malformed, "no sizes of an object"))
        << wrong;
}

TEST(ObjectFile, MutantsAreMeasuredOrRefused) {
  const Scratch scratch;
  const std::string original = object_of(scratch, {"-ffunction-sections"});
  Random random(20264);
  size_t refused = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string bytes = original;
    for (uint64_t edits = 1 + random.below(8); edits > 0; --edits)
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    if (random.chance(0.1)) bytes.resize(random.below(bytes.size()));
    const Result<ObjectSizes> sizes = measure_object(bytes, "a mutant");
    if (sizes.ok()) continue;
    ++refused;
    ASSERT_TRUE(fails_with(sizes, ErrorKind::Malformed, "a mutant is no"));
  }
  EXPECT_GT(refused, 300u);
}

}  // namespace
}  // namespace hone::program
