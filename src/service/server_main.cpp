// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// hone-server: what `hone serve` becomes. SIGINT and SIGTERM stop it
// gracefully, a second one at once.
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <thread>

#include "base/file.h"
#include "base/json.h"
#include "service/server.h"

namespace {

using hone::Error;
using hone::Result;

constexpr int kEndedBySignal = 130;

// After the grace: for clients to be told that their calls are cancelled.
constexpr std::chrono::milliseconds kFarewell(500);

int fail(const Error& error, bool json) {
  // As all commands say it.
  const hone::Json document = {
      {"error",
       {{"kind", hone::error_name(error.kind)}, {"message", error.message}}}};
  if (json) fmt::print("{}\n", hone::to_text(document, 2));
  fmt::print(stderr, "hone: {}\n", error.message);
  return hone::exit_code(error.kind);
}

void say(const hone::service::Server& server, bool json) {
  if (json) {
    const hone::Json where = {{"grpc", server.grpc_address()},
                              {"http", server.http_address()}};
    fmt::print("{}\n", hone::to_text(where));
    std::fflush(stdout);
  }
  if (!server.grpc_address().empty())
    fmt::print(stderr, "hone: gRPC at {}\n", server.grpc_address());
  if (!server.http_address().empty())
    fmt::print(stderr, "hone: HTTP at {}\n", server.http_address());
}

// A pass cannot be interrupted, and to kill its worker would only begin it anew
// in another one. So when the grace is over the process ends where it stands,
// and with it the workers.
void stop(hone::service::Server& server, double grace_seconds,
          const std::filesystem::path& folder) {
  std::promise<void> ended;
  std::thread stopper([&] {
    server.stop();
    ended.set_value();
  });
  const auto patience =
      std::chrono::duration<double>(grace_seconds) + kFarewell;
  if (ended.get_future().wait_for(patience) == std::future_status::ready)
    return stopper.join();
  fmt::print(stderr, "hone: the grace is over, calls at work are cut off\n");
  server.remove_sockets();
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  ::_exit(0);
}

int serve(const hone::toolkit::ServeOptions& options) {
  const char* const token = std::getenv(hone::toolkit::kTokenVariable);
  std::string secret = token == nullptr ? "" : token;
  ::unsetenv(hone::toolkit::kTokenVariable);  // no worker needs it
  ::umask(0077);  // sockets and files are this user's
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  // Before the first thread, so that every thread leaves them to sigwait.
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // For everything temporary, what its compilers leave too.
  const Result<hone::TempDir> folder = hone::TempDir::make("hone-serve");
  if (!folder.ok()) return fail(folder.error(), options.json);
  ::setenv("TMPDIR", folder->path().c_str(), 1);
  Result<std::unique_ptr<hone::service::Server>> server =
      hone::service::Server::start(options, std::move(secret));
  if (!server.ok()) return fail(server.error(), options.json);
  say(**server, options.json);
  int received = 0;
  ::sigwait(&signals, &received);
  fmt::print(stderr, "hone: stopping, {} sessions are open\n",
             (*server)->sessions());
  std::thread([signals] {
    int again = 0;
    ::sigwait(&signals, &again);
    ::_exit(kEndedBySignal);
  }).detach();
  stop(**server, options.grace_seconds, folder->path());
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    fmt::print(stderr,
               "hone-server is started by 'hone serve'; see hone help serve\n");
    return 2;
  }
  const Result<hone::toolkit::ServeOptions> options =
      hone::toolkit::parse_serve_options(words[1]);
  if (!options.ok()) return fail(options.error(), false);
  return serve(*options);
}
