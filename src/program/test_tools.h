// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the tests of objects and commands share: a private folder, LLVM's
// programs run in it, and values whose absence ends the test.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/random.h"
#include "base/subprocess.h"
#include "base/test_tools.h"
#include "base/text.h"
#include "program/build_mode.h"
#include "program/driver.h"
#include "program/input.h"
#include "program/pass_table.h"
#include "program/toolchain.h"

namespace hone::program {

template <typename T>
T must(Result<T> result) {
  if (!result.ok()) {
    fmt::print(stderr, "{}: {}\n", error_name(result.error().kind),
               result.error().message);
    std::abort();
  }
  return *std::move(result);
}

inline void must(const Status& status) {
  if (status.ok()) return;
  fmt::print(stderr, "{}: {}\n", error_name(status.error().kind),
             status.error().message);
  std::abort();
}

// Any error at all is not a pass: the kind and a piece of the message count.
template <typename Outcome>
::testing::AssertionResult fails_with(const Outcome& outcome, ErrorKind kind,
                                      std::string_view piece) {
  if (outcome.ok()) return ::testing::AssertionFailure() << "it succeeded";
  const Error& error = outcome.error();
  if (error.kind == kind && error.message.find(piece) != std::string::npos)
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << error_name(error.kind) << ": " << error.message;
}

inline const Toolchain& tools() {
  static const Toolchain found = must(find_toolchain());
  return found;
}

// "llvm-nm" beside the clang that Hone found.
inline std::string llvm_program(std::string_view name) {
  const std::string& clang = tools().clang;
  const size_t at = clang.rfind("clang");
  return clang.substr(0, at) + std::string(name) + clang.substr(at + 5);
}

// A folder of one test; programs run in it.
class Scratch {
 public:
  Scratch() : folder_(must(TempDir::make("hone-test"))) {}

  std::filesystem::path operator/(std::string_view name) const {
    return folder_.path() / name;
  }
  const std::filesystem::path& path() const { return folder_.path(); }

  std::filesystem::path write(std::string_view name,
                              std::string_view text) const {
    must(write_file(*this / name, text));
    return *this / name;
  }
  std::string read(std::string_view name) const {
    return must(read_file(*this / name));
  }
  ProcessResult run(std::vector<std::string> argv) const {
    return must(hone::run({.argv = std::move(argv),
                           .directory = folder_.path(),
                           .limits = {.cpu_seconds = 30}}));
  }
  // Ends the test where the program fails; returns its stdout.
  std::string run_well(std::vector<std::string> argv) const {
    const std::string line = shell_join(argv);
    ProcessResult result = run(std::move(argv));
    if (!result.ok()) {
      fmt::print(stderr, "{}\n{}\n{}\n", line, result.describe(),
                 result.err.substr(0, 4000));
      std::abort();
    }
    return std::move(result.out);
  }

 private:
  TempDir folder_;
};

// A source in a folder, as Hone sees it under some flags.
struct Compiled {
  Input input;
  BuildMode mode;
  std::filesystem::path bitcode;
};

inline Compiled compile(const Scratch& scratch, std::string_view name,
                        std::string_view source,
                        std::vector<std::string> flags = {},
                        std::string_view level = "-Oz") {
  Compiled made{.input = must(classify_input(scratch.write(name, source))),
                .mode = {},
                .bitcode = scratch / "input.bc"};
  made.mode =
      must(read_build_mode(tools(), made.input, std::move(flags), level));
  must(write_bitcode(tools(), made.input, made.mode, made.bitcode));
  return made;
}

// Of passes that may be taken at any time.
inline std::vector<std::string> random_actions(Random& random, int count) {
  std::vector<std::string> actions;
  while (static_cast<int>(actions.size()) < count) {
    const PassInfo& pass = passes()[random.below(passes().size())];
    const std::string_view parameters = random.pick(pass.parameters);
    if (tier_of(pass, parameters) == Tier::Stable)
      actions.push_back(nested_text(pass, parameters));
  }
  return actions;
}

}  // namespace hone::program
