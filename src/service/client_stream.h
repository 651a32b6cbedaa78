// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A StepStream from the client's side: requests and their replies, one pair
// after the other. It is opened by the first request.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "service/client_call.h"

namespace grpc {
template <class W, class R>
class ClientAsyncReaderWriterInterface;
class CompletionQueue;
}  // namespace grpc

namespace hone::service {

namespace v1 {
class StepBatchRequest;
class StepBatchReply;
}  // namespace v1

class ClientStream {
 public:
  using Wire = grpc::ClientAsyncReaderWriterInterface<v1::StepBatchRequest,
                                                      v1::StepBatchReply>;
  // A stream whose call is not started yet.
  using Open = std::function<std::unique_ptr<Wire>(grpc::ClientContext*,
                                                   grpc::CompletionQueue*)>;

  ClientStream();
  ~ClientStream();

  // False where the stream has ended, which end() explains.
  bool write(const ClientOptions& options, const Open& open,
             const v1::StepBatchRequest& request);
  // The reply to the last request; false where there is none, or none within
  // the options' call_seconds.
  bool read(const ClientOptions& options, v1::StepBatchReply& reply);

  // Nothing where it was not open, Conflict in another process.
  std::optional<Failure> end(const ClientOptions& options);

 private:
  void wait_from_now(const ClientOptions& options);
  bool next_event();
  // Whether all that was asked of the stream has been done.
  bool settle();

  // Gives up what is another process's.
  Failure leave();

  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::CompletionQueue> queue_;
  std::unique_ptr<Wire> wire_;
  int pending_ = 0;  // what the stream was asked and has not answered
  std::chrono::steady_clock::time_point asked_;
  std::chrono::steady_clock::time_point deadline_;
  bool cancelled_ = false;
};

}  // namespace hone::service
