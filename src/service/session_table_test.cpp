// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/session_table.h"

#include <gmock/gmock.h>

#include <thread>

#include "program/test_tools.h"

namespace hone::service {

namespace {

using program::fails_with;
using program::must;

// Counts those that are alive, which is all that a table has to do with them.
class Counted final : public env::Environment {
 public:
  explicit Counted(int& alive) : alive_(alive) { ++alive_; }
  ~Counted() override { --alive_; }
  std::string_view name() const override { return "counted"; }
  const std::vector<std::string>& actions() const override { return actions_; }
  std::vector<env::NamedSpace> observation_spaces() const override {
    return {};
  }
  std::vector<std::string> reward_spaces() const override { return {}; }
  const env::EnvironmentOptions& options() const override { return options_; }
  Result<env::Step> reset(std::string_view) override { return env::Step{}; }
  Status post_texts(std::vector<std::string>) override { return {}; }
  Result<env::Step> take() override { return env::Step{}; }
  Result<env::Value> observe(std::string_view) override {
    return env::Value(int64_t{0});
  }
  Result<std::unique_ptr<env::Environment>> fork() override {
    return std::unique_ptr<env::Environment>(new Counted(alive_));
  }
  Result<env::Episode> episode() override { return env::Episode{}; }

 private:
  int& alive_;
  std::vector<std::string> actions_;
  env::EnvironmentOptions options_;
};

struct Fixture {
  explicit Fixture(TableLimits limits = {}) : table(limits) {}
  std::shared_ptr<Session> make(const std::string& client = "me",
                                double lease = 0,
                                std::shared_ptr<Group> group = nullptr) {
    must(table.reserve(client));
    return table.add(client, lease, std::make_unique<Counted>(alive),
                     std::move(group));
  }
  int alive = 0;
  SessionTable table;
};

Clock::time_point soon() { return Clock::now() + std::chrono::seconds(10); }
Clock::time_point now() { return Clock::now(); }
Clock::time_point later(double seconds) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(
                            std::chrono::duration<double>(seconds));
}

}  // namespace

TEST(SessionTable, AClosedSessionIsGone) {
  Fixture fixture;
  const std::string name = fixture.make()->name;
  EXPECT_TRUE(fixture.table.hold(name, soon()).ok());
  must(fixture.table.close(name, soon()));
  EXPECT_EQ(fixture.alive, 0);
  EXPECT_TRUE(fails_with(fixture.table.hold(name, soon()), ErrorKind::NotFound,
                         "make another one"));
  EXPECT_TRUE(
      fails_with(fixture.table.close(name, soon()), ErrorKind::NotFound, ""));
}

TEST(SessionTable, ALeaseThatRanOutEndsTheSession) {
  Fixture fixture({.lease_seconds = 100});
  const std::string brief = fixture.make("me", 10)->name;
  const std::string longest = fixture.make("me", 1e9)->name;
  fixture.table.sweep(later(9));
  EXPECT_EQ(fixture.alive, 2);
  fixture.table.sweep(later(11));
  EXPECT_EQ(fixture.alive, 1);
  EXPECT_EQ(fixture.table.expired(), 1U);
  EXPECT_FALSE(fixture.table.find(brief).ok());
  fixture.table.sweep(later(101));  // no client gets more than the table has
  EXPECT_FALSE(fixture.table.find(longest).ok());
}

TEST(SessionTable, ACallOrAStreamHoldsTheSession) {
  Fixture fixture({.lease_seconds = 10});
  const std::shared_ptr<Session> session = fixture.make();
  {
    const Held held = must(fixture.table.hold(session->name, soon()));
    fixture.table.sweep(later(1000));
    EXPECT_EQ(fixture.alive, 1);
  }
  {
    Attachment stream;
    stream.add(session);
    stream.add(session);
    fixture.table.sweep(later(1000));
    EXPECT_EQ(fixture.alive, 1);
  }
  fixture.table.sweep(later(9));  // the end of both has renewed the lease
  EXPECT_EQ(fixture.alive, 1);
  fixture.table.sweep(later(11));
  EXPECT_EQ(fixture.alive, 0);
}

TEST(SessionTable, AFullTableAndAGreedyClientAreRefused) {
  Fixture fixture({.sessions = 3, .sessions_per_client = 2});
  const std::string name = fixture.make("greedy")->name;
  fixture.make("greedy");
  EXPECT_TRUE(fails_with(fixture.table.reserve("greedy"),
                         ErrorKind::LimitReached, "client 'greedy' has 2"));
  fixture.make("modest");
  EXPECT_TRUE(fails_with(fixture.table.reserve("other"),
                         ErrorKind::LimitReached, "has 3 sessions"));
  must(fixture.table.close(name, soon()));
  EXPECT_TRUE(fixture.table.reserve("greedy").ok());
}

TEST(SessionTable, MemoryIsALimitToo) {
  Fixture fixture({.memory_bytes = 1});
  EXPECT_TRUE(fails_with(fixture.table.reserve("me"), ErrorKind::LimitReached,
                         "more than the 0 MiB"));
}

TEST(SessionTable, ABusyGroupIsWaitedForUntilTheDeadline) {
  Fixture fixture;
  const std::shared_ptr<Session> parent = fixture.make();
  const std::shared_ptr<Session> fork = fixture.make("me", 0, parent->group);
  const std::shared_ptr<Session> other = fixture.make();
  const Held held = must(fixture.table.hold(parent->name, soon()));
  std::thread([&] {
    EXPECT_TRUE(fails_with(fixture.table.hold(fork->name, now()),
                           ErrorKind::LimitReached, "busy"));
    int told = 0;
    const HeldTogether both = fixture.table.hold_together(
        {other->name, fork->name, "none"}, now(), [&told] { ++told; });
    EXPECT_EQ(told, 1);
    EXPECT_TRUE(both.sessions[0].ok());
    EXPECT_TRUE(fails_with(both.sessions[1], ErrorKind::LimitReached, "busy"));
    EXPECT_TRUE(fails_with(both.sessions[2], ErrorKind::NotFound, "'none'"));
  }).join();
}

// Every thread locks all groups, in another order each.
TEST(SessionTable, ManyThreadsThatWantTheSameSessionsGetThem) {
  Fixture fixture;
  std::vector<std::string> names;
  for (int i = 0; i < 4; ++i) names.push_back(fixture.make()->name);
  std::atomic<int> calls = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      std::vector<std::string> mine = names;
      std::rotate(mine.begin(), mine.begin() + t, mine.end());
      for (int i = 0; i < 200; ++i) {
        const HeldTogether held =
            fixture.table.hold_together(mine, soon(), [] {});
        for (const auto& session : held.sessions) calls += session.ok();
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(calls, 4 * 200 * 4);
}

}  // namespace hone::service
