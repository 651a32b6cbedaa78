// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/session_table.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace hone::service {

namespace {

constexpr auto kSweep = std::chrono::milliseconds(500);

Error no_session(std::string_view name) {
  return {ErrorKind::NotFound,
          fmt::format("no session '{}': it was closed, its lease ran out, or "
                      "the server has been started again; make another one",
                      name.substr(0, 40))};
}

Error busy(std::string_view name) {
  return {ErrorKind::LimitReached,
          fmt::format("session '{}' was busy with other calls until the "
                      "deadline",
                      name)};
}

// The second number of /proc/PID/statm.
uint64_t resident_of(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/statm");
  uint64_t pages = 0;
  file >> pages >> pages;
  return pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

std::string random_name() {
  unsigned char bytes[16];
  size_t have = 0;
  while (have < sizeof bytes) {
    const ssize_t got = ::getrandom(bytes + have, sizeof bytes - have, 0);
    if (got > 0) have += static_cast<size_t>(got);
  }
  std::string name;
  for (const unsigned char byte : bytes) name += fmt::format("{:02x}", byte);
  return name;
}

uint64_t resident_bytes() {
  uint64_t sum = resident_of("self");
  std::error_code error;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/self/task", error)) {
    std::ifstream children(task.path() / "children");
    for (std::string pid; children >> pid;) sum += resident_of(pid);
  }
  return sum;
}

void Session::renew() {
  const auto lease = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(lease_seconds));
  lease_end = (Clock::now() + lease).time_since_epoch().count();
}

Held::Held(std::shared_ptr<Session> session,
           std::unique_lock<std::timed_mutex> lock)
    : session_(std::move(session)), lock_(std::move(lock)) {}

Held::~Held() {
  if (session_) session_->renew();
}

SessionTable::SessionTable(TableLimits limits)
    : limits_(limits), sweeper_([this](const std::stop_token& stop) {
        std::mutex mine;
        std::unique_lock lock(mine);
        while (!stop.stop_requested()) {
          stopped_.wait_for(lock, stop, kSweep, [] { return false; });
          sweep(Clock::now());
        }
      }) {}

SessionTable::~SessionTable() {
  sweeper_.request_stop();
  sweeper_.join();
  close_all();
}

Status SessionTable::reserve(const std::string& client) {
  const uint64_t resident = limits_.memory_bytes != 0 ? resident_bytes() : 0;
  if (resident > limits_.memory_bytes)
    return Error(
        ErrorKind::LimitReached,
        fmt::format("the server and its workers hold {} MiB, more than the {} "
                    "MiB they may; close sessions or try again later",
                    resident >> 20, limits_.memory_bytes >> 20));
  const std::scoped_lock lock(mutex_);
  if (reserved_ >= limits_.sessions)
    return Error(ErrorKind::LimitReached,
                 fmt::format("the server has {} sessions, which is all it may "
                             "have; close some or try again later",
                             reserved_));
  const auto own = per_client_.find(client);
  if (own != per_client_.end() && own->second >= limits_.sessions_per_client)
    return Error(ErrorKind::LimitReached,
                 fmt::format("client '{}' has {} sessions, which is all that "
                             "one client may have; close some",
                             client, own->second));
  ++reserved_;
  ++per_client_[client];
  return {};
}

void SessionTable::release(const std::string& client) {
  const std::scoped_lock lock(mutex_);
  --reserved_;
  const auto own = per_client_.find(client);
  if (--own->second == 0) per_client_.erase(own);
}

std::shared_ptr<Session> SessionTable::add(
    std::string client, double lease_seconds,
    std::unique_ptr<env::Environment> environment,
    std::shared_ptr<Group> group) {
  auto session = std::make_shared<Session>();
  session->name = random_name();
  session->client = std::move(client);
  session->lease_seconds = lease_seconds > 0
                               ? std::min(lease_seconds, limits_.lease_seconds)
                               : limits_.lease_seconds;
  session->group = group ? std::move(group) : std::make_shared<Group>();
  for (const env::NamedSpace& known : environment->observation_spaces())
    session->kinds.emplace(known.name, known.space.kind);
  session->environment = std::move(environment);
  session->renew();
  const std::scoped_lock lock(mutex_);
  sessions_.emplace(session->name, session);
  return session;
}

Result<std::shared_ptr<Session>> SessionTable::find(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  const auto found = sessions_.find(name);
  if (found == sessions_.end()) return no_session(name);
  return found->second;
}

Result<Held> SessionTable::hold(const std::string& name,
                                Clock::time_point deadline) {
  HONE_ASSIGN_OR_RETURN(std::shared_ptr<Session> session, find(name));
  std::unique_lock lock(session->group->mutex, std::defer_lock);
  if (!lock.try_lock_until(deadline)) return busy(name);
  if (!session->environment) return no_session(name);
  return Held(std::move(session), std::move(lock));
}

HeldTogether SessionTable::hold_together(
    const std::vector<std::string>& names, Clock::time_point deadline,
    const std::function<void()>& before_wait) {
  HeldTogether held;
  std::set<Group*> groups;
  for (const std::string& name : names) {
    held.sessions.push_back(find(name));
    if (held.sessions.back().ok())
      groups.insert((*held.sessions.back())->group.get());
  }
  std::set<Group*> missed;
  for (Group* const group : groups) {
    std::unique_lock lock(group->mutex, std::defer_lock);
    if (!lock.try_lock()) {
      before_wait();
      if (!lock.try_lock_until(deadline)) {
        missed.insert(group);
        continue;
      }
    }
    held.locks.push_back(std::move(lock));
  }
  for (size_t i = 0; i < names.size(); ++i) {
    Result<std::shared_ptr<Session>>& session = held.sessions[i];
    if (!session.ok()) continue;
    if (missed.contains((*session)->group.get()))
      session = busy(names[i]);
    else if (!(*session)->environment)
      session = no_session(names[i]);
  }
  return held;
}

// The caller holds the session's group.
void SessionTable::end(const std::shared_ptr<Session>& session) {
  {
    const std::scoped_lock lock(mutex_);
    if (sessions_.erase(session->name) == 0) return;
  }
  session->environment.reset();
  release(session->client);
}

Status SessionTable::close(const std::string& name,
                           Clock::time_point deadline) {
  HONE_ASSIGN_OR_RETURN(const std::shared_ptr<Session> session, find(name));
  const std::unique_lock lock(session->group->mutex, deadline);
  if (!lock.owns_lock()) return busy(name);
  if (!session->environment) return no_session(name);
  end(session);
  return {};
}

void SessionTable::close_all() {
  std::vector<std::shared_ptr<Session>> all;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [name, session] : sessions_) all.push_back(session);
  }
  for (const std::shared_ptr<Session>& session : all) {
    const std::scoped_lock lock(session->group->mutex);
    end(session);
  }
}

size_t SessionTable::size() const {
  const std::scoped_lock lock(mutex_);
  return sessions_.size();
}

void SessionTable::sweep(Clock::time_point now) {
  std::vector<std::shared_ptr<Session>> late;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [name, session] : sessions_)
      if (session->attached == 0 &&
          session->lease_end < now.time_since_epoch().count())
        late.push_back(session);
  }
  for (const std::shared_ptr<Session>& session : late) {
    // A call at work renews the lease when it ends.
    const std::unique_lock lock(session->group->mutex, std::try_to_lock);
    if (!lock.owns_lock() || session->attached != 0 ||
        session->lease_end >= now.time_since_epoch().count())
      continue;
    end(session);
    ++expired_;
  }
}

Attachment::~Attachment() {
  for (const auto& [raw, kept] : sessions_) {
    const std::shared_ptr<Session> session = kept.lock();
    if (!session) continue;
    session->renew();
    --session->attached;
  }
}

void Attachment::add(const std::shared_ptr<Session>& session) {
  std::weak_ptr<Session>& known = sessions_[session.get()];
  if (!known.expired()) return;
  known = session;
  ++session->attached;
  if (sessions_.size() <= 2 * swept_) return;
  std::erase_if(sessions_,
                [](const auto& row) { return row.second.expired(); });
  swept_ = sessions_.size();
}

}  // namespace hone::service
