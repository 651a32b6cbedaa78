// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The synchronous API of gRPC: a thread works for one call at a time, which is
// what an environment wants, and a stream's thread polls its own socket. Its
// round trip was 26 to 33 us where the callback API's was 29 us (a message of 2
// bytes, Unix socket); threads are bounded, and gRPC refuses further calls with
// RESOURCE_EXHAUSTED.
#include "service/grpc_server.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <map>
#include <mutex>

#include <hone/service/v1/environments.grpc.pb.h>
#include "service/client_call.h"
#include "service/dispatch.h"
#include "service/messages.h"

namespace hone::service {

namespace {

constexpr std::string_view kBearer = "Bearer ";

// gRPC prints "ipv4:127.0.0.1:4711", "ipv6:%5B::1%5D:4711" or "unix:".
std::string host_of(std::string_view peer) {
  if (peer.starts_with("unix")) return "unix";
  return std::string(peer.substr(0, peer.rfind(':')));
}

// The streams that are open. One that waits for a request would keep a server
// from stopping; one at work is left to answer.
class OpenStreams {
 public:
  void open(grpc::ServerContext* context) { set(context, false); }
  void set(grpc::ServerContext* context, bool works) {
    const std::scoped_lock lock(mutex_);
    streams_[context] = works;
    if (stopping_ && !works) context->TryCancel();
  }
  void close(grpc::ServerContext* context) {
    const std::scoped_lock lock(mutex_);
    streams_.erase(context);
  }
  void stop() {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    for (const auto& [context, works] : streams_)
      if (!works) context->TryCancel();
  }

 private:
  std::mutex mutex_;
  std::map<grpc::ServerContext*, bool> streams_;
  bool stopping_ = false;
};

class Handlers final : public v1::Environments::Service {
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

  grpc::Status StepStream(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::StepBatchReply, v1::StepBatchRequest>*
          stream) override {
    if (!is_allowed(*context)) return unauthenticated();
    streams_.open(context);
    const grpc::Status status = run_stream(*context, *stream);
    streams_.close(context);
    return status;
  }

  void stop() { streams_.stop(); }

 private:
  using Stream =
      grpc::ServerReaderWriter<v1::StepBatchReply, v1::StepBatchRequest>;

  grpc::Status run_stream(grpc::ServerContext& context, Stream& stream) {
    Attachment attachment;
    v1::StepBatchRequest request;
    v1::StepBatchReply reply;
    while (stream.Read(&request)) {
      streams_.set(&context, true);
      Call call = call_of(context);
      call.attachment = &attachment;
      reply.Clear();
      const Status status =
          dispatch(service_, metrics_, Method::StepBatch, call, request, reply);
      if (!status.ok()) return refused(context, call, status.error());
      if (!stream.Write(reply)) break;
      streams_.set(&context, false);
    }
    return grpc::Status::OK;
  }

  template <typename Request, typename Reply>
  grpc::Status run(grpc::ServerContext& context, Method method,
                   const Request& request, Reply& reply) {
    if (!is_allowed(context)) return unauthenticated();
    Call call = call_of(context);
    const Status status =
        dispatch(service_, metrics_, method, call, request, reply);
    return status.ok() ? grpc::Status::OK
                       : refused(context, call, status.error());
  }

  bool is_allowed(const grpc::ServerContext& context) const {
    if (token_.empty()) return true;
    const auto found = context.client_metadata().find("authorization");
    if (found == context.client_metadata().end()) return false;
    const std::string_view given(found->second.data(), found->second.size());
    return given.starts_with(kBearer) &&
           is_token(given.substr(kBearer.size()), token_);
  }

  static grpc::Status unauthenticated() {
    return {grpc::UNAUTHENTICATED,
            "this server wants its token; send it as the metadata "
            "'authorization: Bearer TOKEN'"};
  }

  static Call call_of(const grpc::ServerContext& context) {
    const auto left = context.deadline() - std::chrono::system_clock::now();
    const auto named = context.client_metadata().find("hone-client");
    return {
        .client =
            named == context.client_metadata().end()
                ? host_of(context.peer())
                : host_of(context.peer()) + "/" +
                      std::string(named->second.data(), named->second.size()),
        .deadline = deadline_in(std::chrono::duration<double>(left).count())};
  }

  static grpc::Status refused(grpc::ServerContext& context, const Call& call,
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

  service::Service& service_;
  Metrics& metrics_;
  const std::string token_;
  OpenStreams streams_;
};

}  // namespace

struct GrpcServer::State {
  Handlers handlers;
  Address address;
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
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.address.text(),
                           grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&state->handlers);
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
  state->server = builder.BuildAndStart();
  if (!state->server || (port == 0 && !options.address.is_unix()))
    return Error(ErrorKind::Io,
                 fmt::format("cannot listen at '{}' for gRPC: is another "
                             "program there, and may this user listen there?",
                             options.address.text()));
  if (!options.address.is_unix()) state->address.port = port;
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(state)));
}

const Address& GrpcServer::address() const { return state_->address; }

void GrpcServer::stop(double grace_seconds) {
  if (!state_->server) return;
  state_->server->GetHealthCheckService()->Shutdown();
  state_->handlers.stop();
  state_->server->Shutdown(
      std::chrono::system_clock::now() +
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
          std::chrono::duration<double>(grace_seconds)));
  state_->server->Wait();
  state_->server.reset();
}

}  // namespace hone::service
