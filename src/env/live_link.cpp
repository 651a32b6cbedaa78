// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/live_link.h"

#include <fmt/format.h>

#include "env/session.h"
#include "env/wire.h"

namespace hone::env {

namespace {

// How the worker's own handlers end it: by SIGPROF when its CPU time is used
// up, by an exit code when it finds no memory. LLVM itself aborts with these
// words where malloc finds none.
constexpr std::string_view kCpuEnding = "signal 27";
constexpr std::string_view kMemoryEnding = "exit code 96";
constexpr std::string_view kMallocEnding = "LLVM ERROR: out of memory";

}  // namespace

Result<std::shared_ptr<LiveLink>> LiveLink::open(const LiveLimits& limits,
                                                 std::string vocabulary,
                                                 bool stays_awake) {
  std::shared_ptr<LiveLink> link(
      new LiveLink(limits, std::move(vocabulary), stays_awake));
  HONE_RETURN_IF_ERROR(link->start());
  return link;
}

Status LiveLink::start() {
  HONE_ASSIGN_OR_RETURN(const std::filesystem::path path, find_worker());
  // Loading LLVM takes it some 10 ms; nobody waits for that here.
  HONE_ASSIGN_OR_RETURN(
      Child child,
      Child::spawn({.argv = {path.string(), "live",
                             fmt::format("{}", limits_.cpu_seconds),
                             fmt::format("{}", limits_.memory_bytes),
                             stays_awake_ ? "awake" : "asleep"}}));
  child_.emplace(std::move(child));
  ++generation_;
  waiting_ = false;
  benchmarks_.clear();
  return {};
}

Error LiveLink::lost(const Error& error) {
  const bool in_time = error.kind != ErrorKind::LimitReached;
  child_->kill();
  const std::string ending = child_->describe_end();
  child_.reset();
  if (const Status again = start(); !again.ok()) return again.error();
  if (!in_time) return {ErrorKind::LimitReached, "killed(wall limit)"};
  if (ending.starts_with(kCpuEnding))
    return {ErrorKind::LimitReached, "killed(cpu limit)"};
  if (ending.starts_with(kMemoryEnding) || ending.ends_with(kMallocEnding))
    return {ErrorKind::LimitReached, "killed(memory limit)"};
  return {ErrorKind::Crashed, ending};
}

Status LiveLink::post(std::string_view frame) {
  if (waiting_)
    return Error(ErrorKind::Conflict,
                 "an environment's worker is busy with another request");
  if (!child_) HONE_RETURN_IF_ERROR(start());
  waiting_ = true;
  // A worker that is gone by now is noticed when its answer is taken.
  (void)child_->send(frame);
  return {};
}

Result<std::string> LiveLink::take() {
  HONE_CHECK(waiting_);
  waiting_ = false;
  if (stays_awake_) look_for_input(child_->descriptor());
  Result<std::string> frame = child_->receive(limits_.wall_seconds());
  if (!frame.ok()) return lost(frame.error());
  WireReader reader(*frame);
  if (reader.u8() == 1) return frame->substr(1);
  const auto kind = static_cast<ErrorKind>(reader.u8());
  const std::string message(reader.text());
  if (!reader.ok() || kind > ErrorKind::Unsupported)
    return lost(Error(ErrorKind::Crashed, "a worker's answer makes no sense"));
  return Error(kind, message);
}

Result<std::string> LiveLink::ask(std::string_view frame) {
  HONE_RETURN_IF_ERROR(post(frame));
  return take();
}

Result<uint32_t> LiveLink::benchmark_id(const Benchmark& benchmark, Task task) {
  if (const auto known = benchmarks_.find(benchmark.identity);
      known != benchmarks_.end())
    return known->second;
  const auto id = static_cast<uint32_t>(benchmarks_.size());
  WireWriter open;
  open.u8(static_cast<uint8_t>(LiveVerb::Open));
  open.u32(id);
  open.text(benchmark.bitcode);
  open.text(to_text(program::to_json(benchmark.mode)));
  open.u8(static_cast<uint8_t>(task));
  open.text(vocabulary_);
  HONE_ASSIGN_OR_RETURN(const std::string answer, ask(open.take()));
  benchmarks_.emplace(benchmark.identity, id);
  return id;
}

}  // namespace hone::env
