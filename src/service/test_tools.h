// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A server in this process, and clients of it.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "env/test_tools.h"
#include "service/client.h"
#include "service/server.h"

namespace hone::service {

using program::fails_with;
using program::must;

// The worker processes of this one; a sanitizer has children too.
inline std::vector<pid_t> workers() {
  std::vector<pid_t> found;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream children(task.path() / "children");
    for (pid_t pid = 0; children >> pid;) {
      std::string name;
      std::ifstream("/proc/" + std::to_string(pid) + "/comm") >> name;
      if (name == "hone-worker") found.push_back(pid);
    }
  }
  return found;
}

struct Fixture {
  explicit Fixture(toolkit::ServeOptions options = {}, std::string token = "") {
    env::use_own_worker();
    if (options.grpc.empty() && options.http.empty())
      options.grpc = "unix:" + (scratch.path() / "s").string();
    server = must(Server::start(options, token));
    client.address = server->grpc_address();
    client.token = std::move(token);
    client.recovery_seconds = 5;
  }
  std::shared_ptr<Connection> connect() const {
    return must(Connection::open(client));
  }
  std::string upload(Connection& connection) const {
    return must(
        connection.upload(std::string(env::kSmallProgram), "c", {"-w"}));
  }

  program::Scratch scratch;
  std::unique_ptr<Server> server;
  ClientOptions client;
};

inline std::string state_of(env::Environment& environment) {
  return std::get<std::string>(must(environment.observe("state")));
}

inline int64_t action(const env::Environment& environment,
                      std::string_view text) {
  const auto& all = environment.actions();
  const auto at = std::find(all.begin(), all.end(), text);
  HONE_CHECK(at != all.end());
  return at - all.begin();
}

}  // namespace hone::service
