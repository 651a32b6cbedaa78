// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/client_call.h"

#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/home_process.h"
#include "service/messages.h"

namespace hone::service {

namespace {

constexpr std::chrono::milliseconds kLongestWait(1000);

}  // namespace

Pause::Pause(double seconds)
    : end_(std::chrono::steady_clock::now() +
           std::chrono::milliseconds(static_cast<int64_t>(seconds * 1e3))) {}

bool Pause::wait() {
  if (std::chrono::steady_clock::now() + next_ > end_) return false;
  std::this_thread::sleep_for(next_);
  next_ = std::min(next_ * 2, kLongestWait);
  return true;
}

std::optional<Failure> patiently(
    Pause& pause, const std::function<std::optional<Failure>()>& attempt) {
  for (;;) {
    std::optional<Failure> failure = attempt();
    if (!failure || failure->remedy != Remedy::Wait || !pause.wait())
      return failure;
  }
}

void silence_grpc() {
  gpr_set_log_function([](gpr_log_func_args*) {});
}

Status check_home() {
  static const HomeProcess home;
  if (home.is_here()) return {};
  return Error(ErrorKind::Conflict,
               "this process was made by fork() after its parent's first "
               "connection to a server, and gRPC does not work in it; fork "
               "before that, or start another program");
}

void prepare_call(const ClientOptions& options, grpc::ClientContext& context,
                  bool has_deadline) {
  if (!options.token.empty())
    context.AddMetadata("authorization", "Bearer " + options.token);
  if (!options.name.empty()) context.AddMetadata("hone-client", options.name);
  if (has_deadline)
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::milliseconds(
                             static_cast<int64_t>(options.call_seconds * 1e3)));
}

Failure read_failure(const ClientOptions& options, const grpc::Status& status,
                     const grpc::ClientContext& context) {
  const auto& trailing = context.GetServerTrailingMetadata();
  const auto told = trailing.find("hone-error");
  if (told != trailing.end()) {
    const Error error(
        read_error_kind({told->second.data(), told->second.size()}),
        status.error_message());
    if (error.kind == ErrorKind::NotFound) return {error, Remedy::Recover};
    const bool again = error.kind == ErrorKind::Interrupted ||
                       trailing.contains("grpc-retry-pushback-ms");
    return {error, again ? Remedy::Wait : Remedy::None};
  }
  switch (status.error_code()) {
    case grpc::UNAVAILABLE:
    case grpc::CANCELLED:
    case grpc::OK:  // a stream that the server ended
      return {Error(ErrorKind::Io,
                    fmt::format("the server at '{}' does not answer ({}); is "
                                "it running? hone serve --grpc {} starts one",
                                options.address, status.error_message(),
                                options.address)),
              Remedy::Wait};
    case grpc::DEADLINE_EXCEEDED:
      return {Error(ErrorKind::LimitReached,
                    fmt::format("the server at '{}' did not answer within {} "
                                "seconds",
                                options.address, options.call_seconds)),
              Remedy::Forget};
    case grpc::RESOURCE_EXHAUSTED:
      return {Error(ErrorKind::LimitReached, status.error_message()),
              Remedy::Wait};
    case grpc::UNAUTHENTICATED:
      return {Error(ErrorKind::InvalidArgument, status.error_message())};
    default:
      return {Error(
          ErrorKind::Internal,
          fmt::format("the server at '{}' failed with gRPC code {}: "
                      "{}",
                      options.address, static_cast<int>(status.error_code()),
                      status.error_message()))};
  }
}

}  // namespace hone::service
