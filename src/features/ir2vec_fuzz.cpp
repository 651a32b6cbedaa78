// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A vocabulary of IR2Vec from anybody's file.
#include "features/ir2vec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)hone::features::Ir2VecVocabulary::parse(text, "the input");
  return 0;
}
