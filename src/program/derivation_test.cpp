// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/derivation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program/object_file.h"
#include "program/test_tools.h"

namespace hone::program {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kSource = R"c(
extern int puts(const char *);
extern void fill(char *);
int total;
static int helper(int x) { return x * 7 + (x > 3 ? 5 : 2); }
__attribute__((visibility("hidden"))) int hidden(int x) {
  return puts("hidden") + helper(x);
}
int guarded(int x) {
  char text[40];
  fill(text);
  return text[x] + helper(x + 1);
}
int pick(int x) {
  switch (x) {
    case 0: return puts("zero");
    case 1: return puts("uno") + 1;
    case 2: return puts("dos") + 3;
    case 3: return puts("tres") * 5;
    case 4: return puts("cuatro") - 7;
    default: return helper(x) + hidden(x + 1);
  }
}
void sum(const int *from, int count) {
  for (int i = 0; i < count; ++i) total += from[i] * helper(i);
}
double scale(double x) { return x * 3.14159265; }
)c";

Recipe plain() { return stock_recipe(); }

Recipe with_attributes() {
  Recipe recipe = stock_recipe();
  recipe.pass_options = {"-inline-threshold=-20"};
  recipe.attributes["pick"]["frame-pointer"] = "non-leaf";
  recipe.attributes["sum"]["codegen"] = "optsize";
  recipe.attributes["gone"]["codegen"] = "optsize";
  recipe.codegen_options = {"-tail-merge-size=1", "-disable-lsr"};
  return recipe;
}

Recipe with_early_attributes() {
  Recipe recipe = stock_recipe();
  recipe.early_attributes["helper"]["inline"] = "never";
  recipe.early_attributes["hidden"]["inline"] = "always";
  recipe.stages.push_back({"function(instcombine<no-verify-fixpoint>)"});
  return recipe;
}

Recipe spliced() {
  Recipe recipe = with_attributes();
  recipe.alternatives = {{.late_pipeline = "",
                          .attributes = {{"sum", {{"frame-pointer", "all"}}}},
                          .codegen_options = {"-disable-block-placement"}},
                         {.late_pipeline = "function(simplifycfg)",
                          .attributes = {},
                          .codegen_options = {"-min-jump-table-entries=100"}},
                         {.late_pipeline = "",
                          .attributes = {},
                          .codegen_options = {"-of-no-use"}}};
  recipe.chosen = {{"guarded", 0}, {"sum", 0}, {"pick", 1}, {"scale", 1}};
  return recipe;
}

// The derived object's bytes; leaves them and the script's in `scratch`.
std::string execute_in(const Scratch& scratch, const Recipe& recipe,
                       const Compiled& made,
                       OutputForm form = OutputForm::Object) {
  Derivation derivation = must(derive(tools(), recipe, made.mode, form));
  const std::filesystem::path output =
      must(execute(derivation, scratch.path(), 30));
  scratch.write("script.sh", derivation.script());
  return must(read_file(output));
}

struct Case {
  const char* name;
  Recipe (*recipe)();
  OutputForm form = OutputForm::Object;
};

void PrintTo(const Case& one, std::ostream* to) { *to << one.name; }

class Script : public ::testing::TestWithParam<Case> {};

TEST_P(Script, MakesTheSameBytesFromTheModuleAlone) {
  const Scratch scratch;
  const Compiled made = compile(scratch, "source.c", kSource);
  const std::string bytes =
      execute_in(scratch, GetParam().recipe(), made, GetParam().form);
  const Scratch fresh;
  fresh.write("input.bc", scratch.read("input.bc"));
  fresh.run_well({"sh", (scratch / "script.sh").string()});
  EXPECT_EQ(fresh.read(fmt::format(
                "output.{}", GetParam().form == OutputForm::Object     ? "o"
                             : GetParam().form == OutputForm::Assembly ? "s"
                             : GetParam().form == OutputForm::Ir       ? "ll"
                                                                       : "bc")),
            bytes);
  EXPECT_FALSE(bytes.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Recipes, Script,
    ::testing::Values(Case{"Plain", plain}, Case{"Attributes", with_attributes},
                      Case{"EarlyAttributes", with_early_attributes},
                      Case{"Spliced", spliced},
                      Case{"SplicedAssembly", spliced, OutputForm::Assembly},
                      Case{"Assembly", with_attributes, OutputForm::Assembly},
                      Case{"Ir", with_attributes, OutputForm::Ir},
                      Case{"Bitcode", with_early_attributes,
                           OutputForm::Bitcode}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Derivation, RecipesReachTheObject) {
  const Scratch scratch;
  const Compiled made = compile(scratch, "source.c", kSource);
  const std::string stock = execute_in(scratch, plain(), made);
  const std::string attributes = execute_in(scratch, with_attributes(), made);
  const std::string early = execute_in(scratch, with_early_attributes(), made);
  const std::string joined = execute_in(scratch, spliced(), made);
  EXPECT_NE(stock, attributes);
  EXPECT_NE(stock, early);
  EXPECT_NE(attributes, joined);
  // inline=never keeps what stock inlines away.
  EXPECT_THAT(stock, Not(HasSubstr("helper")));
  EXPECT_THAT(early, HasSubstr("helper"));
  // The alternative without jump tables was taken for `pick`.
  const auto rodata = [](const std::string& object) {
    uint64_t bytes = 0;
    for (const SectionSize& section :
         must(measure_object(object, "it")).sections)
      if (section.name == ".rodata") bytes += section.bytes;
    return bytes;
  };
  EXPECT_EQ(rodata(attributes), 20u);
  EXPECT_EQ(rodata(joined), 0u);
}

TEST(Derivation, OnlyAlternativesThatAreChosenAreCompiled) {
  const Scratch scratch;
  const Compiled made = compile(scratch, "source.c", kSource);
  const Derivation derivation =
      must(derive(tools(), spliced(), made.mode, OutputForm::Object));
  EXPECT_EQ(derivation.assemblies.size(), 3u);
  EXPECT_THAT(derivation.script(), Not(HasSubstr("-of-no-use")));
}

TEST(Derivation, StockRecipeMakesTheUsersOwnObject) {
  const std::vector<std::vector<std::string>> all_flags = {
      {},
      {"-fno-pic", "-fno-pie"},
      {"-fPIC"},
      {"-ffunction-sections", "-fdata-sections"},
      {"-fstack-protector-strong", "-fcf-protection"},
      {"-g"},
      {"-march=x86-64-v3", "-fno-omit-frame-pointer"},
      {"-fno-asynchronous-unwind-tables"},
      {"-mcmodel=large", "-fno-pic"},
      {"-fvisibility=hidden", "-fno-plt"}};
  for (const std::vector<std::string>& flags : all_flags) {
    const Scratch scratch;
    const Compiled made = compile(scratch, "source.c", kSource, flags);
    must(write_stock_object(tools(), made.input, made.mode,
                            scratch / "stock.o"));
    const std::string derived = execute_in(scratch, plain(), made);
    EXPECT_EQ(to_text(to_json(must(measure_object(derived, "derived")))),
              to_text(to_json(must(measure_object_file(scratch / "stock.o")))))
        << shell_join(flags);
    EXPECT_EQ(derived, scratch.read("stock.o")) << shell_join(flags);
  }
}

// What the user's flags promise about an object, seen by LLVM's own tools.
class DerivedObject : public ::testing::TestWithParam<Case> {
 protected:
  void make(std::vector<std::string> flags) {
    const Compiled made =
        compile(scratch_, "source.c", kSource, std::move(flags));
    scratch_.write("made.o", execute_in(scratch_, GetParam().recipe(), made));
  }
  std::string tool(std::string_view name, std::vector<std::string> options) {
    options.insert(options.begin(), llvm_program(name));
    options.push_back("made.o");
    return scratch_.run_well(std::move(options));
  }
  Scratch scratch_;
};

TEST_P(DerivedObject, DebugInformationSurvives) {
  make({"-g"});
  EXPECT_THAT(tool("llvm-readelf", {"-S"}), HasSubstr(".debug_line"));
  EXPECT_THAT(tool("llvm-dwarfdump", {"--name=guarded"}),
              HasSubstr("DW_AT_low_pc"));
  EXPECT_THAT(tool("llvm-dwarfdump", {"--debug-line"}), HasSubstr("source.c"));
}

TEST_P(DerivedObject, VisibilityAndSectionsSurvive) {
  make({"-ffunction-sections"});
  const std::string symbols = tool("llvm-readelf", {"-s", "-W"});
  const size_t line = symbols.find(" hidden");
  ASSERT_NE(line, std::string::npos);
  EXPECT_THAT(symbols.substr(symbols.rfind('\n', line), 80),
              HasSubstr("HIDDEN"));
  const std::string sections = tool("llvm-readelf", {"-S", "-W"});
  for (const char* name : {".text.pick", ".text.guarded", ".text.sum"})
    EXPECT_THAT(sections, HasSubstr(name));
}

TEST_P(DerivedObject, PositionIndependenceSurvives) {
  make({"-fPIC"});
  const std::string relocations = tool("llvm-readelf", {"-r", "-W"});
  EXPECT_THAT(relocations, HasSubstr("GOTPCREL"));
  EXPECT_THAT(relocations, Not(HasSubstr("R_X86_64_32")));
  make({"-fno-pic", "-fno-pie"});
  EXPECT_THAT(tool("llvm-readelf", {"-r", "-W"}), Not(HasSubstr("GOTPCREL")));
}

TEST_P(DerivedObject, HardeningSurvives) {
  make({"-fstack-protector-strong", "-fcf-protection"});
  EXPECT_THAT(tool("llvm-nm", {}), HasSubstr("U __stack_chk_fail"));
  const std::string code = tool("llvm-objdump", {"-d", "--no-show-raw-insn"});
  const size_t guarded = code.find("<guarded>:");
  ASSERT_NE(guarded, std::string::npos);
  EXPECT_THAT(code.substr(guarded, 80), HasSubstr("endbr64"));
  EXPECT_THAT(tool("llvm-readelf", {"-n"}), HasSubstr("IBT"));
}

INSTANTIATE_TEST_SUITE_P(Recipes, DerivedObject,
                         ::testing::Values(Case{"Attributes", with_attributes},
                                           Case{"Spliced", spliced}),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

TEST(Derivation, MixtureOfCompilesHasNoIr) {
  const Scratch scratch;
  const Compiled made = compile(scratch, "source.c", kSource);
  for (const OutputForm form : {OutputForm::Ir, OutputForm::Bitcode})
    EXPECT_TRUE(fails_with(derive(tools(), spliced(), made.mode, form),
                           ErrorKind::Unsupported, "--search per-function"));
}

TEST(Derivation, FailingCommandIsReportedInItsOwnWords) {
  const Scratch scratch;
  const Compiled made = compile(scratch, "source.c", kSource);
  Recipe recipe = plain();
  recipe.stages = {{"no-such-pass"}};
  Derivation derivation =
      must(derive(tools(), recipe, made.mode, OutputForm::Object));
  EXPECT_TRUE(fails_with(execute(derivation, scratch.path(), 30),
                         ErrorKind::ToolFailed, "no-such-pass"));
}

TEST(Derivation, FunctionsThatForceattrsCannotNameAreRefused) {
  const Scratch scratch;
  const Compiled made = compile(scratch, "source.c", kSource);
  for (const char* name : {"a\nb", "a,b"}) {
    Recipe recipe = plain();
    recipe.attributes[name]["frame-pointer"] = "all";
    EXPECT_TRUE(
        fails_with(derive(tools(), recipe, made.mode, OutputForm::Object),
                   ErrorKind::Unsupported, "a"));
  }
  Recipe recipe = plain();
  recipe.attributes["pick"]["colour"] = "red";
  EXPECT_TRUE(fails_with(derive(tools(), recipe, made.mode, OutputForm::Object),
                         ErrorKind::NotFound, "colour"));
}

TEST(Derivation, StopRequestEndsIt) {
  const Scratch scratch;
  const Compiled made = compile(scratch, "source.c", kSource);
  Derivation derivation =
      must(derive(tools(), plain(), made.mode, OutputForm::Object));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(
      fails_with(execute(derivation, scratch.path(), 30, stop.get_token()),
                 ErrorKind::Interrupted, "interrupted"));
}

TEST(Derivation, FormsAreKnownByTheirNames) {
  for (const OutputForm form : {OutputForm::Object, OutputForm::Assembly,
                                OutputForm::Ir, OutputForm::Bitcode})
    EXPECT_EQ(must(parse_output_form(output_form_name(form))), form);
  EXPECT_TRUE(fails_with(parse_output_form("exe"), ErrorKind::InvalidArgument,
                         "obj, asm, ll, bc"));
}

}  // namespace
}  // namespace hone::program
