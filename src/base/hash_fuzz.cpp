// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/hash.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hone::Result<hone::Hash128> hash =
      hone::parse_hash({reinterpret_cast<const char*>(data), size});
  if (hash.ok()) HONE_CHECK(*hone::parse_hash(hash->hex()) == *hash);
  return 0;
}
