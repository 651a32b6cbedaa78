// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Many episodes taken again, on all cores, and what is kept of those that do
// not come out as they say.
//
//   DIR/episode-<hash>/input.bc       the benchmark, unoptimised
//                      episode.csv    what was recorded, as a table
//                      found.csv      what came out here
//                      reproduce.sh   takes the episode again with hone
//                      repro.json     both states and rewards, versions
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "env/environment.h"
#include "program/toolchain.h"

namespace hone::env {

// Calls work(0) to work(count - 1), each once, on `threads` threads that live
// until all are done: a worker process dies with the thread that started it.
void for_each(size_t count, size_t threads,
              const std::function<void(size_t)>& work);

// validate() of each, in the order given; `done` is told how many are, by one
// thread at a time. After a stop no further one begins; those have no result.
std::vector<std::optional<Result<Validation>>> validate_all(
    std::span<const Episode> episodes, const EnvironmentOptions& options,
    size_t threads, const std::function<void(size_t)>& done,
    const std::stop_token& stop = {});

// Writes the bundle and returns its folder; equal episodes have one bundle.
Result<std::filesystem::path> keep_episode(const program::Toolchain& tools,
                                           const Episode& recorded,
                                           const Episode& found,
                                           const std::filesystem::path& folder);

}  // namespace hone::env
