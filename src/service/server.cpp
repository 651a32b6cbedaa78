// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/server.h"

#include <fmt/format.h>

#include <optional>

#include "service/address.h"
#include "service/grpc_server.h"
#include "service/http_server.h"
#include "service/metrics.h"
#include "service/programs.h"
#include "service/service.h"
#include "service/session_table.h"
#include "store/store.h"

namespace hone::service {

namespace {

// Beyond the sessions: calls that need none, and those that wait.
constexpr int kSpareThreads = 64;

Result<std::optional<Address>> checked_address(const std::string& text,
                                               const std::string& token) {
  if (text.empty()) return std::optional<Address>();
  HONE_ASSIGN_OR_RETURN(const Address address, parse_address(text));
  if (!address.is_local() && token.empty())
    return Error(
        ErrorKind::InvalidArgument,
        fmt::format("'{}' can be reached from other machines, and there is no "
                    "token; give --token-file FILE (or set {}), or listen at "
                    "127.0.0.1 or unix:PATH",
                    text, toolkit::kTokenVariable));
  return std::optional<Address>(address);
}

uint64_t from_mib(int64_t mib) { return static_cast<uint64_t>(mib) << 20; }

}  // namespace

// In the order in which they may be ended: the wires first.
struct Server::State {
  toolkit::ServeOptions options;
  Programs programs;
  std::optional<store::Store> store;
  SessionTable table;
  Metrics metrics;
  Service service;
  std::unique_ptr<GrpcServer> grpc;
  std::unique_ptr<HttpServer> http;

  State(toolkit::ServeOptions given, Programs own_programs,
        std::optional<store::Store> own_store)
      : options(std::move(given)),
        programs(std::move(own_programs)),
        store(std::move(own_store)),
        table({.sessions = static_cast<size_t>(options.sessions),
               .sessions_per_client =
                   static_cast<size_t>(options.sessions_per_client),
               .memory_bytes = from_mib(options.memory_mib),
               .lease_seconds = options.lease_seconds}),
        service({.worker = {.cpu_seconds = options.cpu_seconds,
                            .memory_bytes = from_mib(options.worker_mib)},
                 .failures = options.failures},
                table, programs, metrics, store ? &*store : nullptr) {}
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(
    const toolkit::ServeOptions& options, std::string token) {
  if (options.grpc.empty() && options.http.empty())
    return Error(ErrorKind::InvalidArgument,
                 "nothing to serve; give --grpc ADDRESS, --http ADDRESS, or "
                 "both");
  HONE_ASSIGN_OR_RETURN(const std::optional<Address> grpc,
                        checked_address(options.grpc, token));
  HONE_ASSIGN_OR_RETURN(const std::optional<Address> http,
                        checked_address(options.http, token));
  ProgramLimits limits;
  limits.folders.assign(options.files.begin(), options.files.end());
  HONE_ASSIGN_OR_RETURN(Programs programs, Programs::make(std::move(limits)));
  std::optional<store::Store> store;
  if (!options.store.empty()) {
    HONE_ASSIGN_OR_RETURN(store::Store opened,
                          store::Store::open(options.store));
    store.emplace(std::move(opened));
  }
  auto state =
      std::make_unique<State>(options, std::move(programs), std::move(store));
  const int threads = static_cast<int>(options.sessions) + kSpareThreads;
  if (grpc) {
    HONE_ASSIGN_OR_RETURN(
        state->grpc,
        GrpcServer::start(
            state->service, state->metrics,
            {.address = *grpc, .token = token, .threads = threads}));
  }
  if (http) {
    HONE_ASSIGN_OR_RETURN(
        state->http,
        HttpServer::start(
            state->service, state->metrics, state->table,
            {.address = *http, .token = std::move(token), .threads = threads}));
  }
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

std::string Server::grpc_address() const {
  return state_->grpc ? state_->grpc->address().text() : "";
}

std::string Server::http_address() const {
  return state_->http ? state_->http->address().text() : "";
}

size_t Server::sessions() const { return state_->table.size(); }

void Server::stop() {
  state_->service.drain();
  if (state_->grpc) state_->grpc->stop(state_->options.grace_seconds);
  if (state_->http) state_->http->stop();
  state_->table.close_all();
}

void Server::remove_sockets() {
  // gRPC has removed its own when it stopped to listen.
  if (state_->http) state_->http->remove_socket();
}

}  // namespace hone::service
