// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs of test suites that the user has checked out:
//
//   polybench://linear-algebra/blas/gemm         in $HONE_SUITES/polybench
//   polybench://linear-algebra/blas/gemm?root=/src/PolyBenchC-4.2.1
//   mibench://automotive/qsort/qsort_small.c     one of several main() there
//
// suites.def says how each is laid out, suite_programs.def what single ones
// need. They are for measuring; nothing of Hone is trained or tuned on them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "env/suite_programs.h"

namespace hone::env {

struct Suite {
  enum class Join { File, Folder, Single, SingleSource };

  std::string_view name;
  std::string_view where;
  Join join;
  std::string_view also;
  std::string_view flags;
  std::string_view sentence;
};

// Sorted by name.
std::span<const Suite> suites();

// Nothing where there is none of that name.
const Suite* find_suite(std::string_view name);

// The checkout of a suite: `root`, or where that is empty the suite's folder of
// $HONE_SUITES. NotFound where there is no such folder.
Result<std::filesystem::path> find_checkout(const Suite& suite,
                                            std::filesystem::path root);

struct SuiteProgram {
  std::vector<std::filesystem::path> sources;  // of one program, sorted
  std::vector<std::string> flags;
  std::vector<MadeHeader> headers;  // to be written, and found by -I
};

// `path` as in the URI, `root` as for find_checkout(). NotFound says what was
// looked for; InvalidArgument where a folder has several programs, which it
// names.
Result<SuiteProgram> find_program(const Suite& suite, std::string_view path,
                                  std::filesystem::path root);

}  // namespace hone::env
