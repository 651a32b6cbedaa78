// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/unfinished_files.h"

#include <mutex>
#include <set>
#include <string>

namespace hone {

namespace {

namespace fs = std::filesystem;

// A process's files are the process's, so this is one of the few things that
// are global.
struct Unfinished {
  std::mutex mutex;
  std::set<fs::path> paths;
};

Unfinished& of_process() {
  static Unfinished all;
  return all;
}

}  // namespace

void add_unfinished(const fs::path& path) {
  Unfinished& all = of_process();
  const std::lock_guard lock(all.mutex);
  all.paths.insert(path);
}

void forget_unfinished(const fs::path& path) {
  Unfinished& all = of_process();
  const std::lock_guard lock(all.mutex);
  all.paths.erase(path);
}

void remove_unfinished() {
  Unfinished& all = of_process();
  all.mutex.lock();  // for good
  std::error_code ignored;
  for (const fs::path& path : all.paths) {
    fs::remove_all(path, ignored);
    // What linkers write beside it while they are at it.
    const std::string begin = path.filename().string() + ".tmp";
    const fs::path folder =
        path.has_parent_path() ? path.parent_path() : fs::path(".");
    for (const auto& entry : fs::directory_iterator(folder, ignored))
      if (entry.path().filename().string().starts_with(begin))
        fs::remove(entry.path(), ignored);
  }
}

}  // namespace hone
