// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/build_mode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program/test_tools.h"

namespace hone::program {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

class BuildModeTest : public ::testing::Test {
 protected:
  Result<BuildMode> read(std::vector<std::string> flags,
                         std::string_view level = "-Oz") {
    return read_build_mode(tools(), input_, std::move(flags), level);
  }

  Scratch scratch_;
  Input input_ = must(classify_input(scratch_.write("a.c", "int f(void);\n")));
};

TEST_F(BuildModeTest, WithoutFlagsIsWhatTheDriverDefaultsTo) {
  const BuildMode mode = must(read({}));
  EXPECT_EQ(mode.triple, "x86_64-pc-linux-gnu");
  EXPECT_EQ(mode.cpu, "x86-64");
  EXPECT_EQ(mode.relocation, Relocation::Pic);
  EXPECT_TRUE(mode.pie);
  EXPECT_FALSE(mode.is_shared());
  EXPECT_FALSE(mode.debug);
  EXPECT_FALSE(mode.function_sections);
  EXPECT_EQ(mode.unusual, "");
  EXPECT_THAT(mode.flags, ElementsAre("-Oz"));
  EXPECT_THAT(mode.codegen_flags, ElementsAre("-Oz"));
}

TEST_F(BuildModeTest, FlagsOfCodeGenerationAreReadFromTheDriver) {
  EXPECT_TRUE(must(read({"-fPIC"})).is_shared());
  EXPECT_EQ(must(read({"-fno-pic", "-fno-pie"})).relocation,
            Relocation::Static);
  EXPECT_TRUE(must(read({"-fPIE"})).pie);
  const BuildMode mode =
      must(read({"-march=x86-64-v3", "-ffunction-sections", "-fdata-sections",
                 "-g", "-mcmodel=medium", "-mfunction-return=thunk-extern"}));
  EXPECT_EQ(mode.cpu, "x86-64-v3");
  EXPECT_TRUE(mode.function_sections);
  EXPECT_TRUE(mode.data_sections);
  EXPECT_TRUE(mode.debug);
  EXPECT_EQ(mode.code_model, "medium");
  EXPECT_EQ(mode.large_data_threshold, 65536);
  EXPECT_EQ(mode.return_thunk, "thunk-extern");
  EXPECT_EQ(must(read({"--target=aarch64-linux-gnu"})).triple,
            "aarch64-unknown-linux-gnu");
}

TEST_F(BuildModeTest, LevelOfTheStockCompileOverridesTheUsers) {
  EXPECT_EQ(must(read({"-O2"})).flags.back(), "-Oz");
  EXPECT_EQ(must(read({"-O0", "-O3"}, "-O2")).flags.back(), "-O2");
}

TEST_F(BuildModeTest, FlagsOfTheFrontEndDoNotReachTheCodeGenerator) {
  const BuildMode mode = must(read({"-c",
                                    "-I",
                                    "include",
                                    "-Ithere",
                                    "-D",
                                    "A=1",
                                    "-DB",
                                    "-include",
                                    "stddef.h",
                                    "-std=c11",
                                    "-Wall",
                                    "-Wl,-z,now",
                                    "-MD",
                                    "-MF",
                                    "a.d",
                                    "-x",
                                    "c",
                                    "-fPIC",
                                    "-Wa,--noexecstack",
                                    "-Xclang",
                                    "-menable-no-infs",
                                    "-mllvm",
                                    "-inline-threshold=3"}));
  EXPECT_THAT(
      mode.codegen_flags,
      ElementsAre("-fPIC", "-Wa,--noexecstack", "-Xclang", "-menable-no-infs",
                  "-mllvm", "-inline-threshold=3", "-Oz"));
  EXPECT_THAT(mode.flags, Contains("a.d"));
  EXPECT_THAT(mode.flags, Not(Contains("-c")));
}

TEST_F(BuildModeTest, FlagsThatHoneCannotHonourAreRefusedByName) {
  const std::pair<const char*, const char*> refused[] = {
      {"-fsanitize=address", "sanitizers"},
      {"-fsanitize-coverage=trace-pc-guard", "sanitizers"},
      {"-fmemory-profile", "sanitizers"},
      {"-flto", "link-time optimisation"},
      {"-flto=thin", "link-time optimisation"},
      {"-fprofile-generate", "profiles"},
      {"-fprofile-use=x", "profiles"},
      {"--coverage", "profiles"},
      {"-fpseudo-probe-for-profiling", "profiles"},
      {"-fpass-plugin=./p.so", "plugins"},
      {"-S", "--emit"},
      {"-E", "--emit"},
      {"-emit-llvm", "--emit"},
      {"-o", "before the --"},
      {"-oout.o", "before the --"}};
  for (const auto& [flag, why] : refused) {
    const Result<BuildMode> mode = read({"-g", flag});
    EXPECT_TRUE(fails_with(mode, ErrorKind::Unsupported,
                           fmt::format("flag '{}'", flag)))
        << flag;
    EXPECT_TRUE(fails_with(mode, ErrorKind::Unsupported, why)) << flag;
  }
  EXPECT_TRUE(read({"-fsanitize=shadow-call-stack", "-ffixed-x18",
                    "--target=aarch64-linux-gnu"})
                  .ok());
}

TEST_F(BuildModeTest, FlagsThatClangRefusesComeWithItsWords) {
  EXPECT_TRUE(fails_with(read({"-fno-such-flag"}), ErrorKind::ToolFailed,
                         "-fno-such-flag"));
  EXPECT_TRUE(fails_with(read({"-x", "assembler"}), ErrorKind::ToolFailed,
                         "does not compile"));
}

// Objects of these come from clang itself, whatever it costs.
TEST_F(BuildModeTest, FlagsThatTheProcessCannotBeToldAreUnusual) {
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{{"-fno-integrated-as"},
                                             {"-fno-zero-initialized-in-bss"},
                                             {"-ffast-math"},
                                             {"-mllvm", "-inline-threshold=3"},
                                             {"-fpatchable-function-entry=4"},
                                             {"-g", "-gsplit-dwarf"},
                                             {"-femulated-tls"},
                                             {"-fstack-size-section"},
                                             {"-mtls-dialect=gnu2"},
                                             {"--target=riscv64-linux-gnu"}})
    EXPECT_NE(must(read(flags)).unusual, "") << shell_join(flags);
}

TEST_F(BuildModeTest, BitcodeTakesTheFlagsOfCodeGeneration) {
  scratch_.run_well({tools().clang, "-emit-llvm", "-c", "a.c"});
  const BuildMode mode = must(read_build_mode(
      tools(), must(classify_input(scratch_ / "a.bc")), {"-fPIC"}, "-Oz"));
  EXPECT_TRUE(mode.is_shared());
}

TEST_F(BuildModeTest, JsonGoesThereAndBack) {
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{
           {},
           {"-fPIC", "-g", "-ffunction-sections"},
           {"-fno-pie", "-mcmodel=large", "-DX", "-fno-integrated-as"},
           {"-fdata-sections", "-mfunction-return=thunk-extern"}}) {
    const BuildMode mode = must(read(flags));
    const Json json = to_json(mode);
    const BuildMode again =
        must(build_mode_from_json(must(parse_json(to_text(json), "a mode"))));
    EXPECT_EQ(to_text(to_json(again)), to_text(json));
    EXPECT_EQ(again.relocation, mode.relocation);
    EXPECT_EQ(again.large_data_threshold, mode.large_data_threshold);
  }
}

TEST_F(BuildModeTest, JsonWithoutAMemberIsMalformedByItsName) {
  const Json json = to_json(must(read({})));
  for (const auto& [key, value] : json.items()) {
    Json without = json;
    without.erase(key);
    EXPECT_TRUE(
        fails_with(build_mode_from_json(without), ErrorKind::Malformed, key));
    Json wrong = json;
    wrong[key] = Json::object();
    EXPECT_TRUE(
        fails_with(build_mode_from_json(wrong), ErrorKind::Malformed, key));
  }
  EXPECT_FALSE(build_mode_from_json(Json("text")).ok());
  EXPECT_FALSE(build_mode_from_json(Json()).ok());
}

TEST(Protocol, IsKnownByItsName) {
  for (const Protocol protocol :
       {Protocol::Product, Protocol::ProductNounwind, Protocol::Paper})
    EXPECT_EQ(must(parse_protocol(protocol_name(protocol))), protocol);
  EXPECT_TRUE(fails_with(parse_protocol("speed"), ErrorKind::InvalidArgument,
                         "product, product-nounwind, paper"));
}

}  // namespace
}  // namespace hone::program
