// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/serve_options.h"

#include "base/json.h"

namespace hone::toolkit {

std::string to_text(const ServeOptions& o) {
  return hone::to_text(Json{{"grpc", o.grpc},
                            {"http", o.http},
                            {"files", o.files},
                            {"store", o.store},
                            {"failures", o.failures},
                            {"sessions", o.sessions},
                            {"sessions_per_client", o.sessions_per_client},
                            {"memory_mib", o.memory_mib},
                            {"worker_mib", o.worker_mib},
                            {"cpu_seconds", o.cpu_seconds},
                            {"lease_seconds", o.lease_seconds},
                            {"grace_seconds", o.grace_seconds},
                            {"json", o.json}});
}

Result<ServeOptions> parse_serve_options(std::string_view text) {
  HONE_ASSIGN_OR_RETURN(const Json json,
                        parse_json(text, "the server's options"));
  ServeOptions o;
  HONE_ASSIGN_OR_RETURN(o.grpc, json_string(json, "grpc"));
  HONE_ASSIGN_OR_RETURN(o.http, json_string(json, "http"));
  HONE_ASSIGN_OR_RETURN(o.files, json_strings(json, "files"));
  HONE_ASSIGN_OR_RETURN(o.store, json_string(json, "store"));
  HONE_ASSIGN_OR_RETURN(o.failures, json_string(json, "failures"));
  HONE_ASSIGN_OR_RETURN(o.sessions, json_integer(json, "sessions"));
  HONE_ASSIGN_OR_RETURN(o.sessions_per_client,
                        json_integer(json, "sessions_per_client"));
  HONE_ASSIGN_OR_RETURN(o.memory_mib, json_integer(json, "memory_mib"));
  HONE_ASSIGN_OR_RETURN(o.worker_mib, json_integer(json, "worker_mib"));
  HONE_ASSIGN_OR_RETURN(o.cpu_seconds, json_number(json, "cpu_seconds"));
  HONE_ASSIGN_OR_RETURN(o.lease_seconds, json_number(json, "lease_seconds"));
  HONE_ASSIGN_OR_RETURN(o.grace_seconds, json_number(json, "grace_seconds"));
  HONE_ASSIGN_OR_RETURN(o.json, json_boolean(json, "json"));
  return o;
}

}  // namespace hone::toolkit
