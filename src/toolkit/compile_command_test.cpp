// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/compile_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"

namespace hone::toolkit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CompileCommands : public ::testing::Test {
 protected:
  // Commands name files of the current folder.
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(testing::TempDir());
    ASSERT_TRUE(write_file("main.c", "int main(void) { return 0; }\n").ok());
    ASSERT_TRUE(write_file("other.cpp", "int f() { return 0; }\n").ok());
  }

  void TearDown() override { std::filesystem::current_path(before_); }

  static Result<CompileCommand> read(std::vector<std::string> words) {
    return read_compile_command(words, false);
  }

 private:
  std::filesystem::path before_;
};

TEST_F(CompileCommands, OfMakeAreRead) {
  const auto command = read({"-Oz", "-Wall", "-DX=1", "-I", "include", "-c",
                             "-o", "obj/main.o", "main.c"});
  ASSERT_TRUE(command.ok()) << command.error().message;
  EXPECT_EQ(command->source.path, "main.c");
  EXPECT_EQ(command->object, "obj/main.o");
  EXPECT_EQ(command->level, "-Oz");
  EXPECT_THAT(command->flags, ElementsAre("-Wall", "-DX=1", "-I", "include"));
  EXPECT_THAT(dependency_flags(*command), IsEmpty());
}

TEST_F(CompileCommands, TheLastLevelCountsAndNoneIsO0) {
  EXPECT_EQ(read({"-O2", "-c", "main.c", "-Oz"})->level, "-Oz");
  EXPECT_EQ(read({"-O", "-c", "main.c"})->level, "-O1");
  EXPECT_EQ(read({"-c", "main.c"})->level, "-O0");
  EXPECT_EQ(read({"-c", "main.c"})->object, "main.o");
}

TEST_F(CompileCommands, DependencyFilesAreNamedAsClangNamesThem) {
  EXPECT_THAT(dependency_flags(*read({"-MD", "-c", "main.c", "-oobj/m.o"})),
              ElementsAre("-MF", "obj/m.d", "-MQ", "obj/m.o"));
  EXPECT_THAT(dependency_flags(
                  *read({"-MMD", "-MF", "x.d", "-MT", "x", "-c", "main.c"})),
              IsEmpty());
}

TEST_F(CompileCommands, TheDriverDecidesOverTheLanguage) {
  const std::vector<std::string> words = {"-c", "main.c"};
  EXPECT_EQ(read_compile_command(words, true)->source.kind,
            program::InputKind::Cxx);
  EXPECT_EQ(read_compile_command(words, false)->source.kind,
            program::InputKind::C);
}

struct Left {
  std::vector<std::string> words;
  std::string reason;
};

class LeftToStock : public CompileCommands,
                    public ::testing::WithParamInterface<Left> {};

TEST_P(LeftToStock, WithAReason) {
  const auto command = read(GetParam().words);
  ASSERT_FALSE(command.ok());
  EXPECT_THAT(command.error().message, HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    CompileCommands, LeftToStock,
    ::testing::Values(
        Left{{}, "no -c"}, Left{{"main.c", "-o", "main"}, "no -c"},
        Left{{"-c"}, "0 sources"},
        Left{{"-c", "main.c", "other.cpp"}, "2 sources"},
        Left{{"-E", "main.c"}, "'-E'"}, Left{{"-S", "main.c"}, "'-S'"},
        Left{{"-M", "main.c"}, "'-M'"}, Left{{"--version"}, "'--version'"},
        Left{{"-c", "-x", "c++", "main.c"}, "'-x'"},
        Left{{"-c", "@flags"}, "response file"},
        Left{{"-c", "-"}, "standard input"},
        Left{{"-c", "main.c", "-save-temps=obj"}, "-save-temps"},
        Left{{"-c", "main.c", "-o", "/dev/null"}, "no plain file"},
        Left{{"-c", "gone.c"}, "does not exist"}));

}  // namespace
}  // namespace hone::toolkit
