// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests: snippets of C compiled the way users and candidates come.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/subprocess.h"
#include "program/toolchain.h"
#include "verify/differential.h"

namespace hone::verify {

class ObjectsTest : public testing::Test {
 protected:
  void SetUp() override {
    Result<TempDir> made = TempDir::make("hone-verify-test");
    ASSERT_TRUE(made.ok());
    folder_.emplace(*std::move(made));
    Result<program::Toolchain> tools = program::find_toolchain();
    ASSERT_TRUE(tools.ok()) << tools.error().message;
    tools_ = *tools;
  }

  std::filesystem::path path(const std::string& name) const {
    return folder_->path() / name;
  }

  void run_tool(std::vector<std::string> argv) {
    const Result<ProcessResult> done = run_checked({.argv = std::move(argv)});
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  // Source -> unoptimised bitcode and the stock object, by the given flags.
  void add_original(const std::string& source,
                    const std::vector<std::string>& flags = {},
                    const std::string& language = "c") {
    const auto file = path(language == "c" ? "original.c" : "original.cpp");
    ASSERT_TRUE(write_file(file, source).ok());
    const std::string& compiler =
        language == "c" ? tools_.clang : tools_.clangxx;
    std::vector<std::string> argv = {compiler, "-w", "-Oz"};
    argv.insert(argv.end(), flags.begin(), flags.end());
    std::vector<std::string> bitcode = argv;
    for (const std::string& word :
         {std::string("-Xclang"), std::string("-disable-llvm-passes"),
          std::string("-emit-llvm"), std::string("-c"), file.string(),
          std::string("-o"), path("original.bc").string()})
      bitcode.push_back(word);
    run_tool(bitcode);
    for (const std::string& word :
         {std::string("-c"), file.string(), std::string("-o"),
          path("stock.o").string()})
      argv.push_back(word);
    run_tool(argv);
  }

  // From the same bitcode, with other flags.
  std::filesystem::path rebuild(const std::vector<std::string>& flags,
                                const std::string& bitcode = "original.bc") {
    const auto object = path("rebuilt" + std::to_string(count_++) + ".o");
    std::vector<std::string> argv = {tools_.clang, "-w"};
    argv.insert(argv.end(), flags.begin(), flags.end());
    for (const std::string& word : {std::string("-c"), path(bitcode).string(),
                                    std::string("-o"), object.string()})
      argv.push_back(word);
    run_tool(argv);
    return object;
  }

  // A candidate from other source: the original with something done to it.
  std::filesystem::path compile(const std::string& source,
                                const std::vector<std::string>& flags = {}) {
    const auto file = path("other" + std::to_string(count_++) + ".c");
    const auto object = std::filesystem::path(file).replace_extension(".o");
    EXPECT_TRUE(write_file(file, source).ok());
    std::vector<std::string> argv = {tools_.clang, "-w", "-Oz"};
    argv.insert(argv.end(), flags.begin(), flags.end());
    for (const std::string& word :
         {std::string("-c"), file.string(), std::string("-o"), object.string()})
      argv.push_back(word);
    run_tool(argv);
    return object;
  }

  DifferentialRequest request(LinkMode mode = LinkMode::Pie) const {
    return {.original_bitcode = path("original.bc"),
            .stock_object = path("stock.o"),
            .mode = mode};
  }

  DifferentialChecker prepare(LinkMode mode = LinkMode::Pie) const {
    Result<DifferentialChecker> checker =
        DifferentialChecker::prepare(request(mode));
    EXPECT_TRUE(checker.ok()) << checker.error().message;
    if (!checker) std::abort();
    EXPECT_EQ(checker->baseline().unavailable_reason, "");
    return *std::move(checker);
  }

  static DifferentialReport check(const DifferentialChecker& checker,
                                  const std::filesystem::path& candidate) {
    Result<DifferentialReport> report = checker.check(candidate);
    EXPECT_TRUE(report.ok()) << report.error().message;
    if (!report) std::abort();
    return *std::move(report);
  }

  static FunctionVerdict verdict_of(const DifferentialReport& report,
                                    const std::string& name) {
    for (const FunctionVerdict& verdict : report.functions)
      if (verdict.name == name) return verdict;
    ADD_FAILURE() << "no verdict on " << name;
    return {};
  }

  static std::string mismatches(const DifferentialReport& report) {
    std::string text;
    for (const Mismatch& mismatch : report.mismatches)
      text += mismatch.what + "\n";
    return text;
  }

  std::optional<TempDir> folder_;
  program::Toolchain tools_;
  int count_ = 0;
};

}  // namespace hone::verify
