// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A whole server: sessions, programs, store, and the wires that lead to them.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "toolkit/serve_options.h"

namespace hone::service {

class Server {
 public:
  // Listens when it returns. InvalidArgument where nothing is to be served, or
  // where an address can be reached from other machines and there is no token.
  static Result<std::unique_ptr<Server>> start(
      const toolkit::ServeOptions& options, std::string token);
  ~Server();

  // Addresses as clients write them; empty where not served.
  std::string grpc_address() const;
  std::string http_address() const;
  size_t sessions() const;

  // No new calls; those at work have the options' grace to be answered. Idle
  // streams end with it. Returns when all work has ended, which may be later: a
  // worker's pass is not interrupted.
  void stop();

  // Of a server whose stop() is not waited for.
  void remove_sockets();

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hone::service
