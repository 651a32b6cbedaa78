// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Assembly for tests, printed by clang.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "program/assembly.h"
#include "program/test_tools.h"

namespace hone::program {

// Constants, a jump table and a local function.
inline constexpr std::string_view kThree = R"c(
extern int puts(const char *);
const int primes[] = {2, 3, 5, 7};
double scale(double x) { return x * 3.5 + 1.25; }
static int __attribute__((noinline)) twice(int x) {
  return puts("twice") + x * 2;
}
int pick(int x) {
  switch (x) {
    case 0: return puts("zero");
    case 1: return puts("uno");
    case 2: return puts("dos") + 3;
    case 3: return puts("tres") * 5;
    case 4: return puts("cuatro") - 7;
    case 5: return puts("cinco") ^ 9;
    case 6: return puts("seis") & 11;
    default: return twice(x);
  }
}
)c";

inline std::string assembly_of(const Scratch& scratch, std::string_view name,
                               std::string_view source,
                               std::vector<std::string> flags = {}) {
  std::vector<std::string> argv = {tools().clang, "-Oz"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  argv.insert(argv.end(),
              {"-S", scratch.write(name, source).string(), "-o", "-"});
  return scratch.run_well(argv);
}

inline Assembly cut(const Scratch& scratch, std::string_view name,
                    std::string_view source,
                    std::vector<std::string> flags = {}) {
  return must(
      Assembly::parse(assembly_of(scratch, name, source, std::move(flags))));
}

inline std::vector<std::string> names(const Assembly& assembly) {
  std::vector<std::string> found;
  for (const AssemblyBlock& block : assembly.blocks())
    found.push_back(block.function);
  return found;
}

inline std::string using_global(std::string_view value) {
  return fmt::format(
      "\t.file\t\"f.c\"\n\t.text\n"
      "\t.globl\tf # -- Begin function f\nf:\n"
      "\tleaq\t.L.str(%rip), %rax\n\tretq\n # -- End function\n"
      "\t.section\t.rodata,\"a\",@progbits\n.L.str:\n\t.asciz\t\"{}\"\n"
      "\t.size\t.L.str, 4\n",
      value);
}

}  // namespace hone::program
