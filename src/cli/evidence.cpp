// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/evidence.h"

#include <fmt/format.h>

#include <map>

#include "base/text.h"

namespace hone::cli {

std::string functions_text(size_t count) {
  return fmt::format("{} {}", count, count == 1 ? "function" : "functions");
}

std::string evidence_line(std::span<const verify::FunctionVerdict> functions) {
  struct Share {
    uint64_t bytes = 0;
    size_t functions = 0;
  };
  std::map<verify::Evidence, Share> shares;
  uint64_t total = 0;
  for (const verify::FunctionVerdict& verdict : functions) {
    Share& share = shares[verdict.evidence];
    share.bytes += verdict.bytes;
    ++share.functions;
    total += verdict.bytes;
  }
  std::vector<std::string> parts;
  for (const auto& [evidence, share] : shares)
    parts.push_back(fmt::format(
        "{} {:.0f} % of bytes ({})", verify::evidence_name(evidence),
        total == 0 ? 0.0
                   : 100 * static_cast<double>(share.bytes) /
                         static_cast<double>(total),
        functions_text(share.functions)));
  return join(parts, ", ");
}

}  // namespace hone::cli
