// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The synchronous API of gRPC for single calls: a thread works for one call at
// a time, which is what an environment wants; threads are bounded, and gRPC
// refuses further calls with RESOURCE_EXHAUSTED. Streams of steps are another
// matter (step_streams.h).
#include "service/grpc_server.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include <hone/service/v1/environments.grpc.pb.h>
#include "service/client_call.h"
#include "service/dispatch.h"
#include "service/health.h"
#include "service/server_call.h"
#include "service/step_streams.h"

namespace hone::service {

namespace {

using Synchronous = v1::Environments::Service;

// StepStream is answered by StepStreams.
class Handlers final
    : public v1::Environments::WithRawMethod_StepStream<Synchronous> {
 public:
  Handlers(service::Service& service, Metrics& metrics, std::string token)
      : service_(service), metrics_(metrics), token_(std::move(token)) {}

#define HONE_METHOD(identifier, name, sentence)                    \
  grpc::Status identifier(grpc::ServerContext* context,            \
                          const v1::identifier##Request* request,  \
                          v1::identifier##Reply* reply) override { \
    return run(*context, Method::identifier, *request, *reply);    \
  }
#include "service/methods.def"
#undef HONE_METHOD

 private:
  template <typename Request, typename Reply>
  grpc::Status run(grpc::ServerContext& context, Method method,
                   const Request& request, Reply& reply) {
    if (!is_allowed(context, token_)) return unauthenticated();
    Call call = {.client = client_of(context),
                 .deadline = deadline_of(context)};
    const Status status =
        dispatch(service_, metrics_, method, call, request, reply);
    return status.ok() ? grpc::Status::OK
                       : refused(context, call, status.error());
  }

  service::Service& service_;
  Metrics& metrics_;
  const std::string token_;
};

}  // namespace

struct GrpcServer::State {
  Handlers handlers;
  Health health;
  Address address;
  std::unique_ptr<StepStreams> streams;  // ends before what it calls
  std::unique_ptr<grpc::Server> server;
};

GrpcServer::GrpcServer(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

GrpcServer::~GrpcServer() { stop(0); }

Result<std::unique_ptr<GrpcServer>> GrpcServer::start(
    Service& service, Metrics& metrics, const GrpcOptions& options) {
  silence_grpc();
  HONE_RETURN_IF_ERROR(check_socket_is_free(options.address));
  std::unique_ptr<State> state(
      new State{.handlers = Handlers(service, metrics, options.token),
                .address = options.address});
  grpc::EnableDefaultHealthCheckService(false);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.address.text(),
                           grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&state->handlers);
  builder.RegisterService(&state->health.service());
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.message_bytes));
  builder.SetMaxSendMessageSize(-1);
  grpc::ResourceQuota quota("hone");
  quota.SetMaxThreads(options.threads);
  builder.SetResourceQuota(quota);
  // Each stream's thread answers at once; nothing is gained by waiting for
  // more to send.
  builder.AddChannelArgument(GRPC_ARG_OPTIMIZATION_TARGET, "latency");
  // A second server on the same port would take half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // Dead clients are noticed where their machine vanished without a word.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  state->streams = std::make_unique<StepStreams>(
      service, metrics,
      StepStreamOptions{.token = options.token,
                        .streams = static_cast<size_t>(options.threads)},
      builder.AddCompletionQueue());
  state->server = builder.BuildAndStart();
  if (!state->server || (port == 0 && !options.address.is_unix()))
    return Error(ErrorKind::Io,
                 fmt::format("cannot listen at '{}' for gRPC: is another "
                             "program there, and may this user listen there?",
                             options.address.text()));
  state->streams->start([handlers = &state->handlers](
                            grpc::ServerContext& context,
                            StepStreams::Wire& wire,
                            grpc::ServerCompletionQueue& queue, void* tag) {
    handlers->RequestStepStream(&context, &wire, &queue, &queue, tag);
  });
  if (!options.address.is_unix()) state->address.port = port;
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(state)));
}

const Address& GrpcServer::address() const { return state_->address; }

void GrpcServer::stop(double grace_seconds) {
  if (!state_->server) return;
  state_->health.stop();
  state_->streams->stop();
  state_->server->Shutdown(
      std::chrono::system_clock::now() +
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
          std::chrono::duration<double>(grace_seconds)));
  state_->server->Wait();
  state_->streams.reset();
  state_->server.reset();
}

}  // namespace hone::service
