// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the server's calls do, whatever wire they come by: one overload of
// answer() for each row of methods.def.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "env/environment.h"
#include "service/metrics.h"
#include "service/programs.h"
#include "service/session_table.h"
#include "store/store.h"

namespace hone::service {

namespace v1 {
#define HONE_METHOD(identifier, name, sentence) \
  class identifier##Request;                    \
  class identifier##Reply;
#include "service/methods.def"
#undef HONE_METHOD
}  // namespace v1

// The circumstances of a call.
struct Call {
  std::string client;  // who is counted for sessions
  Clock::time_point deadline;
  Attachment* attachment = nullptr;  // of the stream it came by
  // Where the thread that answers has others to serve too: how long it may wait
  // for workers, and what it does, once, before it waits longer.
  std::chrono::microseconds patience{0};
  std::function<void()> before_wait = nullptr;
  // Set where the server is full, and when to try again, where that may help.
  bool is_refused = false;
  double retry_seconds = 0;

  void expect_wait() {
    if (before_wait) std::exchange(before_wait, nullptr)();
  }
};

struct ServiceLimits {
  size_t batch = 4096;             // steps of one request
  size_t actions = 100'000;        // of one request, all together
  env::LiveLimits worker;          // the most that a client may ask for
  std::filesystem::path failures;  // where repro bundles go; empty: nowhere
};

class Service {
 public:
  // The parts must outlive it; without a store nothing can be recorded.
  Service(ServiceLimits limits, SessionTable& table, Programs& programs,
          Metrics& metrics, store::Store* store);

#define HONE_METHOD(identifier, name, sentence)                     \
  Status answer(Call& call, const v1::identifier##Request& request, \
                v1::identifier##Reply& reply);
#include "service/methods.def"
#undef HONE_METHOD

  // From now on calls are refused as Interrupted; those at work end normally.
  void drain() { draining_ = true; }
  bool is_draining() const { return draining_; }

 private:
  Result<env::EnvironmentOptions> checked_options(
      env::EnvironmentOptions options) const;
  Status reserve(Call& call);
  Result<Held> hold(Call& call, const std::string& name);

  const ServiceLimits limits_;
  SessionTable& table_;
  Programs& programs_;
  Metrics& metrics_;
  store::Store* store_;
  std::atomic<bool> draining_ = false;
};

}  // namespace hone::service
