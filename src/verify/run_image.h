// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs an image on inputs and reads back what happened.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "verify/harness/abi.h"

namespace hone::verify {

// One run of one function on one input.
struct Run {
  uint32_t function = 0;
  uint32_t index = 0;
  uint32_t fill = 0;
  int status = 0;
  uint32_t allocations = 0;
  uint32_t refusals = 0;
  hone_input input = {};
  std::vector<uint64_t> arguments = {};
  std::vector<uint64_t> result = {};
  std::vector<uint64_t> trace = {};
  std::vector<uint64_t> effects = {};  // triples: key, now, before
  std::vector<uint64_t> cover = {};

  bool is_counted() const {
    return status == HONE_RETURNED || status == HONE_ENDED;
  }
};

struct RunJob {
  std::vector<std::string> runner;  // words before the executable's
  int slowdown = 1;                 // of the runner, for limits of time
  std::filesystem::path executable, plan, layout;
  std::filesystem::path folder;         // scratch, the only one it may write to
  std::vector<hone_job_entry> entries;  // those of a function in a row
  uint32_t mode = HONE_REPLAY;
  uint32_t tries = 0;
  uint32_t wanted = 0;
  uint64_t fuel = 1 << 17;
  uint64_t effort = 0;
  uint32_t tick_limit = 6;
  uint32_t stop_after_bad = 4;
  double seconds = 20;
  int workers = 1;
  std::stop_token stop = {};
};

struct RunReport {
  std::vector<Run> runs;
  // How the tries of a search ended, by function of the job.
  struct Group {
    uint32_t function = 0;
    bool died = false;
    std::vector<uint64_t> statuses;
  };
  std::vector<Group> groups;
  bool complete = false;     // the harness came to its end
  bool out_of_time = false;  // the job's own limit ended it
  std::string ending;        // how it ended where it did not
};

Result<RunReport> run_image(const RunJob& job);

// "returned", "SIGSEGV", "time limit", …
std::string status_name(int status);

}  // namespace hone::verify
