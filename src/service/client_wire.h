// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A server's calls as functions of two messages, over gRPC: what Service is on
// the other side. For several threads.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "service/client_call.h"
#include "service/client_stream.h"

namespace hone::service {

namespace v1 {
#define HONE_METHOD(identifier, name, sentence) \
  class identifier##Request;                    \
  class identifier##Reply;
#include "service/methods.def"
#undef HONE_METHOD
}  // namespace v1

class ClientWire {
 public:
  explicit ClientWire(ClientOptions options);
  ~ClientWire();

  const ClientOptions& options() const { return options_; }

  // Io where nobody answers within ten seconds.
  Status reach() const;

  // Each has the options' deadline.
#define HONE_METHOD(identifier, name, sentence)                       \
  std::optional<Failure> call(const v1::identifier##Request& request, \
                              v1::identifier##Reply& reply) const;
#include "service/methods.def"
#undef HONE_METHOD

  // Tells the server, which has two seconds to hear it: where it is gone, so is
  // the session.
  void end_session(const std::string& session) const;

  // For streams of steps; the wire must outlive them.
  ClientStream::Open opened() const;

 private:
  struct State;
  ClientOptions options_;
  std::unique_ptr<State> state_;
};

}  // namespace hone::service
