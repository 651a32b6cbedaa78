// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Splicing: functions of several compiles in one program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "program/assembly.h"
#include "program/assembly_test_tools.h"
#include "program/module.h"
#include "program/object_file.h"
#include "program/test_tools.h"

namespace hone::program {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Several compiles of one optimised module.
struct Variants {
  std::vector<Assembly> assemblies;  // the first is the base
  std::vector<std::string> files;

  std::vector<const Assembly*> others() const {
    std::vector<const Assembly*> pointers;
    for (size_t i = 1; i < assemblies.size(); ++i)
      pointers.push_back(&assemblies[i]);
    return pointers;
  }
};

using Options = std::vector<std::vector<std::string>>;

const Options kWays = {{"-Oz"},
                       {"-O2"},
                       {"-Oz", "-mllvm", "-disable-block-placement"},
                       {"-Oz", "-mllvm", "-min-jump-table-entries=100"}};

Variants compile_variants(const Scratch& scratch, const std::string& bitcode,
                          const Options& ways,
                          std::vector<std::string> flags = {}) {
  scratch.run_well(
      {tools().opt, "-passes=default<Oz>", bitcode, "-o", "optimised.bc"});
  Variants variants;
  for (const std::vector<std::string>& way : ways) {
    const std::string file = fmt::format("way{}.s", variants.files.size());
    std::vector<std::string> argv = {tools().clang, "-Xclang",
                                     "-disable-llvm-passes", "-S",
                                     "-Wno-unused-command-line-argument"};
    argv.insert(argv.end(), way.begin(), way.end());
    argv.insert(argv.end(), flags.begin(), flags.end());
    argv.insert(argv.end(), {"optimised.bc", "-o", file});
    scratch.run_well(argv);
    variants.assemblies.push_back(must(Assembly::parse(scratch.read(file))));
    variants.files.push_back(file);
  }
  return variants;
}

// Functions spread over the other files by chance; counts what was taken.
struct Spliced {
  std::string text;
  size_t taken = 0;
};

Spliced splice_by_chance(const Scratch& scratch, const Variants& variants,
                         uint64_t seed) {
  Random random(seed);
  const std::vector<const Assembly*> others = variants.others();
  std::map<std::string, size_t> chosen;
  Spliced spliced;
  for (const AssemblyBlock& block : variants.assemblies[0].blocks()) {
    // One index too many: stays with the base.
    const size_t index = random.below(others.size() + 1);
    chosen[block.function] = index;
    spliced.taken +=
        index < others.size() &&
        can_take(variants.assemblies[0], *others[index], block.function);
  }
  const std::vector<Segment> segments =
      splice(variants.assemblies[0], others, chosen);
  spliced.text = render(segments, variants.assemblies[0], others);
  // The printed command does the same to the byte.
  scratch.run_well(
      {"sh", "-e", "-c", sed_command(segments, variants.files, "by_sed.s")});
  EXPECT_EQ(scratch.read("by_sed.s"), spliced.text) << "seed " << seed;
  scratch.write("spliced.s", spliced.text);
  return spliced;
}

std::string bitcode_of_program(const Scratch& scratch,
                               const std::filesystem::path& folder) {
  std::vector<std::string> link = {tools().llvm_link, "-o", "program.bc"};
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".c") continue;
    const std::string to = entry.path().stem().string() + ".bc";
    scratch.run_well({tools().clang, "-Oz", "-std=c11", "-Xclang",
                      "-disable-llvm-passes", "-emit-llvm", "-c",
                      entry.path().string(), "-o", to});
    link.push_back(to);
  }
  scratch.run_well(link);
  return "program.bc";
}

TEST(Splice, ProgramOfMixedFunctionsPrintsWhatItPrintedBefore) {
  const Scratch scratch;
  const Variants variants = compile_variants(
      scratch,
      bitcode_of_program(scratch, source_folder() / "examples/programs/json"),
      kWays);
  scratch.run_well({tools().clang, "-fuse-ld=lld", "way0.s", "-o", "before"});
  const std::string before = scratch.run_well({"./before"});
  ASSERT_THAT(before, HasSubstr("8d563a5b"));
  for (const uint64_t seed : {1, 2, 3}) {
    const Spliced spliced = splice_by_chance(scratch, variants, seed);
    EXPECT_GT(spliced.taken, variants.assemblies[0].blocks().size() / 2);
    EXPECT_NE(spliced.text, variants.assemblies[0].text());
    scratch.run_well(
        {tools().clang, "-fuse-ld=lld", "spliced.s", "-o", "after"});
    EXPECT_EQ(scratch.run_well({"./after"}), before) << "seed " << seed;
  }
}

TEST(Splice, NothingChosenGivesTheBaseToTheByte) {
  const Scratch scratch;
  const Assembly base = cut(scratch, "three.c", kThree);
  const std::vector<Segment> segments = splice(base, {}, {});
  ASSERT_EQ(segments.size(), 1u);
  EXPECT_EQ(render(segments, base, {}), base.text());
}

TEST(Splice, FunctionThatCannotBeTakenKeepsTheBasesBlock) {
  const Assembly base = must(Assembly::parse(using_global("one")));
  const Assembly other = must(Assembly::parse(using_global("two")));
  const Assembly* others[] = {&other};
  EXPECT_EQ(render(splice(base, others, {{"f", 0}}), base, others),
            base.text());
}

// The base ends in the section of a jump table, the taken block in .text; the
// data that follows belongs to the section where the base left off.
TEST(Splice, DataAfterTheLastFunctionStaysInItsSection) {
  const Scratch scratch;
  const std::string_view source = R"c(
extern int puts(const char *);
const int primes[] = {2, 3, 5, 7};
int pick(int x) {
  switch (x) {
    case 0: return puts("zero");
    case 1: return puts("uno");
    case 2: return puts("dos") + 3;
    case 3: return puts("tres") * 5;
    case 4: return puts("cuatro") - 7;
    default: return 0;
  }
}
)c";
  const Compiled made = compile(scratch, "pick.c", source);
  const Variants variants = compile_variants(
      scratch, "input.bc",
      {{"-Oz"}, {"-Oz", "-mllvm", "-min-jump-table-entries=100"}});
  // What makes the case: a table of jumps in one file and none in the other.
  ASSERT_THAT(variants.assemblies[0].text(), HasSubstr(".LJTI0_0"));
  ASSERT_THAT(variants.assemblies[1].text(), Not(HasSubstr(".LJTI0_0")));
  const std::vector<const Assembly*> others = variants.others();
  const std::vector<Segment> segments =
      splice(variants.assemblies[0], others, {{"pick", 0}});
  scratch.write("spliced.s", render(segments, variants.assemblies[0], others));
  scratch.run_well({tools().clang, "-c", "spliced.s", "-o", "spliced.o"});
  EXPECT_THAT(scratch.run_well({llvm_program("llvm-nm"), "spliced.o"}),
              HasSubstr("R primes"));
}

constexpr std::string_view kThrowing = R"cpp(
  extern "C" int printf(const char*, ...);
  struct Guard {
    const char* name;
    explicit Guard(const char* n) : name(n) {}
    ~Guard() { printf("leave %s\n", name); }
  };
  struct Base {
    virtual ~Base() = default;
    virtual int value() const = 0;
  };
  template <typename T>
  struct Holder : Base {
    T held;
    explicit Holder(T h) : held(h) {}
    int value() const override { return static_cast<int>(held) * 3; }
  };
  __attribute__((noinline)) int inner(int x) {
    Guard guard("inner");
    switch (x) {
      case 0:
        throw 7;
      case 1:
        throw "text";
      case 2:
        throw 2.5;
      case 3:
        return 30;
      case 4:
        return 41;
      case 5:
        return 53;
      default:
        return x * 2;
    }
  }
  __attribute__((noinline)) int outer(int x) {
    Guard guard("outer");
    try {
      return inner(x) + 1;
    } catch (int value) {
      return value;
    } catch (const char* text) {
      return text[0];
    }
  }
  int main() {
    for (int i = 0; i < 8; ++i) {
      try {
        printf("%d\n", outer(i));
      } catch (double value) {
        printf("double %g\n", value);
      }
    }
    Holder<double> a(2.5);
    Holder<char> b(7);
    const Base* all[] = {&a, &b};
    for (const Base* each : all) printf("%d\n", each->value());
  }
)cpp";

struct Case {
  const char* name;
  std::vector<std::string> flags;
  const char* link = "-pie";
};

void PrintTo(const Case& one, std::ostream* to) { *to << one.name; }

class SplicedCxx : public ::testing::TestWithParam<Case> {};

TEST_P(SplicedCxx, ThrowsAndCatchesAsBefore) {
  const Scratch scratch;
  const std::vector<std::string>& flags = GetParam().flags;
  compile(scratch, "throwing.cpp", kThrowing, flags);
  const Variants variants = compile_variants(scratch, "input.bc", kWays, flags);
  const auto link = [&](const char* from, const char* to) {
    scratch.run_well(
        {tools().clangxx, "-fuse-ld=lld", GetParam().link, from, "-o", to});
  };
  link("way0.s", "before");
  const std::string before = scratch.run_well({"./before"});
  ASSERT_THAT(before, HasSubstr("double 2.5"));
  const Spliced spliced = splice_by_chance(scratch, variants, 4);
  EXPECT_GT(spliced.taken, 3u);
  link("spliced.s", "after");
  EXPECT_EQ(scratch.run_well({"./after"}), before);
}

INSTANTIATE_TEST_SUITE_P(
    Flags, SplicedCxx,
    ::testing::Values(
        Case{"Plain", {}},
        Case{"FunctionSections", {"-ffunction-sections", "-fdata-sections"}},
        Case{"Pic", {"-fPIC"}},
        Case{"NoInterposition", {"-fPIC", "-fno-semantic-interposition"}},
        Case{"Static", {"-fno-pie", "-fno-pic"}, "-no-pie"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Splice, FunctionSectionsKeepEachFunctionInItsOwn) {
  const Scratch scratch;
  compile(scratch, "three.c", kThree, {"-ffunction-sections"});
  const Variants variants =
      compile_variants(scratch, "input.bc", kWays, {"-ffunction-sections"});
  splice_by_chance(scratch, variants, 5);
  scratch.run_well({tools().clang, "-c", "spliced.s", "-o", "spliced.o"});
  std::vector<std::string> sections;
  for (const SectionSize& section :
       must(measure_object_file(scratch / "spliced.o")).sections)
    if (section.name.starts_with(".text.")) sections.push_back(section.name);
  EXPECT_THAT(sections, ::testing::UnorderedElementsAre(
                            ".text.scale", ".text.pick", ".text.twice"));
}

TEST(Splice, Aarch64IsCutAndAssembles) {
  const Scratch scratch;
  const std::vector<std::string> flags = {"--target=aarch64-linux-gnu"};
  compile(scratch, "three.c", kThree, flags);
  const Variants variants = compile_variants(scratch, "input.bc", kWays, flags);
  EXPECT_THAT(names(variants.assemblies[0]),
              ElementsAre("scale", "pick", "twice"));
  for (const Assembly* other : variants.others())
    for (const char* function : {"scale", "pick", "twice"})
      EXPECT_TRUE(can_take(variants.assemblies[0], *other, function))
          << function;
  splice_by_chance(scratch, variants, 7);
  scratch.run_well({tools().clang, "--target=aarch64-linux-gnu", "-c",
                    "spliced.s", "-o", "spliced.o"});
  EXPECT_EQ(must(measure_object_file(scratch / "spliced.o")).functions.size(),
            3u);
}

}  // namespace
}  // namespace hone::program
