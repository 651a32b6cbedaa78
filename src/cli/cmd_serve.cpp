// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Turns flags into options and becomes hone-server, which is a program of its
// own so that no other command loads gRPC.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/shared_flags.h"
#include "toolkit/serve_options.h"

namespace hone::cli {

namespace {

struct Options {
  toolkit::ServeOptions serve;
  std::string token_file;
};

Result<std::filesystem::path> find_server() {
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const auto& path : {folder / "hone-server",
                           folder.parent_path() / "libexec/hone/hone-server"})
    if (::access(path.c_str(), X_OK) == 0) return path;
  return Error(ErrorKind::NotFound,
               fmt::format("hone-server is not beside hone in '{}'; it is "
                           "built where gRPC is installed (tools/setup.sh)",
                           folder.string()));
}

Result<Answer> serve(const Options& o, Console& console) {
  if (!o.token_file.empty()) {
    HONE_ASSIGN_OR_RETURN(const std::string content, read_file(o.token_file));
    const std::string token(trim(content));
    if (token.empty())
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("'{}' holds no token; write a long random word "
                               "into it",
                               o.token_file));
    ::setenv(toolkit::kTokenVariable, token.c_str(), 1);
  }
  HONE_ASSIGN_OR_RETURN(const std::filesystem::path server, find_server());
  toolkit::ServeOptions options = o.serve;
  options.json = console.json();
  ::execl(server.c_str(), server.c_str(), toolkit::to_text(options).c_str(),
          static_cast<char*>(nullptr));
  return Error(ErrorKind::Io,
               fmt::format("cannot start '{}': {}", server.string(),
                           std::strerror(errno)));
}

}  // namespace

Subcommand make_serve() {
  auto options = std::make_shared<Options>();
  toolkit::ServeOptions& o = options->serve;
  Subcommand command;
  command.description =
      "Serves the environments of hone env over gRPC, over HTTP, or over both, "
      "until it gets SIGINT or SIGTERM. ADDRESS is unix:PATH, HOST:PORT or "
      "[ADDRESS]:PORT; port 0 lets the system choose. Each session has a "
      "worker process and a lease, which every call renews. Without a token "
      "only this machine can be listened on. A client may upload programs; "
      "who holds the token can read, by #include, what this user can read. "
      "With --json the addresses are printed to stdout.";
  command.flags.flags = {
      {.name = "grpc",
       .value = "ADDRESS",
       .sentence = "Where to listen for gRPC.",
       .target = &o.grpc,
       .default_text = "none"},
      {.name = "http",
       .value = "ADDRESS",
       .sentence = "Where to listen for HTTP: JSON, /metrics and /healthz.",
       .target = &o.http,
       .default_text = "none"},
      {.name = "token-file",
       .value = "FILE",
       .sentence = "The token that clients must show.",
       .target = &options->token_file,
       .default_text = "$HONE_TOKEN, or none",
       .completes = Completes::Files},
      {.name = "files",
       .value = "FOLDER",
       .sentence = "Clients may name files below it by file://; several times.",
       .target = &o.files,
       .default_text = "none",
       .completes = Completes::Folders},
      {.name = "store",
       .value = "FILE",
       .sentence = "Where recorded episodes go.",
       .target = &o.store,
       .default_text = "none",
       .completes = Completes::Files},
      {.name = "failures",
       .value = "FOLDER",
       .sentence = "Where bundles of crashed passes go.",
       .target = &o.failures,
       .default_text = "none",
       .completes = Completes::Folders},
      {.name = "sessions",
       .value = "N",
       .sentence = "How many may be open.",
       .target = &o.sessions,
       .least = 1},
      {.name = "sessions-per-client",
       .value = "N",
       .sentence = "How many of them may be one client's.",
       .target = &o.sessions_per_client,
       .least = 1},
      {.name = "memory",
       .value = "MIB",
       .sentence = "Of server and workers together, above which no session is "
                   "opened; 0 for no limit.",
       .target = &o.memory_mib},
      {.name = "worker-memory",
       .value = "MIB",
       .sentence = "Address space of a worker.",
       .target = &o.worker_mib,
       .least = 256},
      {.name = "cpu-seconds",
       .value = "S",
       .sentence = "Of an action, in its worker.",
       .target = &o.cpu_seconds,
       .least = 1},
      {.name = "lease-seconds",
       .value = "S",
       .sentence = "After which a session without calls ends.",
       .target = &o.lease_seconds,
       .least = 1},
      {.name = "grace-seconds",
       .value = "S",
       .sentence = "That calls have to end when the server stops.",
       .target = &o.grace_seconds}};
  command.examples = {
      {"hone serve --grpc unix:/run/user/1000/hone.sock",
       "Serves this user only."},
      {"hone serve --grpc 0.0.0.0:50051 --token-file ~/.hone-token",
       "Serves everybody who has the token. Nothing is encrypted: put a "
       "tunnel around it."},
      {"hone serve --http 127.0.0.1:8080 --store episodes.db",
       "Serves JSON, and records episodes."}};
  command.run = [options](Console& console) {
    return serve(*options, console);
  };
  return command;
}

}  // namespace hone::cli
