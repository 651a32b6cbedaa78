// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a process has begun to write and not finished: files beside their
// targets and private folders. A process that ends early removes them.
#pragma once

#include <filesystem>

namespace hone {

void add_unfinished(const std::filesystem::path& path);
void forget_unfinished(const std::filesystem::path& path);

// Removes them all. Nothing can be begun or finished afterwards, so this is for
// a process that is about to end; whoever tries waits for that.
void remove_unfinished();

}  // namespace hone
