// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/http_server.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <httplib.h>

#include <atomic>
#include <optional>
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
constexpr int kTooLarge = 413;
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
        message_bytes_(options.message_bytes),
        is_unix_(options.address.is_unix()) {}

  void install(httplib::Server& server) {
#define HONE_METHOD(identifier, name, sentence)                          \
  server.Post("/v1/" name,                                               \
              [this](const httplib::Request& in, httplib::Response& out, \
                     const httplib::ContentReader& read) {               \
                run<v1::identifier##Request, v1::identifier##Reply>(     \
                    Method::identifier, in, read, out);                  \
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
      if (out.status != 404)
        return refuse(out, out.status,
                      Error(ErrorKind::Malformed,
                            "the request is no HTTP, or its first line or a "
                            "header is too long"));
      refuse(
          out, out.status,
          Error(ErrorKind::NotFound,
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

  // What a request brings: with its length, in pieces or packed. All of it is
  // read, so that the connection's next request is found, but no more of it
  // kept than a message may have.
  std::optional<std::string> read_body(const httplib::Request& in,
                                       const httplib::ContentReader& read,
                                       httplib::Response& out) const {
    std::string body;
    // Nothing comes; httplib would wait for it.
    if (!in.has_header("Content-Length") && !in.has_header("Transfer-Encoding"))
      return body;
    bool fits = true;
    const auto keep = [&](const char* data, size_t size) {
      fits = fits && body.size() + size <= message_bytes_;
      if (fits) body.append(data, size);
      return true;
    };
    // A form is not given to one who does not ask for its parts.
    const bool came =
        in.is_multipart_form_data()
            ? read([](const httplib::MultipartFormData&) { return true; }, keep)
            : read(keep);
    if (came && fits) return body;
    if (came)
      refuse(out, kTooLarge,
             Error(ErrorKind::LimitReached,
                   fmt::format("the body is longer than the {} bytes that this "
                               "server takes; a program can be named by "
                               "file:// below a folder of its --files, and "
                               "actions can be sent in several requests",
                               message_bytes_)));
    else
      refuse(out, 400,
             Error(ErrorKind::Malformed, "the body ends before its end"));
    return std::nullopt;
  }

  template <typename Request, typename Reply>
  void run(Method method, const httplib::Request& in,
           const httplib::ContentReader& read, httplib::Response& out) {
    namespace pb = google::protobuf::util;
    const std::optional<std::string> body = read_body(in, read, out);
    if (!body || !is_allowed(in, out)) return;
    if (!in.get_header_value("Content-Type").starts_with(kJson))
      return refuse(out, kUnsupportedType,
                    Error(ErrorKind::InvalidArgument,
                          "the body must be JSON, and its Content-Type "
                          "application/json"));
    Request request;
    const auto parsed = pb::JsonStringToMessage(
        body->empty() ? std::string("{}") : *body, &request);
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
    std::string text;
    const auto printed = pb::MessageToJsonString(reply, &text, print);
    if (!printed.ok())
      return refuse(out, 500,
                    Error(ErrorKind::Internal, "a reply cannot be printed"));
    out.set_content(text + "\n", kJson);
  }

  Service& service_;
  Metrics& metrics_;
  SessionTable& table_;
  const std::string token_;
  const uint64_t message_bytes_;
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
