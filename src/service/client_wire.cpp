// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/client_wire.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <chrono>

#include <hone/service/v1/environments.grpc.pb.h>

namespace hone::service {

namespace {

constexpr auto kCloseSeconds = std::chrono::seconds(2);
constexpr auto kOpenSeconds = std::chrono::seconds(10);

}  // namespace

struct ClientWire::State {
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::Environments::StubInterface> calls;
};

ClientWire::ClientWire(ClientOptions options)
    : options_(std::move(options)), state_(new State()) {
  if (!check_home().ok()) return;
  silence_grpc();
  grpc::ChannelArguments arguments;
  arguments.SetString(GRPC_ARG_OPTIMIZATION_TARGET, "latency");
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  state_->channel = grpc::CreateCustomChannel(
      options_.address, grpc::InsecureChannelCredentials(), arguments);
  state_->calls = v1::Environments::NewStub(state_->channel);
}

// In another process gRPC would wait for threads that are not there.
ClientWire::~ClientWire() {
  if (!check_home().ok()) (void)state_.release();
}

Status ClientWire::reach() const {
  HONE_RETURN_IF_ERROR(check_home());
  if (state_->channel->WaitForConnected(std::chrono::system_clock::now() +
                                        kOpenSeconds))
    return {};
  return Error(ErrorKind::Io,
               fmt::format("no server answers at '{0}'; hone serve --grpc {0} "
                           "starts one",
                           options_.address));
}

#define HONE_METHOD(identifier, name, sentence)                             \
  std::optional<Failure> ClientWire::call(                                  \
      const v1::identifier##Request& request, v1::identifier##Reply& reply) \
      const {                                                               \
    if (const Status home = check_home(); !home.ok())                       \
      return Failure{home.error()};                                         \
    grpc::ClientContext context;                                            \
    prepare_call(options_, context, true);                                  \
    const grpc::Status status =                                             \
        state_->calls->identifier(&context, request, &reply);               \
    if (status.ok()) return std::nullopt;                                   \
    return read_failure(options_, status, context);                         \
  }
#include "service/methods.def"
#undef HONE_METHOD

void ClientWire::end_session(const std::string& session) const {
  if (!check_home().ok()) return;
  grpc::ClientContext context;
  prepare_call(options_, context, false);
  context.set_deadline(std::chrono::system_clock::now() + kCloseSeconds);
  v1::CloseRequest request;
  request.set_session(session);
  v1::CloseReply reply;
  (void)state_->calls->Close(&context, request, &reply);
}

ClientStream::Open ClientWire::opened() const {
  return [this](grpc::ClientContext* context, grpc::CompletionQueue* queue) {
    return state_->calls->PrepareAsyncStepStream(context, queue);
  };
}

}  // namespace hone::service
