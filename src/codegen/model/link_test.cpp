// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/model/link.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <array>
#include <thread>

#include "base/subprocess.h"
#include "codegen/model/elf_object.h"

namespace hone::codegen {
namespace {

using Words = std::vector<std::string>;

class LinkTest : public ::testing::Test {
 protected:
  std::string path(std::string_view name) const {
    return (folder_->path() / name).string();
  }

  // An object of so many bytes, as one of weights.
  std::string object(size_t bytes,
                     const char* triple = "x86_64-pc-linux-gnu") const {
    const auto data = write_data_object("numbers", bytes, triple);
    const std::string name = path(std::string(triple) + ".o");
    EXPECT_TRUE(
        write_file(name, data->head + std::string(bytes, '*') + data->tail)
            .ok());
    return name;
  }

  Result<std::string> link(const Words& arguments,
                           std::string_view name = "inside.so") const {
    HONE_ASSIGN_OR_RETURN(FileWriter file, FileWriter::make(path(name)));
    HONE_RETURN_IF_ERROR(link_in_process(arguments, file));
    HONE_RETURN_IF_ERROR(file.commit());
    return read_file(path(name));
  }

  Result<TempDir> folder_ = TempDir::make("hone-link-test");
};

TEST_F(LinkTest, TheBytesAreThoseOfTheProgram) {
  for (const char* triple : {"x86_64-pc-linux-gnu", "aarch64-linux-gnu"}) {
    const Words words = {"-shared", "--hash-style=gnu", "--build-id=sha1",
                         object(1 << 20, triple)};
    const auto inside = link(words);
    ASSERT_TRUE(inside.ok()) << inside.error().message;
    Words program = {"ld.lld-22", "-o", path("outside.so")};
    program.insert(program.end(), words.begin(), words.end());
    ASSERT_TRUE(run_checked({.argv = program}).ok());
    EXPECT_GT(inside->size(), size_t{1} << 20);
    EXPECT_TRUE(*inside == *read_file(path("outside.so"))) << triple;
  }
}

TEST_F(LinkTest, WhatLldSaysIsTheErrorAndTheNextLinkWorks) {
  const auto bad = link({"-shared", path("missing.o")});
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().kind, ErrorKind::ToolFailed);
  EXPECT_NE(bad.error().message.find("missing.o: No such file or directory"),
            std::string::npos)
      << bad.error().message;
  EXPECT_FALSE(std::filesystem::exists(path("inside.so")));
  EXPECT_TRUE(link({"-shared", object(10)}).ok());
}

TEST_F(LinkTest, HandlersOfSignalsStayAsTheyWere) {
  const auto handlers = [] {
    std::array<void (*)(int), 32> all = {};
    for (int number = 1; number < 32; ++number) {
      struct sigaction action;
      ::sigaction(number, nullptr, &action);
      all[static_cast<size_t>(number)] = action.sa_handler;
    }
    return all;
  };
  const auto before = handlers();
  ASSERT_TRUE(link({"-shared", object(10)}).ok());
  EXPECT_EQ(handlers(), before);
}

TEST_F(LinkTest, SeveralThreadsMayLink) {
  const Words words = {"-shared", object(1000)};
  const auto wanted = link(words);
  ASSERT_TRUE(wanted.ok());
  std::array<bool, 4> is_equal = {};
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < is_equal.size(); ++i)
      threads.emplace_back([&, i] {
        const auto again = link(words, std::to_string(i));
        is_equal[i] = again.ok() && *again == *wanted;
      });
  }
  for (const bool equal : is_equal) EXPECT_TRUE(equal);
}

TEST_F(LinkTest, AFileThatTakesNoMoreIsAnError) {
  const Words words = {"-shared", object(1 << 20)};
  rlimit before;
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit little = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &little);
  const auto linked = link(words);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  ASSERT_FALSE(linked.ok());
  EXPECT_EQ(linked.error().kind, ErrorKind::Io);
  EXPECT_NE(linked.error().message.find("File too large"), std::string::npos)
      << linked.error().message;
}

}  // namespace
}  // namespace hone::codegen
