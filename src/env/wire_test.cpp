// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/wire.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "env/benchmark.h"
#include "env/episode.h"
#include "program/test_tools.h"

namespace hone::env {

using program::fails_with;
using program::must;

TEST(Wire, ValuesGoThereAndBack) {
  const Value values[] = {int64_t{-7},
                          2.5,
                          std::string("a\0b", 3),
                          std::vector<int64_t>{1, -2, 3},
                          std::vector<std::string>{"x", "", "yz"},
                          std::vector<double>{0.1, -3e300}};
  WireWriter writer;
  for (const Value& value : values) writer.value(value);
  const std::string bytes = writer.take();
  WireReader reader(bytes);
  for (const Value& value : values) EXPECT_EQ(reader.value(), value);
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.at_end());
}

TEST(Wire, WhatIsCutOffIsNoticedAndACountIsNotBelieved) {
  WireWriter writer;
  writer.value(std::vector<std::string>{"hello", "world"});
  const std::string bytes = writer.take();
  for (size_t size = 0; size < bytes.size(); ++size) {
    WireReader reader(std::string_view(bytes).substr(0, size));
    (void)reader.value();
    EXPECT_FALSE(reader.ok()) << size;
  }
  WireReader huge(std::string_view("\x03\xff\xff\xff\xff", 5));
  (void)huge.value();
  EXPECT_FALSE(huge.ok());
}

TEST(Wire, NoBytesCrashTheReader) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes;
    for (uint64_t n = random.below(40); n > 0; --n)
      bytes += static_cast<char>(random.below(i % 2 == 0 ? 256 : 7));
    WireReader reader(bytes);
    while (reader.ok() && !reader.at_end()) (void)reader.value();
  }
}

TEST(Episode, GoesThereAndBackAsText) {
  const Episode episode{.environment = "llvm",
                        .benchmark = "file:///a%2Cb.c?flag=-O1",
                        .reward_space = "ir-instructions-oz",
                        .reward = 0.1 + 0.2,
                        .state = "0123",
                        .actions = {"function(loop(a<x;y>,b))", "globaldce"}};
  EXPECT_EQ(must(parse_episode(to_text(episode))), episode);
  const Episode empty{.environment = "llvm", .benchmark = "file://x"};
  EXPECT_EQ(must(parse_episode(to_text(empty))), empty);
}

TEST(Episode, IsOneLineWhateverItsBenchmarkIsCalled) {
  const std::vector<std::string> flags = {"-DA=\n"};
  for (const std::string& uri :
       {benchmark_uri("/p/a\nb,c\r.c", flags),
        std::string("file:///p/a\nb,c\r.c?flag=-DA=\n")}) {
    const Episode episode{.environment = "llvm", .benchmark = uri};
    const std::vector<Episode> read = must(parse_episodes(to_text(episode)));
    ASSERT_EQ(read.size(), 1u);
    const UriParts parts = must(parse_uri(read.front().benchmark));
    EXPECT_EQ(parts.path, "/p/a\nb,c\r.c");
    EXPECT_EQ(parts.flags, flags);
  }
}

TEST(Episode, CommasOfAUriDoNotShiftTheFields) {
  const Episode episode{.environment = "llvm",
                        .benchmark = "file:///a,b.c?flag=-DX=1,2",
                        .reward_space = "ir-instructions",
                        .state = "ab"};
  const Episode read = must(parse_episode(to_text(episode)));
  EXPECT_EQ(read.benchmark, "file:///a%2Cb.c?flag=-DX=1%2C2");
  EXPECT_EQ(read.reward_space, "ir-instructions");
}

TEST(Episode, ATableNamesTheLineThatIsWrong) {
  const std::string table =
      std::string(kEpisodeHeader) +
      "\nllvm,file://x,,0,,globaldce\nllvm,file://y,,z,,\n";
  EXPECT_TRUE(
      fails_with(parse_episodes(table), ErrorKind::Malformed,
                 "line 3: 'z' is no reward; expected a number, fourth of "
                 "the fields environment,benchmark"));
  EXPECT_TRUE(fails_with(parse_episodes("llvm,only"), ErrorKind::Malformed,
                         "found 2 of them"));
  EXPECT_EQ(must(parse_episodes(kEpisodeHeader)).size(), 0u);
}

TEST(Benchmark, AUriCarriesPathAndFlags) {
  const std::vector<std::string> flags = {"-std=gnu99", "-DA=b c,d&e%"};
  const std::string uri = benchmark_uri("/p/x.c", flags);
  EXPECT_EQ(uri.find(','), std::string::npos);
  EXPECT_EQ(uri.find(' '), std::string::npos);
  const UriParts parts = must(parse_uri(uri));
  EXPECT_EQ(parts.scheme, "file");
  EXPECT_EQ(parts.path, "/p/x.c");
  EXPECT_EQ(parts.flags, flags);
  EXPECT_EQ(benchmark_uri("file:///y", {}), "file:///y");
}

TEST(Benchmark, ADebianSourceIsBuiltWithThePackagesFlags) {
  const program::Scratch scratch;
  std::filesystem::create_directories(scratch / "pkg/src/include");
  scratch.write("pkg/flags.txt", "-Iinclude\n-DN=3\n");
  scratch.write("pkg/src/include/n.h", "static int n = N;\n");
  scratch.write("pkg/src/n.c", "#include \"n.h\"\nint f(void) { return n; }\n");
  ::unsetenv("HONE_DEBIAN_SOURCES");
  EXPECT_TRUE(fails_with(load_benchmark(program::tools(), "debian://pkg/n.c"),
                         ErrorKind::NotFound, "fetch_sources.py"));
  ::setenv("HONE_DEBIAN_SOURCES", scratch.path().c_str(), 1);
  const Benchmark made =
      must(load_benchmark(program::tools(), "debian://pkg/n.c"));
  EXPECT_TRUE(made.bitcode.starts_with("BC"));
  EXPECT_TRUE(fails_with(
      load_benchmark(program::tools(), "debian://pkg/../pkg/src/n.c"),
      ErrorKind::InvalidArgument, "debian://PACKAGE/SOURCE"));
  EXPECT_TRUE(fails_with(load_benchmark(program::tools(), "debian://other/n.c"),
                         ErrorKind::NotFound, "flags.txt"));
}

TEST(Benchmark, WhatIsNoUriIsRefusedWithAnExample) {
  EXPECT_TRUE(fails_with(parse_uri("x.c"), ErrorKind::InvalidArgument,
                         "expected file://PATH"));
  EXPECT_TRUE(fails_with(parse_uri("file://x?level=2"),
                         ErrorKind::InvalidArgument, "flag=FLAG"));
  EXPECT_TRUE(fails_with(load_benchmark(program::tools(), "ftp://x"),
                         ErrorKind::InvalidArgument, "no data set 'ftp://'"));
  EXPECT_TRUE(
      fails_with(load_benchmark(program::tools(), "generator://csmith/x"),
                 ErrorKind::InvalidArgument, "generator://csmith/SEED"));
  EXPECT_FALSE(load_benchmark(program::tools(), "file:///no/such.c").ok());
}

}  // namespace hone::env
