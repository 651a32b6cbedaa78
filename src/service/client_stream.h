// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A StepStream from the client's side: requests and their replies, one pair
// after the other. It is opened by the first request.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "service/client_call.h"

namespace grpc {
template <class W, class R>
class ClientReaderWriterInterface;
}  // namespace grpc

namespace hone::service {

namespace v1 {
class StepBatchRequest;
class StepBatchReply;
}  // namespace v1

class ClientStream {
 public:
  using Wire = grpc::ClientReaderWriterInterface<v1::StepBatchRequest,
                                                 v1::StepBatchReply>;
  using Open = std::function<std::unique_ptr<Wire>(grpc::ClientContext*)>;

  ClientStream();
  ~ClientStream();

  // False where the stream has ended, which end() explains.
  bool write(const ClientOptions& options, const Open& open,
             const v1::StepBatchRequest& request);
  bool read(v1::StepBatchReply& reply);

  // Nothing where it was not open.
  std::optional<Failure> end(const ClientOptions& options);

 private:
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<Wire> wire_;
  bool written_ = false;
};

}  // namespace hone::service
