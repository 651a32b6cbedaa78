// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The service over HTTP, for whoever has no gRPC:
//
//   POST /v1/METHOD   the request's message as JSON; the reply's as JSON
//   GET  /healthz     "ok", or 503 while the server stops
//   GET  /metrics     for Prometheus
//
// JSON is protobuf's own mapping: lowerCamelCase names, 64-bit integers as
// strings, bytes in base 64. An error is {"error": {"kind", "message"}}.
//
// A page in a browser can send requests to servers on its user's own machine.
// Only JSON is taken, which a foreign page may not send unasked, and without a
// token only requests that call this machine by a local name.
#pragma once

#include <memory>
#include <string>

#include "service/address.h"
#include "service/metrics.h"
#include "service/service.h"

namespace hone::service {

struct HttpOptions {
  Address address;
  std::string token;  // empty: everybody may call
  int threads = 64;   // requests at a time
  uint64_t message_bytes = uint64_t{64} << 20;
};

class HttpServer {
 public:
  // Listens when it returns; Io where it cannot. What it is given must outlive
  // it.
  static Result<std::unique_ptr<HttpServer>> start(Service& service,
                                                   Metrics& metrics,
                                                   SessionTable& table,
                                                   const HttpOptions& options);
  ~HttpServer();

  // Where it listens; a port 0 has become the system's choice.
  const Address& address() const;
  // Waits for the calls at work.
  void stop();
  // Where it is one of a file. Once: later somebody else may listen there.
  void remove_socket();

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hone::service
