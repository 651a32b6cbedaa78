// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/semantics.h"

#include <gmock/gmock.h>

#include "env/environment.h"
#include "env/measure.h"
#include "env/test_tools.h"

namespace hone::toolkit {

namespace {

using program::must;
using program::Scratch;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kProgram =
    "#include <stdio.h>\n"
    "int twice(int x) { return x + x; }\n"
    "int main(void) {\n"
    "  unsigned sum = 0;\n"
    "  for (int i = 0; i < 9; i++) sum = sum * 31 + twice(i);\n"
    "  printf(\"%u\\n\", sum);\n"
    "  return 0;\n"
    "}\n";

class Semantics : public ::testing::Test {
 protected:
  Semantics() { env::use_own_worker(); }

  std::string uri(std::string_view text) {
    return env::benchmark_uri(scratch_.write("p.c", text).string(), {});
  }

  std::string object_of(const std::string& benchmark) {
    const auto env = must(env::make_environment("llvm", {}));
    must(env->reset(benchmark));
    return std::get<std::string>(must(env->observe("object-oz")));
  }

  const Scratch scratch_;
  const program::Toolchain tools_ = must(program::find_toolchain());
};

}  // namespace

TEST_F(Semantics, RandomEpisodesStillDoWhatTheirProgramDoes) {
  const auto env =
      must(env::make_environment("llvm", {.reward = "ir-instructions"}));
  const env::RandomRun run =
      must(env::run_random(*env, uri(kProgram), {.episodes = 2, .length = 8}));
  for (const env::Episode& episode : run.episodes) {
    const SemanticsReport report = must(check_semantics(tools_, episode, {}));
    EXPECT_THAT(report.differences, IsEmpty()) << to_text(episode);
    EXPECT_TRUE(report.ran_program);
    bool tested = false;
    for (const verify::FunctionVerdict& one : report.functions)
      tested |= one.name == "twice" && one.inputs > 0;
    EXPECT_TRUE(tested);
  }
}

TEST_F(Semantics, AChangedFunctionAndAChangedOutputAreDifferences) {
  const env::Benchmark benchmark =
      must(env::load_benchmark(tools_, uri(kProgram)));
  const std::string stock = object_of(benchmark.uri);
  std::string other = kProgram;
  other.replace(other.find("x + x"), 5, "x + 3");
  const SemanticsReport report =
      must(compare_builds(tools_, benchmark, stock, object_of(uri(other)), {}));
  EXPECT_FALSE(report.equal());
  EXPECT_THAT(report.differences, Contains(HasSubstr("twice, input")));
  EXPECT_THAT(report.differences, Contains(HasSubstr("the program: ")));
}

TEST_F(Semantics, AProgramThatFailsOrVariesIsNotCompared) {
  for (const char* text :
       {"int main(int n, char** v) { return n == 1; }\n",
        "#include <stdio.h>\n#include <time.h>\n"
        "int main(void) { struct timespec t; clock_gettime(0, &t);\n"
        "  printf(\"%ld\\n\", t.tv_nsec); return 0; }\n"}) {
    const env::Benchmark benchmark =
        must(env::load_benchmark(tools_, uri(text)));
    const std::string stock = object_of(benchmark.uri);
    const SemanticsReport report =
        must(compare_builds(tools_, benchmark, stock, stock, {}));
    EXPECT_FALSE(report.ran_program);
    EXPECT_TRUE(report.equal());
    EXPECT_THAT(report.not_run, AnyOf(HasSubstr("ends with exit code 1"),
                                      HasSubstr("not behave alike twice")));
  }
}

TEST_F(Semantics, WhatChangesWithTheTimeIsNotCompared) {
  const env::Benchmark benchmark = must(env::load_benchmark(
      tools_, uri("#include <stdio.h>\n#include <time.h>\n"
                  "int main(void) { printf(\"%ld\\n\", (long)time(0));\n"
                  "  return 0; }\n")));
  // Two runs may still see the same second, but never a third one between them
  // that sees another.
  const std::string stock = object_of(benchmark.uri);
  for (int i = 0; i < 4; ++i) {
    const SemanticsReport report =
        must(compare_builds(tools_, benchmark, stock, stock, {}));
    EXPECT_THAT(report.differences, IsEmpty());
  }
}

TEST_F(Semantics, AnObjectThatDoesNotLinkIsADifferenceOfTheWhole) {
  const env::Benchmark benchmark =
      must(env::load_benchmark(tools_, uri(kProgram)));
  const std::string stock = object_of(benchmark.uri);
  std::string other = kProgram;
  other.replace(other.find("x + x"), 5, "missing(x)");
  const SemanticsReport report =
      must(compare_builds(tools_, benchmark, stock,
                          object_of(uri("int missing(int);\n" + other)), {}));
  EXPECT_THAT(report.differences,
              Contains(StartsWith("the candidate does not link")));
}

TEST_F(Semantics, OptionsOfACompilerAreComparedWithNoOptions) {
  const SemanticsReport report =
      must(check_semantics(tools_,
                           {.environment = "flags-clang",
                            .benchmark = uri(kProgram),
                            .actions = {"-O2", "-fno-unroll-loops"}},
                           {}));
  EXPECT_THAT(report.differences, IsEmpty());
  EXPECT_TRUE(report.ran_program);
}

}  // namespace hone::toolkit
