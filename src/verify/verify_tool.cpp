// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// hone_verify_tool <bitcode> <stock.o> [--mode pie|no-pie|shared] [--verbose]
//                  [candidate.o…]
//
// Prints one JSON document. For measuring; users have `hone opt`.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstring>

#include "base/json.h"
#include "verify/differential.h"

using namespace hone;
using namespace hone::verify;

namespace {

// CPU seconds of this process and its children.
double spent() {
  double sum = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage = {};
    ::getrusage(who, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime})
      sum += static_cast<double>(time.tv_sec) +
             static_cast<double>(time.tv_usec) * 1e-6;
  }
  return sum;
}

double now() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

int fail(const Error& error) {
  fmt::print(stderr, "{}: {}\n", error_name(error.kind), error.message);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  DifferentialRequest request;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--mode" && i + 1 < argc) {
      const std::string_view mode = argv[++i];
      request.mode = mode == "shared"   ? LinkMode::Shared
                     : mode == "no-pie" ? LinkMode::NoPie
                                        : LinkMode::Pie;
    } else if (word == "--seed" && i + 1 < argc) {
      request.seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--workers" && i + 1 < argc) {
      request.workers = std::atoi(argv[++i]);
    } else {
      files.emplace_back(word);
    }
  }
  if (files.size() < 2) return 2;
  request.original_bitcode = files[0];
  request.stock_object = files[1];
  const double begin = now();
  const double spent_begin = spent();
  Result<DifferentialChecker> checker = DifferentialChecker::prepare(request);
  if (!checker) return fail(checker.error());
  Json out;
  out["prepare_seconds"] = now() - begin;
  out["prepare_cpu"] = spent() - spent_begin;
  const DifferentialReport& baseline = checker->baseline();
  out["unavailable"] = baseline.unavailable_reason;
  for (const FunctionVerdict& verdict : baseline.functions)
    out["functions"].push_back({{"name", verdict.name},
                                {"bytes", verdict.bytes},
                                {"evidence", evidence_name(verdict.evidence)},
                                {"inputs", verdict.inputs},
                                {"blocks", verdict.blocks},
                                {"blocks_run", verdict.blocks_run},
                                {"via", verdict.via},
                                {"reason", verdict.reason}});
  for (size_t i = 2; i < files.size(); ++i) {
    const double start = now();
    const double spent_start = spent();
    const Result<DifferentialReport> report = checker->check(files[i]);
    if (!report) return fail(report.error());
    Json entry;
    entry["candidate"] = files[i];
    entry["seconds"] = now() - start;
    entry["cpu"] = spent() - spent_start;
    entry["mismatches"] = Json::array();
    for (const Mismatch& mismatch : report->mismatches)
      entry["mismatches"].push_back({{"function", mismatch.function},
                                     {"input", mismatch.input},
                                     {"what", mismatch.what}});
    out["candidates"].push_back(entry);
  }
  fmt::print("{}\n", to_text(out, 1));
  return 0;
}
