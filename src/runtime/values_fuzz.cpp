// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bytes as a model of steps on values and its inputs: run by the C runtime and
// by a slow model of it, which agree.
#include <cstdio>
#include <cstdlib>

#include "runtime/value_program_test_tools.h"

// Sizes that nobody has memory for are an answer.
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string difference =
      hone::runtime::check_value_program({data, size});
  if (difference.empty()) return 0;
  std::fprintf(stderr, "%s\n", difference.c_str());
  std::abort();
}
