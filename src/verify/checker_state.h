// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a DifferentialChecker keeps; shared by the files that implement it.
#pragma once

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "verify/differential.h"
#include "verify/elf_file.h"
#include "verify/emulator.h"
#include "verify/expectation.h"
#include "verify/image.h"
#include "verify/plan.h"
#include "verify/run_image.h"

namespace hone::verify {

constexpr int kLeastInputs = 4;  // for `tested`

using FunctionInput = std::pair<uint32_t, uint32_t>;  // function, index

struct DifferentialChecker::State {
  DifferentialRequest request;
  std::optional<TempDir> folder;
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module;
  Plan plan;
  Emulator emulator;
  ImageKit kit;
  ObjectFile stock;
  std::map<FunctionInput, Expectation> expectations;
  std::map<uint32_t, std::string> reasons;  // of functions without inputs
  DifferentialReport baseline;
  mutable std::atomic<int> checks = 0;

  Status prepare();
  Status build_kit();
  Result<std::string> unavailable();
  Status search_inputs(std::vector<hone_job_entry>& chosen);
  Status run_stock(std::vector<hone_job_entry>& chosen);

  // Of all counted inputs, by function and by block of the original.
  struct Coverage {
    std::vector<int> inputs;
    std::vector<std::map<uint32_t, int>> reached_by;
    std::vector<bool> blocks;
  };
  Coverage sum_coverage() const;
  void judge(uint32_t id, bool is_alias, const Coverage& coverage,
             FunctionVerdict& verdict) const;
  void count_inputs();
  RunJob make_job(const Image& image, const std::filesystem::path& where) const;
  Result<DifferentialReport> check(
      const std::filesystem::path& candidate) const;

  // Of a candidate.
  struct Findings {
    std::map<FunctionInput, std::string> differences;
    std::set<uint32_t> unfinished;
  };
  bool may_be_left_out(const std::string& name) const;
  std::optional<Mismatch> missing_symbol(const ObjectFile& object) const;
  Result<DifferentialReport> run_candidate(
      const std::filesystem::path& candidate,
      const std::filesystem::path& where) const;
  Findings compare_runs(const RunJob& job, const Image& image,
                        const RunReport& report) const;
  // Takes back what is known about functions, and those tested via them.
  void withdraw(const std::set<uint32_t>& functions, const std::string& reason,
                DifferentialReport& report) const;
  std::string describe(const Expectation& expected,
                       const std::string& what) const;
};

}  // namespace hone::verify
