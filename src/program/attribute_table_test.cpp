// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/attribute_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/SourceMgr.h>

#include <set>

#include "program/attribute_rules.h"
#include "program/table_test_tools.h"

namespace hone::program {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kNames[] = {
#define HONE_ATTRIBUTE(identifier, name, tier, set_text, sentence) name,
#include "program/attributes.def"
#undef HONE_ATTRIBUTE
};

constexpr std::string_view kModule = R"(
target triple = "x86_64-pc-linux-gnu"
define i32 @f(i32 %a) #0 { ret i32 %a }
define i32 @"odd,name"(i32 %a) #0 { ret i32 %a }
define i32 @"odd:name"(i32 %a) #0 { ret i32 %a }
define i32 @"odd \22name="(i32 %a) #0 { ret i32 %a }
declare i32 @g(i32)
attributes #0 = { minsize optsize "target-features"="+cx8,+sse2" "tune-cpu"="generic" }
)";

std::unique_ptr<llvm::Module> parse(std::string_view text,
                                    llvm::LLVMContext& context) {
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module =
      llvm::parseAssemblyString(text, diagnostic, context);
  EXPECT_TRUE(module != nullptr) << diagnostic.getMessage().str();
  return module;
}

// The module as opt's forceattrs leaves it, with what it said on stderr.
struct Forced {
  std::unique_ptr<llvm::Module> module;
  std::string said;
};

Forced force(std::string_view module, const ForcedAttributes& attributes,
             llvm::LLVMContext& context) {
  Result<TempDir> folder = TempDir::make();
  const std::filesystem::path csv = folder->path() / "attributes.csv";
  EXPECT_TRUE(write_file(csv, join(attributes.csv_lines, "\n")).ok());
  std::vector<std::string> argv = {tools().opt, "-passes=forceattrs", "-S",
                                   "-forceattrs-csv-path=" + csv.string()};
  argv.insert(argv.end(), attributes.options.begin(), attributes.options.end());
  const ProcessResult result = run_tool(argv, std::string(module));
  EXPECT_TRUE(result.ok()) << result.err;
  return {parse(result.out, context), result.err};
}

Forced force_settings(std::string_view function,
                      std::vector<AttributeSetting> settings,
                      llvm::LLVMContext& context) {
  Result<ForcedAttributes> forced = force_attributes(function, settings);
  EXPECT_TRUE(forced.ok());
  return force(kModule, *forced, context);
}

std::string string_attribute(const llvm::Module& module,
                             std::string_view function, std::string_view key) {
  return module.getFunction(function)
      ->getFnAttribute(key)
      .getValueAsString()
      .str();
}

TEST(AttributeTable, IsSortedByNameWithoutRepeats) {
  ASSERT_EQ(attributes().size(), std::size(kNames));
  for (size_t i = 0; i < std::size(kNames); ++i) {
    const AttributeInfo& row = attributes()[i];
    EXPECT_EQ(fmt::format("{}={}", row.name, row.value), kNames[i]);
    if (i > 0) EXPECT_LT(kNames[i - 1], kNames[i]);
    EXPECT_EQ(find_attribute(row.name, row.value), &row);
    EXPECT_TRUE(row.sentence.ends_with('.'));
    EXPECT_FALSE(row.edits.empty());
  }
  EXPECT_EQ(find_attribute("codegen", "tiny"), nullptr);
}

// Each row alone, by plain opt: what the table says is what the module has.
TEST(AttributeTable, OptSetsEveryRow) {
  for (const AttributeInfo& row : attributes()) {
    llvm::LLVMContext context;
    const Forced forced = force_settings(
        "f", {{std::string(row.name), std::string(row.value)}}, context);
    EXPECT_EQ(forced.said, "") << row.name << "=" << row.value;
    const llvm::Function& f = *forced.module->getFunction("f");
    for (const AttributeEdit& edit : row.edits) {
      const auto kind = llvm::Attribute::getAttrKindFromName(edit.word);
      switch (edit.kind) {
        case AttributeEdit::Kind::Add:
          EXPECT_TRUE(f.hasFnAttribute(kind)) << edit.word;
          break;
        case AttributeEdit::Kind::Remove:
          EXPECT_FALSE(f.hasFnAttribute(kind)) << edit.word;
          break;
        case AttributeEdit::Kind::SetString:
          EXPECT_EQ(string_attribute(*forced.module, "f", edit.word),
                    edit.value);
          break;
      }
    }
  }
}

// Misspelt tuning processors and features are only warned about, by clang.
TEST(AttributeTable, ClangKnowsEveryProcessorAndFeature) {
  for (const AttributeInfo& row : attributes()) {
    llvm::LLVMContext context;
    Result<ForcedAttributes> forced = force_attributes(
        "f", std::vector<AttributeSetting>{
                 {std::string(row.name), std::string(row.value)}});
    ASSERT_TRUE(forced.ok());
    Result<TempDir> folder = TempDir::make();
    const std::string csv = folder->path() / "attributes.csv";
    ASSERT_TRUE(write_file(csv, join(forced->csv_lines, "\n")).ok());
    std::vector<std::string> argv = {tools().opt, "-passes=forceattrs", "-S",
                                     "-forceattrs-csv-path=" + csv};
    argv.insert(argv.end(), forced->options.begin(), forced->options.end());
    const std::string text = run_well(argv, std::string(kModule));
    const ProcessResult result =
        run_tool({tools().clang, "-x", "ir", "-Oz", "-Xclang",
                  "-disable-llvm-passes", "-S", "-o", "-", "-"},
                 text);
    EXPECT_TRUE(result.ok());
    EXPECT_EQ(result.err, "") << row.name << "=" << row.value;
  }
}

TEST(ForceAttributes, TextForOneFunction) {
  const std::vector<AttributeSetting> settings = {
      {"codegen", "optsize"}, {"frame-pointer", "all"}, {"tune-cpu", "atom"}};
  Result<ForcedAttributes> forced = force_attributes("f", settings);
  ASSERT_TRUE(forced.ok());
  EXPECT_THAT(forced->options,
              ElementsAre("-force-remove-attribute=f:minsize"));
  EXPECT_THAT(forced->csv_lines, ElementsAre("f,optsize", "f,frame-pointer=all",
                                             "f,tune-cpu=atom"));
}

TEST(ForceAttributes, ContradictionsAndUnknownSettingsAreErrors) {
  const std::vector<AttributeSetting> both = {{"codegen", "minsize"},
                                              {"codegen", "speed"}};
  Result<ForcedAttributes> forced = force_attributes("f", both);
  ASSERT_FALSE(forced.ok());
  EXPECT_EQ(forced.error().kind, ErrorKind::Conflict);
  EXPECT_THAT(forced.error().message, HasSubstr("minsize"));
  const std::vector<AttributeSetting> unknown = {{"codegen", "tiny"}};
  Result<ForcedAttributes> refused = force_attributes("f", unknown);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::NotFound);
}

TEST(ForceAttributes, OddNamesWorkWhereOptCanBeTold) {
  llvm::LLVMContext context;
  Forced forced =
      force_settings("odd \"name=", {{"frame-pointer", "all"}}, context);
  EXPECT_EQ(string_attribute(*forced.module, "odd \"name=", "frame-pointer"),
            "all");
  forced = force_settings("odd,name", {{"heat", "cold"}}, context);
  EXPECT_TRUE(forced.module->getFunction("odd,name")
                  ->hasFnAttribute(llvm::Attribute::Cold));
  forced = force_settings("odd:name", {{"heat", "cold"}}, context);
  EXPECT_TRUE(forced.module->getFunction("odd:name")
                  ->hasFnAttribute(llvm::Attribute::Cold));
}

TEST(ForceAttributes, NamesThatOptCannotBeToldAreErrors) {
  const std::vector<AttributeSetting> removal = {{"codegen", "speed"}};
  Result<ForcedAttributes> forced = force_attributes("odd:name", removal);
  ASSERT_FALSE(forced.ok());
  EXPECT_EQ(forced.error().kind, ErrorKind::Unsupported);
  EXPECT_THAT(forced.error().message, HasSubstr("colon"));
  const std::vector<AttributeSetting> text = {{"frame-pointer", "all"}};
  forced = force_attributes("odd,name", text);
  ASSERT_FALSE(forced.ok());
  EXPECT_EQ(forced.error().kind, ErrorKind::Unsupported);
  EXPECT_THAT(forced.error().message, HasSubstr("comma"));
}

// The behaviour of opt that attribute_table.h describes and that
// force_attributes relies on.
TEST(ForceAttributes, OptBehavesAsDescribed) {
  llvm::LLVMContext context;
  const auto minsize = llvm::Attribute::MinSize;
  // Removal wins over both ways to add, whatever the order.
  Forced forced = force(kModule,
                        {.options = {"-force-remove-attribute=f:minsize",
                                     "-force-attribute=f:minsize"},
                         .csv_lines = {"f,minsize"}},
                        context);
  EXPECT_FALSE(forced.module->getFunction("f")->hasFnAttribute(minsize));
  // Strings are out of the options' reach.
  forced = force(kModule,
                 {.options = {"-force-attribute=f:frame-pointer=all",
                              "-force-remove-attribute=f:tune-cpu"},
                  .csv_lines = {}},
                 context);
  EXPECT_EQ(string_attribute(*forced.module, "f", "frame-pointer"), "");
  EXPECT_EQ(string_attribute(*forced.module, "f", "tune-cpu"), "generic");
  // The file overwrites strings, skips declarations, reports what it cannot.
  forced = force(kModule,
                 {.options = {},
                  .csv_lines = {"f,tune-cpu=znver5", "g,cold", "nobody,cold",
                                "f,bogus", "f,alignstack=16"}},
                 context);
  EXPECT_EQ(string_attribute(*forced.module, "f", "tune-cpu"), "znver5");
  EXPECT_FALSE(
      forced.module->getFunction("g")->hasFnAttribute(llvm::Attribute::Cold));
  EXPECT_THAT(forced.said, HasSubstr("line 3 does not exist"));
  EXPECT_THAT(forced.said, HasSubstr("Cannot add bogus"));
  EXPECT_EQ(string_attribute(*forced.module, "f", "alignstack"), "16");
}

// --- Rules -------------------------------------------------------------------

std::string refusal(std::string_view body, const AttributeSetting& setting) {
  llvm::LLVMContext context;
  const std::unique_ptr<llvm::Module> module = parse(body, context);
  if (module == nullptr) return "does not parse";
  return why_unsafe(*module->getFunction("f"), setting).value_or("");
}

TEST(AttributeRules, FramePointersStayAwayFromRbp) {
  const AttributeSetting all = {"frame-pointer", "all"};
  EXPECT_EQ(refusal("define void @f() { ret void }", all), "");
  EXPECT_EQ(
      refusal("define void @f() { call void asm \"nop\", \"\"() ret void }",
              all),
      "");
  EXPECT_THAT(
      refusal("define void @f() { call void asm \"mov %ebp, %eax\", \"\"() "
              "ret void }",
              all),
      HasSubstr("names rbp"));
  EXPECT_THAT(refusal("define void @f() { call void asm \"nop\", \"~{rbp}\"() "
                      "ret void }",
                      all),
              HasSubstr("names rbp"));
  EXPECT_THAT(refusal("define ghccc void @f() { ret void }", all),
              HasSubstr("rbp"));
  EXPECT_THAT(refusal("declare i64 @llvm.read_register.i64(metadata)\n"
                      "define i64 @f() { %r = call i64 "
                      "@llvm.read_register.i64(metadata !0) ret i64 %r }\n"
                      "!0 = !{!\"rbp\"}",
                      all),
              HasSubstr("reads or writes rbp"));
  EXPECT_EQ(refusal("define void @f() { call void asm \"mov %ebp, %eax\", "
                    "\"\"() ret void }",
                    {"frame-pointer", "none"}),
            "");
}

TEST(AttributeRules, FramePointersThatTheUserAskedForStay) {
  const std::string_view kept =
      "define void @f() #0 { ret void }\n"
      "attributes #0 = { \"frame-pointer\"=\"all\" }";
  EXPECT_THAT(refusal(kept, {"frame-pointer", "none"}),
              HasSubstr("frame-pointer=all"));
  EXPECT_THAT(refusal(kept, {"frame-pointer", "non-leaf"}),
              HasSubstr("frame-pointer=all"));
  EXPECT_EQ(refusal(kept, {"frame-pointer", "all"}), "");
}

TEST(AttributeRules, MarksThatExcludeEachOtherAreRefused) {
  EXPECT_THAT(refusal("define void @f() noinline optnone { ret void }",
                      {"codegen", "minsize"}),
              HasSubstr("optnone"));
  EXPECT_THAT(refusal("define void @f() alwaysinline { ret void }",
                      {"inline", "never"}),
              HasSubstr("alwaysinline"));
  EXPECT_THAT(
      refusal("define void @f() noinline { ret void }", {"inline", "hint"}),
      HasSubstr("noinline"));
  EXPECT_THAT(refusal("define void @f() hot { ret void }", {"heat", "cold"}),
              HasSubstr("hot"));
  EXPECT_EQ(
      refusal("define void @f() noinline { ret void }", {"inline", "never"}),
      "");
}

TEST(AttributeRules, TailCallsStayWhereRecursionIsPossible) {
  const AttributeSetting never = {"tail-calls", "never"};
  const std::string_view calls =
      "declare void @g()\n"
      "define void @f() { tail call void @g() ret void }";
  EXPECT_THAT(refusal(calls, never), HasSubstr("may recurse"));
  EXPECT_EQ(refusal("declare void @g()\n"
                    "define void @f() norecurse { tail call void @g() "
                    "ret void }",
                    never),
            "");
  EXPECT_EQ(refusal("define void @f() { ret void }", never), "");
  EXPECT_THAT(refusal("declare void @g()\n"
                      "define void @f() norecurse { musttail call void @g() "
                      "ret void }",
                      never),
              HasSubstr("musttail"));
  EXPECT_THAT(refusal("define tailcc void @f() { ret void }", never),
              HasSubstr("calling convention"));
}

TEST(AttributeRules, DeclarationsAndUnknownSettingsAreRefused) {
  EXPECT_THAT(refusal("declare void @f()", {"codegen", "speed"}),
              HasSubstr("no body"));
  EXPECT_THAT(refusal("define void @f() { ret void }", {"codegen", "tiny"}),
              HasSubstr("unknown codegen=tiny"));
}

}  // namespace
}  // namespace hone::program
