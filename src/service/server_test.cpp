// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A server and its clients, over sockets.
#include "service/server.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "base/random.h"
#include "service/session_table.h"
#include "service/test_tools.h"
#include "store/store.h"

namespace hone::service {

namespace {

using ::testing::HasSubstr;

const env::EnvironmentOptions kOptions = {
    .reward = "ir-instructions-oz",
    .observations = {"autophase", "ir-instructions"}};

std::unique_ptr<env::Environment> local(const std::string& uri) {
  auto made = must(env::make_environment("llvm", kOptions));
  must(made->reset(uri));
  return made;
}

std::vector<int64_t> random_actions(const env::Environment& env, Random& random,
                                    size_t count) {
  std::vector<int64_t> actions;
  while (actions.size() < count)
    actions.push_back(static_cast<int64_t>(random.below(env.actions().size())));
  return actions;
}

// The worker processes of this process's sessions.
bool becomes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 400; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
  return false;
}

}  // namespace

TEST(Server, ARemoteEnvironmentEqualsALocalOne) {
  const Fixture fixture;
  const auto connection = fixture.connect();
  const auto remote = must(connection->make("llvm", kOptions));
  const auto here = local(env::benchmark_uri(
      fixture.scratch.write("small.c", env::kSmallProgram).string(), {{"-w"}}));
  const env::Step first = must(remote->reset(fixture.upload(*connection)));
  EXPECT_EQ(first.observations, must(here->reset("")).observations);
  EXPECT_EQ(remote->actions(), here->actions());
  EXPECT_EQ(remote->reward_spaces(), here->reward_spaces());
  ASSERT_EQ(remote->observation_spaces().size(),
            here->observation_spaces().size());
  Random random(5);
  for (const size_t count : {1, 1, 5, 0, 1, 12}) {
    const auto actions = random_actions(*here, random, count);
    const env::Step a = must(remote->step(actions));
    const env::Step b = must(here->step(actions));
    EXPECT_EQ(a.reward, b.reward);
    EXPECT_EQ(a.changed, b.changed);
    EXPECT_EQ(a.observations, b.observations);
  }
  for (const char* space :
       {"state", "cpu-info", "section-bytes", "instcount", "loaded-bytes"})
    EXPECT_EQ(must(remote->observe(space)), must(here->observe(space)))
        << space;
  // These name the source's path, which is another one there.
  EXPECT_EQ(
      std::get<std::vector<std::string>>(must(remote->observe("tokens")))
          .size(),
      std::get<std::vector<std::string>>(must(here->observe("tokens"))).size());
  EXPECT_THAT(std::get<std::string>(must(remote->observe("bitcode"))),
              ::testing::StartsWith("BC\xC0\xDE"));
  const env::Episode there = must(remote->episode());
  env::Episode same = must(here->episode());
  EXPECT_THAT(there.benchmark, HasSubstr("upload://"));
  same.benchmark = there.benchmark;
  EXPECT_EQ(there, same);
  EXPECT_TRUE(must(connection->validate(there)).ok());
}

TEST(Server, RewardsOfOtherSpacesAreThoseOfALocalEnvironment) {
  const Fixture fixture;
  const auto connection = fixture.connect();
  const auto remote = must(connection->make("llvm", kOptions));
  const auto here = local(env::benchmark_uri(
      fixture.scratch.write("small.c", env::kSmallProgram).string(), {{"-w"}}));
  must(remote->reset(fixture.upload(*connection)));
  must(remote->step_texts({"function(sroa<modify-cfg>)"}));
  must(here->step_texts({"function(sroa<modify-cfg>)"}));
  for (const char* space : {"ir-instructions", "ir-instructions-oz"}) {
    const double reward = must(remote->reward_in(space));
    EXPECT_EQ(reward, must(here->reward_in(space)));
    EXPECT_GT(reward, 0);
  }
  EXPECT_TRUE(fails_with(remote->reward_in("ir"), ErrorKind::InvalidArgument,
                         "reward"));
}

TEST(Server, ForksHaveLivesOfTheirOwn) {
  const Fixture fixture;
  const auto connection = fixture.connect();
  const auto parent = must(connection->make("llvm", kOptions));
  must(parent->reset(fixture.upload(*connection)));
  const auto fork = must(parent->fork());
  const std::string before = state_of(*parent);
  must(fork->step({{action(*fork, "function(sroa<modify-cfg>)")}}));
  EXPECT_EQ(state_of(*parent), before);
  EXPECT_NE(state_of(*fork), before);
}

TEST(Server, StepsTogetherEqualStepsAlone) {
  const Fixture fixture;
  const auto connection = fixture.connect();
  const std::string uri = fixture.upload(*connection);
  std::vector<std::unique_ptr<env::Environment>> kept;
  std::vector<RemoteEnvironment*> all;
  for (int i = 0; i < 3; ++i) {
    auto made = must(connection->make("llvm", kOptions));
    must(made->reset(uri));
    kept.push_back(must(made->fork()));  // shares the worker of the next one
    all.push_back(static_cast<RemoteEnvironment*>(kept.back().get()));
    all.push_back(made.get());
    kept.push_back(std::move(made));
  }
  Random random(9);
  std::vector<std::vector<int64_t>> actions;
  for (size_t i = 0; i < all.size(); ++i)
    actions.push_back(random_actions(*all[0], random, i));
  const auto steps = connection->step_together(all, actions);
  const auto alone = must(connection->make("llvm", kOptions));
  for (size_t i = 0; i < all.size(); ++i) {
    must(alone->reset(uri));
    const env::Step one = must(alone->step(actions[i]));
    EXPECT_EQ(must(steps[i]).reward, one.reward);
    EXPECT_EQ(must(steps[i]).observations, one.observations);
    EXPECT_EQ(state_of(*all[i]), state_of(*alone));
  }
}

TEST(Server, AKilledWorkerIsNotNoticed) {
  const Fixture fixture;
  const auto connection = fixture.connect();
  const auto env = must(connection->make("llvm", kOptions));
  must(env->reset(fixture.upload(*connection)));
  must(env->step({{action(*env, "function(sroa<modify-cfg>)")}}));
  const std::string state = state_of(*env);
  for (const pid_t worker : workers()) ::kill(worker, SIGKILL);
  EXPECT_EQ(state_of(*env), state);
  EXPECT_EQ(env->recoveries(), 0);
}

TEST(Server, AServerThatWasStartedAgainIsNotNoticedEither) {
  Fixture fixture;
  const auto connection = fixture.connect();
  const auto env = must(connection->make("llvm", kOptions));
  must(env->reset(fixture.upload(*connection)));
  must(env->step({{action(*env, "function(sroa<modify-cfg>)")}}));
  const env::Episode before = must(env->episode());
  fixture.server->stop();
  fixture.server.reset();
  toolkit::ServeOptions again;
  again.grpc = fixture.client.address;
  fixture.server = must(Server::start(again, ""));
  const int64_t next =
      action(*env, "function(instcombine<no-verify-fixpoint>)");
  const env::Step step = must(env->step({{next}}));
  EXPECT_EQ(env->recoveries(), 1);
  const auto other = must(connection->make("llvm", kOptions));
  must(other->reset(before.benchmark));
  must(other->step_texts(before.actions));
  EXPECT_EQ(must(other->step({{next}})).reward, step.reward);
  EXPECT_EQ(must(other->episode()), must(env->episode()));
}

TEST(Server, AClientThatGoesAwayLeavesNothing) {
  const Fixture fixture({.lease_seconds = 0.2});
  {
    // What a killed client does: its sockets close, and it says nothing.
    const auto gone = fixture.connect();
    auto env = must(gone->make("llvm", kOptions));
    must(env->reset(fixture.upload(*gone)));
    must(env->step({{0}}));
    EXPECT_EQ(fixture.server->sessions(), 1U);
    EXPECT_EQ(workers().size(), 1U);
    // While the stream is open, the lease stands still.
    std::this_thread::sleep_for(std::chrono::milliseconds(900));
    EXPECT_EQ(fixture.server->sessions(), 1U);
    RemoteEnvironment::abandon(std::move(env));
  }
  EXPECT_TRUE(becomes_true([&] { return fixture.server->sessions() == 0; }));
  EXPECT_TRUE(becomes_true([] { return workers().empty(); }));
}

TEST(Server, ManyClientsGetTheirOwnAnswers) {
  const Fixture fixture;
  std::vector<std::string> states(8);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < states.size(); ++t)
    threads.emplace_back([&, t] {
      const auto connection = fixture.connect();
      const auto env = must(connection->make("llvm", kOptions));
      must(env->reset(fixture.upload(*connection)));
      Random random(t % 2);
      for (int i = 0; i < 10; ++i)
        must(env->step(random_actions(*env, random, 1)));
      states[t] = state_of(*env);
    });
  for (std::thread& thread : threads) thread.join();
  for (size_t t = 2; t < states.size(); ++t)
    EXPECT_EQ(states[t], states[t % 2]);
  EXPECT_NE(states[0], states[1]);
  EXPECT_EQ(fixture.server->sessions(), 0U);
}

TEST(Server, AFullServerSaysSo) {
  Fixture fixture({.sessions = 1});
  fixture.client.recovery_seconds = 0;
  const auto connection = fixture.connect();
  const auto one = must(connection->make("llvm", {}));
  EXPECT_TRUE(fails_with(connection->make("llvm", {}), ErrorKind::LimitReached,
                         "the server has 1 sessions"));
}

TEST(Server, RecordedEpisodesAreInTheStore) {
  const program::Scratch scratch;
  const auto path = scratch.path() / "episodes.db";
  const Fixture fixture({.store = path.string()});
  const auto connection = fixture.connect();
  const auto env = must(connection->make("llvm", kOptions));
  must(env->reset(fixture.upload(*connection)));
  must(env->step({{action(*env, "function(sroa<modify-cfg>)")}}));
  const env::Episode episode = must(env->record());
  must(env->record());
  store::Store store = must(store::Store::open(path.string()));
  EXPECT_EQ(must(store.info()).steps, 1);  // all actions
  int found = 0;
  must(store.for_each_step([&](const store::StepRow& row) {
    found += row.observation.find(episode.state) != std::string::npos &&
             row.action == episode.actions.front();
    return Status();
  }));
  EXPECT_EQ(found, 1);
}

TEST(Server, ErrorsKeepTheirKindsAndMessages) {
  const Fixture fixture;
  const auto connection = fixture.connect();
  EXPECT_TRUE(fails_with(connection->make("lvm", {}),
                         ErrorKind::InvalidArgument, "did you mean 'llvm'"));
  const auto env = must(connection->make("llvm", {}));
  EXPECT_TRUE(fails_with(env->step({{1}}), ErrorKind::InvalidArgument,
                         "call reset with a benchmark first"));
  EXPECT_TRUE(fails_with(env->reset("file:///etc/passwd"),
                         ErrorKind::InvalidArgument, "may read"));
  EXPECT_TRUE(fails_with(env->reset("upload://0.c"), ErrorKind::NotFound,
                         "upload the program again"));
  must(env->reset(fixture.upload(*connection)));
  EXPECT_TRUE(
      fails_with(env->observe("irr"), ErrorKind::InvalidArgument, "ir"));
  EXPECT_TRUE(fails_with(env->record(), ErrorKind::Unsupported, "--store"));
  EXPECT_THAT(must(env->step_texts({"no-such-pass"})).failures,
              ::testing::Contains(HasSubstr("no-such-pass")));
  EXPECT_TRUE(must(env->episode()).actions.empty());
  EXPECT_TRUE(fails_with(connection->upload("int", "c++", {}),
                         ErrorKind::InvalidArgument, "no kind of program"));
  const std::string broken = must(connection->upload("int (", "c", {}));
  EXPECT_TRUE(
      fails_with(env->reset(broken), ErrorKind::ToolFailed, "error: expected"));
}

TEST(Server, ATokenIsAskedFor) {
  const Fixture fixture({}, "a long random word");
  EXPECT_TRUE(must(fixture.connect()->make("llvm", {})) != nullptr);
  for (const char* token : {"", "a long random wor", "a long random words"}) {
    ClientOptions options = fixture.client;
    options.token = token;
    EXPECT_TRUE(fails_with(must(Connection::open(options))->make("llvm", {}),
                           ErrorKind::InvalidArgument, "wants its token"));
  }
}

TEST(Server, OtherMachinesAreNotListenedToWithoutAToken) {
  toolkit::ServeOptions options;
  options.grpc = "0.0.0.0:0";
  EXPECT_TRUE(fails_with(Server::start(options, ""), ErrorKind::InvalidArgument,
                         "there is no token"));
  options.grpc = "";
  options.http = "[::]:0";
  EXPECT_TRUE(fails_with(Server::start(options, ""), ErrorKind::InvalidArgument,
                         "there is no token"));
}

TEST(Server, TwoServersDoNotShareAnAddress) {
  const Fixture fixture;
  toolkit::ServeOptions options;
  options.grpc = fixture.client.address;
  EXPECT_TRUE(fails_with(Server::start(options, ""), ErrorKind::Conflict,
                         "a server listens"));
  options.grpc = "127.0.0.1:0";
  const auto tcp = must(Server::start(options, ""));
  options.grpc = tcp->grpc_address();
  EXPECT_TRUE(
      fails_with(Server::start(options, ""), ErrorKind::Io, "cannot listen"));
}

TEST(Server, OverLoopbackItIsTheSame) {
  const Fixture fixture({.grpc = "127.0.0.1:0"});
  const auto connection = fixture.connect();
  const auto env = must(connection->make("llvm", kOptions));
  must(env->reset(fixture.upload(*connection)));
  EXPECT_TRUE(
      must(env->step({{action(*env, "function(sroa<modify-cfg>)")}})).changed);
}

}  // namespace hone::service
