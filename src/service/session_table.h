// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The sessions of a server: environments with names, leases and limits, used by
// many threads.
//
// A session and its forks share a worker and are a *group*: one call at a time
// works in a group, others wait for it until their deadlines. Calls that need
// several groups lock them in one order, so they cannot block each other.
//
// A lease runs from the end of a call. It stands still while somebody holds the
// session, in a call or by an open stream (Attachment); when it runs out, the
// session ends at the next sweep. A client that died therefore costs a worker
// for one lease at most.
//
// The names are 128 random bits: whoever knows one may use the session.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "env/environment.h"

namespace hone::service {

using Clock = std::chrono::steady_clock;

struct TableLimits {
  size_t sessions = 64;
  size_t sessions_per_client = 32;
  // Resident, of the server and its workers together, above which no session
  // is made; 0 is unlimited.
  uint64_t memory_bytes = 0;
  double lease_seconds = 300;  // the longest, and what clients get unasked
};

struct Group {
  std::timed_mutex mutex;
};

struct Session {
  std::string name;
  std::string client;
  double lease_seconds = 0;
  std::shared_ptr<Group> group;
  // Guarded by the group's mutex. Null once the session has ended.
  std::unique_ptr<env::Environment> environment;
  std::string benchmark;  // as the client named it
  // Actions of this episode, and how many truncate one; 0 is never.
  size_t actions = 0;
  size_t episode_actions = 0;
  // Of the environment's observations, which never change.
  std::map<std::string, env::SpaceKind, std::less<>> kinds;

  std::atomic<int> attached = 0;
  std::atomic<Clock::rep> lease_end = 0;  // since the clock's epoch

  void renew();
};

// A session that is locked for one call.
class Held {
 public:
  Held(std::shared_ptr<Session> session,
       std::unique_lock<std::timed_mutex> lock);
  Held(Held&&) = default;
  ~Held();

  Session& operator*() const { return *session_; }
  Session* operator->() const { return session_.get(); }
  env::Environment& environment() const { return *session_->environment; }

 private:
  std::shared_ptr<Session> session_;
  std::unique_lock<std::timed_mutex> lock_;
};

// Several sessions that are locked together; those of one group share a lock.
struct HeldTogether {
  std::vector<std::unique_lock<std::timed_mutex>> locks;
  // In the order asked for, or why there is none.
  std::vector<Result<std::shared_ptr<Session>>> sessions;
};

class SessionTable {
 public:
  explicit SessionTable(TableLimits limits);
  ~SessionTable();

  const TableLimits& limits() const { return limits_; }

  // LimitReached when the table, the client or the memory is full. The place
  // is taken before the environment is made, and given back by release.
  Status reserve(const std::string& client);
  void release(const std::string& client);

  // Puts an environment into a reserved place. A fork joins its parent's group,
  // which the caller holds.
  std::shared_ptr<Session> add(std::string client, double lease_seconds,
                               std::unique_ptr<env::Environment> environment,
                               std::shared_ptr<Group> group = nullptr);

  // NotFound for sessions that never were or have ended, LimitReached where
  // another call works in the group until the deadline.
  Result<Held> hold(const std::string& name, Clock::time_point deadline);
  // `before_wait` is called where a group is not free at once.
  HeldTogether hold_together(const std::vector<std::string>& names,
                             Clock::time_point deadline,
                             const std::function<void()>& before_wait);
  Result<std::shared_ptr<Session>> find(const std::string& name);

  Status close(const std::string& name, Clock::time_point deadline);
  void close_all();

  size_t size() const;
  uint64_t expired() const { return expired_; }
  // Ends sessions whose leases have run out; a thread of the table's own does
  // so every half second.
  void sweep(Clock::time_point now);

 private:
  void end(const std::shared_ptr<Session>& session);

  const TableLimits limits_;
  mutable std::mutex mutex_;  // of what follows; never held while a group waits
  std::map<std::string, std::shared_ptr<Session>, std::less<>> sessions_;
  std::map<std::string, size_t> per_client_;
  size_t reserved_ = 0;
  std::atomic<uint64_t> expired_ = 0;

  std::condition_variable_any stopped_;
  std::jthread sweeper_;
};

// Keeps sessions alive for as long as it lives: those of one stream.
class Attachment {
 public:
  Attachment() = default;
  Attachment(const Attachment&) = delete;
  ~Attachment();
  void add(const std::shared_ptr<Session>& session);

 private:
  // Those that have been closed stay until there are twice as many.
  std::map<const Session*, std::weak_ptr<Session>> sessions_;
  size_t swept_ = 32;
};

// 128 random bits as hexadecimal digits, from the system's generator.
std::string random_name();

// Resident bytes of this process and of the children it has.
uint64_t resident_bytes();

}  // namespace hone::service
