// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program/module.h"
#include "program/test_tools.h"

namespace hone::program {
namespace {

using ::testing::HasSubstr;

TEST(Driver, StockObjectIsTheUsersOwnBuildToTheByte) {
  const Scratch scratch;
  const Compiled made =
      compile(scratch, "a.c", "int f(int x) { return x * ANSWER; }\n",
              {"-DANSWER=42", "-fPIC"});
  must(write_stock_object(tools(), made.input, made.mode, scratch / "s.o"));
  scratch.run_well({tools().clang, "-DANSWER=42", "-fPIC", "-Oz", "-c",
                    made.input.path.string(), "-o", "u.o"});
  EXPECT_TRUE(scratch.read("s.o") == scratch.read("u.o"));
}

TEST(Driver, BitcodeIsNotOptimisedButMarkedForSize) {
  const Scratch scratch;
  compile(scratch, "a.c", "int f(int x) { int y = x; return y + y; }\n");
  const std::string text =
      must(Module::parse(scratch.read("input.bc"), "it")).text();
  EXPECT_THAT(text, HasSubstr("alloca i32"));
  EXPECT_THAT(text, HasSubstr("minsize"));
}

TEST(Driver, TextualIrBecomesBitcode) {
  const Scratch scratch;
  const Input input = must(classify_input(
      scratch.write("a.ll", "define i32 @seven() {\n  ret i32 7\n}\n")));
  const BuildMode mode = must(read_build_mode(tools(), input, {}, "-Oz"));
  must(write_bitcode(tools(), input, mode, scratch / "a.bc"));
  EXPECT_THAT(must(Module::parse(scratch.read("a.bc"), "it")).text(),
              HasSubstr("ret i32 7"));
  must(write_stock_object(tools(), input, mode, scratch / "a.o"));
  EXPECT_TRUE(
      scratch.read("a.o").starts_with("\x7F"
                                      "ELF"));
}

TEST(Driver, SourceThatDoesNotCompileIsReportedInClangsWords) {
  const Scratch scratch;
  const Input input =
      must(classify_input(scratch.write("a.c", "int f( { return 1; }\n")));
  const BuildMode mode = must(read_build_mode(tools(), input, {}, "-Oz"));
  EXPECT_TRUE(fails_with(write_bitcode(tools(), input, mode, scratch / "a.bc"),
                         ErrorKind::ToolFailed,
                         "expected parameter declarator"));
  EXPECT_TRUE(
      fails_with(write_stock_object(tools(), input, mode, scratch / "a.o"),
                 ErrorKind::ToolFailed, "expected parameter declarator"));
}

TEST(Driver, IrThatDoesNotParseIsReportedInLlvmsWords) {
  const Scratch scratch;
  const Input input =
      must(classify_input(scratch.write("a.ll", "define nonsense\n")));
  const BuildMode mode;
  EXPECT_TRUE(fails_with(write_bitcode(tools(), input, mode, scratch / "a.bc"),
                         ErrorKind::ToolFailed, "expected type"));
}

// Bits of the characters of a name in bitcode, six each, lowest first.
std::vector<bool> six_bits(std::string_view name) {
  constexpr std::string_view kCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._";
  std::vector<bool> bits;
  for (const char c : name)
    for (size_t bit = 0; bit < 6; ++bit)
      bits.push_back(((kCharacters.find(c) >> bit) & 1) != 0);
  return bits;
}

// The producer's name is not aligned to bytes.
std::string with_producer(std::string bytes, std::string_view from,
                          std::string_view to) {
  const std::vector<bool> before = six_bits(from);
  const std::vector<bool> after = six_bits(to);
  const auto bit = [&](size_t at) { return (bytes[at / 8] >> (at % 8)) & 1; };
  for (size_t at = 0; at < 100 * 8; ++at) {
    size_t same = 0;
    while (same < before.size() && (bit(at + same) != 0) == before[same])
      ++same;
    if (same < before.size()) continue;
    for (size_t i = 0; i < after.size(); ++i)
      if (after[i] != (bit(at + i) != 0))
        bytes[(at + i) / 8] ^= static_cast<char>(1 << ((at + i) % 8));
    return bytes;
  }
  ADD_FAILURE() << "no producer '" << from << "'";
  return bytes;
}

TEST(Driver, BitcodeOfANewerLlvmIsReportedByItsProducer) {
  const Scratch scratch;
  compile(scratch, "a.c", "int f(int x) { return x + 1; }\n");
  // A type that the reader has not heard of.
  std::string bytes = scratch.read("input.bc");
  bytes[196] ^= 0x11;
  const auto status_of = [&](std::string_view text) {
    const Input input = must(classify_input(scratch.write("new.bc", text)));
    return write_bitcode(tools(), input, BuildMode(), scratch / "b.bc");
  };
  const Status newer = status_of(with_producer(bytes, "LLVM22", "LLVM29"));
  EXPECT_TRUE(fails_with(newer, ErrorKind::Unsupported,
                         "new.bc' was written by another LLVM"));
  EXPECT_TRUE(fails_with(newer, ErrorKind::Unsupported, "Producer: 'LLVM29"));
  // The same damage in a file of our own LLVM is only that.
  EXPECT_TRUE(
      fails_with(status_of(bytes), ErrorKind::Malformed, "new.bc' is damaged"));
}

TEST(Driver, BitcodeOfRustcIsRead) {
  const Scratch scratch;
  scratch.write("lib.rs",
                "#[no_mangle]\npub extern \"C\" fn triple(x: i32) -> i32 { "
                "x.wrapping_mul(3) }\n");
  const Result<ProcessResult> ran =
      run({.argv = {"rustc", "--emit=llvm-bc", "--crate-type=lib", "-O",
                    "lib.rs", "-o", "lib.bc"},
           .directory = scratch.path()});
  if (!ran.ok() || !ran->ok()) GTEST_SKIP() << "rustc is not installed";
  const Input input = must(classify_input(scratch / "lib.bc"));
  const BuildMode mode = must(read_build_mode(tools(), input, {}, "-Oz"));
  const Status read = write_bitcode(tools(), input, mode, scratch / "in.bc");
  if (!read.ok()) {
    // A newer rustc brings a newer LLVM; then that must be what is said.
    EXPECT_TRUE(fails_with(read, ErrorKind::Unsupported, "another LLVM"));
    GTEST_SKIP() << "this rustc is newer than LLVM 22";
  }
  EXPECT_THAT(must(Module::parse(scratch.read("in.bc"), "it")).text(),
              HasSubstr("@triple"));
  must(write_stock_object(tools(), input, mode, scratch / "lib.o"));
}

TEST(Driver, ModulesAreLinkedByTheirSymbols) {
  const Scratch scratch;
  const auto bitcode = [&](const char* name, const char* source) {
    const Compiled made = compile(scratch, name, source);
    const std::filesystem::path to = scratch / (std::string(name) + ".bc");
    std::filesystem::rename(made.bitcode, to);
    return to;
  };
  const std::filesystem::path modules[] = {
      bitcode("a.c", "int g(int);\nint f(int x) { return g(x) + 1; }\n"),
      bitcode("b.c", "int g(int x) { return x * 2; }\n"),
      bitcode("c.c", "int g(int x) { return x * 3; }\n"),
      bitcode("d.c", "__attribute__((weak)) int g(int x) { return 4; }\n")};
  must(link_bitcode(tools(), std::span(modules, 2), scratch / "ab.bc"));
  const Module joined = must(Module::parse(scratch.read("ab.bc"), "it"));
  EXPECT_EQ(joined.functions().size(), 2u);
  // Two strong definitions exclude each other; a weak one gives way.
  EXPECT_TRUE(fails_with(
      link_bitcode(tools(), std::span(modules, 3), scratch / "abc.bc"),
      ErrorKind::ToolFailed, "multiply defined"));
  const std::filesystem::path weak[] = {modules[0], modules[3], modules[1]};
  must(link_bitcode(tools(), weak, scratch / "weak.bc"));
  EXPECT_THAT(must(Module::parse(scratch.read("weak.bc"), "it")).text(),
              ::testing::Not(HasSubstr("ret i32 4")));
}

TEST(Driver, StopRequestEndsTheCompiler) {
  const Scratch scratch;
  const Compiled made = compile(scratch, "a.c", "int f(void) { return 1; }\n");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(fails_with(write_bitcode(tools(), made.input, made.mode,
                                       scratch / "b.bc", stop.get_token()),
                         ErrorKind::Interrupted, "interrupted"));
}

}  // namespace
}  // namespace hone::program
