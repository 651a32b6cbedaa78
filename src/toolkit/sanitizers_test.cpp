// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/sanitizers.h"

#include <gmock/gmock.h>

#include "env/measure.h"
#include "env/test_tools.h"
#include "toolkit/semantics.h"

namespace hone::toolkit {

namespace {

using program::must;
using program::Scratch;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What lies behind the table is added by nobody, and printed by nobody.
constexpr const char* kSum =
    "#include <stdio.h>\n"
    "int table[4] = {1, 2, 3, 4};\n"
    "int most;\n"
    "int sum(int n) {\n"
    "  int s = 0;\n"
    "  for (int i = 0; i < n; i++) { most = table[i]; s += table[i] > 0; }\n"
    "  return s;\n"
    "}\n"
    "int main(int n, char **v) { return printf(\"%d\\n\", sum(n + 3)) < 0; }\n";

class Sanitizers : public ::testing::Test {
 protected:
  Sanitizers() { env::use_own_worker(); }

  env::Benchmark load(std::string_view text) {
    return must(env::load_benchmark(
        tools_, env::benchmark_uri(scratch_.write("p.c", text).string(), {})));
  }

  // The benchmark's text with one piece of it exchanged, as bitcode.
  std::string edited(const env::Benchmark& benchmark, const std::string& from,
                     const std::string& to) {
    scratch_.write("edit.bc", benchmark.bitcode);
    scratch_.run_well(
        {program::llvm_program("llvm-dis"), "edit.bc", "-o", "edit.ll"});
    std::string text = scratch_.read("edit.ll");
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << text;
    text.replace(at, from.size(), to);
    scratch_.write("edit.ll", text);
    scratch_.run_well(
        {program::llvm_program("llvm-as"), "edit.ll", "-o", "edited.bc"});
    return scratch_.read("edited.bc");
  }

  SanitizerFindings compare(const env::Benchmark& benchmark,
                            std::string_view candidate) {
    return must(compare_under_sanitizers(tools_, benchmark, candidate, {}));
  }

  const Scratch scratch_;
  const program::Toolchain tools_ = must(program::find_toolchain());
};

}  // namespace

TEST_F(Sanitizers, AWrongPassThatReadsBehindATableIsFound) {
  const env::Benchmark benchmark = load(kSum);
  const SanitizerFindings same = compare(benchmark, benchmark.bitcode);
  EXPECT_TRUE(same.compared) << same.unavailable;
  EXPECT_FALSE(same.difference) << *same.difference;
  EXPECT_THAT(same.own, IsEmpty());
  // One round more, as if a pass had rotated the loop wrongly.
  const SanitizerFindings wrong =
      compare(benchmark, edited(benchmark, "icmp slt i32", "icmp sle i32"));
  ASSERT_TRUE(wrong.difference);
  EXPECT_THAT(*wrong.difference, HasSubstr("in sum"));
}

TEST_F(Sanitizers, AWrongOutputIsFoundToo) {
  const env::Benchmark benchmark = load(kSum);
  const SanitizerFindings wrong =
      compare(benchmark, edited(benchmark, "icmp sgt i32", "icmp slt i32"));
  ASSERT_TRUE(wrong.difference);
  EXPECT_THAT(*wrong.difference, HasSubstr("stdout differs"));
}

TEST_F(Sanitizers, AFunctionThatHasCodeOnlyWhereItIsCalledIsChecked) {
  const env::Benchmark benchmark = load(
      "#include <stdio.h>\n"
      "extern __attribute__((always_inline, gnu_inline)) inline\n"
      "int next(int x) { return x + 1; }\n"
      "int main(int n, char **v) { return printf(\"%d\\n\", next(n)) < 0; }\n");
  const SanitizerFindings found = compare(benchmark, benchmark.bitcode);
  EXPECT_TRUE(found.compared) << found.unavailable;
  EXPECT_FALSE(found.difference);
}

TEST_F(Sanitizers, UndefinedBehaviourOfTheProgramItselfBlamesNoEpisode) {
  const env::Benchmark benchmark = load(
      "#include <stdio.h>\n#include <limits.h>\n"
      "int main(int n, char **v) {\n"
      "  int x = INT_MAX - 1 + n;\n"
      "  printf(\"%d\\n\", x + n > x);\n"
      "  return 0;\n}\n");
  const SanitizerFindings found = compare(benchmark, benchmark.bitcode);
  EXPECT_TRUE(found.is_undefined);
  EXPECT_FALSE(found.compared);
  EXPECT_THAT(found.own, ElementsAre(HasSubstr("signed integer overflow")));
  // What it prints with passes is another line, and is not counted.
  const env::Episode episode{.environment = "llvm",
                             .benchmark = benchmark.uri,
                             .actions = {"function(sroa<modify-cfg>)",
                                         "function(instcombine<no-verify-"
                                         "fixpoint>)"}};
  const SemanticsReport report = must(check_semantics(tools_, episode, {}));
  EXPECT_TRUE(report.sanitizers.is_undefined);
  EXPECT_THAT(report.differences, IsEmpty());
}

TEST_F(Sanitizers, MemoryThatNobodyWroteBlamesNoEpisode) {
  for (const char* text :
       {"#include <stdio.h>\n"
        "int pick(int k) { int x; if (k > 3) x = 7; return x; }\n"
        "int main(int n, char **v) { printf(\"%d\\n\", pick(n)); return 0; }\n",
        "#include <stdio.h>\n#include <stdlib.h>\n"
        "int main(void) { char *p = malloc(8); printf(\"%d\\n\", p[3]);\n"
        "  free(p); return 0; }\n"}) {
    const env::Benchmark benchmark = load(text);
    const SanitizerFindings found = compare(benchmark, benchmark.bitcode);
    EXPECT_TRUE(found.is_undefined);
    EXPECT_FALSE(found.difference);
    EXPECT_THAT(found.own, ElementsAre(HasSubstr("has not written")));
  }
}

TEST_F(Sanitizers, ALeakIsReportedAndNotCounted) {
  const env::Benchmark benchmark = load(
      "#include <stdlib.h>\n#include <stdio.h>\n"
      "void *volatile p;\n"
      "int main(void) { p = malloc(7); p = 0; puts(\"x\"); return 0; }\n");
  const SanitizerFindings found = compare(benchmark, benchmark.bitcode);
  EXPECT_TRUE(found.compared) << found.unavailable;
  EXPECT_FALSE(found.is_undefined);
  EXPECT_FALSE(found.difference);
  EXPECT_THAT(found.own, ElementsAre(HasSubstr("detected memory leaks")));
}

TEST_F(Sanitizers, RandomEpisodesRaiseNoFalseAlarm) {
  const auto env =
      must(env::make_environment("llvm", {.reward = "ir-instructions"}));
  const env::RandomRun run = must(env::run_random(
      *env, "generator://hone/5", {.episodes = 1, .length = 12}));
  for (const env::Episode& episode : run.episodes) {
    const SemanticsReport report =
        must(check_semantics(tools_, episode, {.inputs_per_function = 4}));
    EXPECT_THAT(report.differences, IsEmpty()) << to_text(episode);
    EXPECT_TRUE(report.sanitizers.compared) << report.sanitizers.unavailable;
    EXPECT_THAT(report.sanitizers.own, IsEmpty());
  }
}

}  // namespace hone::toolkit
