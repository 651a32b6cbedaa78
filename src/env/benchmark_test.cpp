// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/benchmark.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>

#include "env/test_tools.h"

namespace hone::env {

namespace {

using program::fails_with;
using program::must;
using ::testing::ElementsAre;

std::vector<std::string> flags_of(const std::string& uri) {
  return must(parse_uri(uri)).flags;
}

}  // namespace

TEST(BenchmarkUri, AUriTakesFlagsAsAPathDoes) {
  EXPECT_EQ(benchmark_uri("generator://hone/3", {}), "generator://hone/3");
  EXPECT_EQ(benchmark_uri("generator://hone/3", {{"-DA=1,2", "-w"}}),
            "generator://hone/3?flag=-DA=1%2C2&flag=-w");
  EXPECT_EQ(benchmark_uri("polybench://x?root=/r", {{"-DSMALL_DATASET"}}),
            "polybench://x?root=/r&flag=-DSMALL_DATASET");
  EXPECT_THAT(flags_of(benchmark_uri("/a b,c?.c", {{"-DX=a b&c%20"}})),
              ElementsAre("-DX=a b&c%20"));
}

TEST(BenchmarkUri, PathsAmongFlagsAreNamedFromAnywhere) {
  const std::string here = std::filesystem::current_path().string();
  EXPECT_THAT(
      flags_of(benchmark_uri(
          "/x.c", {{"-Iinc", "-I", "inc", "-I/usr/include", "-isystem", "sys",
                    "-Llib", "-DI=inc", "-include", "no-such.h", "-w"}})),
      ElementsAre("-I" + here + "/inc", "-I", here + "/inc", "-I/usr/include",
                  "-isystem", here + "/sys", "-L" + here + "/lib", "-DI=inc",
                  "-include", "no-such.h", "-w"));
}

TEST(BenchmarkUri, EveryEscapeIsReadAndFewAreWritten) {
  EXPECT_EQ(must(parse_uri("file:///%C3%A4%23b%2c.c")).path, "/ä#b,.c");
  EXPECT_EQ(must(parse_uri("file:///100%/%4/%zz/%00/%")).path,
            "/100%/%4/%zz/%00/%");
  EXPECT_EQ(absolute_uri("file:///%C3%A4%23 b%2c.c"), "file:///ä#%20b%2C.c");
}

TEST(BenchmarkUri, PathsOfAUriAreAbsolute) {
  const std::string here = std::filesystem::current_path().string();
  EXPECT_EQ(absolute_uri("file://./x.c?flag=-Iinc&flag=-w"),
            "file://" + here + "/x.c?flag=-I" + here + "/inc&flag=-w");
  EXPECT_EQ(absolute_uri("chstone://aes?flag=-w&root=suites/../chstone"),
            "chstone://aes?root=" + here + "/suites/../chstone&flag=-w")
      << "no such folder as suites: it might be a link";
  EXPECT_EQ(
      absolute_uri("file://../x.c"),
      "file://" + std::filesystem::path(here).parent_path().string() + "/x.c");
  for (const char* uri :
       {"file:///a%20b.c", "generator://hone/3", "debian://p/x.c?flag=-w",
        "x.c", "polybench://x?root=/r&flag=-I/inc", "file://x?level=2"})
    EXPECT_EQ(absolute_uri(uri), uri);
}

TEST(FindSource, EveryDataSetTakesFlagsAndOnlySuitesARoot) {
  const Source source =
      must(find_source("generator://hone/3?flag=-DA&flag=-DB"));
  EXPECT_THAT(source.flags, ElementsAre("-w", "-DA", "-DB"));
  for (const char* uri : {"generator://hone/3?root=/", "file:///x.c?root=/"})
    EXPECT_TRUE(fails_with(find_source(uri), ErrorKind::InvalidArgument,
                           "names a root"))
        << uri;
}

TEST(FindSource, ABenchmarkHasNoOutputs) {
  EXPECT_THAT(must(find_source("file:///x.c?flag=-c&flag=-MD&flag=-MF&flag=x.d"
                               "&flag=-w"))
                  .flags,
              ElementsAre("-w"));
  for (const char* flag : {"-o", "-ox.o", "-S", "-E", "-fsyntax-only"})
    EXPECT_TRUE(
        fails_with(find_source(fmt::format("file:///x.c?flag={}", flag)),
                   ErrorKind::Unsupported, "leave it out"))
        << flag;
  EXPECT_TRUE(fails_with(find_source("file:///x.c?flag=-w&flag=y.c"),
                         ErrorKind::InvalidArgument, "one source"));
  must(find_source("file:///x.c?flag=-include&flag=y.c&flag=-Iz.c"));
}

TEST(FindSource, ACsmithThatFailsSaysWhy) {
  const program::Scratch scratch;
  const std::string path = std::getenv("PATH");
  const auto find = [] { return find_source("generator://csmith/3"); };
  ::setenv("PATH", scratch.path().c_str(), 1);
  EXPECT_TRUE(fails_with(find(), ErrorKind::NotFound, "install"));
  std::filesystem::permissions(
      scratch.write("csmith", "#!/bin/sh\necho full >&2; exit 3\n"),
      std::filesystem::perms::owner_all);
  EXPECT_TRUE(fails_with(find(), ErrorKind::ToolFailed, "exit code 3:\nfull"));
  ::setenv("PATH", path.c_str(), 1);
}

}  // namespace hone::env
