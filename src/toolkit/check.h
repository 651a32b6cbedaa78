// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The gate between a search's proposal and what is handed over.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "program/build_mode.h"
#include "program/toolchain.h"
#include "toolkit/optimize.h"
#include "toolkit/prepare.h"
#include "verify/differential.h"
#include "verify/function_verdict.h"

namespace hone::toolkit {

verify::LinkMode link_mode(const program::BuildMode& mode);

struct CheckOutcome {
  bool accepted = true;
  std::string why;  // where not accepted: one line for the report
  std::vector<verify::FunctionVerdict> functions;
  std::optional<RunTimes> times;
};

// Checks candidates against the stock object of one preparation, which must
// outlive it: differential execution, then the user's commands.
class Gate {
 public:
  static Result<std::unique_ptr<Gate>> make(const program::Toolchain& tools,
                                            const OptimizeRequest& request,
                                            const Prepared& prepared);
  virtual ~Gate() = default;
  // What a candidate without differences would be known by.
  virtual std::vector<verify::FunctionVerdict> baseline() const = 0;
  virtual Result<CheckOutcome> check(
      const std::filesystem::path& candidate) = 0;
};

}  // namespace hone::toolkit
