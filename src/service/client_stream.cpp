// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/client_stream.h"

#include <grpcpp/grpcpp.h>

#include <hone/service/v1/environments.grpc.pb.h>

namespace hone::service {

ClientStream::ClientStream() = default;
ClientStream::~ClientStream() = default;

bool ClientStream::write(const ClientOptions& options, const Open& open,
                         const v1::StepBatchRequest& request) {
  if (!wire_) {
    context_ = std::make_unique<grpc::ClientContext>();
    prepare_call(options, *context_, false);
    wire_ = open(context_.get());
  }
  written_ = wire_->Write(request);
  return written_;
}

bool ClientStream::read(v1::StepBatchReply& reply) {
  return written_ && wire_->Read(&reply);
}

std::optional<Failure> ClientStream::end(const ClientOptions& options) {
  if (!wire_) return std::nullopt;
  context_->TryCancel();
  const grpc::Status status = wire_->Finish();
  Failure failure = read_failure(options, status, *context_);
  wire_.reset();
  context_.reset();
  return failure;
}

}  // namespace hone::service
