// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One gRPC call from the server's side: who makes it, whether he may, and how
// he is told of an error.
#pragma once

#include <string>
#include <string_view>

#include "service/service.h"

namespace grpc {
class ServerContext;
class Status;
}  // namespace grpc

namespace hone::service {

// Whether the call carries the token; any does where the token is empty.
bool is_allowed(const grpc::ServerContext& context, std::string_view token);
grpc::Status unauthenticated();

// The client's host, and its name where it gave one.
std::string client_of(const grpc::ServerContext& context);
Clock::time_point deadline_of(const grpc::ServerContext& context);

// The status that ends the call; the error's kind travels beside it.
grpc::Status refused(grpc::ServerContext& context, const Call& call,
                     const Error& error);

}  // namespace hone::service
