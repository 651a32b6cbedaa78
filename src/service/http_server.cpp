// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/http_server.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <httplib.h>

#include <atomic>
#include <thread>

#include <hone/service/v1/environments.pb.h>
#include "base/json.h"
#include "service/dispatch.h"
#include "service/messages.h"

namespace hone::service {

namespace {

constexpr const char* kJson = "application/json";
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kUnsupportedType = 415;
constexpr double kDeadline = 120;  // HTTP has none of its own

void refuse(httplib::Response& response, int code, const Error& error) {
  response.status = code;
  const Json body = {
      {"error",
       {{"kind", error_name(error.kind)}, {"message", error.message}}}};
  response.set_content(to_text(body) + "\n", kJson);
}

// Without its port.
bool is_local_name(const std::string& host) {
  const Result<Address> address = parse_address(
      host.find(':') == std::string::npos || host.ends_with(']') ? host + ":0"
                                                                 : host);
  return address.ok() && address->is_local();
}

class Handlers {
 public:
  Handlers(Service& service, Metrics& metrics, SessionTable& table,
           const HttpOptions& options)
      : service_(service),
        metrics_(metrics),
        table_(table),
        token_(options.token),
        is_unix_(options.address.is_unix()) {}

  void install(httplib::Server& server) {
#define HONE_METHOD(identifier, name, sentence)                            \
  server.Post("/v1/" name,                                                 \
              [this](const httplib::Request& in, httplib::Response& out) { \
                run<v1::identifier##Request, v1::identifier##Reply>(       \
                    Method::identifier, in, out);                          \
              });
#include "service/methods.def"
#undef HONE_METHOD
    server.Get("/healthz",
               [this](const httplib::Request&, httplib::Response& out) {
                 const bool ok = !service_.is_draining();
                 out.status = ok ? 200 : 503;
                 out.set_content(ok ? "ok\n" : "stopping\n", "text/plain");
               });
    server.Get("/metrics",
               [this](const httplib::Request& in, httplib::Response& out) {
                 if (!is_allowed(in, out)) return;
                 out.set_content(metrics_.text(table_),
                                 "text/plain; version=0.0.4; charset=utf-8");
               });
    server.set_error_handler([](const httplib::Request& in,
                                httplib::Response& out) {
      if (!out.body.empty()) return;
      refuse(
          out, out.status,
          Error(out.status == 404 ? ErrorKind::NotFound : ErrorKind::Malformed,
                fmt::format("{} {}: expected POST /v1/METHOD, GET "
                            "/healthz or GET /metrics",
                            in.method.substr(0, 16), in.path.substr(0, 100))));
    });
  }

 private:
  bool is_allowed(const httplib::Request& in, httplib::Response& out) const {
    if (token_.empty()) {
      if (is_unix_ || is_local_name(in.get_header_value("Host"))) return true;
      refuse(out, kForbidden,
             Error(ErrorKind::InvalidArgument,
                   "a server without a token answers only to localhost and "
                   "its addresses, by the header Host"));
      return false;
    }
    if (is_bearer(in.get_header_value("Authorization"), token_)) return true;
    refuse(out, kUnauthorized,
           Error(ErrorKind::InvalidArgument,
                 "this server wants its token; send the header "
                 "'Authorization: Bearer TOKEN'"));
    return false;
  }

  template <typename Request, typename Reply>
  void run(Method method, const httplib::Request& in, httplib::Response& out) {
    namespace pb = google::protobuf::util;
    if (!is_allowed(in, out)) return;
    if (!in.get_header_value("Content-Type").starts_with(kJson))
      return refuse(out, kUnsupportedType,
                    Error(ErrorKind::InvalidArgument,
                          "the body must be JSON, and its Content-Type "
                          "application/json"));
    Request request;
    const auto parsed = pb::JsonStringToMessage(
        in.body.empty() ? std::string("{}") : in.body, &request);
    if (!parsed.ok())
      return refuse(out, 400,
                    Error(ErrorKind::Malformed,
                          fmt::format("the body is no {}: {}",
                                      Request::descriptor()->name(),
                                      std::string(parsed.message()))));
    const std::string named = in.get_header_value("Hone-Client");
    Call call{.client = is_unix_ ? "unix" : in.remote_addr,
              .deadline = deadline_in(kDeadline)};
    if (!named.empty()) call.client += "/" + named;
    Reply reply;
    const Status status =
        dispatch(service_, metrics_, method, call, request, reply);
    if (!status.ok()) {
      if (call.retry_seconds != 0)
        out.set_header("Retry-After",
                       fmt::format("{:.0f}", call.retry_seconds));
      return refuse(out, wire_code(status.error().kind).http, status.error());
    }
    pb::JsonPrintOptions print;
    print.always_print_primitive_fields = true;
    std::string body;
    const auto printed = pb::MessageToJsonString(reply, &body, print);
    if (!printed.ok())
      return refuse(out, 500,
                    Error(ErrorKind::Internal, "a reply cannot be printed"));
    out.set_content(body + "\n", kJson);
  }

  Service& service_;
  Metrics& metrics_;
  SessionTable& table_;
  const std::string token_;
  const bool is_unix_;
};

}  // namespace

struct HttpServer::State {
  Handlers handlers;
  Address address;
  httplib::Server server;
  std::thread thread;
  std::atomic<bool> is_removed = false;
};

HttpServer::HttpServer(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

HttpServer::~HttpServer() { stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(
    Service& service, Metrics& metrics, SessionTable& table,
    const HttpOptions& options) {
  HONE_RETURN_IF_ERROR(check_socket_is_free(options.address));
  std::unique_ptr<State> state(
      new State{.handlers = Handlers(service, metrics, table, options),
                .address = options.address});
  httplib::Server& server = state->server;
  const auto threads = static_cast<size_t>(options.threads);
  server.new_task_queue = [threads] {
    return new httplib::ThreadPool(threads);
  };
  server.set_payload_max_length(options.message_bytes);
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000);
  state->handlers.install(server);
  bool bound = false;
  if (options.address.is_unix()) {
    std::remove(options.address.path.c_str());
    server.set_address_family(AF_UNIX);
    bound = server.bind_to_port(options.address.path, 80);
  } else if (options.address.port == 0) {
    state->address.port = server.bind_to_any_port(options.address.host);
    bound = state->address.port > 0;
  } else {
    bound = server.bind_to_port(options.address.host, options.address.port);
  }
  if (!bound)
    return Error(ErrorKind::Io,
                 fmt::format("cannot listen at '{}' for HTTP: is another "
                             "program there, and may this user listen there?",
                             options.address.text()));
  state->thread = std::thread([&server] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

const Address& HttpServer::address() const { return state_->address; }

void HttpServer::stop() {
  if (!state_->thread.joinable()) return;
  remove_socket();
  state_->server.stop();
  state_->thread.join();
}

void HttpServer::remove_socket() {
  if (state_->address.is_unix() && !state_->is_removed.exchange(true))
    std::remove(state_->address.path.c_str());
}

}  // namespace hone::service
