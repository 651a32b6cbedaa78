// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a compiled model's time goes, node by node.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "toolkit/machine_peak.h"

namespace hone::toolkit {

struct ProfileRequest {
  std::filesystem::path model;
  std::vector<std::string> shapes;  // as CompileModelRequest's
  int64_t runs = 20;
  // A file in the format of Chrome's about:tracing, of the median run.
  std::filesystem::path trace;
};

// What was called for one node of the model and those fused with it.
struct ProfileRow {
  std::string node;
  std::vector<std::string> kernels;  // each name once
  int calls = 0;
  double seconds = 0;  // median of the runs
  double flops = 0;
  double bytes = 0;
  // The time that arithmetic or memory needs at least, in parts of `seconds`.
  double roofline = 0;
};

struct ProfileReport {
  std::vector<ProfileRow> rows;  // in the order of execution
  MachinePeak peak;
  double seconds = 0;  // of all rows
};

// One thread, random inputs. Unsupported names what is not compiled.
Result<ProfileReport> profile_model(const ProfileRequest& request);

}  // namespace hone::toolkit
