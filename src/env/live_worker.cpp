// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/live_worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <map>
#include <new>

#include "base/subprocess.h"
#include "env/live_task.h"
#include "env/separate_code.h"
#include "env/wire.h"
#include "program/module.h"

namespace hone::env {

namespace {

constexpr int kNoMemory = 96;

// AddressSanitizer's shadow alone is larger than any limit.
#if __has_feature(address_sanitizer)
constexpr bool kLimitsMemory = false;
#else
constexpr bool kLimitsMemory = true;
#endif

std::vector<Observation> read_observations(WireReader& reader) {
  std::vector<Observation> list(reader.count(1));
  for (Observation& what : list) what = static_cast<Observation>(reader.u8());
  return list;
}

class LiveWorker {
 public:
  std::string answer(std::string_view frame) {
    WireReader reader(frame);
    WireWriter writer;
    writer.u8(1);
    const Status status = answer(reader, writer);
    if (status.ok()) return writer.take();
    WireWriter failure;
    failure.u8(0);
    failure.u8(static_cast<uint8_t>(status.error().kind));
    failure.text(status.error().message);
    return failure.take();
  }

 private:
  Status answer(WireReader& reader, WireWriter& writer) {
    const auto verb = static_cast<LiveVerb>(reader.u8());
    switch (verb) {
      case LiveVerb::Open:
        return open(reader);
      case LiveVerb::Reset:
        return reset(reader, writer);
      case LiveVerb::Step:
        return step(reader, writer);
      case LiveVerb::Fork:
        return fork(reader);
      case LiveVerb::Close:
        sessions_.erase(reader.u32());
        return {};
    }
    return Error(ErrorKind::InvalidArgument, "a live worker has no such verb");
  }

  Status open(WireReader& reader) {
    const uint32_t id = reader.u32();
    const std::string_view bitcode = reader.text();
    const std::string mode_text(reader.text());
    const uint8_t task = reader.u8();
    if (task > static_cast<uint8_t>(Task::Loops))
      return Error(ErrorKind::InvalidArgument, "no such task");
    HONE_ASSIGN_OR_RETURN(const Json json, parse_json(mode_text, "a mode"));
    HONE_ASSIGN_OR_RETURN(program::BuildMode mode,
                          program::build_mode_from_json(json));
    HONE_RETURN_IF_ERROR(learn_vocabulary(reader.text()));
    HONE_ASSIGN_OR_RETURN(
        benchmarks_[id],
        open_task(static_cast<Task>(task), bitcode,
                  ModuleObserver(std::move(mode), vocabulary_)));
    return {};
  }

  // All benchmarks of a link have the same.
  Status learn_vocabulary(std::string_view text) {
    if (text.empty() || vocabulary_ != nullptr) return {};
    HONE_ASSIGN_OR_RETURN(
        features::Ir2VecVocabulary parsed,
        features::Ir2VecVocabulary::parse(text, "the vocabulary"));
    vocabulary_ =
        std::make_shared<const features::Ir2VecVocabulary>(std::move(parsed));
    return {};
  }

  Status reset(WireReader& reader, WireWriter& writer) {
    const uint32_t id = reader.u32();
    const auto benchmark = benchmarks_.find(reader.u32());
    if (benchmark == benchmarks_.end() || benchmark->second == nullptr)
      return Error(ErrorKind::NotFound, "no such benchmark is open");
    std::unique_ptr<LiveEpisode>& episode = sessions_[id];
    episode = benchmark->second->start();
    HONE_ASSIGN_OR_RETURN(const bool is_over, episode->is_over());
    writer.u8(is_over ? 1 : 0);
    return observe(reader, *episode, writer);
  }

  static Status observe(WireReader& reader, LiveEpisode& episode,
                        WireWriter& writer) {
    for (const Observation what : read_observations(reader)) {
      if (static_cast<size_t>(what) >= observations().size())
        return Error(ErrorKind::InvalidArgument, "no such observation");
      HONE_ASSIGN_OR_RETURN(const Value value, episode.observe(what));
      writer.value(value);
    }
    return {};
  }

  Status step(WireReader& reader, WireWriter& writer) {
    HONE_ASSIGN_OR_RETURN(LiveEpisode * episode, find(reader.u32()));
    const double begin = thread_cpu_seconds();
    const uint32_t count = reader.count(sizeof(uint32_t));
    for (uint32_t i = 0; i < count; ++i) {
      const Result<bool> ran = episode->step(reader.text());
      const bool changed = ran.ok() && *ran;
      writer.u8(static_cast<uint8_t>(!ran.ok() ? Taken::Refused
                                     : changed ? Taken::Changed
                                               : Taken::Same));
      if (!ran.ok()) writer.text(ran.error().message);
    }
    HONE_ASSIGN_OR_RETURN(const bool is_over, episode->is_over());
    writer.u8(is_over ? 1 : 0);
    HONE_RETURN_IF_ERROR(observe(reader, *episode, writer));
    writer.f64(thread_cpu_seconds() - begin);
    return {};
  }

  Status fork(WireReader& reader) {
    HONE_ASSIGN_OR_RETURN(const LiveEpisode* from, find(reader.u32()));
    std::unique_ptr<LiveEpisode> copy = from->fork();
    sessions_[reader.u32()] = std::move(copy);
    return {};
  }

  Result<LiveEpisode*> find(uint32_t id) {
    const auto session = sessions_.find(id);
    if (session == sessions_.end())
      return Error(ErrorKind::NotFound, "no such session is open");
    return session->second.get();
  }

  Vocabulary vocabulary_;
  // Before the sessions, which refer to them.
  std::map<uint32_t, std::unique_ptr<LiveTask>> benchmarks_;
  std::map<uint32_t, std::unique_ptr<LiveEpisode>> sessions_;
};

// Ends the process by SIGPROF when that much CPU time has been used; 0 is
// never.
void set_alarm(double cpu_seconds) {
  itimerval timer = {};
  timer.it_value.tv_sec = static_cast<time_t>(cpu_seconds);
  timer.it_value.tv_usec = static_cast<suseconds_t>(
      (cpu_seconds - static_cast<double>(timer.it_value.tv_sec)) * 1e6);
  ::setitimer(ITIMER_PROF, &timer, nullptr);
}

}  // namespace

int serve_live(int input, int output, const LiveLimits& limits,
               bool stays_awake) {
  const rlimit no_core = {0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  const rlimit memory = {limits.memory_bytes, limits.memory_bytes};
  if (kLimitsMemory) ::setrlimit(RLIMIT_AS, &memory);
  std::set_new_handler([] { ::_exit(kNoMemory); });
  if (!program::set_llvm_options({}).ok()) return 1;
  LiveWorker worker;
  while (true) {
    if (stays_awake) look_for_input(input);
    const Result<std::string> frame = read_frame(input);
    if (!frame.ok()) ::_exit(0);  // destructors of LLVM's are slow
    set_alarm(limits.cpu_seconds);
    const std::string answer = worker.answer(*frame);
    set_alarm(0);
    if (!write_frame(output, answer).ok()) return 1;
  }
}

}  // namespace hone::env
