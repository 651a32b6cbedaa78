// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For each rule that is not `always`: programs of tests/breaking that are right
// as they are, wrong under the setting, and refused by the rule; and the
// nearest program that the rule accepts, which stays right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/MemoryBuffer.h>

#include "program/attribute_rules.h"
#include "program/knob_rules.h"
#include "program/table_test_tools.h"

namespace hone::program {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Words = std::vector<std::string>;

const Words kIpra = {"-mllvm", "-enable-ipra"};
const Words kOutliner = {"-mllvm", "-enable-machine-outliner=always"};

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class BreakingPrograms : public ::testing::Test {
 protected:
  std::string at(const std::string& name) const {
    return folder_->path() / name;
  }

  static std::string source(const std::string& name) {
    return source_folder() / "tests/breaking" / name;
  }

  std::string compile(const std::string& name, const Words& options,
                      const std::string& output) const {
    run_well(Words{tools().clang, "-w", "-Oz"} + options +
             Words{"-c", source(name), "-o", at(output)});
    return at(output);
  }

  std::string link(const Words& inputs, const std::string& output) const {
    run_well(Words{tools().clang, "-fuse-ld=" + tools().lld} + inputs +
             Words{"-o", at(output)});
    return at(output);
  }

  std::string build(const std::string& name, const Words& options) const {
    return link({compile(name, options, "program.o")}, "program");
  }

  // What the program prints, or how it ended.
  std::string output_of(const std::string& program) const {
    const ProcessResult result =
        run({.argv = {program},
             .directory = folder_->path(),
             .limits = {.cpu_seconds = 20, .wall_seconds = 60}})
            .value();
    return result.ok() ? std::string(trim(result.out)) : result.describe();
  }

  std::unique_ptr<llvm::Module> load(const std::string& bitcode) {
    const std::string bytes = read_file(bitcode).value();
    auto module =
        llvm::parseBitcodeFile(llvm::MemoryBufferRef(bytes, bitcode), context_);
    EXPECT_TRUE(static_cast<bool>(module));
    return std::move(*module);
  }

  // Why the rule refuses the knob for the module that these options give; ""
  // where it does not.
  std::string refusal(const char* knob, const std::string& name,
                      const Words& options) {
    const std::string bitcode =
        compile(name, options + Words{"-emit-llvm"}, "program.bc");
    const std::unique_ptr<llvm::Module> module = load(bitcode);
    return why_unsafe(*find_knob(knob), *module, read_module_flags(*module))
        .value_or("");
  }

  // The library of ipra_library.c and a program that runs its caller().
  std::string run_library(const Words& options, const Words& link_options,
                          const Words& before_library = {}) const {
    const std::string object =
        compile("ipra_library.c", Words{"-fPIC"} + options, "library.o");
    const std::string library =
        link(Words{"-shared", object} + link_options, "library.so");
    const std::string start = compile("ipra_library_main.c", {}, "main.o");
    return output_of(link(
        Words{start} + before_library + Words{library, "-Wl,-rpath," + at("")},
        "program"));
  }

  Result<TempDir> folder_ = TempDir::make();
  llvm::LLVMContext context_;
};

// --- exact_callees: -enable-ipra ---------------------------------------------

TEST_F(BreakingPrograms, IpraLosesRegistersToTheLazyLinkage) {
  const Words lazy = {"-Wl,-z,lazy"};
  EXPECT_EQ(run_library({}, lazy), "16840");
  EXPECT_NE(run_library(kIpra, lazy), "16840");
  EXPECT_EQ(run_library(kIpra, {"-Wl,-z,now"}), "16840");
  EXPECT_THAT(refusal("ipra", "ipra_library.c", {"-fPIC"}),
              HasSubstr("'leaf' can be preempted"));
}

TEST_F(BreakingPrograms, IpraLosesRegistersToAnInterposedDefinition) {
  const std::string other =
      link({"-shared", compile("ipra_interposed.c", {"-fPIC"}, "other.o")},
           "other.so");
  const Words now = {"-Wl,-z,now"};
  EXPECT_EQ(run_library({}, now, {other}), "16840");
  EXPECT_NE(run_library(kIpra, now, {other}), "16840");
}

TEST_F(BreakingPrograms, IpraIsRightWhereTheCalleeCannotBePreempted) {
  const Words lazy = {"-Wl,-z,lazy"};
  const Words hidden = {"-DLEAF_VISIBILITY=\"hidden\""};
  EXPECT_EQ(run_library(hidden + kIpra, lazy), "16840");
  EXPECT_EQ(refusal("ipra", "ipra_library.c", Words{"-fPIC"} + hidden), "");
  const Words direct = {"-fno-semantic-interposition"};
  EXPECT_EQ(run_library(direct + kIpra, lazy), "16840");
  EXPECT_EQ(refusal("ipra", "ipra_library.c", Words{"-fPIC"} + direct), "");
  for (const char* model : {"-fPIE", "-fno-pic"})
    EXPECT_EQ(refusal("ipra", "ipra_library.c", {model}), "") << model;
}

TEST_F(BreakingPrograms, IpraBelievesNakedFunctions) {
  EXPECT_EQ(output_of(build("ipra_naked.c", {})), "16840");
  EXPECT_NE(output_of(build("ipra_naked.c", kIpra)), "16840");
  EXPECT_THAT(refusal("ipra", "ipra_naked.c", {}), HasSubstr("naked"));
}

TEST_F(BreakingPrograms, IpraMissesCallsThatComeAfterAllocation) {
  const Words traced = {"-pg", "-mfentry"};
  EXPECT_EQ(output_of(build("ipra_fentry.c", traced)), "16840");
  EXPECT_NE(output_of(build("ipra_fentry.c", traced + kIpra)), "16840");
  EXPECT_THAT(refusal("ipra", "ipra_fentry.c", traced),
              HasSubstr("fentry-call"));
  EXPECT_EQ(refusal("ipra", "ipra_fentry.c", {}), "");
  EXPECT_EQ(output_of(build("ipra_fentry.c", kIpra)), "16840");
}

TEST_F(BreakingPrograms, IpraIsRefusedWhereCodeIsPatchedIn) {
  EXPECT_NE(refusal("ipra", "ipra_fentry.c", {"-fpatchable-function-entry=2"}),
            "");
  EXPECT_NE(refusal("ipra", "ipra_fentry.c",
                    {"-fxray-instrument", "-fxray-instruction-threshold=1"}),
            "");
}

// --- outlinable: -enable-machine-outliner ------------------------------------

TEST_F(BreakingPrograms, OutlinerCallsOutOfSectionsThatMove) {
  const std::string right = output_of(build("outliner_ramfunc.c", {}));
  EXPECT_THAT(right, Not(HasSubstr("signal")));
  EXPECT_NE(output_of(build("outliner_ramfunc.c", kOutliner)), right);
  EXPECT_THAT(refusal("machine-outliner", "outliner_ramfunc.c", {}),
              HasSubstr("section 'ramfunc'"));
}

TEST_F(BreakingPrograms, OutlinerKeepsWholeWhatIsMarked) {
  const std::string bitcode =
      compile("outliner_ramfunc.c", {"-emit-llvm"}, "program.bc");
  std::unique_ptr<llvm::Module> module = load(bitcode);
  const ModuleFlags flags = read_module_flags(*module);
  std::string csv;
  std::vector<std::string> names;
  for (const llvm::Function* function :
       functions_to_keep_whole(*module, flags)) {
    names.push_back(function->getName().str());
    csv += names.back() + ",nooutline=true\n";
  }
  EXPECT_THAT(names, ::testing::ElementsAre("erase_page", "write_page"));
  ASSERT_TRUE(write_file(at("keep.csv"), csv).ok());
  run_well({tools().opt, "-passes=forceattrs",
            "-forceattrs-csv-path=" + at("keep.csv"), bitcode, "-o",
            at("kept.bc")});
  module = load(at("kept.bc"));
  EXPECT_EQ(why_unsafe(*find_knob("machine-outliner"), *module, flags),
            std::nullopt);
  run_well(Words{tools().clang, "-Oz", "-Xclang", "-disable-llvm-passes"} +
           kOutliner + Words{"-c", at("kept.bc"), "-o", at("kept.o")});
  EXPECT_EQ(output_of(link({at("kept.o")}, "kept")),
            output_of(build("outliner_ramfunc.c", {})));
}

TEST_F(BreakingPrograms, OutlinerReturnsWithoutTheThunk) {
  const Words thunks = {"-mfunction-return=thunk-extern", "-S"};
  const std::string right =
      read_file(compile("outliner_return_thunk.c", thunks, "right.s")).value();
  const std::string wrong = read_file(compile("outliner_return_thunk.c",
                                              thunks + kOutliner, "wrong.s"))
                                .value();
  EXPECT_THAT(right, Not(HasSubstr("\tretq")));
  EXPECT_THAT(wrong, HasSubstr("\tretq"));
  EXPECT_THAT(refusal("machine-outliner", "outliner_return_thunk.c",
                      {"-mfunction-return=thunk-extern"}),
              HasSubstr("thunk"));
  EXPECT_EQ(refusal("machine-outliner", "outliner_return_thunk.c", {}), "");
}

// clang-22 itself gives up on these; when it no longer does, the rule can go.
TEST_F(BreakingPrograms, OutlinerFailsOnHardenedAndLargeCode) {
  for (const char* option :
       {"-mlvi-cfi", "-mretpoline", "-mseses", "-mspeculative-load-hardening",
        "-mcmodel=large"}) {
    const Words words = {option};
    compile("outliner_return_thunk.c", words, "right.o");
    EXPECT_FALSE(
        run_tool(Words{tools().clang, "-w", "-Oz", option} + kOutliner +
                 Words{"-fno-crash-diagnostics", "-c",
                       source("outliner_return_thunk.c"), "-o", at("wrong.o")})
            .ok())
        << option;
    EXPECT_NE(refusal("machine-outliner", "outliner_return_thunk.c", words), "")
        << option;
  }
}

// --- left out of the table
// -----------------------------------------------------

// The study found it to save bytes; why knobs.def leaves it out.
TEST_F(BreakingPrograms, LinearScheduleReadsFlagsThatAreGone) {
  EXPECT_EQ(output_of(build("scheduler_linearize.c", {})), "5");
  EXPECT_NE(output_of(build("scheduler_linearize.c",
                            {"-mllvm", "-pre-RA-sched=linearize"})),
            "5");
  for (const std::string_view value : find_knob("pre-ra-scheduler")->values)
    EXPECT_NE(value, "linearize");
}

// --- attributes --------------------------------------------------------------

class BreakingAttributes : public BreakingPrograms {
 protected:
  // The program's output with one setting on every function that the rule is
  // asked about, whatever it answers; `refused` counts its refusals.
  std::string run_with(const std::string& name, const Words& options,
                       const AttributeSetting& setting, int& refused) {
    const std::string bitcode =
        compile(name, options + Words{"-emit-llvm"}, "program.bc");
    const std::unique_ptr<llvm::Module> module = load(bitcode);
    Words argv = {tools().opt,
                  "-passes=forceattrs",
                  "-forceattrs-csv-path=" + at("forced.csv"),
                  bitcode,
                  "-o",
                  at("forced.bc")};
    std::string csv;
    refused = 0;
    for (const llvm::Function& function : *module) {
      if (function.isDeclaration()) continue;
      if (why_unsafe(function, setting)) ++refused;
      const ForcedAttributes forced =
          force_attributes(function.getName().str(), {&setting, 1}).value();
      argv = argv + forced.options;
      for (const std::string& line : forced.csv_lines) csv += line + "\n";
    }
    EXPECT_TRUE(write_file(at("forced.csv"), csv).ok());
    run_well(argv);
    run_well({tools().clang, "-w", "-Oz", "-Xclang", "-disable-llvm-passes",
              "-c", at("forced.bc"), "-o", at("forced.o")});
    return output_of(link({at("forced.o")}, "forced"));
  }
};

TEST_F(BreakingAttributes, FramePointerMeetsAssemblyThatUsesItsRegister) {
  int refused = 0;
  EXPECT_EQ(output_of(build("frame_pointer_rbp.c", {})), "42");
  EXPECT_NE(
      run_with("frame_pointer_rbp.c", {}, {"frame-pointer", "all"}, refused),
      "42");
  EXPECT_EQ(refused, 1);
}

TEST_F(BreakingAttributes, FramePointerIsMissedByAWalkOverTheFrames) {
  const Words kept = {"-fno-omit-frame-pointer"};
  const std::string right = output_of(build("frame_pointer_chain.c", kept));
  int refused = 0;
  EXPECT_NE(run_with("frame_pointer_chain.c", kept, {"frame-pointer", "none"},
                     refused),
            right);
  EXPECT_EQ(refused, 4);
}

TEST_F(BreakingAttributes, RecursionOverflowsTheStackWithoutTailCalls) {
  int refused = 0;
  EXPECT_EQ(output_of(build("tail_calls_recursion.c", {})), "0");
  EXPECT_NE(
      run_with("tail_calls_recursion.c", {}, {"tail-calls", "never"}, refused),
      "0");
  EXPECT_GE(refused, 2);
}

}  // namespace
}  // namespace hone::program
