// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/recipe.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hone;
  const Result<Json> json =
      parse_json({reinterpret_cast<const char*>(data), size}, "the input");
  if (!json.ok()) return 0;
  const Result<program::Recipe> recipe = program::recipe_from_json(*json);
  if (!recipe.ok()) return 0;
  const Result<program::Recipe> again =
      program::recipe_from_json(program::to_json(*recipe));
  HONE_CHECK(again.ok());
  HONE_CHECK(program::recipe_key(*again) == program::recipe_key(*recipe));
  return 0;
}
