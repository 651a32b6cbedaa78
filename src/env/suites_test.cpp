// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checkouts of a few lines, laid out as the suites are.
#include "env/suites.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <set>

#include "env/benchmark.h"
#include "env/suite_listing.h"
#include "env/test_tools.h"

namespace hone::env {

namespace {

using program::fails_with;
using program::must;
using program::Scratch;
using ::testing::ElementsAre;

constexpr std::string_view kMain =
    "int helper(int);\nint main(void)\n"
    "{ return helper(3); }\n";
constexpr std::string_view kHelper = "int helper(int x) { return x - 3; }\n";

constexpr std::string_view kPrograms[] = {
#define HONE_SUITE_PROGRAM(identifier, uri, ...) uri,
#include "env/suite_programs.def"
#undef HONE_SUITE_PROGRAM
};

class Checkout {
 public:
  void write(std::string_view path, std::string_view text) {
    std::filesystem::create_directories((scratch_ / path).parent_path());
    scratch_.write(path, text);
  }
  std::string uri(std::string_view program) const {
    return fmt::format("{}?root={}", program, scratch_.path().string());
  }
  std::vector<std::string> sources(std::string_view suite,
                                   std::string_view path) const {
    std::vector<std::string> names;
    for (const std::filesystem::path& source :
         must(find_program(*find_suite(suite), path, scratch_.path())).sources)
      names.push_back(
          std::filesystem::relative(source, scratch_.path()).string());
    return names;
  }
  const std::filesystem::path& path() const { return scratch_.path(); }

 private:
  Scratch scratch_;
};

Status builds(const std::string& uri) {
  const Result<Benchmark> made = load_benchmark(program::tools(), uri);
  return made.ok() ? Status() : Status(made.error());
}

}  // namespace

TEST(Suites, EveryOneIsListedAmongTheDataSets) {
  std::set<std::string> names;
  for (const DatasetInfo& row : datasets()) names.insert(row.name);
  for (const Suite& suite : suites())
    EXPECT_TRUE(names.contains(std::string(suite.name))) << suite.name;
  for (const char* name :
       {"anghabench", "cbench", "chstone", "embench", "llvm-test-suite",
        "mibench", "poj104", "polybench", "file"})
    EXPECT_TRUE(names.contains(name)) << name;
  EXPECT_EQ(find_suite("no-such-suite"), nullptr);
}

TEST(Suites, ASourceOfAnghaBenchStandsAlone) {
  Checkout checkout;
  checkout.write("a/linux/extr_x.c_f.c", kHelper);
  checkout.write("a/linux/extr_x.c_g.c", kHelper);
  EXPECT_THAT(checkout.sources("anghabench", "a/linux/extr_x.c_f.c"),
              ElementsAre("a/linux/extr_x.c_f.c"));
  must(builds(checkout.uri("anghabench://a/linux/extr_x.c_f.c")));
}

TEST(Suites, AProgramOfCBenchIsAllSourcesOfItsFolder) {
  Checkout checkout;
  checkout.write("automotive_susan_c/src/susan.c", kMain);
  checkout.write("automotive_susan_c/src/helper.c", kHelper);
  checkout.write("program/cbench-security-sha/sha.c", kMain);
  EXPECT_THAT(checkout.sources("cbench", "automotive_susan_c"),
              ElementsAre("automotive_susan_c/src/helper.c",
                          "automotive_susan_c/src/susan.c"));
  EXPECT_THAT(checkout.sources("cbench", "security-sha"),
              ElementsAre("program/cbench-security-sha/sha.c"));
  must(builds(checkout.uri("cbench://automotive_susan_c")));
}

TEST(Suites, AProgramOfChStoneIncludesItsOtherSources) {
  Checkout checkout;
  checkout.write("aes/aes.c",
                 "#include \"aes_func.c\"\nint\nmain ()\n"
                 "{ return helper(3); }\n");
  checkout.write("aes/aes_func.c", kHelper);
  EXPECT_THAT(checkout.sources("chstone", "aes"), ElementsAre("aes/aes.c"));
  must(builds(checkout.uri("chstone://aes")));
}

TEST(Suites, EmbenchBringsItsOwnMain) {
  Checkout checkout;
  checkout.write("src/crc32/crc_32.c",
                 "#include \"support.h\"\n"
                 "int benchmark(void) { return WARMUP_HEAT; }\n");
  checkout.write("support/support.h",
                 "#include \"boardsupport.h\"\nint benchmark(void);\n");
  checkout.write("support/beebsc.c", "int seed;\n");
  checkout.write("support/main.c",
                 "#include \"support.h\"\n"
                 "int __attribute__ ((used))\nmain (int argc, char *argv[])\n"
                 "{ return benchmark(); }\n");
  checkout.write("examples/native/size/boardsupport.h", "");
  checkout.write("examples/native/size/boardsupport.c",
                 "void initialise_board(void) {}\n");
  must(builds(checkout.uri("embench://crc32")));
  EXPECT_EQ(checkout.sources("embench", "crc32").size(), 4u);
}

TEST(Suites, TheLlvmTestSuiteHasSourcesAndFolders) {
  Checkout checkout;
  checkout.write("SingleSource/Benchmarks/Stanford/Puzzle.c",
                 "int main() { return 0; }\n");
  checkout.write("SingleSource/Benchmarks/Stanford/Queens.c",
                 "int main() { return 1; }\n");
  checkout.write("MultiSource/Benchmarks/x/main.c",
                 "#include \"x.h\"\nint main() { return helper(X); }\n");
  checkout.write("MultiSource/Benchmarks/x/helper.c", kHelper);
  checkout.write("MultiSource/Benchmarks/x/x.h",
                 "#define X 3\nint helper(int);\n");
  EXPECT_THAT(checkout.sources("llvm-test-suite",
                               "SingleSource/Benchmarks/Stanford/Puzzle.c"),
              ElementsAre("SingleSource/Benchmarks/Stanford/Puzzle.c"));
  must(builds(checkout.uri("llvm-test-suite://MultiSource/Benchmarks/x")));
}

// Some of the sources there are a program by what they include, and one of them
// was linked to each of 1,500 others.
TEST(Suites, AProgramOfSingleSourceIsOneSource) {
  Checkout checkout;
  checkout.write("SingleSource/C/1.c", "int main() { return 0; }\n");
  checkout.write("SingleSource/C/2.c", "#include \"1.c\"\n");
  EXPECT_THAT(checkout.sources("llvm-test-suite", "SingleSource/C/1.c"),
              ElementsAre("SingleSource/C/1.c"));
  must(builds(checkout.uri("llvm-test-suite://SingleSource/C/1.c")));
  must(builds(checkout.uri("llvm-test-suite://SingleSource/C/2.c")));
}

TEST(Suites, FlagsOfOldCAreNotForProgramsOfBothLanguages) {
  Checkout checkout;
  checkout.write("MultiSource/both/a.c", kHelper);
  checkout.write("MultiSource/both/b.cpp",
                 "extern \"C\" int helper(int);\n"
                 "int main() { return helper(3); }\n");
  must(builds(checkout.uri("llvm-test-suite://MultiSource/both")));
}

TEST(Suites, TheFlagsOfAUriAreClangsAndTheLast) {
  Checkout checkout;
  checkout.write("aes/aes.c", "int main() { return NAME; }\n");
  must(builds(checkout.uri("chstone://aes") + "&flag=-DNAME=3"));
  checkout.write("ProgramData/1/7.txt", "main() { cout << NAME; }\n");
  must(builds(checkout.uri("poj104://1/7") + "&flag=-DNAME=3"));
  EXPECT_TRUE(fails_with(builds(checkout.uri("chstone://aes") + "&flag=-x"),
                         ErrorKind::ToolFailed, "language not recognized"));
}

TEST(Suites, AFolderOfMiBenchWithSeveralProgramsIsRefusedByTheirNames) {
  Checkout checkout;
  checkout.write("automotive/basicmath/small.c", kMain);
  checkout.write("automotive/basicmath/large.c", kMain);
  checkout.write("automotive/basicmath/cubic.c", kHelper);
  EXPECT_TRUE(fails_with(builds(checkout.uri("mibench://automotive/basicmath")),
                         ErrorKind::InvalidArgument,
                         "automotive/basicmath/large.c"));
  must(builds(checkout.uri("mibench://automotive/basicmath/small.c")));
  EXPECT_THAT(checkout.sources("mibench", "automotive/basicmath/small.c"),
              ElementsAre("automotive/basicmath/cubic.c",
                          "automotive/basicmath/small.c"));
}

TEST(Suites, AMainThatIsSwitchedOffOrInACommentIsNone) {
  Checkout checkout;
  checkout.write("program/cbench-telecom-gsm/toast.c", kMain);
  checkout.write("program/cbench-telecom-gsm/getopt.c",
                 std::string(kHelper) +
                     "#ifdef TEST\nint main(void) { return 1; }\n#endif\n");
  checkout.write("program/cbench-telecom-gsm/inflate.c",
                 "/* int\nmain() { is prose } */ // main() {\nint n = 8 / 2;\n"
                 "#if defined(MAKEFIXED)\nint main(void) { return 1; }\n"
                 "#else\nint fixed;\n#endif\n");
  EXPECT_EQ(checkout.sources("cbench", "telecom-gsm").size(), 3u);
  must(builds(checkout.uri("cbench://telecom-gsm")));
  checkout.write("program/cbench-x/a.c",
                 "#ifdef UNIX_PORT\nint main(void) { return 1; }\n#endif\n");
  EXPECT_THAT(checkout.sources("cbench", "x"),
              ElementsAre("program/cbench-x/a.c"));
  checkout.write("program/cbench-y/a.c",
                 "#ifdef OLD\nint main() {\n#else\nint main(void) {\n#endif\n"
                 "return 1; }\n");
  checkout.write("program/cbench-y/b.c",
                 "#if defined(__linux__)\nint main(void) { return 1; }\n"
                 "#endif\n");
  EXPECT_TRUE(fails_with(builds(checkout.uri("cbench://y")),
                         ErrorKind::InvalidArgument, "several programs"));
}

TEST(Suites, AnAnswerOfPoj104IsCxxInATextFile) {
  Checkout checkout;
  checkout.write("ProgramData/7/12.txt",
                 "using namespace std;\nint main() { cout << 1; }\n");
  must(builds(checkout.uri("poj104://7/12")));
}

TEST(Suites, AnAnswerOfPoj104NeedNotBeCxxOfToday) {
  Checkout checkout;
  const std::string head = "#include <iostream>\n";
  const std::string body = "() { int a; cin >> a; cout << a << endl; }\n";
  checkout.write("ProgramData/7/1.txt", head + "main" + body);
  checkout.write("ProgramData/7/2.txt", head + "void  main" + body);
  checkout.write("ProgramData/7/3.txt", "int domain(); int main() {}\n");
  checkout.write("ProgramData/7/4.txt", "main(){int max=1;printf(\"\",max);}");
  for (const std::string number : {"1", "2", "3", "4"})
    must(builds(checkout.uri("poj104://7/" + number)));
}

TEST(Suites, PolyBenchIsLinkedWithItsUtilities) {
  Checkout checkout;
  checkout.write("linear-algebra/blas/gemm/gemm.c",
                 "#include <polybench.h>\n#include \"gemm.h\"\n"
                 "int main(int argc, char** argv) { return timer() - N; }\n");
  checkout.write("linear-algebra/blas/gemm/gemm.h", "#define N 3\n");
  checkout.write("utilities/polybench.h", "int timer(void);\n");
  checkout.write("utilities/polybench.c", "int timer(void) { return 3; }\n");
  must(builds(checkout.uri("polybench://linear-algebra/blas/gemm")));
  ::setenv("HONE_SUITES", checkout.path().parent_path().c_str(), 1);
  EXPECT_TRUE(fails_with(builds("polybench://linear-algebra/blas/gemm"),
                         ErrorKind::NotFound, "a checkout of polybench"));
  ::unsetenv("HONE_SUITES");
}

TEST(Suites, WhatIsNotThereIsNamed) {
  Checkout checkout;
  ::unsetenv("HONE_SUITES");
  EXPECT_TRUE(
      fails_with(builds("mibench://x"), ErrorKind::NotFound, "HONE_SUITES"));
  EXPECT_TRUE(fails_with(builds(checkout.uri("mibench://x")),
                         ErrorKind::NotFound, "there is no"));
  for (const char* path : {"mibench://../x", "mibench:///etc", "mibench://"})
    EXPECT_TRUE(fails_with(builds(checkout.uri(path)),
                           ErrorKind::InvalidArgument, "within the checkout"))
        << path;
}

TEST(Suites, EqualSourcesHaveEqualIdentities) {
  Checkout checkout;
  checkout.write("aes/aes.c", "int main(void) { return 0; }\n");
  const std::string uri = checkout.uri("chstone://aes");
  const Hash128 identity = must(load_benchmark(program::tools(), uri)).identity;
  EXPECT_EQ(must(load_benchmark(program::tools(), uri)).identity, identity);
  checkout.write("aes/aes.c", "int main(void) { return 1; }\n");
  EXPECT_NE(must(load_benchmark(program::tools(), uri)).identity, identity);
}

TEST(Suites, EveryProgramWithARowIsBuiltAsTheRowSays) {
  EXPECT_EQ(suite_programs().size(), std::size(kPrograms));
  for (const std::string_view uri : kPrograms) {
    const size_t slashes = uri.find("://");
    const std::string suite(uri.substr(0, slashes));
    const std::string path(uri.substr(slashes + 3));
    ASSERT_NE(find_suite(suite), nullptr) << uri;
    const SuiteProgramInfo* const found = find_suite_program(suite, path);
    ASSERT_NE(found, nullptr) << uri;
    const SuiteProgramInfo& row = *found;
    if (row.folder.empty()) continue;  // the suite's rule finds its sources
    // A checkout with what the row names, a file for each pattern.
    Checkout checkout;
    const std::string folder = std::string(row.folder) + "/";
    size_t expected = 0;
    for (std::string word : split_blank(row.sources)) {
      const bool is_out = word.starts_with('-');
      if (is_out) word.erase(0, 1);
      const size_t star = word.find('*');
      if (star != std::string::npos) word.replace(star, 1, "zz");
      expected += is_out ? 0 : 1;
      checkout.write(folder + word, fmt::format("int f{};\n", expected));
    }
    for (const std::string& word : split_blank(row.headers))
      if (const size_t at = word.find('='); at != std::string::npos)
        checkout.write(folder + word.substr(at + 1), "\n");
    EXPECT_EQ(checkout.sources(suite, path).size(), expected) << row.uri;
  }
  EXPECT_EQ(find_suite_program("mibench", "no/such"), nullptr);
}

TEST(Suites, HeadersThatABuildWouldWriteAreThere) {
  Checkout checkout;
  const SuiteProgramInfo* row = find_suite_program("mibench", "office/rsynth");
  ASSERT_NE(row, nullptr);
  for (const std::string& word : split_blank(row->sources))
    checkout.write("office/rsynth/" + word, "#include <config.h>\n");
  checkout.write("office/rsynth/say.c",
                 "#include <config.h>\n#ifdef HAVE_UNISTD_H\n"
                 "int main(void) { return 0; }\n#endif\n");
  must(builds(checkout.uri("mibench://office/rsynth")));
  std::filesystem::remove(checkout.path() / "office/rsynth/text.c");
  EXPECT_TRUE(fails_with(
      find_program(*find_suite("mibench"), "office/rsynth", checkout.path()),
      ErrorKind::NotFound, "there is no"));
}

TEST(SuiteListing, HasWhatHasAMainOrIsAProgramByItself) {
  Checkout checkout;
  checkout.write("a/one/src/x.c", kMain);
  checkout.write("a/one/src/y.c", kHelper);
  checkout.write("b/src/only_helper.c", kHelper);
  checkout.write("program/cbench-two/p.c", kMain);
  checkout.write("program/cbench-two/q.c", kMain);
  checkout.write(".git/src/x.c", kMain);
  EXPECT_THAT(must(list_programs(*find_suite("cbench"), checkout.path())),
              ElementsAre("a/one", "two/p.c", "two/q.c"));
  checkout.write("3/1.txt", "main(){}");
  checkout.write("ProgramData/3/2.txt", "main(){}");
  EXPECT_THAT(must(list_programs(*find_suite("poj104"), checkout.path())),
              ElementsAre("3/1", "3/2"));
}

TEST(SuiteListing, KnowsSourcesOfOwnRowsAndOfAllPrograms) {
  Checkout checkout;
  checkout.write("telecomm/gsm/src/main.c", kMain);
  checkout.write("telecomm/gsm/src/other.c", kMain);
  checkout.write("automotive/qsort/small.c", kMain);
  EXPECT_THAT(must(list_programs(*find_suite("mibench"), checkout.path())),
              ElementsAre("automotive/qsort", "telecomm/gsm"));
  checkout.write("src/crc32/crc_32.c", kHelper);
  checkout.write("support/main.c", kMain);
  EXPECT_THAT(must(list_programs(*find_suite("embench"), checkout.path())),
              ElementsAre("crc32"));
  checkout.write("SingleSource/Puzzle.c", kMain);
  checkout.write("MultiSource/Applications/sgefa/main.c", kMain);
  EXPECT_THAT(
      must(list_programs(*find_suite("llvm-test-suite"), checkout.path())),
      ElementsAre("MultiSource/Applications/sgefa", "SingleSource/Puzzle.c"));
}

TEST(SuiteListing, ItsUrisNameThePrograms) {
  Checkout checkout;
  checkout.write("aes/aes.c", kMain);
  checkout.write("tool.c", kMain);
  const std::string uri = checkout.uri("chstone://aes");
  EXPECT_THAT(must(list_benchmarks(checkout.uri("chstone://"))),
              ElementsAre(uri));
  EXPECT_EQ(must(find_source(uri)).path, checkout.path() / "aes/aes.c");
  for (const char* other : {"hone", "file:///x", "chstone://aes"})
    EXPECT_TRUE(fails_with(list_benchmarks(other), ErrorKind::InvalidArgument,
                           "no list of programs"));
  EXPECT_TRUE(fails_with(list_benchmarks("chston"), ErrorKind::InvalidArgument,
                         "did you mean 'chstone'?"));
  EXPECT_TRUE(fails_with(list_benchmarks("chstone://?root=/no/such"),
                         ErrorKind::NotFound, "no folder"));
}

}  // namespace hone::env
