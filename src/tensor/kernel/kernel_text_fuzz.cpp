// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is accepted prints and parses to the same text.
#include "tensor/kernel/kernel_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto kernel =
      hone::tensor::parse_kernel({reinterpret_cast<const char*>(data), size});
  if (!kernel.ok()) return 0;
  const std::string text = hone::tensor::print_kernel(*kernel);
  const auto again = hone::tensor::parse_kernel(text);
  HONE_CHECK(again.ok() && hone::tensor::print_kernel(*again) == text);
  return 0;
}
