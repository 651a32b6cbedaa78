// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program, then, behind a line of "---", a script for it. What is accepted
// prints and parses to the same text; a script either applies or says why not.
#include "tensor/loop/interval_oracle.h"
#include "tensor/loop/loop_text.h"
#include "tensor/loop/lower_loops.h"
#include "tensor/loop/schedule.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hone::tensor;  // NOLINT: one function
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t middle = text.find("\n---\n");
  const auto program = parse_loops(text.substr(0, middle));
  if (!program.ok()) return 0;
  const std::string printed = print_loops(*program);
  const auto again = parse_loops(printed);
  HONE_CHECK(again.ok() && print_loops(*again) == printed);
  (void)lower_loops(*program).ok();
  if (middle == std::string_view::npos) return 0;
  const auto steps = parse_schedule(text.substr(middle + 5));
  if (!steps.ok() || steps->size() > 20) return 0;
  IntervalOracle oracle;
  LoopHistory history(*program);
  if (!history.apply_all(*steps, oracle).ok()) return 0;
  (void)lower_loops(history.now()).ok();
  return 0;
}
