// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Environments on a server, with the interface of those in this process.
//
//   auto server = Connection::open({.address = "unix:/run/hone.sock"});
//   auto uri = server->upload(read_file("a.c"), "c", {});
//   auto env = server->make("llvm", {.reward = "ir-instructions-oz"});
//   env->reset(uri);
//   env->step({{3, 17}});
//
// A session that is gone is made again: after a server was killed and started
// anew, or a lease ran out, the environment makes another session, takes its
// actions again and goes on with the call that failed. Equal actions make equal
// states, so that nobody notices but by the time it took. A call that may have
// reached the lost session is never counted twice, because the new session
// knows only what was answered. Other calls, too, wait for a server that is
// away or full, for as long as `recovery_seconds` allow; but a fork that a full
// server refuses is refused at once.
//
// A connection may be used by several threads; an environment by one at a time.
// In a process that fork() has made since the first connection, every call and
// every new connection is a Conflict, and the server hears nothing.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "env/environment.h"

namespace hone::service {

struct ClientOptions {
  std::string address;  // as the server says it
  std::string token;
  std::string name;              // who is counted for sessions
  double call_seconds = 600;     // the deadline of each call
  double recovery_seconds = 30;  // how long a lost server is waited for
  double lease_seconds = 0;      // 0: the server's longest
};

class RemoteEnvironment;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Reaches for the server; Io where nobody answers.
  static Result<std::shared_ptr<Connection>> open(ClientOptions options);
  ~Connection();

  // The URI of a program for reset. Its content is kept, so that it can be sent
  // again to a server that has forgotten it.
  Result<std::string> upload(std::string content, std::string_view kind,
                             std::vector<std::string> flags);

  Result<std::unique_ptr<RemoteEnvironment>> make(
      std::string_view environment, const env::EnvironmentOptions& options);

  Result<env::Validation> validate(const env::Episode& episode);

  // Actions for each of several environments of this connection, in one round
  // trip. Steps that were lost with their sessions are taken again, one by one.
  std::vector<Result<env::Step>> step_together(
      std::span<RemoteEnvironment* const> environments,
      std::span<const std::vector<int64_t>> actions);

 private:
  friend class RemoteEnvironment;
  struct State;
  explicit Connection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class RemoteEnvironment final : public env::Environment {
 public:
  ~RemoteEnvironment() override;

  std::string_view name() const override;
  const std::vector<std::string>& actions() const override;
  std::vector<env::NamedSpace> observation_spaces() const override;
  std::vector<std::string> reward_spaces() const override;
  const env::EnvironmentOptions& options() const override;

  Result<env::Step> reset(std::string_view benchmark) override;
  Status post_texts(std::vector<std::string> actions) override;
  Result<env::Step> take() override;
  Result<env::Value> observe(std::string_view space) override;
  Result<double> reward_in(std::string_view space) override;
  Result<std::unique_ptr<env::Environment>> fork() override;
  Result<env::Episode> episode() override;

  // Writes the episode so far into the server's store.
  Result<env::Episode> record();

  // The session's name on the server, and how many were lost before it.
  const std::string& session() const;
  int recoveries() const;

  // Ends it without a word to the server, as the death of this process would.
  static void abandon(std::unique_ptr<RemoteEnvironment> environment);

 private:
  friend class Connection;
  struct State;
  explicit RemoteEnvironment(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hone::service
