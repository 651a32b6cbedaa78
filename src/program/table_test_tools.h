// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the tests of passes, attributes and knobs share: LLVM's programs run
// with limits, and the modules of tests/modules.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/subprocess.h"
#include "base/test_tools.h"
#include "base/text.h"
#include "program/toolchain.h"

namespace hone::program {

inline const Toolchain& tools() {
  static const Toolchain found = find_toolchain().value();
  return found;
}

inline ProcessResult run_tool(std::vector<std::string> argv,
                              std::string input = {}) {
  return run({.argv = std::move(argv),
              .input = std::move(input),
              .limits = {.cpu_seconds = 20,
                         .wall_seconds = 60,
                         .memory_bytes = uint64_t{4} << 30}})
      .value();
}

// Like run_tool, for what cannot fail; ends the test where it does. Returns
// stdout.
inline std::string run_well(std::vector<std::string> argv,
                            std::string input = {}) {
  const std::string line = shell_join(argv);
  const ProcessResult result = run_tool(std::move(argv), std::move(input));
  if (!result.ok()) {
    fmt::print(stderr, "{}\n{}\n{}\n", line, result.describe(),
               result.err.substr(0, 2000));
    std::abort();
  }
  return result.out;
}

// Every module of tests/modules in one.
inline void link_modules(const std::filesystem::path& output) {
  std::vector<std::string> argv = {tools().llvm_link, "-o", output};
  for (const auto& entry :
       std::filesystem::directory_iterator(source_folder() / "tests/modules"))
    if (entry.path().extension() == ".ll") argv.push_back(entry.path());
  std::sort(argv.begin() + 3, argv.end());
  HONE_CHECK(argv.size() > 12);
  run_well(argv);
}

// Lines "key: rest" of a committed table, comments apart.
inline std::map<std::string, std::string> read_table(const char* name) {
  std::map<std::string, std::string> table;
  const std::string text =
      read_file(source_folder() / "tests/modules" / name).value();
  for (const std::string& line : split(text, '\n')) {
    const size_t colon = line.find(": ");
    if (line.starts_with('#') || colon == std::string::npos) continue;
    table[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return table;
}

// Calls work(0) … work(count - 1) from as many threads as there are cores. No
// work may use GoogleTest's assertions; they report afterwards.
inline void for_each_in_parallel(size_t count,
                                 const std::function<void(size_t)>& work) {
  std::atomic<size_t> next = 0;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency());
       ++i)
    threads.emplace_back([&] {
      for (size_t at = next++; at < count; at = next++) work(at);
    });
}

}  // namespace hone::program
