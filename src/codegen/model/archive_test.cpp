// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/model/archive.h"

#include <gtest/gtest.h>

#include "base/subprocess.h"
#include "codegen/model/elf_object.h"

namespace hone::codegen {
namespace {

class ArchiveTest : public ::testing::Test {
 protected:
  // An object that defines `symbol`.
  static std::string object(std::string_view symbol, std::string_view bytes) {
    const auto data = write_data_object(symbol, bytes, "x86_64-pc-linux-gnu");
    return data->head + std::string(bytes) + data->tail;
  }

  std::filesystem::path write(const std::vector<ArchiveMember>& members) {
    const auto path = folder_->path() / "net.a";
    Result<FileWriter> file = FileWriter::make(path);
    EXPECT_TRUE(write_archive(*file, members).ok());
    EXPECT_TRUE(file->commit().ok());
    return path;
  }

  Result<TempDir> folder_ = TempDir::make("hone-archive-test");
};

TEST_F(ArchiveTest, LlvmsToolsReadMembersAndIndex) {
  const std::string one = object("one", "odd"), two = object("two", "even");
  const auto path = write({{.name = "one.o",
                            .parts = {std::string_view(one).substr(0, 7),
                                      std::string_view(one).substr(7)},
                            .symbols = *defined_symbols(one)},
                           {.name = "two.o",
                            .parts = {two, "!"},
                            .symbols = *defined_symbols(two)}});
  const auto said = run_checked(
      {.argv = {"llvm-nm-22", "--print-armap", "--quiet", path.string()}});
  ASSERT_TRUE(said.ok()) << said.error().message;
  EXPECT_NE(said->out.find("one in one.o\ntwo in two.o\n"), std::string::npos)
      << said->out;
  EXPECT_NE(said->out.find("R two"), std::string::npos) << said->out;
  const auto listed = run_checked({.argv = {"llvm-ar-22", "t", path.string()}});
  ASSERT_TRUE(listed.ok()) << listed.error().message;
  EXPECT_EQ(listed->out, "one.o\ntwo.o\n");
}

TEST_F(ArchiveTest, WhatIsNoObjectIsMalformed) {
  std::string cut = object("name", "content");
  for (const std::string& bad : {std::string(),
                                 std::string("\x7f"
                                             "ELF"),
                                 cut.substr(0, 100)}) {
    const auto symbols = defined_symbols(bad);
    ASSERT_FALSE(symbols.ok());
    EXPECT_EQ(symbols.error().kind, ErrorKind::Malformed);
  }
  // Every byte cut off at the end, and every byte changed: no crash.
  for (size_t i = 0; i < cut.size(); ++i) {
    (void)defined_symbols(std::string_view(cut).substr(0, i));
    std::string changed = cut;
    changed[i] = static_cast<char>(changed[i] ^ 0xff);
    (void)defined_symbols(changed);
  }
}

}  // namespace
}  // namespace hone::codegen
