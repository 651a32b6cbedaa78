// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/server_call.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <chrono>

#include "base/text.h"
#include "service/dispatch.h"
#include "service/messages.h"

namespace hone::service {

namespace {

// gRPC prints "ipv4:127.0.0.1:4711", "ipv6:%5B::1%5D:4711" or "unix:".
std::string host_of(std::string_view peer) {
  if (peer.starts_with("unix")) return "unix";
  return std::string(peer.substr(0, peer.rfind(':')));
}

}  // namespace

bool is_allowed(const grpc::ServerContext& context, std::string_view token) {
  if (token.empty()) return true;
  const auto found = context.client_metadata().find("authorization");
  if (found == context.client_metadata().end()) return false;
  return is_bearer({found->second.data(), found->second.size()}, token);
}

grpc::Status unauthenticated() {
  return {grpc::UNAUTHENTICATED,
          "this server wants its token; give it to the client, in Python by "
          "token= or $HONE_TOKEN, or send the metadata 'authorization: Bearer "
          "TOKEN'"};
}

std::string client_of(const grpc::ServerContext& context) {
  const auto named = context.client_metadata().find("hone-client");
  std::string client = host_of(context.peer());
  if (named != context.client_metadata().end())
    client += "/" + std::string(named->second.data(), named->second.size());
  return client;
}

Clock::time_point deadline_of(const grpc::ServerContext& context) {
  const auto left = context.deadline() - std::chrono::system_clock::now();
  return deadline_in(std::chrono::duration<double>(left).count());
}

grpc::Status refused(grpc::ServerContext& context, const Call& call,
                     const Error& error) {
  context.AddTrailingMetadata("hone-error",
                              std::string(error_name(error.kind)));
  if (call.retry_seconds != 0)
    context.AddTrailingMetadata(
        "grpc-retry-pushback-ms",
        fmt::format("{:.0f}", call.retry_seconds * 1e3));
  return {static_cast<grpc::StatusCode>(wire_code(error.kind).grpc),
          as_utf8(error.message)};
}

}  // namespace hone::service
