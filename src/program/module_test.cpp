// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/module.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "program/knob_table.h"
#include "program/object_file.h"
#include "program/test_tools.h"

namespace hone::program {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

Module read(const Scratch& scratch, std::string_view name = "input.bc") {
  return must(Module::parse(scratch.read(name), name));
}

// Options hold for a whole process: each set has one of its own.
[[nodiscard]] bool in_child(const std::function<void()>& work) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string sizes_of(std::string_view object) {
  return to_text(to_json(must(measure_object(object, "an object"))));
}

Compiled optimised(const Scratch& scratch, std::string_view name,
                   std::string_view source,
                   std::vector<std::string> flags = {}) {
  Compiled made = compile(scratch, name, source, std::move(flags));
  scratch.run_well(
      {tools().opt, "-passes=default<Oz>", "input.bc", "-o", "optimised.bc"});
  return made;
}

// `clang -c` of optimised.bc, as derivations call it.
std::string emitted_by_clang(const Scratch& scratch, const BuildMode& mode,
                             const std::vector<std::string>& options = {}) {
  std::vector<std::string> argv = {tools().clang};
  argv.insert(argv.end(), mode.codegen_flags.begin(), mode.codegen_flags.end());
  argv.insert(argv.end(), {"-Xclang", "-disable-llvm-passes", "-c",
                           "-Wno-unused-command-line-argument"});
  for (const std::string& option : options)
    argv.insert(argv.end(), {"-mllvm", option});
  argv.insert(argv.end(), {"optimised.bc", "-o", "by_clang.o"});
  scratch.run_well(argv);
  return scratch.read("by_clang.o");
}

// --- Code generation --------------------------------------------------------

class Example : public ::testing::TestWithParam<const char*> {};

TEST_P(Example, IsEmittedAsClangEmitsIt) {
  const Scratch scratch;
  const Input input =
      must(classify_input(source_folder() / "examples/programs" / GetParam()));
  const BuildMode mode = must(read_build_mode(
      tools(), input, {input.kind == InputKind::C ? "-std=c11" : "-std=c++20"},
      "-Oz"));
  must(write_bitcode(tools(), input, mode, scratch / "input.bc"));
  Module module = read(scratch);
  must(module.run("default<Oz>"));
  scratch.write("optimised.bc", module.bitcode());
  const std::string object =
      must(read(scratch, "optimised.bc").emit_object(mode));
  EXPECT_TRUE(object == emitted_by_clang(scratch, mode));
  const std::string assembly =
      must(read(scratch, "optimised.bc").emit_assembly(mode));
  EXPECT_EQ(sizes_of(must(assemble(assembly, mode))), sizes_of(object));
}

INSTANTIATE_TEST_SUITE_P(
    Programs, Example,
    ::testing::Values("deflate/deflate.c", "interpreter/compiler.c",
                      "json/parse.c", "keyvalue/log.c", "keyvalue/store.c",
                      "raytracer/shape.cpp", "regex/vm.c"),
    [](const auto& info) {
      std::string name(info.param);
      std::replace_if(
          name.begin(), name.end(),
          [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
      return name;
    });

constexpr std::string_view kSmall = R"c(
extern int puts(const char *);
extern void take(int, int, int);
struct node { struct node *next; int key; double weight; };
int total;
static int helper(int x) { return x * 7 + (x > 3 ? 5 : 2); }
int pick(int x) {
  switch (x) {
    case 0: return puts("zero");
    case 1: return puts("uno") + 1;
    case 2: return puts("dos") + 3;
    case 3: return puts("tres") * 5;
    case 4: return puts("cuatro") - 7;
    case 9: return puts("nueve") - 11;
    default: return helper(x) + 1;
  }
}
void sum(const int *from, int count, int step) {
  for (int i = 0; i < count; i += step) {
    total += from[i] * helper(i);
    if (from[i] < 0 || from[i] > 100 || !from[i + 1]) take(i, total, count);
  }
}
double walk(struct node *at, int key, double fallback) {
  while (at && at->key != key) at = at->next;
  return at ? at->weight * 3.14159265 : fallback;
}
_Thread_local int calls;
int clamp(int x, int low, int high) {
  ++calls;
  int value = x < low ? low : x;
  return value > high ? high : value;
}
char *copy(char *to, const char *from, unsigned long n) {
  for (unsigned long i = 0; i < n; ++i) to[i] = from[i] ^ (char)(n * i);
  return to;
}
)c";

class Emission : public ::testing::TestWithParam<std::vector<std::string>> {};

TEST_P(Emission, ObjectIsTheOneThatClangEmits) {
  const Scratch scratch;
  const Compiled made = optimised(scratch, "small.c", kSmall, GetParam());
  ASSERT_EQ(made.mode.unusual, "");
  const std::string object =
      must(read(scratch, "optimised.bc").emit_object(made.mode));
  EXPECT_TRUE(object == emitted_by_clang(scratch, made.mode));
  const std::string assembly =
      must(read(scratch, "optimised.bc").emit_assembly(made.mode));
  EXPECT_EQ(sizes_of(must(assemble(assembly, made.mode))), sizes_of(object));
}

using Words = std::vector<std::string>;

INSTANTIATE_TEST_SUITE_P(
    Builds, Emission,
    ::testing::Values(
        Words{}, Words{"-g"}, Words{"-fPIC"}, Words{"-fno-pic", "-fno-pie"},
        Words{"-ffunction-sections", "-fdata-sections"},
        Words{"-mcmodel=large", "-fno-pic"}, Words{"-mcmodel=medium"},
        Words{"-march=x86-64-v3"}, Words{"-fno-plt", "-fPIC"},
        Words{"-fstack-protector-strong", "-fcf-protection"},
        Words{"-fno-asynchronous-unwind-tables"}, Words{"-mretpoline"},
        Words{"-mfunction-return=thunk-extern"}, Words{"-fno-common"},
        Words{"-fno-jump-tables"}, Words{"-m32"},
        Words{"--target=aarch64-linux-gnu"},
        Words{"--target=aarch64-linux-gnu", "-fPIC", "-g"},
        Words{"-mno-red-zone", "-mcmodel=kernel"},
        Words{"-ftls-model=local-exec"}, Words{"-fstack-clash-protection"},
        Words{"-fno-unwind-tables"}));

// --- Knobs ------------------------------------------------------------------

TEST(Knobs, EachOptionOfCodeGenerationDoesWhatItDoesToClang) {
  const Scratch scratch;
  const Compiled made = optimised(scratch, "small.c", kSmall);
  const std::string stock = emitted_by_clang(scratch, made.mode);
  size_t changed = 0;
  for (const KnobInfo& knob : knobs()) {
    if (knob.stage == KnobStage::Pass) continue;
    for (const std::string_view value : knob.values) {
      const std::string option = option_text(knob, value);
      ASSERT_TRUE(in_child([&] {
        must(set_llvm_options(std::vector{option}));
        scratch.write(
            "in_process.o",
            must(read(scratch, "optimised.bc").emit_object(made.mode)));
      })) << option;
      const std::string object = emitted_by_clang(scratch, made.mode, {option});
      EXPECT_TRUE(scratch.read("in_process.o") == object) << option;
      changed += object != stock;
    }
  }
  // A test of options that change nothing would show nothing.
  EXPECT_GT(changed, 8u);
}

TEST(Knobs, EachOptionOfThePassesDoesWhatItDoesToOpt) {
  const Scratch scratch;
  compile(scratch, "small.c", kSmall);
  const auto by_opt = [&](std::vector<std::string> options) {
    options.insert(options.begin(), tools().opt);
    options.insert(options.end(),
                   {"-passes=default<Oz>", "input.bc", "-o", "by_opt.bc"});
    scratch.run_well(options);
    return read(scratch, "by_opt.bc").bitcode();
  };
  const std::string stock = by_opt({});
  size_t changed = 0;
  for (const KnobInfo& knob : knobs()) {
    if (knob.stage == KnobStage::Codegen) continue;
    const std::string option = option_text(knob, knob.values.front());
    ASSERT_TRUE(in_child([&] {
      must(set_llvm_options(std::vector{option}));
      Module module = read(scratch);
      must(module.run("default<Oz>"));
      scratch.write("in_process.bc", module.bitcode());
    })) << option;
    const std::string expected = by_opt({option});
    EXPECT_TRUE(read(scratch, "in_process.bc").bitcode() == expected) << option;
    changed += expected != stock;
  }
  EXPECT_GT(changed, 1u);
}

TEST(Knobs, UnknownOptionIsRefusedByName) {
  ASSERT_TRUE(in_child([] {
    const Status status =
        set_llvm_options(std::vector<std::string>{"-no-such-option=3"});
    if (!fails_with(status, ErrorKind::InvalidArgument, "no-such-option"))
      ::_exit(1);
  }));
}

// --- Passes -----------------------------------------------------------------

TEST(Module, RunsAPipelineAsOptDoes) {
  for (const char* program : {"json/parse.c", "regex/vm.c"}) {
    const Scratch scratch;
    const Input input =
        must(classify_input(source_folder() / "examples/programs" / program));
    const BuildMode mode =
        must(read_build_mode(tools(), input, {"-std=c11"}, "-Oz"));
    must(write_bitcode(tools(), input, mode, scratch / "input.bc"));
    for (const auto& [pipeline, relocation] :
         {std::pair("default<Oz>", Relocation::Static),
          std::pair("default<Oz>", Relocation::Pic),
          std::pair("default<O3>", Relocation::Static)}) {
      Module module = read(scratch);
      must(module.run(pipeline, relocation));
      std::vector<std::string> argv = {tools().opt,
                                       std::string("-passes=") + pipeline};
      if (relocation == Relocation::Pic)
        argv.push_back("-relocation-model=pic");
      argv.insert(argv.end(), {"input.bc", "-o", "by_opt.bc"});
      scratch.run_well(argv);
      // Reading refreshes the attributes of intrinsics, on both sides.
      EXPECT_EQ(must(Module::parse(module.bitcode(), "it")).text(),
                read(scratch, "by_opt.bc").text())
          << program << " " << pipeline;
      EXPECT_TRUE(module.verify().ok());
    }
  }
}

TEST(Module, IrThatNamesNoTargetIsTakenForThatOfTheFlags) {
  const Scratch scratch;
  const Input input = must(
      classify_input(scratch.write("bare.ll",
                                   "define i64 @f(ptr %p, i64 %n) {\n"
                                   "  %a = getelementptr i64, ptr %p, i64 %n\n"
                                   "  %v = load i64, ptr %a, align 8\n"
                                   "  %w = mul i64 %v, 3\n"
                                   "  ret i64 %w\n}\n")));
  const BuildMode mode = must(read_build_mode(tools(), input, {}, "-Oz"));
  must(write_bitcode(tools(), input, mode, scratch / "input.bc"));
  Module module = read(scratch);
  must(module.run("default<Oz>"));
  scratch.run_well(
      {tools().opt, "-passes=default<Oz>", "input.bc", "-o", "optimised.bc"});
  EXPECT_EQ(must(Module::parse(module.bitcode(), "it")).text(),
            read(scratch, "optimised.bc").text());
  EXPECT_TRUE(must(std::move(module).emit_object(mode)) ==
              emitted_by_clang(scratch, mode));
}

TEST(Module, TextThatIsNoPipelineIsRefusedInLlvmsWords) {
  const Scratch scratch;
  compile(scratch, "small.c", kSmall);
  Module module = read(scratch);
  EXPECT_TRUE(fails_with(module.run("no-such-pass"), ErrorKind::InvalidArgument,
                         "no-such-pass"));
  EXPECT_TRUE(fails_with(module.run("function(gvn"), ErrorKind::InvalidArgument,
                         "function(gvn"));
  EXPECT_TRUE(fails_with(module.run("gvn<colour>"), ErrorKind::InvalidArgument,
                         "colour"));
}

TEST(Module, BrokenIrIsMalformedInTheVerifiersWords) {
  const Scratch scratch;
  compile(scratch, "small.c", kSmall);
  Module module = read(scratch);
  must(module.verify());
  must(module.run("trigger-verifier-error"));
  EXPECT_TRUE(fails_with(module.verify(), ErrorKind::Malformed,
                         "Aliasee cannot be NULL"));
}

// Functions with optnone are left alone by optional passes, as opt does it.
TEST(Module, FunctionsThatMustNotBeOptimisedAreLeftAlone) {
  const Scratch scratch;
  compile(scratch, "o.c",
          "__attribute__((optnone)) int f(int x) { int y = x; return y + 1; }\n"
          "int g(int x) { int y = x; return y + 1; }\n");
  Module module = read(scratch);
  must(module.run("default<Oz>"));
  for (const FunctionFacts& facts : module.functions()) {
    if (facts.name == "f") {
      EXPECT_GT(facts.instructions, 4);
      EXPECT_THAT(facts.unsafe_attributes, Contains("codegen=optsize"));
    } else {
      EXPECT_EQ(facts.instructions, 2);
      EXPECT_THAT(facts.unsafe_attributes, Not(Contains("codegen=optsize")));
    }
  }
}

TEST(Module, KnowsHowOftenAFunctionIsCalledAndWhichAreLocal) {
  const Scratch scratch;
  compile(scratch, "small.c", kSmall);
  const Module module = read(scratch);
  size_t seen = 0;
  for (const FunctionFacts& facts : module.functions()) {
    ++seen;
    EXPECT_EQ(facts.local, facts.name == "helper") << facts.name;
    EXPECT_EQ(facts.callers, facts.name == "helper" ? 2 : 0) << facts.name;
  }
  EXPECT_EQ(seen, 6u);
  EXPECT_GT(module.instruction_count(), 100);
}

TEST(Module, CountsInstructionsAsLlvmDoes) {
  const Scratch scratch;
  compile(scratch, "small.c", kSmall, {"-g"});
  scratch.run_well(
      {tools().opt, "-passes=pseudo-probe", "input.bc", "-o", "probed.bc"});
  const Module module = read(scratch, "probed.bc");
  EXPECT_THAT(module.text(), HasSubstr("call void @llvm.pseudoprobe"));
  EXPECT_EQ(module.instruction_count(),
            module.llvm_module().getInstructionCount());
}

TEST(Module, WithoutAtomsAStateDoesNotDependOnWhatItsProcessDid) {
  const Scratch scratch;
  compile(scratch, "small.c", kSmall, {"-g"});
  Module module = read(scratch);
  EXPECT_THAT(module.text(), HasSubstr("atomGroup"));
  EXPECT_NE(module.clone().hash(), module.clone().hash());
  module.forget_atoms();
  EXPECT_THAT(module.text(), Not(HasSubstr("atomGroup")));
  EXPECT_EQ(module.clone().hash(), module.clone().hash());
}

TEST(Module, AttributesAreSetAsForceattrsSetsThem) {
  const Scratch scratch;
  compile(scratch, "small.c", kSmall);
  Module module = read(scratch);
  must(module.set_attributes({{"pick", {{"frame-pointer", "non-leaf"}}},
                              {"sum", {{"codegen", "optsize"}}},
                              {"gone", {{"codegen", "optsize"}}},
                              {"puts", {{"codegen", "optsize"}}}}));
  scratch.write("a.csv", "pick,frame-pointer=non-leaf\n");
  scratch.run_well(
      {tools().opt, "-passes=forceattrs", "-forceattrs-csv-path=a.csv",
       "-force-attribute=sum:optsize", "-force-remove-attribute=sum:minsize",
       "input.bc", "-o", "by_opt.bc"});
  EXPECT_EQ(module.text(), read(scratch, "by_opt.bc").text());
  EXPECT_TRUE(fails_with(module.set_attributes({{"pick", {{"colour", "red"}}}}),
                         ErrorKind::InvalidArgument, "colour=red"));
}

// --- Identity ---------------------------------------------------------------

TEST(Module, HashSeesWhatStructuralHashesDoNot) {
  const Scratch scratch;
  const std::string before =
      "define i32 @f(ptr %p, i32 %x) #0 {\n"
      "  %a = load i32, ptr %p, align 4\n"
      "  %b = add i32 %a, %x\n"
      "  store i32 %b, ptr %p, align 4\n"
      "  ret i32 %b\n}\n"
      "attributes #0 = { optsize }\n";
  const auto hash_of = [&](std::string text) {
    scratch.write("m.ll", text);
    scratch.run_well({tools().opt, "-passes=verify", "m.ll", "-o", "m.bc"});
    return read(scratch, "m.bc").hash();
  };
  const auto edited = [&](std::string_view from, std::string_view to) {
    std::string text = before;
    text.replace(text.find(from), from.size(), to);
    return hash_of(text);
  };
  const Hash128 original = hash_of(before);
  EXPECT_EQ(hash_of(before), original);
  // Names of values take no part.
  std::string renamed = before;
  for (size_t at; (at = renamed.find("%b")) != std::string::npos;)
    renamed.replace(at, 2, "%sum");
  EXPECT_EQ(hash_of(renamed), original);
  EXPECT_NE(edited("add i32", "add nsw i32"), original);
  EXPECT_NE(edited("align 4", "align 2"), original);
  EXPECT_NE(edited("load i32", "load volatile i32"), original);
  EXPECT_NE(edited("{ optsize }", "{ minsize optsize }"), original);
  EXPECT_NE(edited("%b = add", "%b = sub"), original);
}

TEST(Module, BitcodeGoesThereAndBack) {
  const Scratch scratch;
  compile(scratch, "small.c", kSmall);
  const Module module = read(scratch);
  EXPECT_EQ(must(Module::parse(module.bitcode(), "it")).text(), module.text());
}

TEST(Module, DamagedBitcodeIsMalformed) {
  const Scratch scratch;
  compile(scratch, "small.c", kSmall);
  const std::string bytes = scratch.read("input.bc");
  EXPECT_TRUE(fails_with(Module::parse("", "'a.bc'"), ErrorKind::Malformed,
                         "'a.bc' cannot be read as bitcode"));
  EXPECT_TRUE(fails_with(Module::parse("some text", "'a.bc'"),
                         ErrorKind::Malformed, "'a.bc'"));
  EXPECT_TRUE(fails_with(Module::parse(bytes.substr(0, bytes.size() / 2), "it"),
                         ErrorKind::Malformed, "it cannot be read"));
}

// --- Assembling -------------------------------------------------------------

TEST(Assemble, LineThatIsNoInstructionIsReportedByNumber) {
  const Scratch scratch;
  const Compiled made = compile(scratch, "small.c", kSmall);
  EXPECT_TRUE(fails_with(assemble("\t.text\nf:\n\tno_such x\n", made.mode),
                         ErrorKind::Malformed, "line 3"));
  BuildMode mode = made.mode;
  mode.triple = "abacus-unknown-linux";
  EXPECT_TRUE(fails_with(assemble("\t.text\n", mode), ErrorKind::Unsupported,
                         "abacus"));
}

}  // namespace
}  // namespace hone::program
