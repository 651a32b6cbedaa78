// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/run_image.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <thread>

#include "base/file.h"
#include "base/subprocess.h"

namespace hone::verify {

namespace {

constexpr uint64_t kResultBytes = 1ull << 30;  // sparse

// A file of zeros that the harness maps and fills.
Status make_results(const std::filesystem::path& path) {
  const int fd =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool made = fd >= 0 && ::ftruncate(fd, kResultBytes) == 0;
  if (fd >= 0) ::close(fd);
  if (made) return {};
  return Error(ErrorKind::Io, fmt::format("cannot make '{}': {}", path.string(),
                                          std::strerror(errno)));
}

struct Mapped {
  const char* bytes = nullptr;
  ~Mapped() {
    if (bytes != nullptr) ::munmap(const_cast<char*>(bytes), kResultBytes);
  }
};

std::vector<uint64_t> take(const uint64_t*& words, uint32_t count) {
  std::vector<uint64_t> taken(words, words + count);
  words += count;
  return taken;
}

void parse_results(const char* bytes, RunReport& report) {
  hone_results head;
  std::memcpy(&head, bytes, sizeof head);
  // The process that wrote this ran code under test: trust no number.
  const uint64_t used = std::min(head.used, kResultBytes);
  uint64_t at = sizeof head;
  while (at + sizeof(hone_record) <= used) {
    hone_record record;
    std::memcpy(&record, bytes + at, sizeof record);
    const uint64_t count = uint64_t{record.argument_words} +
                           record.result_words + record.trace_words +
                           record.effect_words + record.cover_words;
    if (record.magic != HONE_RECORD || at + sizeof record + count * 8 > used)
      return;
    const auto* words =
        reinterpret_cast<const uint64_t*>(bytes + at + sizeof record);
    at += sizeof record + count * 8;
    if (record.index == ~0u) {
      report.groups.push_back({record.function, record.status == HONE_DIED,
                               take(words, record.trace_words)});
      continue;
    }
    Run run{.function = record.function,
            .index = record.index,
            .fill = record.fill,
            .status = record.status,
            .allocations = record.allocations,
            .refusals = record.refusals,
            .input = record.input};
    run.arguments = take(words, record.argument_words);
    run.result = take(words, record.result_words);
    run.trace = take(words, record.trace_words);
    run.effects = take(words, record.effect_words);
    run.cover = take(words, record.cover_words);
    report.runs.push_back(std::move(run));
  }
  report.complete = head.complete != 0;
}

Result<RunReport> run_part(const RunJob& job,
                           std::span<const hone_job_entry> entries, int part) {
  hone_job head = {};
  head.mode = job.mode;
  head.entry_count = static_cast<uint32_t>(entries.size());
  head.tries = job.tries;
  head.wanted = job.wanted;
  head.fuel = job.fuel;
  head.effort = job.effort;
  head.tick_limit = job.tick_limit * job.slowdown;
  head.stop_after_bad = job.stop_after_bad;
  head.result_bytes = kResultBytes;
  head.seconds = 10 * job.slowdown;
  std::string bytes(reinterpret_cast<const char*>(&head), sizeof head);
  bytes.append(reinterpret_cast<const char*>(entries.data()),
               entries.size_bytes());
  const auto job_path = job.folder / fmt::format("job{}", part);
  const auto results_path = job.folder / fmt::format("results{}", part);
  HONE_RETURN_IF_ERROR(write_file(job_path, bytes));
  HONE_RETURN_IF_ERROR(make_results(results_path));
  Command command{.argv = job.runner};
  for (const auto& path :
       {job.executable, job.plan, job.layout, job_path, results_path})
    command.argv.push_back(path.string());
  command.directory = job.folder;
  command.environment = {"LD_BIND_NOW=", "LD_PRELOAD=", "LC_ALL=C"};
  command.limits.wall_seconds = job.seconds;
  command.limits.memory_bytes = uint64_t{6} << 30;
  command.limits.output_bytes = 1 << 20;
  command.sandbox = Sandbox{.writable = {job.folder}};
  command.fixed_addresses = true;
  command.stop = job.stop;
  HONE_ASSIGN_OR_RETURN(const ProcessResult ended, run(command));
  if (ended.ending == Ending::Stopped)
    return Error(ErrorKind::Interrupted, "interrupted");
  RunReport report;
  const int fd = ::open(results_path.c_str(), O_RDONLY | O_CLOEXEC);
  Mapped mapped;
  if (fd >= 0) {
    void* at = ::mmap(nullptr, kResultBytes, PROT_READ, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED) mapped.bytes = static_cast<const char*>(at);
    ::close(fd);
  }
  if (mapped.bytes == nullptr)
    return Error(ErrorKind::Io, "cannot read the results of the harness");
  parse_results(mapped.bytes, report);
  ::unlink(results_path.c_str());
  if (!ended.ok()) report.complete = false;
  report.out_of_time = ended.ending == Ending::WallLimit;
  report.ending = ended.describe();
  return report;
}

// Splits at function boundaries, evenly by entries.
std::vector<std::span<const hone_job_entry>> split_entries(
    const std::vector<hone_job_entry>& entries, int parts) {
  std::vector<std::span<const hone_job_entry>> split;
  const std::span<const hone_job_entry> all(entries);
  size_t begin = 0;
  for (int i = 0; i < parts && begin < all.size(); ++i) {
    size_t end = i + 1 == parts ? all.size() : all.size() * (i + 1) / parts;
    end = std::max(end, begin + 1);
    while (end < all.size() && all[end].function == all[end - 1].function)
      ++end;
    split.push_back(all.subspan(begin, end - begin));
    begin = end;
  }
  return split;
}

}  // namespace

Result<RunReport> run_image(const RunJob& job) {
  const auto parts = split_entries(job.entries, std::max(job.workers, 1));
  std::vector<std::optional<Result<RunReport>>> reports(parts.size());
  {
    std::vector<std::jthread> threads;
    for (size_t i = 1; i < parts.size(); ++i)
      threads.emplace_back([&, i] {
        reports[i].emplace(run_part(job, parts[i], static_cast<int>(i)));
      });
    if (!parts.empty()) reports[0].emplace(run_part(job, parts[0], 0));
  }
  RunReport all;
  all.complete = true;
  for (std::optional<Result<RunReport>>& report : reports) {
    if (!report->ok()) return std::move(*report).error();
    RunReport& part = **report;
    for (Run& run : part.runs) all.runs.push_back(std::move(run));
    for (RunReport::Group& group : part.groups)
      all.groups.push_back(std::move(group));
    all.out_of_time |= part.out_of_time;
    if (!part.complete) {
      all.complete = false;
      all.ending = part.ending;
    }
  }
  return all;
}

std::string status_name(int status) {
  switch (status) {
    case HONE_RETURNED:
      return "returned";
    case HONE_ENDED:
      return "ended by a function that does not return";
    case HONE_ABORTED:
      return "aborted";
    case HONE_OUT_OF_TIME:
      return "time limit";
    case HONE_OUT_OF_FUEL:
      return "too many steps";
    case HONE_UNDEFINED:
      return "undefined behaviour";
    case HONE_OUT_OF_MEMORY:
      return "too much memory";
    case HONE_DIED:
      return "the process died";
    case HONE_LOST:
      return "the function is not in the image";
    case HONE_CLOBBERED:
      return "a callee-saved register was not kept";
    default:
      break;
  }
  const int signal = status - HONE_SIGNALLED;
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{}", name)
                         : fmt::format("signal {}", signal);
}

}  // namespace hone::verify
