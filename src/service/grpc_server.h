// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The service over gRPC, with health (grpc.health.v1) and reflection.
#pragma once

#include <memory>
#include <string>

#include "service/address.h"
#include "service/metrics.h"
#include "service/service.h"

namespace hone::service {

struct GrpcOptions {
  Address address;
  std::string token;  // empty: everybody may call
  int threads = 256;  // calls and open streams at a time
  uint64_t message_bytes = uint64_t{64} << 20;
};

class GrpcServer {
 public:
  // Listens when it returns; Io where it cannot. The service and the metrics
  // must outlive it.
  static Result<std::unique_ptr<GrpcServer>> start(Service& service,
                                                   Metrics& metrics,
                                                   const GrpcOptions& options);
  ~GrpcServer();

  // Where it listens; a port 0 has become the system's choice.
  const Address& address() const;
  // Ends within `grace_seconds`: by then calls that still work are cancelled.
  void stop(double grace_seconds);

 private:
  struct State;
  explicit GrpcServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hone::service
