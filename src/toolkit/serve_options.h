// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What `hone serve` hands to the program hone-server, which is separate so that
// no other command loads gRPC: one JSON document as its only argument. The
// token travels by the environment, because arguments can be seen by everyone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::toolkit {

inline constexpr const char* kTokenVariable = "HONE_TOKEN";

struct ServeOptions {
  std::string grpc;  // addresses; empty: not served
  std::string http;
  std::vector<std::string> files;  // folders that clients may name files of
  std::string store;               // empty: nothing can be recorded
  std::string failures;            // folder of repro bundles; empty: none
  int64_t sessions = 64;
  int64_t sessions_per_client = 32;
  int64_t memory_mib = 0;     // of server and workers; 0: no limit
  int64_t worker_mib = 8192;  // address space of one worker
  double cpu_seconds = 60;    // of one request, in its worker
  double lease_seconds = 300;
  double grace_seconds = 5;
  bool json = false;  // says where it listens as JSON on stdout
};

std::string to_text(const ServeOptions& options);
Result<ServeOptions> parse_serve_options(std::string_view text);

}  // namespace hone::toolkit
