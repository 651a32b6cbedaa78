// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/assembly.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hone::program;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const hone::Result<Assembly> base = Assembly::parse(text);
  if (!base.ok()) return 0;
  // The second half is another compile of the same module, for all we know.
  const hone::Result<Assembly> other = Assembly::parse(text.substr(size / 2));
  if (!other.ok()) return 0;
  const Assembly* others[] = {&*other};
  std::map<std::string, size_t> chosen;
  for (const AssemblyBlock& block : base->blocks()) chosen[block.function] = 0;
  const std::vector<Segment> segments = splice(*base, others, chosen);
  (void)render(segments, *base, others);
  const std::string files[] = {"base.s", "other.s"};
  (void)sed_command(segments, files, "output.s");
  return 0;
}
