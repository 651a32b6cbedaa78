// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/pipeline.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hone;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<program::Pipeline> pipeline = program::parse_pipeline(text);
  if (!pipeline.ok()) return 0;
  HONE_CHECK(program::print_pipeline(*pipeline) == text);
  for (const program::PipelinePath& path : program::pass_paths(*pipeline))
    (void)program::without(*pipeline, path);
  return 0;
}
