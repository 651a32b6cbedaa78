// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/input.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test_tools.h"
#include "program/test_tools.h"

namespace hone::program {
namespace {

TEST(Input, SourceIsKnownByItsExtension) {
  const Scratch scratch;
  const std::pair<const char*, InputKind> files[] = {
      {"a.c", InputKind::C},        {"a.cc", InputKind::Cxx},
      {"a.cpp", InputKind::Cxx},    {"a.cxx", InputKind::Cxx},
      {"a.c++", InputKind::Cxx},    {"a.C", InputKind::Cxx},
      {"a.ll", InputKind::Assembly}};
  for (const auto& [name, kind] : files) {
    const Input input = must(classify_input(scratch.write(name, "")));
    EXPECT_EQ(input.kind, kind) << name;
    EXPECT_EQ(input.is_source(),
              kind == InputKind::C || kind == InputKind::Cxx);
    EXPECT_EQ(input.path, scratch / name);
  }
}

TEST(Input, BitcodeIsKnownByItsFirstBytes) {
  const Scratch scratch;
  scratch.write("a.c", "int f(void) { return 1; }\n");
  // As rustc --emit=obj -C linker-plugin-lto names it.
  scratch.run_well({tools().clang, "-emit-llvm", "-c", "a.c", "-o", "a.o"});
  EXPECT_EQ(must(classify_input(scratch / "a.o")).kind, InputKind::Bitcode);
  for (const char* name : {"b.bc", "b", "b.c"})
    EXPECT_EQ(
        must(classify_input(scratch.write(name, scratch.read("a.o")))).kind,
        InputKind::Bitcode)
        << name;
  // The wrapper that Apple's tools write.
  EXPECT_EQ(
      must(classify_input(scratch.write("w.o", "\xDE\xC0\x17\x0Bxx"))).kind,
      InputKind::Bitcode);
}

TEST(Input, WhatItIsNotIsSaidClearly) {
  const Scratch scratch;
  const auto classified = [&](std::string_view name) {
    return classify_input(scratch / name);
  };
  EXPECT_TRUE(fails_with(classified("none.c"), ErrorKind::NotFound,
                         "none.c' does not exist"));
  EXPECT_TRUE(
      fails_with(classified("."), ErrorKind::InvalidArgument, "is a folder"));
  scratch.write("empty.bc", "");
  scratch.write("text.bc", "define i32 @f()");
  scratch.write("short.bc", "BC");
  for (const char* name : {"empty.bc", "text.bc", "short.bc"})
    EXPECT_TRUE(
        fails_with(classified(name), ErrorKind::Malformed, "no LLVM bitcode"))
        << name;
  scratch.write("a.rs", "fn main() {}");
  EXPECT_TRUE(fails_with(classified("a.rs"), ErrorKind::Unsupported,
                         "cannot tell what"));
  // An object file is no bitcode either.
  scratch.write("a.c", "int f(void) { return 1; }\n");
  scratch.run_well({tools().clang, "-c", "a.c"});
  EXPECT_TRUE(fails_with(classified("a.o"), ErrorKind::Unsupported, "a.o"));
}

TEST(Input, FileThatMayNotBeReadIsAnIoError) {
  const Scratch scratch;
  const std::filesystem::path path = scratch.write("a.c", "");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (!obey_permissions()) ::_exit(2);
    ::_exit(fails_with(classify_input(path), ErrorKind::Io, "cannot read") ? 0
                                                                           : 1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Input, KindsHaveNames) {
  EXPECT_EQ(input_kind_name(InputKind::C), "c");
  EXPECT_EQ(input_kind_name(InputKind::Cxx), "c++");
  EXPECT_EQ(input_kind_name(InputKind::Assembly), "ll");
  EXPECT_EQ(input_kind_name(InputKind::Bitcode), "bc");
}

}  // namespace
}  // namespace hone::program
