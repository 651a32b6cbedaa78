// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Flags that several commands have, with one meaning.
#pragma once

#include <filesystem>
#include <optional>

#include "cli/console.h"
#include "cli/flags.h"
#include "store/store.h"

namespace hone::cli {

// --jobs N; 0 stands for one worker a processor.
Flag jobs_flag(int64_t& jobs);
int job_count(int64_t jobs);

// --store FILE|none; empty stands for the default store.
Flag store_flag(std::string& store);
// Nothing for "none". A default store that cannot be opened is a note on
// stderr; one that was asked for by name is an error.
Result<std::optional<store::Store>> open_store(const std::string& store,
                                               const Console& console);

// Where bundles of crashed compiles go: beside the default store.
std::filesystem::path failures_folder();

}  // namespace hone::cli
