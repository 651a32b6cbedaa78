// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What becomes of environments whose servers go away and come back.
#include "service/client.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <optional>
#include <thread>

#include "service/grpc_server.h"
#include "service/test_tools.h"

namespace hone::service {

namespace {

constexpr const char* kFirst = "function(sroa<modify-cfg>)";
constexpr const char* kSecond = "function(instcombine<no-verify-fixpoint>)";

// A server that takes few actions at a time, and can be started again.
class Small {
 public:
  explicit Small(size_t actions) {
    env::use_own_worker();
    start(actions);
  }

  void start(size_t actions) {
    parts_.emplace(actions);
    server_ = must(GrpcServer::start(
        parts_->service, parts_->metrics,
        {.address = must(parse_address(address())), .token = ""}));
  }
  void end() {
    server_.reset();
    parts_.reset();
  }

  std::string address() const {
    return "unix:" + (scratch_.path() / "s").string();
  }
  std::shared_ptr<Connection> connect() const {
    return must(
        Connection::open({.address = address(), .recovery_seconds = 10}));
  }
  size_t sessions() const { return parts_->table.size(); }

 private:
  struct Parts {
    explicit Parts(size_t actions)
        : service({.actions = actions}, table, programs, metrics, nullptr) {}

    SessionTable table{{}};
    Programs programs = must(Programs::make({}));
    Metrics metrics;
    Service service;
  };

  program::Scratch scratch_;
  std::optional<Parts> parts_;
  std::unique_ptr<GrpcServer> server_;
};

std::string uploaded(Connection& connection) {
  return must(connection.upload(std::string(env::kSmallProgram), "c", {"-w"}));
}

}  // namespace

TEST(Client, AHistoryLongerThanARequestIsTakenAgainInPieces) {
  Small server(1000);
  const auto connection = server.connect();
  const auto env =
      must(connection->make("llvm", {.reward = "ir-instructions-oz"}));
  const std::string uri = uploaded(*connection);
  must(env->reset(uri));
  must(env->step_texts({kFirst}));
  for (int i = 0; i < 2; ++i)
    must(env->step_texts(std::vector<std::string>(600, "globaldce")));
  const std::unique_ptr<env::Environment> fork = must(env->fork());
  const double reward = must(fork->step_texts({kSecond})).reward;
  const env::Episode episode = must(fork->episode());
  server.end();
  server.start(1000);
  EXPECT_EQ(must(env->step_texts({kSecond})).reward, reward);
  EXPECT_EQ(must(env->episode()), episode);
}

TEST(Client, ASessionWithoutItsHistoryIsNotKept) {
  Small server(1000);
  const auto connection = server.connect();
  const auto env = must(connection->make("llvm", {}));
  must(env->reset(uploaded(*connection)));
  must(env->step_texts({kFirst, kSecond}));
  server.end();
  server.start(1);
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(fails_with(env->observe("state"), ErrorKind::LimitReached,
                           "2 actions in one request"));
  EXPECT_EQ(server.sessions(), 0U);
  server.end();
  server.start(1000);
  EXPECT_EQ(must(env->episode()).actions.size(), 2U);
}

TEST(Client, AServerThatIsAwayForAWhileIsWaitedForByEveryCall) {
  Small server(1000);
  const auto connection = server.connect();
  const auto env =
      must(connection->make("llvm", {.reward = "ir-instructions-oz"}));
  must(env->reset(uploaded(*connection)));
  must(env->step_texts({kFirst}));
  const env::Episode episode = must(env->episode());
  const auto away = [&](const std::function<void()>& call) {
    server.end();
    std::thread back([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      server.start(1000);
    });
    call();
    back.join();
  };
  away([&] { must(env->step_texts({kSecond})); });
  EXPECT_EQ(must(env->episode()).actions.size(), 2U);
  away([&] { EXPECT_FALSE(uploaded(*connection).empty()); });
  away([&] { EXPECT_TRUE(must(connection->make("llvm", {})) != nullptr); });
  away([&] { EXPECT_TRUE(must(connection->validate(episode)).ok()); });
}

TEST(Client, AStepHasADeadlineAndLeavesNoDoubt) {
  Small server(1000);
  const auto connection =
      must(Connection::open({.address = server.address(), .call_seconds = 2}));
  const std::string uri = uploaded(*connection);
  std::vector<std::unique_ptr<RemoteEnvironment>> owned;
  std::vector<RemoteEnvironment*> both;
  for (int i = 0; i < 2; ++i) {
    owned.push_back(must(connection->make("llvm", {})));
    both.push_back(owned.back().get());
    must(both.back()->reset(uri));
    must(both.back()->step_texts({kFirst}));
  }
  const std::string state = state_of(*both[0]);
  const auto stopped = [&](const std::function<void()>& call) {
    const std::vector<pid_t> all = workers();
    for (const pid_t worker : all) ::kill(worker, SIGSTOP);
    call();
    for (const pid_t worker : all) ::kill(worker, SIGCONT);
  };
  const auto is_late = [](const auto& result) {
    return fails_with(result, ErrorKind::LimitReached,
                      "did not answer within 2 seconds");
  };
  stopped([&] { EXPECT_TRUE(is_late(both[0]->step_texts({kSecond}))); });
  EXPECT_EQ(state_of(*both[0]), state);
  stopped([&] {
    const std::vector<std::vector<int64_t>> actions(2, {3});
    for (const auto& step : connection->step_together(both, actions))
      EXPECT_TRUE(is_late(step));
  });
  for (RemoteEnvironment* env : both) EXPECT_EQ(state_of(*env), state);
}

// Whether fork()'s child ends well within its time.
bool child_does(const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    ::_exit(work() ? 0 : 1);
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

TEST(Client, AForkedProcessGetsAnErrorAndItsParentNone) {
  Small server(1000);
  auto connection = server.connect();
  const std::string uri = uploaded(*connection);
  std::unique_ptr<RemoteEnvironment> env =
      must(connection->make("llvm", {.reward = "ir-instructions"}));
  must(env->reset(uri));
  must(env->step_texts({kFirst}));  // its stream is open
  const auto is_refused = [](const auto& result) {
    return !result.ok() && result.error().kind == ErrorKind::Conflict &&
           result.error().message.find("fork()") != std::string::npos;
  };
  EXPECT_TRUE(child_does([&] {
    RemoteEnvironment* const both[] = {env.get()};
    const std::vector<int64_t> actions[] = {{0}};
    const bool all =
        is_refused(env->step_texts({kSecond})) && is_refused(env->reset("")) &&
        is_refused(env->observe("state")) && is_refused(env->fork()) &&
        is_refused(env->episode()) &&
        is_refused(connection->upload("int a;", "c", {})) &&
        is_refused(connection->make("llvm", {})) &&
        is_refused(Connection::open({.address = server.address()})) &&
        is_refused(connection->step_together(both, actions).front());
    env.reset();
    connection.reset();
    return all;
  }));
  // The child has neither taken a step nor ended the session.
  EXPECT_EQ(must(env->episode()).actions, std::vector<std::string>{kFirst});
  EXPECT_TRUE(must(env->step_texts({kSecond})).failures.empty());
  EXPECT_EQ(server.sessions(), 1u);
  EXPECT_EQ(env->recoveries(), 0);
}

}  // namespace hone::service
