// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One call from the client's side, and what its failure means.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "service/client.h"

namespace grpc {
class ClientContext;
class Status;
}  // namespace grpc

namespace hone::service {

// What may be done about a call that failed.
enum class Remedy {
  None,
  Recover,  // the session is gone: make another one
  Wait,     // the server is gone or full: try again later
  Forget,   // no answer in time, so that nobody knows what became of the
            // session: the next call makes another one
};

struct Failure {
  Error error;
  Remedy remedy = Remedy::None;
};

// Between a client that may be asked again and its server: each wait is twice
// as long as the one before it, up to a second.
class Pause {
 public:
  explicit Pause(double seconds);
  // False when the time is up.
  bool wait();

 private:
  std::chrono::steady_clock::time_point end_;
  std::chrono::milliseconds next_{20};
};

// Again for as long as the server is away or full.
std::optional<Failure> patiently(
    Pause& pause, const std::function<std::optional<Failure>()>& attempt);

// gRPC writes its troubles to stderr, where a library has nothing to say; what
// matters of them is in the errors that are returned.
void silence_grpc();

// Conflict in a process that fork() has made since the first call of this: gRPC
// has one state for a whole process, with threads that are not there and
// sockets that are the parent's. A connection made anew would share them.
Status check_home();

void prepare_call(const ClientOptions& options, grpc::ClientContext& context,
                  bool has_deadline);

// Of a call that did not end well.
Failure read_failure(const ClientOptions& options, const grpc::Status& status,
                     const grpc::ClientContext& context);

}  // namespace hone::service
