// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a server between an environment and its user costs.
//
//   service_bench FILE.c… [--seconds S] [-- CLANG FLAGS]
//
// A server of its own (`hone serve`, a process) on a Unix socket and one on
// loopback. Before anything is timed, the same random actions are taken here
// and there, and have to end in equal states and rewards. Then each kind of
// step is taken in turn, here, by the socket, by loopback, so that all meet the
// same weather. The step is one that the worker knows to change nothing: the
// round trip is all there is, and what gRPC adds is the difference.
//
//   step     one action
//   … of 50  50 actions in one round trip, for each action
//   batch    one action in each of 8 sessions with workers of their own, for
//            each session; here: env/batch.h
//
// and a byte that another thread sends back, over a pair of sockets: what the
// machine takes to wake it and this one, of which any server needs as much.
//
// Milliseconds, wall clock.
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <thread>

#include "base/file.h"
#include "base/random.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "env/batch.h"
#include "env/measure.h"
#include "service/client.h"

namespace {

using namespace hone;

constexpr size_t kSessions = 8;
constexpr int kChecked = 20;  // actions
constexpr std::string_view kPass = "function(sroa<modify-cfg>)";

template <typename T>
T must(Result<T> result) {
  if (result.ok()) return *std::move(result);
  fmt::print(stderr, "service_bench: {}\n", result.error().message);
  std::exit(2);
}

struct Served {
  Child process;
  std::shared_ptr<service::Connection> connection;
};

// The port is this process's own idea; another program there is an error.
Served serve(const std::filesystem::path& hone, const std::string& address) {
  Child process = must(Child::spawn(
      {.argv = {hone.string(), "serve", "--grpc", address, "--files", "/"}}));
  return {std::move(process),
          must(service::Connection::open({.address = address}))};
}

struct Kind {
  std::string name;
  std::function<void()> step;
  int actions = 1;
  std::vector<double> seconds = {};
};

// A thread that answers a byte with a byte.
class Echo {
 public:
  Echo() {
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_) != 0) std::exit(2);
    thread_ = std::jthread([end = ends_[1]] {
      for (char byte; ::read(end, &byte, 1) == 1;)
        if (::write(end, &byte, 1) != 1) return;
    });
  }
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;
  ~Echo() {
    ::shutdown(ends_[0], SHUT_RDWR);
    thread_.join();
    ::close(ends_[0]);
    ::close(ends_[1]);
  }

  void call() {
    char byte = 0;
    if (::write(ends_[0], &byte, 1) != 1 || ::read(ends_[0], &byte, 1) != 1)
      std::exit(2);
  }

 private:
  int ends_[2];
  std::jthread thread_;
};

struct Row {
  std::string name;
  std::vector<Kind> kinds;  // here, socket, loopback
};

double p(Kind& kind, double share) {
  return env::percentile(kind.seconds, share) * 1e3 / kind.actions;
}

void take_turns(std::vector<Row>& rows, double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < end)
    for (Row& row : rows)
      for (Kind& kind : row.kinds)
        // A few in a row: a worker that was just woken is not the usual case.
        for (int i = 0; i < 20; ++i) {
          const auto begin = Clock::now();
          kind.step();
          kind.seconds.push_back(
              std::chrono::duration<double>(Clock::now() - begin).count());
        }
}

void measure(const std::string& uri, double seconds, Served& socket,
             Served& loopback) {
  const env::EnvironmentOptions options = {.reward = "ir-instructions"};
  const auto here = must(env::make_environment("llvm", options));
  const auto near = must(socket.connection->make("llvm", options));
  const auto far = must(loopback.connection->make("llvm", options));
  const std::vector<env::Environment*> all = {here.get(), near.get(),
                                              far.get()};
  const auto found =
      std::find(here->actions().begin(), here->actions().end(), kPass);
  const int64_t pass = found - here->actions().begin();
  const std::vector<int64_t> fifty(50, pass);
  Random random(1);
  std::vector<int64_t> checked;
  for (int i = 0; i < kChecked; ++i)
    checked.push_back(
        static_cast<int64_t>(random.below(here->actions().size())));
  std::vector<env::Episode> ends;
  for (env::Environment* env : all) {
    must(env->reset(uri));
    for (const int64_t action : checked) must(env->step({{action}}));
    ends.push_back(must(env->episode()));
    must(env->reset(""));
    must(env->step(fifty));
  }
  if (ends[0] != ends[1] || ends[0] != ends[2]) {
    fmt::print(stderr, "service_bench: steps here and there differ\n");
    std::exit(1);
  }
  env::Batch batch = must(env::Batch::make("llvm", options, kSessions));
  must(batch.reset({{uri}}));
  const std::vector<int64_t> same(kSessions, pass);
  const std::vector<std::vector<int64_t>> one_each(kSessions, {pass});
  std::vector<std::unique_ptr<service::RemoteEnvironment>> owned;
  std::vector<service::RemoteEnvironment*> sessions[2];
  for (size_t i = 0; i < 2 * kSessions; ++i) {
    Served& server = i < kSessions ? socket : loopback;
    owned.push_back(must(server.connection->make("llvm", options)));
    must(owned.back()->reset(uri));
    sessions[i / kSessions].push_back(owned.back().get());
  }
  const auto together = [&](Served& server, int which) {
    for (const auto& step :
         server.connection->step_together(sessions[which], one_each))
      must(step);
  };
  std::vector<Row> rows;
  rows.push_back({"step", {}});
  rows.push_back({"… of 50", {}});
  for (env::Environment* env : all) {
    rows[0].kinds.push_back({"", [=] { must(env->step({{pass}})); }});
    rows[1].kinds.push_back({"", [=, &fifty] { must(env->step(fifty)); }, 50});
  }
  rows.push_back({"batch of 8 sessions",
                  {{"", [&] { must(batch.step(same)); }, kSessions},
                   {"", [&] { together(socket, 0); }, kSessions},
                   {"", [&] { together(loopback, 1); }, kSessions}}});
  Echo echo;
  rows.push_back({"a byte", {{"", [&echo] { echo.call(); }}}});
  for (Row& row : rows)
    for (Kind& kind : row.kinds) kind.step();
  take_turns(rows, seconds);
  Kind byte = std::move(rows.back().kinds[0]);
  rows.pop_back();
  fmt::print("\n{}: {} IR instructions\n\n", uri.substr(0, uri.find('?')),
             std::get<int64_t>(must(here->observe("ir-instructions"))));
  fmt::print(
      "| ms | here p50 | p99 | Unix socket p50 | p99 | loopback p50 | p99 | "
      "gRPC adds |\n|---|---:|---:|---:|---:|---:|---:|---:|\n");
  for (Row& row : rows) {
    fmt::print("| {}", row.name);
    for (Kind& kind : row.kinds)
      fmt::print(" | {:.4f} | {:.4f}", p(kind, 0.5), p(kind, 0.99));
    fmt::print(" | {:.4f} / {:.4f} |\n",
               p(row.kinds[1], 0.5) - p(row.kinds[0], 0.5),
               p(row.kinds[2], 0.5) - p(row.kinds[0], 0.5));
  }
  fmt::print(
      "\na byte to another thread and back: {:.4f}, 99th of 100 {:.4f}\n",
      p(byte, 0.5), p(byte, 0.99));
}

}  // namespace

int main(int count, char** words) {
  std::vector<std::string> files;
  std::vector<std::string> flags;
  double seconds = 10;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--") {
      flags.assign(words + i + 1, words + count);
      break;
    }
    if (word == "--seconds" && i + 1 < count)
      seconds = std::atof(words[++i]);
    else
      files.emplace_back(word);
  }
  const std::filesystem::path hone =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "hone";
  const TempDir folder = must(TempDir::make());
  Served socket = serve(hone, "unix:" + (folder.path() / "s").string());
  Served loopback =
      serve(hone, fmt::format("127.0.0.1:{}", 20000 + ::getpid() % 20000));
  for (const std::string& file : files)
    measure(env::benchmark_uri(file, flags), seconds, socket, loopback);
  return 0;
}
