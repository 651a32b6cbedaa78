// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a worker that has gone mad may send.
#include "env/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  hone::env::WireReader reader({reinterpret_cast<const char*>(data), size});
  while (reader.ok() && !reader.at_end()) (void)reader.value();
  return 0;
}
