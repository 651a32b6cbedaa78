// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace hone::verify {

namespace {

constexpr size_t kNameWidth = 32;

std::string shorten(std::string text, size_t width) {
  if (text.size() > width) text = text.substr(0, width - 3) + "...";
  return text;
}

std::string evidence_text(const FunctionVerdict& verdict) {
  std::string text(evidence_name(verdict.evidence));
  if (verdict.evidence == Evidence::TestedVia) text += " " + verdict.via;
  if (verdict.evidence == Evidence::Unchecked) text += ": " + verdict.reason;
  return text;
}

std::string percent(uint64_t part, uint64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) /
                                     static_cast<double>(whole));
}

}  // namespace

EvidenceShares sum_shares(std::span<const FunctionVerdict> functions) {
  EvidenceShares shares;
  for (const FunctionVerdict& verdict : functions) switch (verdict.evidence) {
      case Evidence::Proved:
        shares.proved += verdict.bytes;
        break;
      case Evidence::Tested:
        shares.tested += verdict.bytes;
        break;
      case Evidence::TestedVia:
        shares.tested_via += verdict.bytes;
        break;
      case Evidence::Unchecked:
        shares.unchecked += verdict.bytes;
        break;
    }
  return shares;
}

std::string format_report(const DifferentialReport& report) {
  std::vector<FunctionVerdict> sorted = report.functions;
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return std::tuple(b.bytes, a.name) < std::tuple(a.bytes, b.name);
  });
  std::string text =
      fmt::format("{:<{}}  {:>9}  {:>6}  {:>7}  evidence\n", "function",
                  kNameWidth, "bytes", "inputs", "blocks");
  for (const FunctionVerdict& verdict : sorted)
    text += fmt::format("{:<{}}  {:>9}  {:>6}  {:>7}  {}\n",
                        shorten(verdict.name, kNameWidth), kNameWidth,
                        with_thousands(static_cast<int64_t>(verdict.bytes)),
                        verdict.inputs,
                        percent(static_cast<uint64_t>(verdict.blocks_run),
                                static_cast<uint64_t>(verdict.blocks)),
                        shorten(evidence_text(verdict), 120));
  const EvidenceShares shares = sum_shares(report.functions);
  text += fmt::format(
      "\n{} proved, {} tested, {} tested via, {} unchecked of {} bytes\n",
      percent(shares.proved, shares.total()),
      percent(shares.tested, shares.total()),
      percent(shares.tested_via, shares.total()),
      percent(shares.unchecked, shares.total()),
      with_thousands(static_cast<int64_t>(shares.total())));
  if (!report.unavailable_reason.empty())
    text += fmt::format("nothing was run: {}\n", report.unavailable_reason);
  for (const Mismatch& mismatch : report.mismatches)
    text += fmt::format(
        "MISMATCH in {}, input {}: {}\n",
        mismatch.function.empty() ? "the object" : mismatch.function,
        mismatch.input, mismatch.what);
  return text;
}

Json report_json(const DifferentialReport& report) {
  Json json;
  const EvidenceShares shares = sum_shares(report.functions);
  json["bytes"] = {{"proved", shares.proved},
                   {"tested", shares.tested},
                   {"tested_via", shares.tested_via},
                   {"unchecked", shares.unchecked},
                   {"total", shares.total()}};
  json["unavailable_reason"] = report.unavailable_reason;
  json["functions"] = Json::array();
  for (const FunctionVerdict& verdict : report.functions) {
    Json entry = {{"name", verdict.name},
                  {"bytes", verdict.bytes},
                  {"evidence", evidence_name(verdict.evidence)},
                  {"inputs", verdict.inputs},
                  {"blocks", verdict.blocks},
                  {"blocks_run", verdict.blocks_run}};
    if (!verdict.via.empty()) entry["via"] = verdict.via;
    if (!verdict.reason.empty()) entry["reason"] = verdict.reason;
    json["functions"].push_back(std::move(entry));
  }
  json["mismatches"] = Json::array();
  for (const Mismatch& mismatch : report.mismatches)
    json["mismatches"].push_back({{"function", mismatch.function},
                                  {"input", mismatch.input},
                                  {"what", mismatch.what}});
  return json;
}

}  // namespace hone::verify
