// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/client_stream.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include <hone/service/v1/environments.grpc.pb.h>
#include "base/wakeful.h"

namespace hone::service {

namespace {

using Clock = std::chrono::steady_clock;

gpr_timespec on_grpcs_clock(Clock::time_point time) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      time - Clock::now());
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_millis(left.count(), GPR_TIMESPAN));
}

}  // namespace

ClientStream::ClientStream() = default;

ClientStream::~ClientStream() { (void)end({}); }

bool ClientStream::write(const ClientOptions& options, const Open& open,
                         const v1::StepBatchRequest& request) {
  if (!check_home().ok()) return false;
  if (!wire_) {
    context_ = std::make_unique<grpc::ClientContext>();
    queue_ = std::make_unique<grpc::CompletionQueue>();
    prepare_call(options, *context_, false);
    wire_ = open(context_.get(), queue_.get());
    cancelled_ = false;
    wait_from_now(options);
    wire_->StartCall(nullptr);
    ++pending_;
  }
  if (!settle()) return false;
  wire_->Write(request, nullptr);
  ++pending_;
  asked_ = Clock::now();
  return true;
}

bool ClientStream::read(const ClientOptions& options,
                        v1::StepBatchReply& reply) {
  if (!check_home().ok() || pending_ == 0) return false;
  wait_from_now(options);
  wire_->Read(&reply, nullptr);
  ++pending_;
  return settle();
}

std::optional<Failure> ClientStream::end(const ClientOptions& options) {
  if (!check_home().ok()) return leave();
  if (!wire_) return std::nullopt;
  const bool late = std::exchange(cancelled_, true);
  context_->TryCancel();
  (void)settle();
  grpc::Status status;
  wire_->Finish(&status, nullptr);
  ++pending_;
  (void)settle();
  if (late) status = grpc::Status(grpc::DEADLINE_EXCEEDED, "");
  Failure failure = read_failure(options, status, *context_);
  wire_.reset();
  queue_.reset();
  context_.reset();
  return failure;
}

Failure ClientStream::leave() {
  (void)wire_.release();
  (void)queue_.release();
  (void)context_.release();
  return {check_home().error()};
}

void ClientStream::wait_from_now(const ClientOptions& options) {
  deadline_ = Clock::now() + std::chrono::milliseconds(static_cast<int64_t>(
                                 options.call_seconds * 1e3));
}

bool ClientStream::settle() {
  bool all = true;
  for (; pending_ > 0; --pending_) all = next_event() && all;
  return all;
}

bool ClientStream::next_event() {
  void* tag = nullptr;
  bool ok = false;
  using Found = grpc::CompletionQueue::NextStatus;
  Found found = Found::TIMEOUT;
  const auto has_found = [&](gpr_timespec until) {
    found = queue_->AsyncNext(&tag, &ok, until);
    return found != Found::TIMEOUT;
  };
  const auto look = [&] { return has_found(gpr_time_0(GPR_CLOCK_MONOTONIC)); };
  if (look_awake(asked_, look)) return found == Found::GOT_EVENT && ok;
  if (!cancelled_) {
    if (has_found(on_grpcs_clock(deadline_)))
      return found == Found::GOT_EVENT && ok;
    cancelled_ = true;
    context_->TryCancel();
  }
  // What is cancelled comes at once.
  return queue_->Next(&tag, &ok) && ok;
}

}  // namespace hone::service
