// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/validation.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <atomic>
#include <mutex>
#include <optional>

#include "base/file.h"
#include "base/json.h"
#include "env/benchmark.h"
#include "env/crew.h"

namespace hone::env {

namespace {

namespace fs = std::filesystem;

std::string table_of(const Episode& episode) {
  return fmt::format("{}\n{}\n", kEpisodeHeader, to_text(episode));
}

}  // namespace

void for_each(size_t count, size_t threads,
              const std::function<void(size_t)>& work) {
  std::atomic<size_t> next = 0;
  Crew crew(std::max<size_t>(1, std::min(threads, count)));
  crew.run([&](size_t) {
    for (size_t i = next++; i < count; i = next++) work(i);
  });
}

std::vector<std::optional<Result<Validation>>> validate_all(
    std::span<const Episode> episodes, const EnvironmentOptions& options,
    size_t threads, const std::function<void(size_t)>& done,
    const std::stop_token& stop) {
  std::vector<std::optional<Result<Validation>>> found(episodes.size());
  std::mutex mutex;
  size_t finished = 0;
  for_each(episodes.size(), threads, [&](size_t i) {
    if (stop.stop_requested()) return;
    found[i] = validate(episodes[i], options);
    const std::lock_guard lock(mutex);
    done(++finished);
  });
  return found;
}

Result<fs::path> keep_episode(const program::Toolchain& tools,
                              const Episode& recorded, const Episode& found,
                              const fs::path& folder) {
  HONE_ASSIGN_OR_RETURN(const Benchmark benchmark,
                        load_benchmark(tools, recorded.benchmark));
  const std::string parts[] = {benchmark.identity.hex(), to_text(recorded)};
  const fs::path bundle =
      folder / fmt::format("episode-{}", hash_parts(parts).hex().substr(0, 12));
  std::error_code error;
  fs::create_directories(bundle, error);
  if (error)
    return Error(ErrorKind::Io, fmt::format("cannot create '{}': {}",
                                            bundle.string(), error.message()));
  HONE_RETURN_IF_ERROR(write_file(bundle / "input.bc", benchmark.bitcode));
  HONE_RETURN_IF_ERROR(write_file(bundle / "episode.csv", table_of(recorded)));
  HONE_RETURN_IF_ERROR(write_file(bundle / "found.csv", table_of(found)));
  HONE_RETURN_IF_ERROR(
      write_file(bundle / "reproduce.sh",
                 "#!/bin/sh\n"
                 "# Takes the episode again; exit code 1 where it differs.\n"
                 "exec \"${HONE:-hone}\" env validate "
                 "\"$(dirname \"$0\")/episode.csv\"\n"));
  ::chmod((bundle / "reproduce.sh").c_str(), 0755);
  const Json json = {
      {"outcome", "differs"},
      {"failure",
       fmt::format("state {} and reward {} instead of {} and {}", found.state,
                   found.reward, recorded.state, recorded.reward)},
      {"benchmark", recorded.benchmark},
      {"mode", program::to_json(benchmark.mode)},
      {"compiler", tools.version}};
  HONE_RETURN_IF_ERROR(
      write_file(bundle / "repro.json", hone::to_text(json, 2) + "\n"));
  return bundle;
}

}  // namespace hone::env
