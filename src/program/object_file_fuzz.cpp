// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/object_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hone;
  const Result<program::ObjectSizes> sizes = program::measure_object(
      {reinterpret_cast<const char*>(data), size}, "the input");
  if (!sizes.ok()) return 0;
  HONE_CHECK(program::object_sizes_from_json(program::to_json(*sizes)).ok());
  return 0;
}
